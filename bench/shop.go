package main

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

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
	name string
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
func (h *harness) openShop(ctx context.Context, name string) (*shop, error) {
	db, err := h.cluster.open(name)
	if err != nil {
		return nil, err
	}
	s := &shop{name: name, db: db, keys: snowflake.New(instance, time.Now)}
	makeKey := func(ctx context.Context) error { return s.makeKey(ctx, h.secret) }
	for _, step := range []func(context.Context) error{s.holdNumbers, makeKey, s.readProducts, s.readPages, s.openAccounts} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("prepare %s: %w", name, err), db.Close())
		}
	}
	return s, run(ctx, db, "VACUUM ANALYZE", "CHECKPOINT")
}

// holdNumbers keeps Galley from making keys under the numbers of others: of this run, and of the copies.
func (s *shop) holdNumbers(ctx context.Context) error {
	if err := run(ctx, s.db, "UPDATE instances SET expires_at = now() + interval '1 day'"); err != nil {
		return err
	}
	_, err := s.db.ExecContext(ctx, `INSERT INTO instances (id, holder, expires_at) VALUES ($1, 'bench', now() + interval '1 day'),
		($2, 'handwritten', now() + interval '1 day')`, instance, handwritten.Instance)
	return err
}

func (s *shop) readProducts(ctx context.Context) error {
	var products []int64
	if err := s.list(ctx, &products, `SELECT id FROM products WHERE status = 'PUBLISHED' ORDER BY hashint8(id) LIMIT $1`, manyProducts); err != nil {
		return err
	}
	for _, key := range products {
		s.products = append(s.products, nodeid.Product.ID(key).String())
	}
	err := s.list(ctx, &s.variants, `SELECT v.id FROM variants v JOIN products p ON p.id = v.product_id
		WHERE p.status = 'PUBLISHED' AND NOT v.archived AND v.available > 1000 ORDER BY hashint8(v.id)`)
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

// list reads a column of keys.
func (s *shop) list(ctx context.Context, into *[]int64, query string, args ...any) error {
	return s.db.QueryRowContext(ctx, "SELECT COALESCE(array_agg(id), '{}') FROM ("+query+") AS t", args...).Scan((*pq.Int64Array)(into))
}

// readPages chooses places in lists, with enough behind them to fill a page.
func (s *shop) readPages(ctx context.Context) (err error) {
	s.pages, err = s.cursors(ctx, handwritten.ProductsSort, `SELECT created_at, id FROM (SELECT created_at, id, row_number() OVER (ORDER BY created_at, id) AS n
		FROM products WHERE status = 'PUBLISHED') AS p WHERE n > 101 ORDER BY hashint8(id) LIMIT $1`, manyPages)
	if err != nil {
		return err
	}
	s.users, err = s.cursors(ctx, handwritten.UsersSort, `SELECT created_at, id FROM (SELECT created_at, id, row_number() OVER (ORDER BY created_at DESC, id DESC) AS n
		FROM users) AS u WHERE n > 10 ORDER BY hashint8(id) LIMIT $1`, manyPages)
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
	err := s.list(ctx, &keys, `SELECT user_id AS id FROM orders WHERE user_id IS NOT NULL GROUP BY user_id
		ORDER BY LEAST(COUNT(*), 10) DESC, hashint8(user_id) LIMIT $1`, manyPeople)
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
			VALUES ($1, now(), 'Dana Bench', '1 Harbour Street', 'Whitstable', 'CT5 1AB', 'GB', true, $2)`, s.keys.Next(), key)
		if err != nil {
			return err
		}
	}
	staff := s.keys.Next()
	_, err = s.db.ExecContext(ctx, `INSERT INTO users (id, created_at, updated_at, email, name, name_key, staff, permissions)
		VALUES ($1, now(), now(), 'desk@galley.example', 'Sam Desk', '', true, '["USER_READ", "ORDER_READ"]')`, staff)
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
		VALUES ($1, now(), 'TOKEN', $2, now() + interval '1 day', $3)`, session, token.Hash(text), key)
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
		VALUES ($1, now(), $2, $3, $4, 'CURRENT', now())`,
		s.keys.Next(), signingKey, []byte(public), ring.Seal("signing key "+signingKey, private.Seed()))
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

// fillCarts makes carts with so many lines each, of shoppers and variants in turn.
func (s *shop) fillCarts(ctx context.Context, n, lines int) ([]filled, error) {
	carts := make([]filled, n)
	var keys, owners, lineKeys, of, variants, quantities []int64
	for i := range carts {
		owner := s.shoppers[s.carts%len(s.shoppers)]
		first := s.variant(s.carts)
		carts[i] = filled{owner: owner, key: s.keys.Next(), wanted: s.variants[(first+lines)%len(s.variants)]}
		keys, owners = append(keys, carts[i].key), append(owners, owner.key)
		for l := range lines {
			lineKeys, of = append(lineKeys, s.keys.Next()), append(of, carts[i].key)
			variants, quantities = append(variants, s.variants[(first+l)%len(s.variants)]), append(quantities, int64(1+l))
		}
		s.carts++
	}
	_, err := s.db.ExecContext(ctx, `INSERT INTO carts (id, created_at, updated_at, version, status, currency, user_id)
		SELECT c.id, now(), now(), 1, 'OPEN', 'GBP', c.owner FROM unnest($1::bigint[], $2::bigint[]) AS c(id, owner)`,
		pq.Int64Array(keys), pq.Int64Array(owners))
	if err != nil {
		return nil, fmt.Errorf("make carts: %w", err)
	}
	_, err = s.db.ExecContext(ctx, `INSERT INTO cart_lines (id, created_at, cart_id, variant_id, quantity)
		SELECT l.id, now(), l.cart, l.variant, l.quantity FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) AS l(id, cart, variant, quantity)`,
		pq.Int64Array(lineKeys), pq.Int64Array(of), pq.Int64Array(variants), pq.Int64Array(quantities))
	if err != nil {
		return nil, fmt.Errorf("fill carts: %w", err)
	}
	return carts, nil
}

// variant is where the lines of the n-th cart begin among the variants: spread over all of them.
func (s *shop) variant(n int) int {
	const step = 7919 // prime, so that carts after each other do not share variants
	return n * step % len(s.variants)
}
