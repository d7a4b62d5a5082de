package fulfil_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"galley/ent"
	"galley/ent/order"
	"galley/ent/payment"
	"galley/ent/stockmovement"
	"galley/internal/cart"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/fulfil"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

func TestCancel(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		t.Run("a shopper calls an order off: the pieces go back, and nothing is to be paid", func(t *testing.T) {
			s := s.in(t)
			ctx, a, b, other := s.shopper(), s.variant(10), s.variant(10), s.variant(10)
			o := s.place(ctx, of(a, 3), of(b, 10))
			s.place(ctx, of(other, 1))
			out, err := s.cancel(ctx, o, "  Too many mugs.\nSorry!  ")
			if err != nil || len(out.UserErrors) > 0 || out.Key != o.ID {
				t.Fatalf("got %+v, %v", out, err)
			}
			o = db.Client.Order.GetX(ctx, o.ID)
			if o.Status != order.StatusCANCELLED || o.CancelReason != "Too many mugs.\nSorry!" || o.Version != 2 ||
				o.CancelledAt == nil || time.Since(*o.CancelledAt) > time.Minute {
				t.Errorf("got %+v", o)
			}
			if s.left(a) != 10 || s.left(b) != 10 || s.left(other) != 9 {
				t.Errorf("%d, %d and %d are left", s.left(a), s.left(b), s.left(other))
			}
			if p := s.payment(o); p != payment.StatusVOIDED {
				t.Errorf("the payment is %s", p)
			}
			moves := db.Client.StockMovement.Query().
				Where(stockmovement.OrderID(o.ID), stockmovement.ReasonEQ(stockmovement.ReasonCANCELLED)).AllX(s.system)
			if len(moves) != 2 || moves[0].Quantity+moves[1].Quantity != 13 {
				t.Errorf("got %v", moves)
			}
		})
		t.Run("a guest calls an order off with the cart's token", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.visitor(), s.variant(10)
			o := s.place(ctx, of(v, 3))
			if out, err := s.cancel(ctx, o, ""); err != nil || len(out.UserErrors) > 0 || s.left(v) != 10 {
				t.Errorf("got %+v, %v", out, err)
			}
		})
		t.Run("staff who may read and change orders call off anybody's", func(t *testing.T) {
			s := s.in(t)
			v := s.variant(10)
			o := s.place(s.shopper(), of(v, 3))
			key := viewer.With(t.Context(), viewer.Viewer{Kind: viewer.APIKey, Permissions: []viewer.Permission{viewer.OrderRead, viewer.OrderWrite}})
			if out, err := s.cancel(s.staff(viewer.OrderRead, viewer.OrderWrite), o, "out of fashion"); err != nil || len(out.UserErrors) > 0 {
				t.Errorf("got %+v, %v", out, err)
			}
			if out, err := s.cancel(key, s.place(s.visitor(), of(v, 3)), ""); err != nil || len(out.UserErrors) > 0 || s.left(v) != 10 {
				t.Errorf("got %+v, %v", out, err)
			}
		})
		t.Run("staff who may only read orders call off their own, and no others", func(t *testing.T) {
			s := s.in(t)
			reader := s.staff(viewer.OrderRead)
			for _, o := range []*ent.Order{s.place(s.shopper(), of(s.variant(10), 3)), s.place(s.visitor(), of(s.variant(10), 3))} {
				s.failed(fault.Forbidden)(s.stays(o, func() (*database.Outcome, error) { return s.cancel(reader, o, "") }))
			}
			own := s.place(reader, of(s.variant(10), 3))
			if out, err := s.cancel(reader, own, ""); err != nil || len(out.UserErrors) > 0 {
				t.Errorf("got %+v, %v", out, err)
			}
		})
		t.Run("whoever may not read an order is told nothing of it", func(t *testing.T) {
			s := s.in(t)
			accounts, guests := s.place(s.shopper(), of(s.variant(10), 3)), s.place(s.visitor(), of(s.variant(10), 3))
			otherGuest := s.visitor()
			s.place(otherGuest, of(s.variant(10), 3))
			for _, o := range []*ent.Order{accounts, guests} {
				for _, ctx := range []context.Context{s.shopper(), s.visitor(), otherGuest, t.Context(), s.staff(), s.staff(viewer.OrderWrite)} {
					s.failed(fault.NotFound)(s.stays(o, func() (*database.Outcome, error) { return s.cancel(ctx, o, "") }))
				}
			}
			for _, id := range []nodeid.ID{{}, nodeid.Order.ID(1), nodeid.Cart.ID(accounts.ID)} {
				s.failed(fault.NotFound)(s.orders.Cancel(s.staff(viewer.OrderRead, viewer.OrderWrite), fulfil.CancelInput{ID: id}))
			}
		})
		t.Run("what was completed or cancelled stays so", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant(10)
			completed, cancelled := s.place(ctx, of(v, 1)), s.place(ctx, of(v, 1))
			completed.Update().SetStatus(order.StatusCOMPLETED).ExecX(s.system)
			if _, err := s.cancel(ctx, cancelled, "first"); err != nil {
				t.Fatal(err)
			}
			for _, who := range []context.Context{ctx, s.staff(viewer.OrderRead, viewer.OrderWrite)} {
				for _, o := range []*ent.Order{completed, cancelled} {
					s.refused("NOT_CANCELLABLE id")(s.stays(o, func() (*database.Outcome, error) { return s.cancel(who, o, "again") }))
				}
			}
		})
		t.Run("an order that has changed since it was read is a conflict", func(t *testing.T) {
			s := s.in(t)
			ctx := s.shopper()
			o := s.place(ctx, of(s.variant(10), 3))
			version := o.Version
			o.Update().AddVersion(1).ExecX(s.system)
			s.failed(fault.Conflict)(s.stays(o, func() (*database.Outcome, error) {
				return s.orders.Cancel(ctx, fulfil.CancelInput{ID: o.NodeID(), ExpectedVersion: &version})
			}))
			version++
			if out, err := s.orders.Cancel(ctx, fulfil.CancelInput{ID: o.NodeID(), ExpectedVersion: &version}); err != nil || len(out.UserErrors) > 0 {
				t.Errorf("got %+v, %v", out, err)
			}
			s.failed(fault.Conflict)(s.orders.Cancel(ctx, fulfil.CancelInput{ID: o.NodeID(), ExpectedVersion: &version}))
		})
		t.Run("a reason is short and plain", func(t *testing.T) {
			s := s.in(t)
			ctx := s.shopper()
			o := s.place(ctx, of(s.variant(10), 3))
			for _, reason := range []string{strings.Repeat("a", 501), "a\x00b", "a\x1b[31m", "\xff"} {
				s.refused("INVALID reason")(s.stays(o, func() (*database.Outcome, error) { return s.cancel(ctx, o, reason) }))
			}
			long := strings.Repeat("a", 500)
			if out, err := s.cancel(ctx, o, long); err != nil || len(out.UserErrors) > 0 || s.read(o).CancelReason != long {
				t.Errorf("got %+v, %v", out, err)
			}
			s.refused("NOT_CANCELLABLE id", "INVALID reason")(s.cancel(ctx, o, long+"a"))
		})
		t.Run("money that has come is not forgotten", func(t *testing.T) {
			s := s.in(t)
			ctx := s.shopper()
			o := s.place(ctx, of(s.variant(10), 3))
			db.Client.Payment.Update().Where(payment.OrderID(o.ID)).SetStatus(payment.StatusCAPTURED).ExecX(s.system)
			if out, err := s.cancel(ctx, o, ""); err != nil || len(out.UserErrors) > 0 || s.payment(o) != payment.StatusCAPTURED {
				t.Errorf("got %+v, %v; the payment is %s", out, err, s.payment(o))
			}
		})
		t.Run("bookkeeping lines and variants off sale are no hindrance", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant(10)
			o := s.place(ctx, of(v, 3))
			db.Client.OrderLine.Create().SetOrderID(o.ID).SetPosition(9).SetTitle("Postage").SetSku("POST").SetQuantity(1).
				SetUnitPriceAmount(0).SetTotalAmount(0).SetCurrency(gbp).ExecX(s.system)
			v.Update().SetArchived(true).ExecX(s.system)
			if out, err := s.cancel(ctx, o, ""); err != nil || len(out.UserErrors) > 0 || s.left(v) != 10 {
				t.Errorf("got %+v, %v", out, err)
			}
		})
		t.Run("a replay under an idempotency key is the same answer, and puts nothing back", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant(10)
			o := s.place(ctx, of(v, 3))
			ctx = database.WithRequest(ctx, database.Request{Scope: "x", Key: "key", Hash: []byte("x")})
			for range 3 {
				if out, err := s.cancel(ctx, o, ""); err != nil || len(out.UserErrors) > 0 || out.Key != o.ID || s.left(v) != 10 {
					t.Errorf("got %+v, %v", out, err)
				}
			}
		})
	})
}

func TestCancelTakesAConstantNumberOfStatements(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		for _, n := range []int{1, 3, 50} {
			var lines []cart.LineInput
			for range n {
				lines = append(lines, of(s.variant(10), 1))
			}
			owner, staff := s.shopper(), s.staff(viewer.OrderRead, viewer.OrderWrite)
			want := 14
			if db.Postgres() {
				want = 11
			}
			for _, c := range []struct {
				name string
				ctx  context.Context
			}{{"its owner", owner}, {"staff", staff}} {
				o := s.place(owner, lines...)
				ctx, counter := database.WithCounter(c.ctx)
				if out, err := s.cancel(ctx, o, ""); err != nil || len(out.UserErrors) > 0 {
					t.Fatalf("got %+v, %v", out, err)
				}
				if got := counter.Statements(); got != want {
					t.Errorf("%s, %d lines: %d statements instead of %d", c.name, n, got, want)
				}
			}
		}
	})
}
