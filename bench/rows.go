package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"galley/internal/nodeid"
)

// written is a table's rows that an order leaves, as they are compared.
type written struct {
	table string
	where string   // $1 is the cart's key, or the order's
	but   []string // columns that are not compared
}

// ofCart are what a cart leaves, ofOrder what an order leaves. The handwritten order leaves out what explains its
// price, the letters' token, and what its cart was told of it.
var (
	ofCart = []written{
		{"carts", "id = $1", []string{"version", "email", "shipping_address", "billing_address", "delivery_quote_id", "quote"}},
		{"cart_lines", "cart_id = $1 ORDER BY id", nil},
	}
	ofOrder = []written{
		{"orders", "id = $1", []string{"number", "access_hash", "quote"}},
		{"order_lines", "order_id = $1 ORDER BY position", nil},
		{"order_events", "order_id = $1 ORDER BY id", nil},
		{"payments", "order_id = $1", nil},
		{"payment_steps", "payment_id IN (SELECT id FROM payments WHERE order_id = $1) ORDER BY id", nil},
		{"payment_events", "payment_id IN (SELECT id FROM payments WHERE order_id = $1) ORDER BY id", nil},
		{"jobs", `EXISTS (SELECT 1 FROM payments AS p LEFT JOIN payment_steps AS s ON s.payment_id = p.id WHERE p.order_id = $1
			AND (CAST(jobs.payload AS text) LIKE '%"' || p.order_id || '"%' OR CAST(jobs.payload AS text) LIKE '%"' || s.id || '"%')) ORDER BY kind, run_at`, nil},
		{"stock_movements", "order_id = $1 ORDER BY variant_id", nil},
	}
)

// belongs are columns that say whose a row is, by which it was found.
var belongs = []string{"id", "cart_id", "order_id", "payment_id"}

var orderMade = regexp.MustCompile(`order_[0-9A-Z]{13}`)

// written is the rows of a cart, and of the order that an answer names.
func (s *shop) written(ctx context.Context, cart int64, answer []byte) (string, error) {
	var b strings.Builder
	for _, w := range ofCart {
		if err := s.append(ctx, &b, w, cart); err != nil {
			return "", err
		}
	}
	text := orderMade.Find(answer)
	if text == nil {
		return b.String(), nil
	}
	order, err := nodeid.Parse(string(text))
	if err != nil {
		return "", err
	}
	for _, w := range ofOrder {
		if err := s.append(ctx, &b, w, order.Key); err != nil {
			return "", err
		}
	}
	return b.String(), s.appendStock(ctx, &b, order.Key)
}

// append writes a table's rows, one a line.
func (s *shop) append(ctx context.Context, b *strings.Builder, w written, key int64) error {
	rows, err := s.db.QueryContext(ctx, "SELECT * FROM "+w.table+" WHERE "+w.where, key)
	if err != nil {
		return fmt.Errorf("read %s: %w", w.table, err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		return fmt.Errorf("read %s: %w", w.table, err)
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("read %s: %w", w.table, err)
		}
		b.WriteString(w.table)
		for i, column := range columns {
			if !slices.Contains(belongs, column) && !slices.Contains(w.but, column) {
				fmt.Fprintf(b, " %s=%s", column, plain(column, values[i]))
			}
		}
		b.WriteByte('\n')
	}
	return rows.Err()
}

var (
	keyInText = regexp.MustCompile(`"\d{15,}"`)
	keyInName = regexp.MustCompile(`(test_hold_[A-Z]+_\d+_)[0-9a-f]{16}`)
)

// plain is a value without what each server makes by itself: of moments there is only whether they are there, of
// keys that they are.
func plain(column string, value any) string {
	if strings.HasSuffix(column, "_at") {
		return fmt.Sprint(value != nil)
	}
	if bytes, ok := value.([]byte); ok {
		value = string(bytes)
	}
	if text, ok := value.(string); ok {
		value = keyInName.ReplaceAllString(keyInText.ReplaceAllString(text, `"#"`), "$1#")
	}
	return fmt.Sprint(value)
}

// appendStock writes what is left and what was sold of an order's variants, together: both servers take of the same
// stock, so it must be what there was.
func (s *shop) appendStock(ctx context.Context, b *strings.Builder, order int64) error {
	var left []int64
	err := s.list(ctx, &left, `SELECT v.available - (SELECT COALESCE(SUM(m.quantity), 0) FROM stock_movements AS m WHERE m.variant_id = v.id AND m.reason = 'SOLD')
		FROM variants AS v JOIN order_lines AS l ON l.variant_id = v.id WHERE l.order_id = $1 ORDER BY v.id`, order)
	fmt.Fprintf(b, "stock %v\n", left)
	return err
}
