package verify_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"galley/ent"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/nodeid"
	"galley/internal/verify"
)

// day is a clock that stands still.
func day() time.Time { return time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC) }

// shop has one of everything that the rules look at, all of it right.
type shop struct {
	ctx context.Context
	*testing.T
	db *database.DB

	variant, cart, order, payment, promotion, line int64
}

func each(t *testing.T, test func(s *shop)) {
	t.Helper()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			test(newShop(t, databasetest.Open(t, engine, day)))
		})
	}
}

// newShop has sold three pieces of ten by card, sent two of them, given one pound back, and holds one for somebody else.
func newShop(t *testing.T, db *database.DB) *shop {
	t.Helper()
	s := &shop{ctx: databasetest.System(t.Context()), T: t, db: db}
	c := db.Client
	p := c.Product.Create().SetTitle("Mug").SetSlug("mug").SetTitleKey([]byte("mug")).SetCurrency("GBP").SaveX(s.ctx)
	v := c.Variant.Create().SetProductID(p.ID).SetSku("mug").SetPriceAmount(500).SetCurrency("GBP").SetOpening(4).SetAvailable(6).SaveX(s.ctx)
	held := c.Cart.Create().SetCurrency("GBP").SetTokenHash([]byte("a")).SetReservedUntil(day().Add(time.Minute)).SaveX(s.ctx)
	c.Reservation.Create().SetCartID(held.ID).SetVariantID(v.ID).SetQuantity(1).ExecX(s.ctx)
	ordered := c.Cart.Create().SetCurrency("GBP").SetTokenHash([]byte("b")).SetStatus("ORDERED").SaveX(s.ctx)
	o := c.Order.Create().SetNumber("G-1").SetEmail("ann@customers.example").SetCartID(ordered.ID).SetFulfilment("PARTIAL").
		SetSubtotalAmount(1500).SetDiscountAmount(150).SetDeliveryAmount(350).SetTaxAmount(283).SetTotalAmount(1700).
		SetCurrency("GBP").SetPlacedAt(day()).SaveX(s.ctx)
	l := c.OrderLine.Create().SetOrderID(o.ID).SetVariantID(v.ID).SetPosition(0).SetTitle("Mug").SetSku("mug").SetQuantity(3).
		SetUnitPriceAmount(500).SetTotalAmount(1500).SetDiscountAmount(150).SetTaxAmount(225).SetFulfilled(2).SetCurrency("GBP").SaveX(s.ctx)
	c.StockMovement.Create().SetVariantID(v.ID).SetQuantity(6).SetReason("RECEIVED").ExecX(s.ctx)
	c.StockMovement.Create().SetVariantID(v.ID).SetQuantity(-3).SetReason("SOLD").SetOrderID(o.ID).ExecX(s.ctx)
	parcel := c.Fulfilment.Create().SetOrderID(o.ID).SaveX(s.ctx)
	c.FulfilmentLine.Create().SetFulfilmentID(parcel.ID).SetOrderLineID(l.ID).SetQuantity(2).ExecX(s.ctx)
	pay := c.Payment.Create().SetOrderID(o.ID).SetMethod("CARD").SetGateway("test").SetStatus("CAPTURED").SetCurrency("GBP").
		SetDueAmount(1700).SetAuthorisedAmount(1700).SetCapturedAmount(1700).SetRefundedAmount(100).SaveX(s.ctx)
	for kind, amount := range map[string]int{"AUTHORISED": 1700, "CAPTURED": 1700, "REFUNDED": 100} {
		s.exec(fmt.Sprintf(`INSERT INTO payment_events (id, created_at, payment_id, gateway, fact, kind, amount, currency, source, occurred_at)
			VALUES (%d, $1, %d, 'test', '%s', '%s', %d, 'GBP', 'ANSWER', $1)`, amount+len(kind), pay.ID, kind, kind, amount), day())
	}
	c.PaymentStep.Create().SetPaymentID(pay.ID).SetKind("REFUND").SetAmount(100).SetCurrency("GBP").SetStatus("SUCCEEDED").ExecX(s.ctx)
	promo := c.Promotion.Create().SetName("Ten").SetKind("PERCENTAGE").SetBasisPoints(1000).SetCurrency("GBP").SetUsed(1).SaveX(s.ctx)
	c.PromotionUse.Create().SetPromotionID(promo.ID).SetOrderID(o.ID).SetAmount(150).ExecX(s.ctx)
	c.Job.Create().SetKind("order.placed").SetPayload(fmt.Appendf(nil, `{"order": "%d"}`, o.ID)).SetRunAt(day()).ExecX(s.ctx)
	s.variant, s.cart, s.order, s.line, s.payment, s.promotion = v.ID, held.ID, o.ID, l.ID, pay.ID, promo.ID
	return s
}

// exec runs a statement as somebody does who sits at the database.
func (s *shop) exec(query string, args ...any) {
	s.Helper()
	err := s.db.InTx(s.ctx, func(ctx context.Context, tx *ent.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
	if err != nil {
		s.Fatalf("%s: %v", query, err)
	}
}

func (s *shop) verify(grace time.Duration) *verify.Report {
	s.Helper()
	r, err := verify.Shop(s.ctx, s.db, grace)
	if err != nil {
		s.Fatal(err)
	}
	return r
}

// broken names the rules that are.
func broken(r *verify.Report) (names []string) {
	for _, f := range r.Rules {
		if f.Violations > 0 {
			names = append(names, f.Rule)
		}
	}
	return names
}

func TestAShopThatIsRightBreaksNoRule(t *testing.T) {
	t.Parallel()
	each(t, func(s *shop) {
		if r := s.verify(0); r.Violations() > 0 || len(r.Rules) == 0 || !r.At.Equal(day()) {
			s.Errorf("got %+v", r)
		}
	})
}

// spoiling is a change that somebody makes by hand, and the rules that it breaks. Names in capitals stand for keys.
type spoiling struct {
	what   string
	sql    []string
	breaks []string // the rules
	id     func(s *shop) nodeid.ID
}

func variant(s *shop) nodeid.ID   { return nodeid.Variant.ID(s.variant) }
func cart(s *shop) nodeid.ID      { return nodeid.Cart.ID(s.cart) }
func order(s *shop) nodeid.ID     { return nodeid.Order.ID(s.order) }
func payment(s *shop) nodeid.ID   { return nodeid.Payment.ID(s.payment) }
func promotion(s *shop) nodeid.ID { return nodeid.Promotion.ID(s.promotion) }

var spoilings = []spoiling{
	{"a piece that is sold twice", []string{`UPDATE variants SET available = available + 1`}, []string{"stock"}, variant},
	{"a movement that moved nothing", []string{`DELETE FROM stock_movements WHERE reason = 'RECEIVED'`}, []string{"stock"}, variant},
	{"a reservation that took nothing", []string{`UPDATE reservations SET quantity = 2`}, []string{"stock"}, variant},
	{"a reservation of a cart that is closed", []string{`UPDATE carts SET status = 'MERGED' WHERE id = CART`}, []string{"reservations"}, cart},
	{"a reservation without an end", []string{`UPDATE carts SET reserved_until = NULL WHERE id = CART`}, []string{"reservations"}, cart},
	{"a reservation that nobody releases", []string{`UPDATE carts SET reserved_until = PAST WHERE id = CART`}, []string{"reservations"}, cart},
	{"an order that took no stock", []string{
		`DELETE FROM stock_movements WHERE reason = 'SOLD'`, `UPDATE variants SET available = available + 3`,
	}, []string{"sold"}, order},
	{"more pieces back than there were", []string{
		`UPDATE variants SET available = available + 4`,
		`INSERT INTO stock_movements (id, created_at, variant_id, quantity, reason, order_id) VALUES (1, PAST, VARIANT, 4, 'CANCELLED', ORDER_ID)`,
	}, []string{"sold"}, order},
	{"a total that is not its parts'", []string{`UPDATE orders SET delivery_amount = delivery_amount + 1`}, []string{"order_total"}, order},
	{"a tax that nobody pays", []string{`UPDATE orders SET tax_included = FALSE`}, []string{"order_total"}, order},
	{"lines of another sum", []string{`UPDATE order_lines SET total_amount = total_amount + 1`}, []string{"order_lines"}, order},
	{"lines of another discount", []string{`UPDATE order_lines SET discount_amount = discount_amount - 1`}, []string{"order_lines"}, order},
	{"lines with more tax than the order", []string{`UPDATE order_lines SET tax_amount = 284`}, []string{"order_lines"}, order},
	{"an order of a cart that is open", []string{`UPDATE carts SET status = 'OPEN' WHERE id <> CART`}, []string{"order_of_cart"}, order},
	{"a piece that was sent in no parcel", []string{`UPDATE order_lines SET fulfilled = 3`}, []string{"fulfilled"}, order},
	{"a parcel that was sent twice", []string{`UPDATE fulfilment_lines SET quantity = 3`}, []string{"fulfilled"}, order},
	{"a promotion that was used once more", []string{`UPDATE promotions SET used = 2`}, []string{"promotion_uses"}, promotion},
	{"a promotion that forgot a use", []string{`UPDATE promotions SET used = 0`}, []string{"promotion_uses"}, promotion},
	{"an order without its letter", []string{`DELETE FROM jobs`}, []string{"letters"}, order},
	{"a letter of another order", []string{`UPDATE jobs SET payload = '{"order": "1"}'`}, []string{"letters"}, order},
	{"money that no event tells of", []string{`UPDATE payments SET captured_amount = captured_amount - 1`}, []string{"ledger"}, payment},
	{"an event that changed nothing", []string{`UPDATE payment_events SET amount = amount + 1 WHERE kind = 'REFUNDED'`}, []string{"ledger"}, payment},
	{"a payment by card without any event", []string{`DELETE FROM payment_events`}, []string{"ledger"}, payment},
	{"a capture beyond what was authorised", []string{
		`UPDATE payments SET authorised_amount = 1600`, `UPDATE payment_events SET amount = 1600 WHERE kind = 'AUTHORISED'`,
	}, []string{"captured"}, payment},
	{"a payment by hand of more than is due", []string{
		`DELETE FROM payment_events`, `UPDATE payments SET gateway = 'manual', due_amount = 1699`,
	}, []string{"captured"}, payment},
	{"an order that was paid twice", []string{
		`INSERT INTO payments (id, created_at, updated_at, order_id, method, gateway, status, due_amount, authorised_amount, captured_amount, currency)
			VALUES (1, PAST, PAST, ORDER_ID, 'CARD', 'manual', 'CAPTURED', 1700, 0, 1700, 'GBP')`, `UPDATE payments SET updated_at = PAST`,
	}, []string{"charged_once"}, order},
	{"an order that is placed and not paid", []string{
		`UPDATE payments SET status = 'PENDING', authorised_amount = 0, captured_amount = 0, refunded_amount = 0`, `DELETE FROM payment_events`,
	}, []string{"paid"}, order},
	{"a cancelled order that keeps its money", []string{
		`UPDATE orders SET status = 'CANCELLED', cancelled_at = PAST, updated_at = PAST`, `UPDATE payments SET updated_at = PAST`,
	}, []string{"let_go"}, payment},
	{"an order that waits for ever", []string{`UPDATE orders SET status = 'PENDING_PAYMENT', expires_at = PAST`}, []string{"waiting"}, order},
	{"an order that waits without an end", []string{`UPDATE orders SET status = 'PENDING_PAYMENT'`}, []string{"waiting"}, order},
	{"a step that nobody does", []string{`UPDATE payment_steps SET status = 'PENDING', created_at = PAST`}, []string{"steps"}, payment},
}

// TestEveryRuleIsNoticed breaks each rule by hand, at least once.
func TestEveryRuleIsNoticed(t *testing.T) {
	t.Parallel()
	each(t, func(s *shop) {
		for _, f := range s.verify(0).Rules {
			if !slices.ContainsFunc(spoilings, func(p spoiling) bool { return slices.Contains(p.breaks, f.Rule) }) {
				s.Errorf("nobody breaks the rule %s", f.Rule)
			}
		}
	})
	each(t, func(s *shop) {
		for _, p := range spoilings {
			s.Run(p.what, func(t *testing.T) {
				r := s.spoilt(t, p)
				if got := broken(r); !slices.Equal(got, p.breaks) {
					t.Fatalf("broken are %v, not %v", got, p.breaks)
				}
				f := r.Rules[slices.IndexFunc(r.Rules, func(f verify.Finding) bool { return f.Violations > 0 })]
				if f.Violations != 1 || len(f.Examples) != 1 || f.Examples[0].ID != p.id(s) || f.Examples[0].Text == "" || f.Says == "" {
					t.Errorf("told is %+v", f)
				}
			})
		}
	})
}

// spoilt is the report of a shop that is spoilt for a moment.
func (s *shop) spoilt(t *testing.T, p spoiling) (r *verify.Report) {
	t.Helper()
	undo := errors.New("undone")
	names := strings.NewReplacer("VARIANT", fmt.Sprint(s.variant), "CART", fmt.Sprint(s.cart), "ORDER_ID", fmt.Sprint(s.order), "PAST", "$1")
	err := s.db.InTx(s.ctx, func(ctx context.Context, tx *ent.Tx) error {
		for _, statement := range p.sql {
			var args []any
			if strings.Contains(statement, "PAST") {
				args = append(args, day().Add(-verify.Grace-time.Second))
			}
			if _, err := tx.ExecContext(ctx, names.Replace(statement), args...); err != nil {
				return err
			}
		}
		var err error
		r, err = verify.Look(ctx, tx, day(), verify.Grace)
		return errors.Join(undo, err)
	})
	if !errors.Is(err, undo) || r == nil {
		t.Fatal(err)
	}
	return r
}
