package checkout

import (
	"context"
	"encoding/json"
	"fmt"

	"galley/ent"
	"galley/internal/money"
	"galley/internal/pricing"
)

// orderLine is a line of the order as it is sent to the database.
type orderLine struct {
	ID       int64       `json:"id"`
	Position int         `json:"position"`
	Variant  int64       `json:"variant"`
	Title    string      `json:"title"`
	SKU      string      `json:"sku"`
	Quantity int         `json:"quantity"`
	Price    money.Minor `json:"price"`
	Total    money.Minor `json:"total"`
	Discount money.Minor `json:"discount"`
	Tax      money.Minor `json:"tax"`
}

// writeLines stores the order's lines in one statement, whose text is the same for any number of them.
func (w *Workflow) writeLines(ctx context.Context, tx *ent.Tx, orderID int64, d *draft) error {
	priced := make(map[int64]pricing.QuoteLine, len(d.Lines))
	for _, l := range d.Price.Lines {
		priced[l.Key] = l
	}
	lines := make([]orderLine, len(d.Lines))
	for i, l := range d.Lines {
		key, err := w.Database.NextKey()
		if err != nil {
			return fmt.Errorf("make key: %w", err)
		}
		p := priced[l.ID]
		lines[i] = orderLine{
			ID: key, Position: i, Variant: l.VariantID, Title: title(l), SKU: l.Variant.Sku, Quantity: l.Quantity,
			Price: p.UnitPrice, Total: p.Subtotal, Discount: p.Discount, Tax: p.Tax,
		}
	}
	text, err := json.Marshal(lines)
	if err != nil {
		return fmt.Errorf("encode order lines: %w", err)
	}
	from := `json_to_recordset(CAST($3 AS json)) AS l(
  id bigint, position bigint, variant bigint, title varchar, sku varchar, quantity bigint, price bigint, total bigint, discount bigint, tax bigint)`
	if !w.Database.Postgres() {
		from = `(SELECT value->>'id' AS id, value->>'position' AS position, value->>'variant' AS variant, value->>'title' AS title,
  value->>'sku' AS sku, value->>'quantity' AS quantity, value->>'price' AS price, value->>'total' AS total,
  value->>'discount' AS discount, value->>'tax' AS tax FROM json_each($3)) AS l`
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO order_lines (id, order_id, position, variant_id, title, sku, quantity,
  unit_price_amount, total_amount, discount_amount, tax_amount, fulfilled, currency)
SELECT l.id, CAST($1 AS bigint), l.position, l.variant, l.title, l.sku, l.quantity, l.price, l.total, l.discount, l.tax, 0, $2
FROM `+from, orderID, string(w.Prices.Currency), string(text))
	if err != nil {
		return fmt.Errorf("write order lines: %w", err)
	}
	return nil
}
