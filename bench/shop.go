package main

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"galley/bench/handwritten"
	"galley/internal/nodeid"
	"galley/internal/secret"
	"galley/internal/snowflake"
	"galley/internal/token"
)

// instance is the number in the keys that the harness makes.
const instance = 1023

// How many different ones are asked for, in turn.
const (
	manyProducts = 2000
	manyPages    = 500
	manyPeople   = 500
)

// shop is a database that is measured on, and what there is to ask for in it.
type shop struct {
	site
	db   *sql.DB
	keys *snowflake.Generator
	sign ed25519.PrivateKey // access tokens

	products     []string // ids
	draft        string   // id of a variant that is not on sale
	pages, users []string // cursors
	shoppers     []person
	staff        person
	variants     []int64 // on sale
	carts        int     // made so far
}

// person is an account with a session.
type person struct {
	key   int64
	token string
}

// openShop prepares a database for both servers: numbers for keys, sessions, addresses.
func (h *harness) openShop(ctx context.Context, on site) (*shop, error) {
	db, err := h.open(on)
	if err != nil {
		return nil, err
	}
	s := &shop{site: on, db: db, keys: snowflake.New(instance, time.Now)}
	makeKey := func(ctx context.Context) error { return s.makeKey(ctx, h.secret) }
	for _, step := range []func(context.Context) error{s.holdNumbers, makeKey, s.readProducts, s.readPages, s.openAccounts} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("prepare %s: %w", on, err), db.Close())
		}
	}
	return s, errors.Join(run(ctx, db, "ANALYZE"), on.settle(ctx, db))
}

// holdNumbers keeps Galley from making keys under the numbers of others: of this run, and of the copies.
func (s *shop) holdNumbers(ctx context.Context) error {
	tomorrow := time.Now().AddDate(0, 0, 1)
	if _, err := s.db.ExecContext(ctx, "UPDATE instances SET expires_at = $1", tomorrow); err != nil {
		return fmt.Errorf("hold numbers: %w", err)
	}
	_, err := s.db.ExecContext(ctx, `INSERT INTO instances (id, holder, expires_at) VALUES ($1, 'bench', $3), ($2, 'handwritten', $3)`,
		instance, handwritten.Instance, tomorrow)
	return err
}

func (s *shop) readProducts(ctx context.Context) error {
	var products []int64
	if err := s.list(ctx, &products, `SELECT id FROM products WHERE status = 'PUBLISHED' ORDER BY `+mixed+` LIMIT $1`, manyProducts); err != nil {
		return err
	}
	for _, key := range products {
		s.products = append(s.products, nodeid.Product.ID(key).String())
	}
	err := s.list(ctx, &s.variants, `SELECT id FROM variants WHERE NOT archived AND available > 1000
		AND product_id IN (SELECT id FROM products WHERE status = 'PUBLISHED') ORDER BY `+mixed)
	if err != nil {
		return err
	}
	var drafts []int64
	err = s.list(ctx, &drafts, `SELECT v.id FROM variants v JOIN products p ON p.id = v.product_id WHERE p.status = 'DRAFT' LIMIT 1`)
	if err == nil && (len(drafts) == 0 || len(s.variants) < 10 || len(s.products) < 10) {
		return errors.New("there are no products on sale, or no drafts")
	}
	if err == nil {
		s.draft = nodeid.Variant.ID(drafts[0]).String()
	}
	return err
}

// mixed sorts rows in an order that has nothing to do with that in which they were made, the same each time.
const mixed = "id % 9973, id"

// list reads a column of keys.
func (s *shop) list(ctx context.Context, into *[]int64, query string, args ...any) error {
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("list keys: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var key int64
		if err := rows.Scan(&key); err != nil {
			return fmt.Errorf("list keys: %w", err)
		}
		*into = append(*into, key)
	}
	return rows.Err()
}

// readPages chooses places in lists, with enough behind them to fill a page.
func (s *shop) readPages(ctx context.Context) (err error) {
	s.pages, err = s.cursors(ctx, handwritten.ProductsSort, `SELECT created_at, id FROM (SELECT created_at, id, row_number() OVER (ORDER BY created_at, id) AS n
		FROM products WHERE status = 'PUBLISHED') AS p WHERE n > 101 ORDER BY `+mixed+` LIMIT $1`, manyPages)
	if err != nil {
		return err
	}
	s.users, err = s.cursors(ctx, handwritten.UsersSort, `SELECT created_at, id FROM (SELECT created_at, id, row_number() OVER (ORDER BY created_at DESC, id DESC) AS n
		FROM users) AS u WHERE n > 10 ORDER BY `+mixed+` LIMIT $1`, manyPages)
	if err == nil && (len(s.pages) == 0 || len(s.users) == 0) {
		return errors.New("there are no pages")
	}
	return err
}

func (s *shop) cursors(ctx context.Context, sort, query string, args ...any) (cursors []string, err error) {
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var at time.Time
		var key int64
		if err := rows.Scan(&at, &key); err != nil {
			return nil, err
		}
		cursors = append(cursors, handwritten.Cursor(sort, at, key))
	}
	return cursors, rows.Err()
}

// openAccounts gives the shoppers with most orders, ten if there are so many, sessions and addresses, and makes one
// of the staff, who may read accounts and orders and sees of the catalogue what everybody sees.
func (s *shop) openAccounts(ctx context.Context) error {
	var keys []int64
	err := s.list(ctx, &keys, `SELECT id FROM (SELECT user_id AS id, COUNT(*) AS n FROM orders WHERE user_id IS NOT NULL GROUP BY user_id) AS u
		ORDER BY CASE WHEN n < 10 THEN 10 - n ELSE 0 END, `+mixed+` LIMIT $1`, manyPeople)
	if err != nil {
		return err
	}
	for _, key := range keys {
		p, err := s.signIn(ctx, key)
		if err != nil {
			return err
		}
		s.shoppers = append(s.shoppers, p)
		_, err = s.db.ExecContext(ctx, `INSERT INTO addresses (id, created_at, name, line1, city, postal_code, country, default_shipping, user_id)
			VALUES ($1, $3, 'Dana Bench', '1 Harbour Street', 'Whitstable', 'CT5 1AB', 'GB', true, $2)`, s.keys.Next(), key, time.Now())
		if err != nil {
			return err
		}
	}
	staff := s.keys.Next()
	_, err = s.db.ExecContext(ctx, `INSERT INTO users (id, created_at, updated_at, email, name, name_key, staff, permissions)
		VALUES ($1, $2, $2, 'desk@galley.example', 'Sam Desk', '', true, '["USER_READ", "ORDER_READ"]')`, staff, time.Now())
	if err != nil {
		return err
	}
	s.staff, err = s.signIn(ctx, staff)
	return err
}

func (s *shop) signIn(ctx context.Context, key int64) (person, error) {
	session, now := s.keys.Next(), time.Now()
	text, err := token.Sign(s.sign, signingKey, token.Access{
		Issuer: "galley", Subject: nodeid.User.ID(key).String(), Session: nodeid.Session.ID(session).String(),
		IssuedAt: now.Unix(), ExpiresAt: now.AddDate(0, 0, 1).Unix(),
	})
	if err != nil {
		return person{}, err
	}
	// The handwritten server finds sessions by the token's hash; Galley does not look at that of tokens.
	_, err = s.db.ExecContext(ctx, `INSERT INTO sessions (id, created_at, presentation, token_hash, expires_at, user_id)
		VALUES ($1, $4, 'TOKEN', $2, $5, $3)`, session, token.Hash(text), key, now, now.AddDate(0, 0, 1))
	return person{key: key, token: text}, err
}

const signingKey = "bench"

// makeKey gives Galley a key to verify access tokens by, and the harness the same to sign them for a day: ten minutes
// are over before the run is.
func (s *shop) makeKey(ctx context.Context, secretKey string) error {
	ring, err := secret.Parse(secretKey)
	if err != nil {
		return err
	}
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return err
	}
	s.sign = private
	_, err = s.db.ExecContext(ctx, `INSERT INTO signing_keys (id, created_at, kid, public_key, private_key, status, since)
		VALUES ($1, $5, $2, $3, $4, 'CURRENT', $5)`,
		s.keys.Next(), signingKey, []byte(public), ring.Seal("signing key "+signingKey, private.Seed()), time.Now())
	return err
}

// filled is a cart that somebody has filled.
type filled struct {
	owner  person
	key    int64
	wanted int64 // a variant that is not in it
}

func (c filled) id() string { return nodeid.Cart.ID(c.key).String() }

// add asks for a piece of a variant to be put into the cart.
func (c filled) add(variant int64) ask { return c.addID(nodeid.Variant.ID(variant).String()) }

func (c filled) addID(variant string) ask {
	return ask{
		token: c.owner.token, cart: c.key,
		variables: map[string]string{"cart": c.id(), "variant": variant},
		method:    "POST", path: "/carts/" + c.id() + "/lines", body: fmt.Sprintf(`{"variant":%q,"quantity":1}`, variant),
	}
}

// place asks for the cart to be ordered.
func (c filled) place() ask {
	return ask{
		token: c.owner.token, cart: c.key,
		variables: map[string]string{"cart": c.id()},
		method:    "POST", path: "/carts/" + c.id() + "/order",
	}
}

// goodCard is the test card that pays.
const goodCard = "4242424242424242"

// pay asks for the cart to be ordered and paid.
func (c filled) pay() ask {
	a := c.place()
	a.variables["card"] = goodCard
	a.path, a.body = a.path+"/card", `{"instrument":"`+goodCard+`"}`
	return a
}

// fillCarts makes carts with so many lines each, of shoppers and variants in turn.
func (s *shop) fillCarts(ctx context.Context, n, lines int) ([]filled, error) {
	made := make([]filled, n)
	var carts, linesOf [][]int64
	for i := range made {
		owner := s.shoppers[s.carts%len(s.shoppers)]
		first := s.variant(s.carts)
		made[i] = filled{owner: owner, key: s.keys.Next(), wanted: s.variants[(first+lines)%len(s.variants)]}
		carts = append(carts, []int64{made[i].key, owner.key})
		for l := range lines {
			linesOf = append(linesOf, []int64{s.keys.Next(), made[i].key, s.variants[(first+l)%len(s.variants)], int64(1 + l)})
		}
		s.carts++
	}
	err := s.insert(ctx, `INSERT INTO carts (id, user_id, created_at, updated_at, version, status, currency)
		SELECT column1, column2, CAST($1 AS timestamptz), CAST($1 AS timestamptz), 1, 'OPEN', 'GBP'`, carts)
	if err != nil {
		return nil, fmt.Errorf("make carts: %w", err)
	}
	err = s.insert(ctx, `INSERT INTO cart_lines (id, cart_id, variant_id, quantity, created_at)
		SELECT column1, column2, column3, column4, CAST($1 AS timestamptz)`, linesOf)
	if err != nil {
		return nil, fmt.Errorf("fill carts: %w", err)
	}
	return made, nil
}

// insert adds rows of numbers by a statement that goes on with them as column1, column2 and so on. $1 is the time.
func (s *shop) insert(ctx context.Context, statement string, rows [][]int64) error {
	for some := range slices.Chunk(rows, 1000) {
		var b strings.Builder
		b.WriteString(statement + " FROM (VALUES ")
		for i, row := range some {
			if i > 0 {
				b.WriteByte(',')
			}
			for j, n := range row {
				b.WriteByte("(,"[min(j, 1)])
				b.WriteString(strconv.FormatInt(n, 10))
			}
			b.WriteByte(')')
		}
		if _, err := s.db.ExecContext(ctx, b.String()+") AS n", time.Now()); err != nil {
			return err
		}
	}
	return nil
}

// variant is where the lines of the n-th cart begin among the variants: spread over all of them.
func (s *shop) variant(n int) int {
	const step = 7919 // prime, so that carts after each other do not share variants
	return n * step % len(s.variants)
}
