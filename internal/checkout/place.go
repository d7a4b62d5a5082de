package checkout

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"galley/ent"
	"galley/ent/cart"
	"galley/ent/order"
	"galley/internal/fault"
	"galley/internal/lifecycle"
	"galley/internal/live"
	"galley/internal/promotion"
	"galley/internal/quote"
	"galley/internal/settlement"
	"galley/internal/stock"
	"galley/internal/token"
)

// numbers is how many order numbers are tried: one is enough until there are billions of orders.
const numbers = 8

// placing is an order that was written, with its payment.
type placing struct {
	order   *ent.Order
	payment *settlement.Asked
}

// place writes the order that was decided on, in a constant number of statements, and asks for its payment. What many
// want is locked in the order that all keep, promotions before variants, and as late as can be.
func (w *Workflow) place(ctx context.Context, tx *ent.Tx, d *draft, in CompleteInput) (*placing, error) {
	o, err := w.write(ctx, tx, d, in)
	if err != nil {
		return nil, err
	}
	if err := w.takePromotions(ctx, tx, o.ID, d); err != nil {
		return nil, err
	}
	if err := w.take(ctx, tx, o.ID, d); err != nil {
		return nil, err
	}
	p := &placing{order: o}
	w.Live.AfterCommit(tx, live.Cart(d.ID))
	return p, w.Database.Together(ctx, tx, func(ctx context.Context) (err error) {
		if err := w.writeLines(ctx, tx, o.ID, d); err != nil {
			return err
		}
		if d.held {
			if err := stock.Sell(ctx, tx, w.Database, d.ID, o.ID, items(d.Lines)); err != nil {
				return err
			}
		}
		if err := closeCart(ctx, tx, d.ID, o); err != nil {
			return err
		}
		if err := w.Orders.Created(ctx, tx, o); err != nil {
			return err
		}
		p.payment, err = w.Payments.Ask(ctx, tx, o, in.means())
		return err
	})
}

// write stores the order under a number that no other has.
func (w *Workflow) write(ctx context.Context, tx *ent.Tx, d *draft, in CompleteInput) (*ent.Order, error) {
	key, err := w.Database.NextKey()
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	price, err := quote.Freeze(d.Price)
	if err != nil {
		return nil, err
	}
	now := w.Database.Now()
	o := &ent.Order{
		ID: key, Email: d.email, Currency: w.Prices.Currency, TotalAmount: d.Price.Total, Quote: price,
		Status: settlement.Begins(in.Payment, d.Price.Total),
	}
	for range numbers {
		if o.Number, err = newNumber(w.Database.Random()); err != nil {
			return nil, err
		}
		create := tx.Order.Create().SetID(key).SetNumber(o.Number).SetEmail(o.Email).SetCurrency(o.Currency).SetStatus(o.Status).
			SetCartID(d.ID).SetAccessHash(token.Hash(lifecycle.AccessToken(w.Secrets, key, o.Email))).
			SetSubtotalAmount(d.Price.Subtotal).SetDiscountAmount(d.Price.Discount).SetDeliveryAmount(d.Price.Delivery).
			SetTaxAmount(d.Price.Tax).SetTaxIncluded(d.Price.TaxIncluded).SetTotalAmount(o.TotalAmount).
			SetDeliveryName(d.Price.DeliverAs).SetQuote(price).
			SetShippingAddress(d.shipping).SetCountry(d.shipping.Country).SetPlacedAt(now)
		if d.billing != nil {
			create.SetBillingAddress(d.billing)
		}
		if d.user != 0 {
			create.SetUserID(d.user)
		} else {
			create.SetTokenHash(d.token)
		}
		if o.Status == order.StatusPENDING_PAYMENT {
			create.SetExpiresAt(now.Add(w.Payments.Window))
		}
		err := create.OnConflictColumns(order.FieldNumber).DoNothing().Exec(ctx)
		switch {
		case err == nil:
			return o, nil
		case !errors.Is(err, sql.ErrNoRows): // the number is taken
			return nil, fmt.Errorf("write order: %w", err)
		}
	}
	return nil, errors.New("write order: found no free number")
}

// takePromotions counts the promotions that the price is made with.
func (w *Workflow) takePromotions(ctx context.Context, tx *ent.Tx, orderID int64, d *draft) error {
	if len(d.Price.Applied) == 0 {
		return nil
	}
	customer := d.email // by which promotions are counted: an account's own address, wherever the mail goes
	if d.user != 0 {
		customer = d.account.email
	}
	refused, err := promotion.Take(ctx, tx, w.Database, orderID, customer, d.Price.Applied)
	if err != nil {
		return err
	}
	var errs fault.Collector
	for _, p := range d.Price.Applied {
		what := fmt.Sprintf("The promotion “%s”", p.Name)
		if p.Code != "" {
			what = fmt.Sprintf("The code %s", p.Code)
		}
		errs.Add(!slices.Contains(refused, p.Key), PromoCodeUsedUp, what+" cannot be had any more", "cart")
	}
	return errs.Err()
}

// take takes the pieces, unless the checkout holds them, and looks at the purchase limits while nobody else can take any.
func (w *Workflow) take(ctx context.Context, tx *ent.Tx, orderID int64, d *draft) error {
	if d.held {
		if err := d.lockLimited(ctx, tx); err != nil {
			return err
		}
		return d.withinLimits(ctx, tx)
	}
	if err := w.letGo(ctx, tx, d); err != nil {
		return err
	}
	short, err := stock.Take(ctx, tx, w.Database, orderID, items(d.Lines))
	if err != nil {
		return err
	}
	w.Live.AfterCommit(tx, live.Stocks(variants(d.Lines))...)
	if err := enough(d.Lines, short); err != nil {
		return err
	}
	return d.withinLimits(ctx, tx)
}

// closeCart has the cart keep what became of it: nothing changes it any more.
func closeCart(ctx context.Context, tx *ent.Tx, key int64, o *ent.Order) error {
	err := tx.Cart.Update().Where(cart.ID(key)).SetStatus(cart.StatusORDERED).AddVersion(1).SetQuote(o.Quote).
		ClearReservedUntil().SetExtended(false).Exec(ctx)
	if err != nil {
		return fmt.Errorf("close cart: %w", err)
	}
	return nil
}
