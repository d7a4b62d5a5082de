package settlement_test

import (
	"context"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"galley/ent"
	"galley/ent/order"
	"galley/ent/payment"
	"galley/internal/stock"
	"galley/internal/verify"
)

// TestTheSweepAgainstAPayment has an order's time end while its payment succeeds, of which a webhook tells and the sweep
// that looks up what nobody tells of. The order is placed and paid, or it is over and all is given back, stock and money.
func TestTheSweepAgainstAPayment(t *testing.T) {
	t.Parallel()
	const rounds = 48
	each(t, func(s shop) {
		v := s.variant(2 * rounds)
		try := func(err error) {
			if err != nil {
				t.Error(err)
			}
		}
		ends := map[order.Status]int{}
		for i := range rounds {
			o, p := s.order(card("confirm"))
			s.sell(o, v)
			s.pay.Begin(s.system, p.ID)
			ref := s.again(p).Reference
			s.clock.pass(time.Hour + time.Minute)
			late := func() { s.jitter(i); try(s.pay.Expire(s.system)) }
			paid := func() {
				s.jitter(i)
				s.till.confirm(ref, 3000)
				try(s.webhook(ref, s.till.facts(ref)...))
			}
			poll := func() { s.jitter(i); try(s.pay.Sweep(s.system)) }
			switch i { // first either alone before the other
			case 0:
				late()
				paid()
			case 1:
				paid()
				late()
			default:
				atOnce(late, paid, poll)
			}
			s.work()
			s.sound(s.again(p))
			switch end, got := s.read(o).Status, s.again(p); {
			case end == order.StatusPLACED && stands(got) == "CAPTURED 3000/3000/0":
				ends[end]++
			case end == order.StatusEXPIRED && (got.Status == payment.StatusVOIDED || got.Status == payment.StatusREFUNDED):
				ends[end]++
			default:
				t.Fatalf("round %d: the order is %s, its payment %s, after %v", i, end, stands(got), s.timeline(o))
			}
		}
		t.Logf("%v", ends)
		if ends[order.StatusPLACED] == 0 || ends[order.StatusEXPIRED] == 0 {
			t.Errorf("it always ends alike: %v", ends)
		}
		if left, want := s.db.Client.Variant.GetX(s.system, v.ID).Available, 2*rounds-2*ends[order.StatusPLACED]; left != want {
			t.Errorf("%d pieces are left, not %d", left, want)
		}
		report, err := verify.Shop(s.system, s.db, 0)
		s.must(err)
		for _, f := range report.Rules {
			if f.Violations > 0 {
				t.Errorf("%s: %+v", f.Says, f.Examples)
			}
		}
	})
}

// jitter is a moment by chance; in every third round there is none.
func (s shop) jitter(round int) {
	if round%3 != 0 {
		time.Sleep(rand.N(3 * time.Millisecond))
	}
}

// variant is on sale for 15.00.
func (s shop) variant(pieces int) *ent.Variant {
	name := strconv.FormatInt(s.n.Add(1), 10)
	p := s.db.Client.Product.Create().SetTitle("Mug").SetTitleKey([]byte("mug")).SetSlug("mug" + name).SetCurrency(gbp).SaveX(s.system)
	return s.db.Client.Variant.Create().SetProductID(p.ID).SetSku("M" + name).SetPriceAmount(1500).SetCurrency(gbp).
		SetAvailable(pieces).SetOpening(pieces).SaveX(s.system)
}

// sell has an order take two pieces.
func (s shop) sell(o *ent.Order, v *ent.Variant) {
	s.Helper()
	s.must(s.db.InTx(s.system, func(ctx context.Context, tx *ent.Tx) error {
		tx.OrderLine.Create().SetOrderID(o.ID).SetVariantID(v.ID).SetPosition(0).SetTitle("Mug").SetSku(v.Sku).SetQuantity(2).
			SetUnitPriceAmount(1500).SetTotalAmount(3000).SetCurrency(gbp).ExecX(ctx)
		short, err := stock.Take(ctx, tx, s.db, o.ID, []stock.Item{{VariantID: v.ID, Quantity: 2}})
		if len(short) > 0 {
			s.Errorf("short of %v", short)
		}
		return err
	}))
}
