package checkout

import (
	"fmt"

	"galley/ent/orderline"
	"galley/internal/cart"
	"galley/internal/fault"
	"galley/internal/quote"
	"galley/internal/stock"
)

// name is what the order calls a line: the product, and what tells the variant from its siblings.
func name(l *quote.Line) string {
	if l.Variant.Title == "" {
		return l.Product.Title
	}
	return l.Product.Title + " – " + l.Variant.Title
}

// label is what the shopper is told a line by.
func label(l *quote.Line) string { return fmt.Sprintf("“%s” (%s)", name(l), l.Variant.Sku) }

// title is its name, as long as an order line may keep it.
func title(l *quote.Line) string {
	title := []rune(name(l))
	for orderline.TitleValidator(string(title)) != nil {
		title = title[:len(title)-1]
	}
	return string(title)
}

// sold tells whether all lines are still sold, and notes what is not, and of what fewer pieces are left than the cart wants. What is off sale is told by
// its place: visitors see no more of it. The stock decides when it is taken; who is told before need not wait for a lock.
func sold(c *fault.Collector, lines []*quote.Line) bool {
	all := true
	for i, l := range lines {
		if l.Variant == nil {
			all = false
			c.Add(false, VariantUnavailable, fmt.Sprintf("Line %d of the cart is no longer sold", i+1), "cart")
		} else if left := l.Variant.Available + l.Reserved; l.Quantity > left {
			c.Add(false, InsufficientStock, cart.Left(left, label(l)), "cart")
		}
	}
	return all
}

// items are the pieces of lines that are all sold.
func items(lines []*quote.Line) []stock.Item {
	items := make([]stock.Item, len(lines))
	for i, l := range lines {
		items[i] = stock.Item{VariantID: l.VariantID, Quantity: l.Quantity}
	}
	return items
}

func variants(lines []*quote.Line) []int64 {
	keys := make([]int64, len(lines))
	for i, l := range lines {
		keys[i] = l.VariantID
	}
	return keys
}

// held tells whether the cart's checkout holds all pieces of its lines, and whether it holds any.
func held(lines []*quote.Line) (all, some bool) {
	all = true
	for _, l := range lines {
		all = all && l.Reserved == l.Quantity
		some = some || l.Reserved > 0
	}
	return all, some
}
