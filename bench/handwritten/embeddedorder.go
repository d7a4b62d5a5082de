package handwritten

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"
)

// A line that is off sale has no product. (SQLite would join all variants with their products first, if they stood in brackets.)
const wantedSQL = `SELECT l.id, l.quantity, v.id, v.sku, p.title, v.title, v.price_amount, v.available - l.quantity, v.purchase_limit IS NULL OR l.quantity + (
    SELECT COALESCE(SUM(b.quantity), 0) FROM order_lines b JOIN orders o ON o.id = b.order_id
    WHERE b.variant_id = v.id AND o.user_id = $2 AND o.status <> 'CANCELLED') <= v.purchase_limit
FROM carts c JOIN cart_lines l ON l.cart_id = c.id
  LEFT JOIN variants v ON v.id = l.variant_id AND NOT v.archived AND v.currency = 'GBP'
  LEFT JOIN products p ON p.id = v.product_id AND p.status = 'PUBLISHED'
WHERE c.id = $1 AND c.user_id = $2 AND c.status = 'OPEN' ORDER BY l.id`

const customerSQL = `SELECT u.email, a.name, a.company, a.line1, a.line2, a.city, a.region, a.postal_code, a.country, a.phone
FROM users u JOIN addresses a ON a.user_id = u.id AND a.default_shipping WHERE u.id = $1 ORDER BY a.id LIMIT 1`

const insertOrderSQL = `INSERT INTO orders (id, created_at, updated_at, number, email, status, subtotal_amount, total_amount, currency,
  shipping_address, country, placed_at, expires_at, user_id, cart_id) VALUES ($1, $2, $2, $3, $4, $5, $6, $6, 'GBP', $7, $8, $2, $9, $10, $11)`

const insertLineSQL = `INSERT INTO order_lines (id, position, title, sku, quantity, unit_price_amount, total_amount, currency, order_id, variant_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'GBP', $8, $9)`

const takeSQL = `UPDATE variants SET available = available - $2, updated_at = $3 WHERE id = $1`

const moveSQL = `INSERT INTO stock_movements (id, created_at, quantity, reason, note, order_id, variant_id) VALUES ($1, $2, $3, 'SOLD', '', $4, $5)`

const orderedSQL = `UPDATE carts SET status = 'ORDERED', version = version + 1, updated_at = $2 WHERE id = $1`

const askSQL = `INSERT INTO payments (id, created_at, updated_at, method, gateway, status, due_amount, currency, instrument, order_id)
VALUES ($1, $2, $2, $3, $4, 'PENDING', $5, 'GBP', $6, $1)`

const tellSQL = `INSERT INTO order_events (id, created_at, kind, data, order_id) VALUES ($1, $2, $3, $4, $5)`

const workSQL = `INSERT INTO jobs (id, created_at, kind, payload, run_at) VALUES ($1, $2, $3, $4, $5)`

// wanted is a line of a cart.
type wanted struct {
	orderLine
	key, variant int64
}

// address is an order's, as Galley keeps it.
type address struct {
	Name       string `json:"name"`
	Company    string `json:"company,omitempty"`
	Line1      string `json:"line1"`
	Line2      string `json:"line2,omitempty"`
	City       string `json:"city"`
	Region     string `json:"region,omitempty"`
	PostalCode string `json:"postalCode,omitempty"`
	Country    string `json:"country"`
	Phone      string `json:"phone,omitempty"`
}

func (s *embedded) placeOrder(b []byte, r *http.Request) ([]byte, error) {
	ctx := r.Context()
	cart, err := keyOf(cartID, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	me, err := s.caller(ctx, r)
	if err != nil {
		return nil, err
	}
	o := newOrder(s.keys)
	err = s.inTx(ctx, func(t *batch) (err error) {
		if b, err = s.appendOrder(t, b, &o, cart, me.user, "PLACED", nil); err != nil {
			return err
		}
		t.run(s.ask, o.key, o.at, "MANUAL", "manual", o.total, "")
		t.run(s.work, o.key, o.at, "order.placed", naming("order", o.key), o.at)
		return nil
	})
	return b, err
}

// appendOrder writes an order, all but how it is paid. The line of the order and its movement of stock have the key of
// the cart's line, the timeline's line that of the order.
func (s *embedded) appendOrder(t *batch, b []byte, o *placed, cart, user int64, status string, expires *time.Time) ([]byte, error) {
	lines, err := s.wanted(t, cart, user)
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		o.total += l.total
	}
	email, to, err := s.customerOf(t, user)
	if err != nil {
		return nil, err
	}
	shipping, err := json.Marshal(to)
	if err != nil {
		return nil, err
	}
	t.run(s.order, o.key, o.at, o.number, email, status, o.total, shipping, to.Country, expires, user, cart)
	t.run(s.ordered, cart, o.at)
	b = appendOrder(b, *o, email)
	for i, l := range lines {
		t.run(s.line, l.key, i, l.title, l.sku, l.quantity, l.price, l.total, o.key, l.variant)
		t.run(s.take, l.variant, l.quantity, o.at)
		t.run(s.move, l.key, o.at, -l.quantity, o.key, l.variant)
		b = l.append(appendComma(b, i+1))
	}
	t.run(s.tell, o.key, o.at, "PLACED", []byte(`{"amount":`+strconv.FormatInt(o.total, 10)+`}`), o.key)
	return append(b, `]}}}}`...), nil
}

// wanted reads a cart's lines, if it can be ordered.
func (s *embedded) wanted(t *batch, cart, user int64) (lines []wanted, err error) {
	rows, err := t.tx.StmtContext(t, s.lines).QueryContext(t, cart, user) //nolint:sqlclosecheck // the transaction closes it
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var (
			l                    wanted
			variant, price, left sql.NullInt64
			sku, product, title  sql.NullString
			within               sql.NullBool
		)
		if err := rows.Scan(&l.key, &l.quantity, &variant, &sku, &product, &title, &price, &left, &within); err != nil {
			return nil, err
		}
		if !product.Valid || left.Int64 < 0 || !within.Bool {
			return nil, refusal(http.StatusConflict)
		}
		l.variant, l.sku, l.title, l.price, l.total = variant.Int64, sku.String, product.String, price.Int64, price.Int64*l.quantity
		if title.String != "" {
			l.title += " – " + title.String
		}
		lines = append(lines, l)
	}
	if len(lines) == 0 {
		return nil, errors.Join(rows.Err(), refusal(http.StatusConflict))
	}
	return lines, rows.Err()
}

// customerOf reads whose order it is, and where it goes.
func (s *embedded) customerOf(t *batch, user int64) (email string, to address, err error) {
	err = t.tx.StmtContext(t, s.customer).QueryRowContext(t, user). //nolint:sqlclosecheck // the transaction closes it
									Scan(&email, &to.Name, &to.Company, &to.Line1, &to.Line2, &to.City, &to.Region, &to.PostalCode, &to.Country, &to.Phone)
	if errors.Is(err, sql.ErrNoRows) {
		return "", to, refusal(http.StatusConflict)
	}
	return email, to, err
}

// naming is what a job is told: a key.
func naming(what string, key int64) []byte {
	return []byte(`{"` + what + `":"` + strconv.FormatInt(key, 10) + `"}`)
}

// The payment of an order that was placed by card.
const (
	stepSQL  = `INSERT INTO payment_steps (id, created_at, updated_at, kind, amount, currency, payment_id) VALUES ($1, $2, $2, $3, $4, 'GBP', $5)`
	waitsSQL = `SELECT p.due_amount FROM orders o JOIN payments p ON p.id = o.id AND p.status = 'PENDING' WHERE o.id = $1 AND o.status = 'PENDING_PAYMENT'`
	factSQL  = `INSERT INTO payment_events (id, created_at, gateway, fact, kind, amount, currency, source, occurred_at, payment_id)
VALUES ($1, $2, 'test', $3, 'AUTHORISED', $4, 'GBP', 'ANSWER', $2, $1)`
	answeredSQL = `UPDATE payment_steps SET status = 'SUCCEEDED', version = version + 1, updated_at = $2 WHERE id = $1 AND status = 'PENDING'`
	heldSQL     = `UPDATE payments SET status = 'AUTHORISED', authorised_amount = due_amount, reference = $3, version = version + 1, updated_at = $2 WHERE id = $1`
	placedSQL   = `UPDATE orders SET status = 'PLACED', version = version + 1, updated_at = $2 WHERE id = $1`
)

func (s *embedded) payOrder(b []byte, r *http.Request) ([]byte, error) {
	ctx := r.Context()
	cart, card, err := paid(r)
	if err != nil {
		return nil, err
	}
	me, err := s.caller(ctx, r)
	if err != nil {
		return nil, err
	}
	o := newOrder(s.keys)
	expires := o.at.Add(time.Hour)
	err = s.inTx(ctx, func(t *batch) (err error) {
		if b, err = s.appendOrder(t, b, &o, cart, me.user, "PENDING_PAYMENT", &expires); err != nil {
			return err
		}
		t.run(s.ask, o.key, o.at, "CARD", "test", o.total, card)
		t.run(s.step, o.key, o.at, "AUTHORISE", o.total, o.key)
		t.run(s.work, o.key, o.at, "payment.step", naming("step", o.key), o.at.Add(5*time.Second))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return b, s.settled(context.WithoutCancel(ctx), o.key, authorise(o)) // the money is held by now
}

// settled writes down what the provider has said.
func (s *embedded) settled(ctx context.Context, order int64, reference string) error {
	now, take, letter := time.Now(), s.keys.Next(), s.keys.Next()
	return s.inTx(ctx, func(t *batch) error {
		var due int64
		if err := t.tx.StmtContext(t, s.waits).QueryRowContext(t, order).Scan(&due); err != nil { //nolint:sqlclosecheck // the transaction closes it
			return err
		}
		amount := strconv.FormatInt(due, 10)
		t.run(s.fact, order, now, reference+":authorised", due)
		t.run(s.answered, order, now)
		t.run(s.held, order, now, reference)
		t.run(s.placed, order, now)
		t.run(s.tell, take, now, "PAYMENT_AUTHORISED", []byte(`{"amount":`+amount+`,"payment":"`+strconv.FormatInt(order, 10)+`"}`), order)
		t.run(s.tell, letter, now, "CONFIRMED", nil, order)
		t.run(s.step, take, now, "CAPTURE", due, order)
		t.run(s.work, take, now, "payment.step", naming("step", take), now)
		t.run(s.work, letter, now, "order.placed", naming("order", order), now)
		return nil
	})
}
