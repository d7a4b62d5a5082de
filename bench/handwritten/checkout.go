package handwritten

import (
	"context"
	"crypto/rand"
	"database/sql"
	"net/http"
	"strconv"
	"time"

	"galley/internal/snowflake"
)

// orderSQL is the whole order in one statement: all of it, or no row. The cart is locked first, then the variants in the
// order of their keys, so that orders wait for each other and never in a circle. A line of the order and its movement of
// stock have the key of the cart's line; the payment, the timeline's line and the job that of the order: keys are of a
// table each. What is asked for besides it is told by how it is paid.
func orderSQL(status, expires, asked string) string {
	return `WITH mine AS (
  SELECT id FROM carts WHERE id = $1 AND user_id = $2 AND status = 'OPEN' FOR NO KEY UPDATE
), held AS (
  SELECT l.id, l.variant_id, l.quantity FROM mine JOIN cart_lines l ON l.cart_id = mine.id
), locked AS (
  SELECT held.id AS key, held.quantity, v.id AS variant, v.product_id, v.sku, v.title, v.price_amount, v.available, v.purchase_limit
  FROM held JOIN variants v ON v.id = held.variant_id AND NOT v.archived AND v.currency = 'GBP'
  ORDER BY v.id FOR NO KEY UPDATE OF v
), line AS (
  SELECT locked.*, row_number() OVER (ORDER BY locked.key) - 1 AS position, locked.price_amount * locked.quantity AS total,
    CASE locked.title WHEN '' THEN p.title ELSE p.title || ' – ' || locked.title END AS name
  FROM locked JOIN products p ON p.id = locked.product_id AND p.status = 'PUBLISHED'
  WHERE locked.available >= locked.quantity AND (locked.purchase_limit IS NULL OR locked.quantity + (
    SELECT COALESCE(SUM(l.quantity), 0) FROM order_lines l JOIN orders o ON o.id = l.order_id
    WHERE l.variant_id = locked.variant AND o.user_id = $2 AND o.status <> 'CANCELLED') <= locked.purchase_limit)
), sum AS (
  SELECT SUM(total) AS total FROM line HAVING COUNT(*) > 0 AND COUNT(*) = (SELECT COUNT(*) FROM held)
), placed AS (
  INSERT INTO orders (id, created_at, updated_at, number, email, status, subtotal_amount, total_amount, currency,
    shipping_address, country, placed_at, expires_at, user_id, cart_id)
  SELECT $3, $5, $5, $4, u.email, '` + status + `', sum.total, sum.total, 'GBP', jsonb_strip_nulls(jsonb_build_object(
    'name', a.name, 'company', NULLIF(a.company, ''), 'line1', a.line1, 'line2', NULLIF(a.line2, ''), 'city', a.city,
    'region', NULLIF(a.region, ''), 'postalCode', NULLIF(a.postal_code, ''), 'country', a.country, 'phone', NULLIF(a.phone, ''))),
    a.country, $5, ` + expires + `, u.id, $1
  FROM sum, users u, (SELECT * FROM addresses WHERE user_id = $2 AND default_shipping ORDER BY id LIMIT 1) AS a
  WHERE u.id = $2 RETURNING id, email, total_amount
), closed AS (
  UPDATE carts SET status = 'ORDERED', version = version + 1, updated_at = $5 FROM placed WHERE carts.id = $1
), lines AS (
  INSERT INTO order_lines (id, position, title, sku, quantity, unit_price_amount, total_amount, currency, order_id, variant_id)
  SELECT line.key, line.position, line.name, line.sku, line.quantity, line.price_amount, line.total, 'GBP', placed.id, line.variant
  FROM line, placed
), told AS (
  INSERT INTO order_events (id, created_at, kind, data, order_id)
  SELECT id, $5, 'PLACED', jsonb_build_object('amount', total_amount), id FROM placed
), taken AS (
  UPDATE variants SET available = line.available - line.quantity, updated_at = $5 FROM line, placed WHERE variants.id = line.variant
), moved AS (
  INSERT INTO stock_movements (id, created_at, quantity, reason, note, order_id, variant_id)
  SELECT line.key, $5, -line.quantity, 'SOLD', '', placed.id, line.variant FROM line, placed
), ` + asked + `
SELECT placed.email, placed.total_amount, line.name, line.sku, line.quantity, line.price_amount, line.total
FROM placed, line ORDER BY line.position`
}

var placeSQL = orderSQL("PLACED", "NULL::timestamptz", `asked AS (
  INSERT INTO payments (id, created_at, updated_at, method, status, due_amount, currency, order_id)
  SELECT id, $5, $5, 'MANUAL', 'PENDING', total_amount, 'GBP', id FROM placed
), letter AS (
  INSERT INTO jobs (id, created_at, kind, payload, run_at)
  SELECT id, $5, 'order.placed', jsonb_build_object('order', id::text), $5 FROM placed
)`)

func (s *server) placeOrder(b []byte, r *http.Request) ([]byte, error) {
	ctx := r.Context()
	cart, err := keyOf(cartID, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	me, err := s.caller(ctx, r)
	if err != nil {
		return nil, err
	}
	b, _, err = s.appendPlaced(ctx, b, newOrder(s.keys), s.place, cart, me.user)
	return b, err
}

// placed is an order that is being placed.
type placed struct {
	key    int64
	number string
	at     time.Time
	total  int64
}

func newOrder(keys *snowflake.Generator) placed {
	return placed{key: keys.Next(), number: newNumber(), at: time.Now()}
}

// appendPlaced places an order by a statement of orderSQL, with what it takes besides.
func (s *server) appendPlaced(ctx context.Context, b []byte, o placed, place *sql.Stmt, cart, user int64, more ...any) ([]byte, placed, error) {
	rows, err := place.QueryContext(ctx, append([]any{cart, user, o.key, o.number, o.at}, more...)...)
	if err != nil {
		return nil, o, err
	}
	defer func() { _ = rows.Close() }()
	var (
		email string
		l     orderLine
		n     int
	)
	for rows.Next() {
		if err := rows.Scan(&email, &o.total, &l.title, &l.sku, &l.quantity, &l.price, &l.total); err != nil {
			return nil, o, err
		}
		if n++; n == 1 {
			b = appendOrder(b, o, email)
		}
		b = l.append(appendComma(b, n))
	}
	if err := rows.Err(); err != nil {
		return nil, o, err
	}
	if n == 0 {
		return nil, o, refusal(http.StatusConflict)
	}
	return append(b, `]}}}}`...), o, nil
}

// orderLine is a line of the answer.
type orderLine struct {
	title, sku             string
	quantity, price, total int64
}

// appendOrder writes the answer up to its lines. An order is placed when anybody hears of it.
func appendOrder(b []byte, o placed, email string) []byte {
	b = append(b, `{"data":{"checkoutComplete":{"userErrors":[],"order":{"id":`...)
	b = appendID(b, orderID, o.key)
	b = append(b, `,"number":`...)
	b = appendText(b, o.number)
	b = append(b, `,"status":"PLACED","email":`...)
	b = appendText(b, email)
	b = append(b, `,"total":`...)
	b = appendMoney(b, o.total, "GBP")
	return append(b, `,"lines":[`...)
}

func (l orderLine) append(b []byte) []byte {
	b = append(b, `{"title":`...)
	b = appendText(b, l.title)
	b = append(b, `,"sku":`...)
	b = appendText(b, l.sku)
	b = append(b, `,"quantity":`...)
	b = strconv.AppendInt(b, l.quantity, 10)
	b = append(b, `,"unitPrice":`...)
	b = appendPounds(b, l.price)
	b = append(b, `,"total":`...)
	b = appendPounds(b, l.total)
	return append(b, '}')
}

// newNumber makes an order's number of 40 random bits, such as K7QX-29MD.
func newNumber() string {
	var bits [8]byte
	_, _ = rand.Read(bits[:]) // it never fails
	number := make([]byte, 0, len(bits)+1)
	for i, c := range bits {
		if i == 4 {
			number = append(number, '-')
		}
		number = append(number, alphabet[c&31])
	}
	return string(number)
}
