package handwritten

import (
	"context"
	"database/sql"
	"net/http"
	"strconv"
	"time"

	"github.com/lib/pq"
)

const newestSQL = `SELECT user_id, id, number, status, placed_at, total_amount, currency FROM orders
WHERE user_id = $1 ORDER BY placed_at DESC, id DESC LIMIT 10`

const accountsSQL = `SELECT id, email, name FROM users WHERE (created_at, id) > ($1, $2) ORDER BY created_at, id LIMIT 10`

const newestOfManySQL = `SELECT o.user_id, o.id, o.number, o.status, o.placed_at, o.total_amount, o.currency
FROM unnest($1::bigint[]) WITH ORDINALITY AS u(id, place) CROSS JOIN LATERAL (
  SELECT * FROM orders WHERE user_id = u.id ORDER BY placed_at DESC, id DESC LIMIT 5
) AS o ORDER BY u.place, o.placed_at DESC, o.id DESC`

// A variant is on sale while it is not archived and its product is published.
const linesSQL = `SELECT l.order_id, l.id, l.title, l.quantity, l.unit_price_amount, l.total_amount, v.id, v.sku, p.id, p.slug, p.title
FROM order_lines l LEFT JOIN (variants v JOIN products p ON p.id = v.product_id AND p.status = 'PUBLISHED')
  ON v.id = l.variant_id AND NOT v.archived
WHERE l.order_id = ANY($1) ORDER BY l.order_id, l.position`

// order is a row, and where its lines stand in a buffer.
type order struct {
	user, key                int64
	number, status, currency string
	placed                   time.Time
	total                    int64
	from, to                 int
}

func (s *server) myOrders(b []byte, r *http.Request) ([]byte, error) {
	ctx := r.Context()
	me, err := s.caller(ctx, r)
	if err != nil {
		return nil, err
	}
	lines := s.buffer()
	defer s.buffers.Put(lines)
	orders, err := s.ordersWithLines(ctx, lines, s.newest, me.user)
	if err != nil {
		return nil, err
	}
	b = append(b, `{"data":{"me":{"orders":{"nodes":[`...)
	b = appendOrders(b, orders, *lines)
	return append(b, `]}}}}`...), nil
}

func (s *server) usersWithOrders(b []byte, r *http.Request) ([]byte, error) {
	ctx := r.Context()
	after, afterKey, err := placeOf(r.URL.Query().Get("after"), UsersSort)
	if err != nil {
		return nil, err
	}
	staff, err := s.caller(ctx, r)
	if err != nil {
		return nil, err
	}
	if !staff.may("USER_READ", "ORDER_READ") {
		return nil, refusal(http.StatusForbidden)
	}
	users, err := s.users(ctx, after, afterKey)
	if err != nil {
		return nil, err
	}
	keys := make([]int64, len(users))
	for i, u := range users {
		keys[i] = u.key
	}
	lines := s.buffer()
	defer s.buffers.Put(lines)
	orders, err := s.ordersWithLines(ctx, lines, s.newestOfMany, pq.Int64Array(keys))
	if err != nil {
		return nil, err
	}
	b = append(b, `{"data":{"users":{"nodes":[`...)
	for i, u := range users {
		b = appendComma(b, i+1)
		b = append(b, `{"id":`...)
		b = appendID(b, userID, u.key)
		b = append(b, `,"email":`...)
		b = appendText(b, u.email)
		b = append(b, `,"name":`...)
		b = appendText(b, u.name)
		b = append(b, `,"orders":{"nodes":[`...)
		n := 0
		for n < len(orders) && orders[n].user == u.key {
			n++
		}
		b = appendOrders(b, orders[:n], *lines)
		orders = orders[n:]
		b = append(b, `]}}`...)
	}
	return append(b, `]}}}`...), nil
}

type user struct {
	key         int64
	email, name string
}

func (s *server) users(ctx context.Context, after time.Time, afterKey int64) ([]user, error) {
	rows, err := s.accounts.QueryContext(ctx, after, afterKey)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	users := make([]user, 0, 10)
	for rows.Next() {
		var u user
		if err := rows.Scan(&u.key, &u.email, &u.name); err != nil {
			return nil, err
		}
		users = append(users, u)
	}
	return users, rows.Err()
}

// ordersWithLines reads orders, and of all of them the lines, as JSON into a buffer.
func (s *server) ordersWithLines(ctx context.Context, lines *[]byte, statement *sql.Stmt, of any) ([]order, error) {
	rows, err := statement.QueryContext(ctx, of)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	orders := make([]order, 0, 50)
	for rows.Next() {
		var o order
		if err := rows.Scan(&o.user, &o.key, &o.number, &o.status, &o.placed, &o.total, &o.currency); err != nil {
			return nil, err
		}
		orders = append(orders, o)
	}
	if err := rows.Err(); err != nil || len(orders) == 0 {
		return nil, err
	}
	_ = rows.Close() // the lines may have its connection
	*lines, err = s.appendLines(ctx, (*lines)[:0], orders)
	return orders, err
}

// appendLines reads the lines of orders, and notes where each order's stand.
func (s *server) appendLines(ctx context.Context, b []byte, orders []order) ([]byte, error) {
	keys, places := make([]int64, len(orders)), make(map[int64]int, len(orders))
	for i, o := range orders {
		keys[i], places[o.key] = o.key, i
	}
	rows, err := s.lines.QueryContext(ctx, pq.Int64Array(keys))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var (
		of, last, key, unit, total     int64
		quantity                       int64
		title                          string
		variant, product               sql.NullInt64
		sku, productSlug, productTitle sql.NullString
		o                              *order
	)
	for rows.Next() {
		err := rows.Scan(&of, &key, &title, &quantity, &unit, &total, &variant, &sku, &product, &productSlug, &productTitle)
		if err != nil {
			return nil, err
		}
		if of != last {
			o, last = &orders[places[of]], of
			o.from = len(b)
		} else {
			b = append(b, ',')
		}
		b = append(b, `{"id":`...)
		b = appendID(b, lineID, key)
		b = append(b, `,"title":`...)
		b = appendText(b, title)
		b = append(b, `,"quantity":`...)
		b = strconv.AppendInt(b, quantity, 10)
		b = append(b, `,"unitPrice":`...)
		b = appendPounds(b, unit)
		b = append(b, `,"total":`...)
		b = appendPounds(b, total)
		b = append(b, `,"variant":`...)
		if variant.Valid {
			b = append(b, `{"id":`...)
			b = appendID(b, variantID, variant.Int64)
			b = append(b, `,"sku":`...)
			b = appendText(b, sku.String)
			b = append(b, `,"product":{"id":`...)
			b = appendID(b, productID, product.Int64)
			b = append(b, `,"slug":`...)
			b = appendText(b, productSlug.String)
			b = append(b, `,"title":`...)
			b = appendText(b, productTitle.String)
			b = append(b, `}}}`...)
		} else {
			b = append(b, `null}`...)
		}
		o.to = len(b)
	}
	return b, rows.Err()
}

func appendOrders(b []byte, orders []order, lines []byte) []byte {
	for i, o := range orders {
		b = appendComma(b, i+1)
		b = append(b, `{"id":`...)
		b = appendID(b, orderID, o.key)
		b = append(b, `,"number":`...)
		b = appendText(b, o.number)
		b = append(b, `,"status":"`...)
		b = append(b, o.status...)
		b = append(b, `","placedAt":`...)
		b = appendTime(b, o.placed)
		b = append(b, `,"total":`...)
		b = appendMoney(b, o.total, o.currency)
		b = append(b, `,"lines":[`...)
		b = append(b, lines[o.from:o.to]...)
		b = append(b, `]}`...)
	}
	return b
}
