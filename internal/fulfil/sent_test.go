package fulfil_test

import (
	"context"
	"sync"
	"testing"

	"galley/ent"
	"galley/ent/order"
	"galley/ent/orderevent"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/fulfil"
	"galley/internal/lifecycle"
	"galley/internal/secret"
	"galley/internal/token"
	"galley/internal/viewer"
)

func TestCancelWhatIsSent(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		s.run("the shop calls off the rest of an order, its owner does not", func(s shop) {
			owner, desk, v := s.shopper(), s.packer(), s.variant(10)
			o := s.place(owner, of(v, 5))
			s.sent(s.send(desk, o, 2))
			s.refused("NOT_CANCELLABLE id")(s.stays(o, func() (*database.Outcome, error) { return s.cancel(owner, o, "") }))
			if out, err := s.cancel(desk, o, "no more"); err != nil || out.Key != o.ID {
				s.t.Fatalf("got %+v, %v", out, err)
			}
			s.progress(o, order.FulfilmentPARTIAL, order.StatusCANCELLED)
			if s.left(v) != 8 {
				s.t.Errorf("%d are left: what was sent is not in stock", s.left(v))
			}
			s.refused("NOT_FULFILLABLE order")(s.send(desk, o))
		})
		s.run("nobody calls off what has been sent", func(s shop) {
			owner, desk := s.shopper(), s.packer()
			o := s.place(owner, of(s.variant(10), 5))
			f := s.sent(s.send(desk, o))
			for range 2 {
				s.refused("NOT_CANCELLABLE id")(s.stays(o, func() (*database.Outcome, error) { return s.cancel(owner, o, "") }))
				s.refused("NOT_CANCELLABLE id")(s.stays(o, func() (*database.Outcome, error) { return s.cancel(desk, o, "") }))
				_, _ = s.deliver(desk, f)
			}
		})
		s.run("what is broken does not go back on sale, if the shop says so", func(s shop) {
			owner, desk, v, no := s.shopper(), s.packer(), s.variant(10), false
			o := s.place(owner, of(v, 5))
			in := fulfil.CancelInput{ID: o.NodeID(), Restock: &no}
			s.refused("INVALID restock")(s.stays(o, func() (*database.Outcome, error) { return s.orders.Cancel(owner, in) }))
			if out, err := s.orders.Cancel(desk, in); err != nil || out.Key != o.ID || s.left(v) != 5 {
				s.t.Errorf("got %+v, %v; %d are left", out, err, s.left(v))
			}
			s.progress(o, order.FulfilmentUNFULFILLED, order.StatusCANCELLED)
		})
		s.run("what waits for its payment is called off like any other, and what has expired is not", func(s shop) {
			owner, v := s.shopper(), s.variant(10)
			waiting, expired := s.place(owner, of(v, 3)), s.place(owner, of(v, 3))
			waiting.Update().SetStatus(order.StatusPENDING_PAYMENT).ExecX(s.system)
			expired.Update().SetStatus(order.StatusEXPIRED).ExecX(s.system)
			before := s.timeline(waiting)
			if out, err := s.cancel(owner, waiting, ""); err != nil || out.Key != waiting.ID || s.left(v) != 7 {
				s.t.Errorf("got %+v, %v; %d are left", out, err, s.left(v))
			}
			s.happened(waiting, before, orderevent.KindPAYMENT_VOIDED, orderevent.KindCANCELLED)
			s.refused("NOT_CANCELLABLE id")(s.cancel(owner, expired, ""))
			if s.letter(waiting, lifecycle.LetterCancelled) != 1 || s.letter(expired, lifecycle.LetterCancelled) != 0 {
				s.t.Error("not each has its letter")
			}
		})
		s.run("the token of a letter calls its order off, and no other", func(s shop) {
			v := s.variant(10)
			o, other := s.place(s.visitor(), of(v, 3)), s.place(s.visitor(), of(v, 3))
			text := lifecycle.AccessToken(secret.Development(), o.ID, o.Email)
			o.Update().SetAccessHash(token.Hash(text)).ExecX(s.system)
			s.failed(fault.NotFound)(s.stays(other, func() (*database.Outcome, error) { return s.cancel(s.holder(text), other, "") }))
			if out, err := s.cancel(s.holder(text), o, ""); err != nil || out.Key != o.ID || s.left(v) != 7 {
				s.t.Errorf("got %+v, %v; %d are left", out, err, s.left(v))
			}
		})
	})
}

// TestFulfilAtOnce has many packers send the same order at once, piece by piece: each piece leaves once.
func TestFulfilAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		desk := s.packer()
		o := s.place(s.shopper(), of(s.variant(100), 20), of(s.variant(100), 20))
		first, second := s.lines(o)[0].NodeID(), s.lines(o)[1].NodeID()
		var mu sync.Mutex
		sent, refused := 0, 0
		atOnce(64, func(i int) {
			lines := []fulfil.LineInput{{Line: first, Quantity: 1}, {Line: second, Quantity: 1}}
			if i%2 == 1 {
				lines[0], lines[1] = lines[1], lines[0]
			}
			out, err := s.orders.Create(desk, fulfil.CreateInput{Order: o.NodeID(), Lines: lines})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil:
				s.t.Error(err)
			case len(out.UserErrors) > 0:
				refused++
			default:
				sent++
			}
		})
		if sent != 20 || refused != 44 {
			s.t.Errorf("%d parcels were sent, %d refused", sent, refused)
		}
		s.progress(o, order.FulfilmentFULFILLED, order.StatusPLACED)
	})
}

// TestCancelAgainstFulfil sends and calls off the same orders at once. Of each one thing holds: all of it was sent, or
// it is cancelled and what was not sent is back in stock.
func TestCancelAgainstFulfil(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		owner, desk, v := s.shopper(), s.packer(), s.variant(1000)
		orders := make([]*ent.Order, 8)
		for i := range orders {
			orders[i] = s.place(owner, of(v, 8))
		}
		atOnce(64, func(i int) {
			o := orders[i%len(orders)]
			var err error
			switch i / len(orders) {
			case 0:
				_, err = s.cancel(owner, o, "")
			case 1:
				_, err = s.cancel(desk, o, "")
			case 2:
				_, err = s.send(desk, o)
			default:
				_, err = s.send(desk, o, 1)
			}
			if err != nil {
				s.t.Error(err)
			}
		})
		gone := 0
		for _, o := range orders {
			o = s.read(o)
			line := s.lines(o)[0]
			s.progress(o, o.Fulfilment, o.Status)
			switch o.Status {
			case order.StatusCANCELLED:
				gone += line.Fulfilled
			case order.StatusPLACED:
				gone += line.Quantity
			default:
				s.t.Errorf("it is %s", o.Status)
			}
			if n := s.letter(o, lifecycle.LetterCancelled); (n == 1) != (o.Status == order.StatusCANCELLED) {
				s.t.Errorf("%s, and %d letters tell that it is cancelled", o.Status, n)
			}
		}
		if left := s.left(v); left+gone != 1000 {
			s.t.Errorf("%d are left, %d are sent or to be sent", left, gone)
		}
	})
}

// TestDeliverAtOnce has the last parcels of an order arrive at once: it is completed, and once.
func TestDeliverAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		desk := s.packer()
		o := s.place(s.shopper(), of(s.variant(100), 8))
		parcels := make([]*ent.Fulfilment, 8)
		for i := range parcels {
			parcels[i] = s.sent(s.send(desk, o, 1))
		}
		s.pay(o)
		atOnce(32, func(i int) {
			if _, err := s.deliver(desk, parcels[i%len(parcels)]); err != nil {
				s.t.Error(err)
			}
		})
		s.progress(o, order.FulfilmentDELIVERED, order.StatusCOMPLETED)
		if n := s.letter(o, lifecycle.LetterDelivered); n != len(parcels) {
			s.t.Errorf("%d letters", n)
		}
		completed := 0
		for _, kind := range s.timeline(o) {
			if kind == orderevent.KindCOMPLETED {
				completed++
			}
		}
		if completed != 1 {
			s.t.Errorf("it was completed %d times", completed)
		}
	})
}

// TestMoveLetsOnePast has several move an order that all of them have read before: one gets past.
func TestMoveLetsOnePast(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		v := s.variant(100)
		read := s.place(s.shopper(), of(v, 8))
		read.Update().SetStatus(order.StatusPENDING_PAYMENT).ExecX(s.system)
		read = s.read(read)
		won := make([]bool, 16)
		atOnce(len(won), func(i int) {
			to := []order.Status{order.StatusPLACED, order.StatusCANCELLED, order.StatusEXPIRED}[i%3]
			err := s.db.InTx(viewer.With(s.t.Context(), viewer.Viewer{}), func(ctx context.Context, tx *ent.Tx) error {
				return s.states.Move(ctx, tx, read, to, "")
			})
			won[i] = err == nil
		})
		n := 0
		for _, w := range won {
			if w {
				n++
			}
		}
		o := s.read(read)
		if n != 1 || o.Version != read.Version+1 || (s.left(v) == 100) != (o.Status != order.StatusPLACED) {
			s.t.Errorf("%d got past; it is %s, %d are left", n, o.Status, s.left(v))
		}
		for from, to := range map[order.Status]order.Status{
			order.StatusCOMPLETED: order.StatusCANCELLED, order.StatusCANCELLED: order.StatusPLACED, order.StatusEXPIRED: order.StatusPLACED,
			order.StatusPENDING_PAYMENT: order.StatusCOMPLETED, order.StatusPLACED: order.StatusEXPIRED,
		} {
			if lifecycle.May(from, to) {
				s.t.Errorf("%s becomes %s", from, to)
			}
		}
	})
}
