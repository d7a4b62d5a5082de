package loader

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"galley/ent"
	"galley/internal/fault"
	"galley/internal/money"
	"galley/internal/pricing"
	"galley/internal/quote"
)

// AppliedPromotion is the SDL's type of the same name.
type AppliedPromotion struct {
	Name   string
	Code   *string
	Amount money.Money
}

// PriceStep is the SDL's type of the same name.
type PriceStep struct {
	Kind     pricing.StepKind
	Label    string
	Amount   money.Money
	Included bool
}

// CartWarning is the SDL's type of the same name.
type CartWarning struct {
	Code      fault.Reason
	Line      *ent.CartLine
	PromoCode *string
	Message   string
}

// pricesOfCarts are what carts cost: those that the viewer may see.
func pricesOfCarts(ctx context.Context, l *Loaders, keys []int64) (map[int64]*quote.Cart, error) {
	carts, err := l.cartsOf(ctx, keys)
	if err != nil {
		return nil, err
	}
	return l.source.Quotes.Of(ctx, l.source.Client, carts)
}

// Promise is a cart, and the price that its checkout promises: nil while none does.
type Promise struct {
	*ent.Cart
	Price *pricing.Quote
}

// promisesOfCarts are in the carts' rows.
func promisesOfCarts(ctx context.Context, l *Loaders, keys []int64) (map[int64]*Promise, error) {
	carts, err := l.cartsOf(ctx, keys)
	promises := make(map[int64]*Promise, len(carts))
	for _, c := range carts {
		frozen, err := quote.Frozen(c, l.source.Now())
		if err != nil {
			return nil, err
		}
		promises[c.ID] = &Promise{c, frozen}
	}
	return promises, err
}

// promised is the price that a cart's checkout promises, or nil.
func (l *Loaders) promised(ctx context.Context, cartID int64) (*pricing.Quote, error) {
	promise, err := l.PromiseOfCart.Load(ctx, cartID)
	if promise == nil || err != nil {
		return nil, err
	}
	return promise.Price, nil
}

func (l *Loaders) cartsOf(ctx context.Context, keys []int64) ([]*ent.Cart, error) {
	found, err := l.Cart.loadAll(ctx, keys)
	carts := make([]*ent.Cart, 0, len(found))
	for _, c := range found {
		if c != nil {
			carts = append(carts, c)
		}
	}
	return carts, err
}

// PartOfCart is an amount of what a cart costs.
func (l *Loaders) PartOfCart(ctx context.Context, c *ent.Cart, part func(pricing.Quote) money.Minor) (*money.Money, error) {
	priced, err := l.PriceOfCart.Load(ctx, c.ID)
	if priced == nil || err != nil {
		return nil, err
	}
	return &money.Money{Amount: part(priced.Price), Currency: c.Currency}, nil
}

// TaxIncludedOfCart tells whether a cart's amounts contain the tax.
func (l *Loaders) TaxIncludedOfCart(ctx context.Context, c *ent.Cart) (*bool, error) {
	priced, err := l.PriceOfCart.Load(ctx, c.ID)
	if priced == nil || err != nil {
		return nil, err
	}
	return &priced.Price.TaxIncluded, nil
}

// PartOfCartLine is an amount of what a line costs, or nil once it is no longer sold.
func (l *Loaders) PartOfCartLine(ctx context.Context, line *ent.CartLine, part func(pricing.QuoteLine) money.Minor) (*money.Money, error) {
	priced, err := l.PriceOfCart.Load(ctx, line.CartID)
	if priced == nil || err != nil {
		return nil, err
	}
	return partOf(&priced.Price, line, priced.Currency, part), nil
}

// partOf is an amount of a line in a price, or nil where it is not in it.
func partOf(q *pricing.Quote, line *ent.CartLine, currency money.Currency, part func(pricing.QuoteLine) money.Minor) *money.Money {
	for _, l := range q.Lines {
		if l.Key == line.ID {
			return &money.Money{Amount: part(l), Currency: currency}
		}
	}
	return nil
}

// PromotionsOfCart are those that take something off.
func (l *Loaders) PromotionsOfCart(ctx context.Context, c *ent.Cart) ([]*AppliedPromotion, error) {
	priced, err := l.PriceOfCart.Load(ctx, c.ID)
	if priced == nil || err != nil {
		return nil, err
	}
	applied := make([]*AppliedPromotion, len(priced.Price.Applied))
	for i, a := range priced.Price.Applied {
		applied[i] = &AppliedPromotion{Name: a.Name, Code: text(a.Code), Amount: money.Money{Amount: a.Amount, Currency: c.Currency}}
	}
	return applied, nil
}

// text is a text that may be absent.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// StepsOfCart are the steps to a cart's total.
func (l *Loaders) StepsOfCart(ctx context.Context, c *ent.Cart) ([]*PriceStep, error) {
	priced, err := l.PriceOfCart.Load(ctx, c.ID)
	if priced == nil || err != nil {
		return nil, err
	}
	return stepsOf(&priced.Price, c.Currency), nil
}

// StepsOfOrder are the steps to an order's total.
func StepsOfOrder(o *ent.Order) ([]*PriceStep, error) {
	q, err := quote.Thaw(o.Quote)
	if q == nil || err != nil {
		return []*PriceStep{}, err
	}
	return stepsOf(q, o.Currency), nil
}

func stepsOf(q *pricing.Quote, currency money.Currency) []*PriceStep {
	steps := make([]*PriceStep, len(q.Steps))
	for i, s := range q.Steps {
		steps[i] = &PriceStep{Kind: s.Kind, Label: s.Label, Amount: money.Money{Amount: s.Amount, Currency: currency}, Included: s.Included}
	}
	return steps
}

// WarningsOfCart are what its shopper should know.
func (l *Loaders) WarningsOfCart(ctx context.Context, c *ent.Cart) ([]*CartWarning, error) {
	priced, err := l.PriceOfCart.Load(ctx, c.ID)
	if priced == nil || err != nil {
		return nil, err
	}
	warnings := make([]*CartWarning, len(priced.Warnings))
	for i, w := range priced.Warnings {
		warnings[i] = &CartWarning{Code: w.Code, PromoCode: text(w.PromoCode), Message: w.Message}
		if w.Line != nil {
			warnings[i].Line = w.Line.CartLine
		}
	}
	return warnings, nil
}

// pricesAhead fetches what carts cost, if something that is selected of them or of their lines is made of it, and what is
// selected below their warnings.
func (w walk) pricesAhead(ctx context.Context, rows []*ent.Cart, fields, lines []graphql.CollectedField) {
	keys := keysOf(rows, func(r *ent.Cart) int64 { return r.ID })
	_, _ = w.PromiseOfCart.now(ctx, keys) // asks nothing: the rows are there
	if !oneOf(fields, "discount", "delivery", "tax", "taxIncluded", "total", "promotions", "priceExplanation", "warnings") && !oneOf(lines, "discount", "tax") {
		return
	}
	found, err := w.PriceOfCart.now(ctx, keys)
	if err != nil {
		return
	}
	var warned []*ent.CartLine
	for _, c := range found {
		for _, warning := range c.Warnings {
			if warning.Line != nil {
				warned = append(warned, warning.Line.CartLine)
			}
		}
	}
	if len(warned) == 0 {
		return
	}
	for _, f := range fields {
		if f.Name != "warnings" {
			continue
		}
		for _, line := range w.fields(f.Selections, "CartWarning") {
			if line.Name == "line" {
				w.apart(w.fields(line.Selections, "CartLine", "Node"), func(fields []graphql.CollectedField) {
					w.ofCartLines(ctx, warned, fields, false)
				})
			}
		}
	}
}

// pricesOfLinesAhead is pricesAhead for lines that were not reached from their carts.
func (w walk) pricesOfLinesAhead(ctx context.Context, rows []*ent.CartLine, fields []graphql.CollectedField) {
	if !oneOf(fields, "unitPrice", "total", "discount", "tax") {
		return
	}
	w.cartsOfLines(ctx, rows)
	var carts []*ent.Cart
	for _, r := range rows {
		if c, _ := w.Cart.known(r.CartID); c != nil {
			carts = append(carts, c)
		}
	}
	w.pricesAhead(ctx, carts, nil, fields)
}

// oneOf tells whether one of these fields is selected.
func oneOf(fields []graphql.CollectedField, names ...string) bool {
	return slices.ContainsFunc(fields, func(f graphql.CollectedField) bool { return slices.Contains(names, f.Name) })
}
