package fulfil_test

import (
	"context"
	"slices"
	"testing"

	"galley/ent"
	"galley/ent/fulfilment"
	"galley/ent/fulfilmentline"
	entjob "galley/ent/job"
	"galley/ent/order"
	"galley/ent/orderevent"
	"galley/ent/orderline"
	"galley/ent/payment"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/fulfil"
	"galley/internal/lifecycle"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

// packer is staff who send parcels.
func (s shop) packer() context.Context {
	s.t.Helper()
	return s.staff(viewer.OrderRead, viewer.OrderWrite)
}

func (s shop) lines(o *ent.Order) []*ent.OrderLine {
	return s.db.Client.OrderLine.Query().Where(orderline.OrderID(o.ID)).Order(orderline.ByPosition()).AllX(s.system)
}

// send sends so many pieces of an order's lines, in their order; without numbers all that is left.
func (s shop) send(ctx context.Context, o *ent.Order, quantities ...int) (*database.Outcome, error) {
	in := fulfil.CreateInput{Order: o.NodeID()}
	for i, l := range s.lines(o)[:len(quantities)] {
		if quantities[i] != 0 {
			in.Lines = append(in.Lines, fulfil.LineInput{Line: l.NodeID(), Quantity: quantities[i]})
		}
	}
	return s.orders.Create(ctx, in)
}

// sent is the parcel that a mutation has sent.
func (s shop) sent(out *database.Outcome, err error) *ent.Fulfilment {
	s.t.Helper()
	if err != nil || len(out.UserErrors) > 0 {
		s.t.Fatalf("got %+v, %v", out, err)
	}
	return s.db.Client.Fulfilment.GetX(s.system, out.Key)
}

func (s shop) deliver(ctx context.Context, f *ent.Fulfilment) (*database.Outcome, error) {
	return s.orders.Deliver(ctx, fulfil.DeliverInput{ID: f.NodeID()})
}

// pay notes that an order's money came.
func (s shop) pay(o *ent.Order) {
	s.db.Client.Payment.Update().Where(payment.OrderID(o.ID)).SetStatus(payment.StatusCAPTURED).SetCapturedAmount(o.TotalAmount).ExecX(s.system)
}

// timeline is what an order's events tell, in their order.
func (s shop) timeline(o *ent.Order) (kinds []orderevent.Kind) {
	for _, e := range s.db.Client.OrderEvent.Query().Where(orderevent.OrderID(o.ID)).Order(orderevent.ByID()).AllX(s.system) {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

// happened asserts what was added to a timeline.
func (s shop) happened(o *ent.Order, before []orderevent.Kind, want ...orderevent.Kind) {
	s.t.Helper()
	if got := s.timeline(o)[len(before):]; !slices.Equal(got, want) {
		s.t.Errorf("the timeline gained %v, not %v", got, want)
	}
}

// letter is how many letters of a kind were asked for about an order.
func (s shop) letter(o *ent.Order, kind string) int {
	n := 0
	for _, j := range s.db.Client.Job.Query().Where(entjob.Kind(kind)).AllX(s.system) {
		if about := payloadOf(s.t, j); about.Order == o.ID {
			n++
		}
	}
	return n
}

func (s shop) progress(o *ent.Order, want order.Fulfilment, status order.Status) {
	s.t.Helper()
	if o := s.read(o); o.Fulfilment != want || o.Status != status {
		s.t.Errorf("it is %s and %s, not %s and %s", o.Fulfilment, o.Status, want, status)
	}
	for _, l := range s.lines(o) {
		n := 0
		for _, p := range s.db.Client.FulfilmentLine.Query().Where(fulfilmentline.OrderLineID(l.ID)).AllX(s.system) {
			n += p.Quantity
		}
		if n != l.Fulfilled || n > l.Quantity {
			s.t.Errorf("of %d pieces %d are counted as sent, parcels hold %d", l.Quantity, l.Fulfilled, n)
		}
	}
}

func TestFulfil(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		s.run("an order goes out in parts, arrives, and is completed once it is paid", func(s shop) {
			desk := s.packer()
			o := s.place(s.shopper(), of(s.variant(10), 3), of(s.variant(10), 2))
			before := s.timeline(o)
			first := s.sent(s.send(desk, o, 2))
			s.progress(o, order.FulfilmentPARTIAL, order.StatusPLACED)
			second := s.sent(s.send(desk, o))
			s.progress(o, order.FulfilmentFULFILLED, order.StatusPLACED)
			if n := s.db.Client.FulfilmentLine.Query().Where(fulfilmentline.FulfilmentID(second.ID)).CountX(s.system); n != 2 {
				s.t.Errorf("%d lines in the second parcel", n)
			}
			s.sent(s.deliver(desk, second))
			s.progress(o, order.FulfilmentFULFILLED, order.StatusPLACED)
			s.pay(o)
			first = s.sent(s.deliver(desk, first))
			s.progress(o, order.FulfilmentDELIVERED, order.StatusCOMPLETED)
			if first.Status != fulfilment.StatusDELIVERED || first.DeliveredAt == nil || first.Version != 2 {
				s.t.Errorf("got %+v", first)
			}
			s.happened(o, before, orderevent.KindFULFILLED, orderevent.KindFULFILLED, orderevent.KindDELIVERED, orderevent.KindDELIVERED, orderevent.KindCOMPLETED)
			if s.letter(o, lifecycle.LetterShipped) != 2 || s.letter(o, lifecycle.LetterDelivered) != 2 {
				s.t.Error("not each parcel has its letters")
			}
			s.refused("ALREADY_DELIVERED id")(s.deliver(desk, first))
		})
		s.run("what arrived before it is paid is completed by the payment", func(s shop) {
			o := s.place(s.shopper(), of(s.variant(10), 1))
			s.sent(s.deliver(s.packer(), s.sent(s.send(s.packer(), o))))
			s.progress(o, order.FulfilmentDELIVERED, order.StatusPLACED)
			complete := func() error {
				return s.db.InTx(s.system, func(ctx context.Context, tx *ent.Tx) error {
					return s.states.CompleteIfDone(ctx, tx, s.read(o))
				})
			}
			if err := complete(); err != nil {
				s.t.Error(err)
			}
			s.progress(o, order.FulfilmentDELIVERED, order.StatusPLACED)
			s.pay(o)
			if err := complete(); err != nil {
				s.t.Error(err)
			}
			s.progress(o, order.FulfilmentDELIVERED, order.StatusCOMPLETED)
		})
		s.run("never more is sent than was ordered", func(s shop) {
			desk := s.packer()
			o, other := s.place(s.shopper(), of(s.variant(10), 3), of(s.variant(10), 2)), s.place(s.shopper(), of(s.variant(10), 1))
			s.refused("TOO_MANY lines/0/quantity")(s.send(desk, o, 4))
			s.refused("INVALID lines/0/quantity", "INVALID lines/1/quantity")(s.send(desk, o, -1, -1<<62))
			s.sent(s.send(desk, o, 2))
			s.refused("TOO_MANY lines/0/quantity", "TOO_MANY lines/1/quantity")(s.send(desk, o, 2, 3))
			line := fulfil.LineInput{Line: s.lines(o)[1].NodeID(), Quantity: 1}
			foreign := fulfil.LineInput{Line: s.lines(other)[0].NodeID(), Quantity: 1}
			s.refused("INVALID lines/1/line", "INVALID lines/2/line")(s.orders.Create(desk,
				fulfil.CreateInput{Order: o.NodeID(), Lines: []fulfil.LineInput{line, line, foreign}}))
			thousand := slices.Repeat([]fulfil.LineInput{foreign}, 1000)
			s.refused("INVALID lines/0/line", "INVALID lines/1/line", "INVALID lines/2/line")(s.orders.Create(desk,
				fulfil.CreateInput{Order: o.NodeID(), Lines: thousand}))
			s.sent(s.send(desk, o))
			s.refused("TOO_MANY order")(s.send(desk, o))
			s.progress(o, order.FulfilmentFULFILLED, order.StatusPLACED)
		})
		s.run("the table refuses it too, whatever was checked before", func(s shop) {
			o := s.place(s.shopper(), of(s.variant(10), 3))
			if err := s.lines(o)[0].Update().SetFulfilled(4).Exec(s.system); err == nil {
				s.t.Error("4 of 3 pieces were sent")
			}
		})
		s.run("only what is placed goes out", func(s shop) {
			for _, status := range []order.Status{order.StatusPENDING_PAYMENT, order.StatusEXPIRED, order.StatusCOMPLETED} {
				o := s.place(s.shopper(), of(s.variant(10), 3))
				o.Update().SetStatus(status).ExecX(s.system)
				s.refused("NOT_FULFILLABLE order")(s.send(s.packer(), o))
				s.progress(o, order.FulfilmentUNFULFILLED, status)
			}
		})
		s.run("an order that has changed since it was read is a conflict", func(s shop) {
			o := s.place(s.shopper(), of(s.variant(10), 3))
			in := fulfil.CreateInput{Order: o.NodeID(), ExpectedVersion: &o.Version}
			s.sent(s.send(s.packer(), o, 1))
			s.failed("CONFLICT")(s.orders.Create(s.packer(), in))
			version := s.read(o).Version
			in.ExpectedVersion = &version
			s.sent(s.orders.Create(s.packer(), in))
		})
		s.run("a replay under an idempotency key sends nothing again", func(s shop) {
			o := s.place(s.shopper(), of(s.variant(10), 3))
			ctx := database.WithRequest(s.packer(), database.Request{Scope: "x", Key: "parcel", Hash: []byte("x")})
			first := s.sent(s.send(ctx, o, 1))
			if again := s.sent(s.send(ctx, o, 1)); again.ID != first.ID || s.lines(o)[0].Fulfilled != 1 || s.letter(o, lifecycle.LetterShipped) != 1 {
				s.t.Errorf("got %+v, then %+v", first, again)
			}
		})
	})
}

func TestWhoMayFulfil(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		owner := s.shopper()
		o := s.place(owner, of(s.variant(10), 3))
		f := s.sent(s.send(s.packer(), o, 1))
		for _, c := range []struct {
			who  context.Context
			want fault.Code
		}{
			{owner, "FORBIDDEN"}, {s.staff(viewer.OrderRead), "FORBIDDEN"}, {s.shopper(), "NOT_FOUND"}, {s.visitor(), "NOT_FOUND"},
			{s.staff(viewer.OrderWrite), "NOT_FOUND"}, {s.t.Context(), "NOT_FOUND"},
		} {
			s.failed(c.want)(s.send(c.who, o))
			s.failed(c.want)(s.deliver(c.who, f))
			s.failed(c.want)(s.orders.TrackingUpdate(c.who, fulfil.TrackingInput{ID: f.NodeID()}))
			s.failed(c.want)(s.orders.NoteAdd(c.who, fulfil.NoteInput{Order: o.NodeID(), Text: "x"}))
		}
		for _, id := range []nodeid.ID{{}, nodeid.Order.ID(1), nodeid.Fulfilment.ID(1), nodeid.Cart.ID(o.ID)} {
			s.failed("NOT_FOUND")(s.orders.Create(s.packer(), fulfil.CreateInput{Order: id}))
			s.failed("NOT_FOUND")(s.orders.Deliver(s.packer(), fulfil.DeliverInput{ID: id}))
		}
		s.progress(o, order.FulfilmentPARTIAL, order.StatusPLACED)
	})
}

func TestFulfilTakesAConstantNumberOfStatements(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		for _, n := range []int{1, 30} {
			o := s.place(s.shopper(), s.many(n)...)
			ctx, counter := database.WithCounter(s.packer())
			f := s.sent(s.send(ctx, o))
			if got := counter.Statements(); got != 8 {
				s.t.Errorf("%d lines are sent in %d statements instead of 8", n, got)
			}
			ctx, counter = database.WithCounter(s.packer())
			s.pay(o)
			s.sent(s.deliver(ctx, f))
			if got := counter.Statements(); got != 11 {
				s.t.Errorf("%d lines are delivered and completed in %d statements instead of 11", n, got)
			}
		}
	})
}
