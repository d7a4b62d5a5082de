package handwritten

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// The variant must be on sale, and the cart's with enough pieces left, within its limit; the cart must be the
// caller's, open, and hold no more than it may. Else nothing is written.
const addSQL = `WITH wanted AS (
  SELECT v.id, v.price_amount FROM variants v JOIN products p ON p.id = v.product_id AND p.status = 'PUBLISHED'
    LEFT JOIN cart_lines held ON held.cart_id = $1 AND held.variant_id = v.id
  WHERE v.id = $3 AND NOT v.archived AND v.currency = 'GBP'
    AND COALESCE(held.quantity, 0) + $4 BETWEEN 1 AND LEAST(v.available, 100000)
    AND (held.id IS NOT NULL OR (SELECT COUNT(*) FROM cart_lines WHERE cart_id = $1) < 200)
    AND (v.purchase_limit IS NULL OR COALESCE(held.quantity, 0) + $4 + (
      SELECT COALESCE(SUM(l.quantity), 0) FROM order_lines l JOIN orders o ON o.id = l.order_id
      WHERE l.variant_id = v.id AND o.user_id = $2 AND o.status NOT IN ('CANCELLED', 'EXPIRED')) <= v.purchase_limit)
), mine AS (
  UPDATE carts SET version = version + 1, updated_at = $6
  WHERE id = $1 AND user_id = $2 AND status = 'OPEN' AND EXISTS (SELECT FROM wanted) RETURNING id
)
INSERT INTO cart_lines (id, created_at, cart_id, variant_id, quantity, seen_price)
SELECT $5, $6, mine.id, wanted.id, $4, wanted.price_amount FROM mine, wanted
ON CONFLICT (cart_id, variant_id) DO UPDATE SET quantity = cart_lines.quantity + excluded.quantity, seen_price = excluded.seen_price`

const cartSQL = `SELECT l.quantity, v.id, v.sku, v.price_amount, p.id, p.title
FROM cart_lines l JOIN variants v ON v.id = l.variant_id AND NOT v.archived AND v.currency = 'GBP'
  JOIN products p ON p.id = v.product_id AND p.status = 'PUBLISHED'
WHERE l.cart_id = $1 ORDER BY l.id`

func (s *server) addToCart(b []byte, r *http.Request) ([]byte, error) {
	ctx := r.Context()
	cart, err := keyOf(cartID, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	var in struct {
		Variant  string `json:"variant"`
		Quantity int    `json:"quantity"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<10)).Decode(&in); err != nil || in.Quantity < 1 {
		return nil, refusal(http.StatusBadRequest)
	}
	variant, err := keyOf(variantID, in.Variant)
	if err != nil {
		return nil, err
	}
	me, err := s.caller(ctx, r)
	if err != nil {
		return nil, err
	}
	done, err := s.add.ExecContext(ctx, cart, me.user, variant, in.Quantity, s.keys.Next(), time.Now())
	if err != nil {
		return nil, err
	}
	if n, err := done.RowsAffected(); n == 0 || err != nil {
		return nil, refusal(http.StatusConflict)
	}
	return s.appendCart(ctx, b, cart)
}

func (s *server) appendCart(ctx context.Context, b []byte, cart int64) ([]byte, error) {
	rows, err := s.cart.QueryContext(ctx, cart)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var (
		quantity, variant, price, product int64
		sku, title                        string
		pieces, subtotal                  int64
		lines                             = make([]byte, 0, 1<<10)
	)
	for n := 1; rows.Next(); n++ {
		if err := rows.Scan(&quantity, &variant, &sku, &price, &product, &title); err != nil {
			return nil, err
		}
		pieces += quantity
		subtotal += quantity * price
		lines = appendComma(lines, n)
		lines = append(lines, `{"quantity":`...)
		lines = strconv.AppendInt(lines, quantity, 10)
		lines = append(lines, `,"total":`...)
		lines = appendPounds(lines, quantity*price)
		lines = append(lines, `,"variant":{"id":`...)
		lines = appendID(lines, variantID, variant)
		lines = append(lines, `,"sku":`...)
		lines = appendText(lines, sku)
		lines = append(lines, `,"product":{"id":`...)
		lines = appendID(lines, productID, product)
		lines = append(lines, `,"title":`...)
		lines = appendText(lines, title)
		lines = append(lines, `}}}`...)
	}
	b = append(b, `{"data":{"cartLinesAdd":{"userErrors":[],"cart":{"id":`...)
	b = appendID(b, cartID, cart)
	b = append(b, `,"totalQuantity":`...)
	b = strconv.AppendInt(b, pieces, 10)
	b = append(b, `,"subtotal":`...)
	b = appendMoney(b, subtotal, "GBP")
	b = append(b, `,"lines":[`...)
	b = append(b, lines...)
	return append(b, `]}}}}`...), rows.Err()
}
