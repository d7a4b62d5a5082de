//go:build faults && unix

package main

import (
	"context"
	"fmt"
	"maps"
	"math"
	"time"

	"galley/ent"
	"galley/ent/job"
	entorder "galley/ent/order"
	"galley/ent/orderline"
	"galley/ent/payment"
	"galley/ent/paymentstep"
	"galley/internal/database/databasetest"
	"galley/internal/nodeid"
	"galley/internal/payment/stripe/stripetest"
	"galley/internal/verify"
)

// settle lets everything come to its end: the provider behaves, shoppers confirm or pay or stay away, time passes for what waits.
func (s *street) settle() {
	s.Helper()
	s.provider.Misbehave(stripetest.Faults{})
	ctx := databasetest.System(s.Context())
	s.until("every webhook is heard, every step answered, every letter written", func() (int, string) {
		s.pass(ctx, `UPDATE jobs SET run_at = $1 WHERE status = 'WAITING' AND leased_at IS NULL AND run_at > $1`)
		for i, b := range s.provider.Books() {
			switch {
			case b.Status == "requires_action":
				s.provider.Authenticate(b.ID, i%4 > 0)
			case b.Status == "requires_payment_method" && b.Attempts == 0 && i%4 > 0:
				s.provider.Pay(b.ClientSecret, stripetest.Visa)
			}
		}
		return s.waiting(ctx)
	})
	s.provider.Settled(s)
	s.until("what nobody paid for has expired", func() (int, string) {
		s.pass(ctx, `UPDATE orders SET expires_at = $1 WHERE status = 'PENDING_PAYMENT' AND expires_at > $1`)
		s.pass(ctx, `UPDATE carts SET reserved_until = $1 WHERE reserved_until > $1`)
		s.pass(ctx, `UPDATE jobs SET run_at = $1 WHERE status = 'WAITING' AND leased_at IS NULL AND run_at > $1`)
		for _, kind := range []string{"order.expire", "checkout.release_expired"} {
			if !s.db.Client.Job.Query().Where(job.Kind(kind), job.StatusEQ(job.StatusWAITING)).ExistX(ctx) {
				s.db.Client.Job.Create().SetKind(kind).SetRunAt(s.db.Now()).ExecX(ctx)
			}
		}
		unpaid := s.db.Client.Order.Query().Where(entorder.StatusEQ(entorder.StatusPENDING_PAYMENT)).CountX(ctx)
		held := s.db.Client.Reservation.Query().CountX(ctx)
		if unpaid+held > 0 {
			return unpaid + held, fmt.Sprintf("%d orders wait, %d reservations are held", unpaid, held)
		}
		return s.waiting(ctx)
	})
	s.provider.Settled(s)
}

// pass runs a statement for which time passes.
func (s *street) pass(ctx context.Context, query string) {
	s.Helper()
	err := s.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		_, err := tx.ExecContext(ctx, query, s.db.Now().Add(-time.Millisecond))
		return err
	})
	if err != nil {
		s.Fatalf("%s: %v", query, err)
	}
}

// waiting tells how much is still to be done, and some of it.
func (s *street) waiting(ctx context.Context) (left int, text string) {
	s.Helper()
	steps := s.db.Client.PaymentStep.Query().Where(paymentstep.StatusEQ(paymentstep.StatusPENDING)).CountX(ctx)
	jobs := s.db.Client.Job.Query().Where(job.StatusNEQ(job.StatusDONE), job.KindNotIn("order.expire", "checkout.release_expired", "payment.sweep", "sweep", "verify"))
	text = fmt.Sprintf("%d steps have no answer", steps)
	for _, j := range jobs.Clone().Limit(3).AllX(ctx) {
		text += fmt.Sprintf("; job %s is %s after %d attempts: %s", j.Kind, j.Status, j.Attempt, j.Error)
	}
	return steps + jobs.CountX(ctx), text
}

// until waits until nothing is left. It may take its time, as long as it becomes less: after a hundred thousand orders there is
// much to do.
func (s *street) until(what string, say func() (left int, text string)) {
	s.Helper()
	const patience = 5 * time.Minute
	began, least, since := time.Now(), math.MaxInt, time.Now()
	for {
		left, text := say()
		switch {
		case left == 0:
			s.Logf("%s: after %s", what, time.Since(began).Round(time.Second))
			return
		case left < least:
			least, since = left, time.Now()
		case time.Since(since) > patience:
			s.Fatalf("waited until %s, and %d are left: %s", what, left, text)
		}
		time.Sleep(min(100*time.Millisecond+time.Duration(left)*time.Millisecond/10, 2*time.Second))
	}
}

// audit compares what customers were told with what is there, that with the provider's books, and all of it with the rules.
func (s *street) audit() {
	s.Helper()
	ctx := databasetest.System(s.Context())
	report, err := verify.Shop(ctx, s.db, 0)
	if err != nil {
		s.Fatal(err)
	}
	for _, f := range report.Rules {
		if f.Violations > 0 {
			s.Errorf("%s: %d times not so: %+v", f.Says, f.Violations, f.Examples)
		}
	}
	acknowledged, unheard := 0, 0
	for _, b := range s.purchases {
		o := s.orderOf(ctx, b)
		switch {
		case o == nil && b.number != "":
			s.Errorf("order %s was acknowledged, and is lost", b.number)
		case o == nil:
		case b.number == "":
			unheard++
		case o.Number != b.number:
			s.Errorf("order %s was acknowledged, and is %s", b.number, o.Number)
		default:
			acknowledged++
			s.whole(ctx, o, b)
		}
	}
	if n := s.db.Client.Order.Query().CountX(ctx); n != acknowledged+unheard {
		s.Errorf("there are %d orders, %d of them acknowledged and %d of customers who heard nothing", n, acknowledged, unheard)
	}
	s.books(ctx)
	s.Logf("%d orders acknowledged, %d more there; the provider lost %d answers and sent %d webhooks; by status %v",
		acknowledged, unheard, s.provider.Lost(), s.provider.Deliveries(), s.states(ctx))
}

// states counts the orders by status.
func (s *street) states(ctx context.Context) map[entorder.Status]int {
	counts := map[entorder.Status]int{}
	for _, o := range s.db.Client.Order.Query().Select(entorder.FieldStatus).AllX(ctx) {
		counts[o.Status]++
	}
	return counts
}

// orderOf is the order of a purchase's cart.
func (s *street) orderOf(ctx context.Context, b *purchase) *ent.Order {
	s.Helper()
	id, err := nodeid.Parse(b.cart)
	if err != nil {
		s.Fatal(err)
	}
	found, err := s.db.Client.Order.Query().Where(entorder.CartID(id.Key)).Only(ctx)
	if err != nil && !ent.IsNotFound(err) {
		s.Fatal(err)
	}
	return found
}

// whole checks that an order holds what was wanted.
func (s *street) whole(ctx context.Context, o *ent.Order, b *purchase) {
	s.Helper()
	lines := map[nodeid.ID]int{}
	for _, l := range s.db.Client.OrderLine.Query().Where(orderline.OrderID(o.ID)).AllX(ctx) {
		lines[nodeid.Variant.ID(*l.VariantID)] += l.Quantity
	}
	if !maps.Equal(lines, b.wants) {
		s.Errorf("order %s has lines %v; wanted was %v", o.Number, lines, b.wants)
	}
}

// books compares the ledger with the provider's, to the penny.
func (s *street) books(ctx context.Context) {
	s.Helper()
	orders := map[string]*ent.Order{}
	for _, o := range s.db.Client.Order.Query().AllX(ctx) {
		orders[o.Number] = o
	}
	kept, asked := map[string]int64{}, map[string]bool{}
	known := map[string]*ent.Payment{}
	for _, p := range s.db.Client.Payment.Query().Where(payment.Gateway("stripe")).AllX(ctx) {
		if p.Reference != "" {
			known[p.Reference] = p
		}
	}
	for _, b := range s.provider.Books() {
		p := known[b.ID]
		switch {
		case p == nil:
			s.Errorf("the provider knows a payment of order %s that the shop does not: %+v", b.Number, b)
			continue
		case int64(p.CapturedAmount) != b.Captured || int64(p.RefundedAmount) != b.Refunded || b.Held != 0:
			s.Errorf("the provider says %+v, the ledger %v", b, p)
		case b.Holds > 1 || asked[b.Key]:
			s.Errorf("more than one charge for a key: %+v", b)
		}
		asked[b.Key] = true
		kept[b.Number] += b.Captured - b.Refunded
		delete(known, b.ID)
	}
	for reference := range known {
		s.Errorf("the provider knows no payment %s", reference)
	}
	for number, amount := range kept {
		want := int64(0)
		if o := orders[number]; o.Status == entorder.StatusPLACED || o.Status == entorder.StatusCOMPLETED {
			want = int64(o.TotalAmount)
		}
		if amount != want {
			s.Errorf("of order %s, which is %s, %d is kept, and not %d", number, orders[number].Status, amount, want)
		}
	}
}
