package settlement

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"slices"

	"galley/ent"
	"galley/ent/order"
	"galley/ent/payment"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

// attempts is how often an order may be tried to be paid: enough for a shopper with several cards, too few for a thief
// with many.
const attempts = 10

// Pay begins another payment of an order that waits for one. Those before it are let go of; whichever covers the order
// first places it, and what the others bring goes back.
func (w *Workflow) Pay(ctx context.Context, in PayInput) (*database.Outcome, error) {
	var asked *Asked
	out, err := w.mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		o, err := own(ctx, tx, in.Order.KeyOf(nodeid.Order))
		if err != nil {
			return 0, err
		}
		if asked, err = w.again(viewer.AsSystem(ctx), tx, o, NewMeans(in.Method, in.Instrument, in.ReturnURL)); err != nil {
			return 0, err
		}
		return asked.Payment, nil
	})
	switch {
	case err != nil || len(out.UserErrors) > 0:
	case asked != nil && asked.Payment == out.Key:
		w.BeginAsked(ctx, asked)
	default: // it was asked for before
		w.Begin(ctx, out.Key)
	}
	return out, err
}

// own reads an order that is the viewer's own: reading everybody's does not make them so. It is locked.
func own(ctx context.Context, tx *ent.Tx, key int64) (*ent.Order, error) {
	v := viewer.From(ctx)
	v.Permissions = nil
	o, err := tx.Order.Query().Where(order.ID(key), database.Locked(lockStrength)).Only(viewer.With(ctx, v))
	switch {
	case ent.IsNotFound(err):
		return nil, fault.New(fault.NotFound, "There is no such order")
	case err != nil:
		return nil, fmt.Errorf("lock order: %w", err)
	}
	return o, nil
}

// again begins another payment of an order that is locked.
func (w *Workflow) again(ctx context.Context, tx *ent.Tx, o *ent.Order, m Means) (*Asked, error) {
	payments, err := tx.Payment.Query().Where(payment.OrderID(o.ID), database.Locked(lockStrength)).Order(payment.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("lock payments: %w", err)
	}
	var c fault.Collector
	waits := o.Status == order.StatusPENDING_PAYMENT && (o.ExpiresAt == nil || w.Database.Now().Before(*o.ExpiresAt))
	c.Add(waits, NotPayable, "The order does not wait for a payment", "order")
	c.Add(len(payments) < attempts, TooManyAttempts, fmt.Sprintf("An order may be tried to be paid %d times", attempts), "order")
	w.Check(&c, m, "method")
	if err := c.Err(); err != nil {
		return nil, err
	}
	for _, p := range payments {
		if err := w.letGo(ctx, tx, p, "Another payment was begun"); err != nil {
			return nil, err
		}
	}
	if Begins(m.Method, o.TotalAmount) == order.StatusPLACED {
		if err := w.Orders.Move(ctx, tx, o, order.StatusPLACED, ""); err != nil {
			return nil, fmt.Errorf("place order: %w", err)
		}
		o.Status = order.StatusPLACED
	}
	return w.Ask(ctx, tx, o, m)
}

// Check notes what is wrong with the way in which an order is to be paid. The field is where the input has the method.
func (w *Workflow) Check(c *fault.Collector, m Means, field string) {
	c.Add(slices.Contains(w.Methods(), m.Method), MethodUnavailable, "The shop does not take this way to pay", field)
	c.Add(payment.InstrumentValidator(m.Instrument) == nil && fault.IsLine(m.Instrument, 255), Invalid,
		"An instrument is the provider's token, of at most 255 characters", "instrument")
	c.Add(m.ReturnURL == "" || w.returnable(m.ReturnURL), Invalid, "A payment comes back to the shop's own pages, by https://", "returnUrl")
}

// returnable tells whether a provider may send a shopper there: to a page of the shop's, or of the machine that they sit
// at. Anywhere else, the shop would lend its name to strangers.
func (w *Workflow) returnable(address string) bool {
	u, err := url.Parse(address)
	if err != nil || len(address) > 2000 || !fault.IsLine(address, 2000) || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	here := u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
	return here || u.Scheme == "https" && slices.Contains(w.ReturnOrigins, "https://"+u.Host)
}
