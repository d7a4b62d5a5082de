package settlement

import (
	"context"
	"fmt"

	"galley/ent"
	"galley/ent/paymentstep"
	"galley/internal/money"
	"galley/internal/nodeid"
	gateway "galley/internal/payment"
)

// errand is a step that has no answer yet, with what a provider is told of it.
type errand struct {
	step    int64
	kind    paymentstep.Kind
	amount  money.Minor
	payment ent.Payment // as far as it is told
	order   ent.Order   // as far as it is told
}

// errands reads the steps without an answer of a payment, or the one, by its column: in one statement, because a
// shopper waits for it.
func (w *Workflow) errands(ctx context.Context, column string, key int64) (found []*errand, err error) {
	rows, err := w.Database.Client.QueryContext(ctx, `SELECT s.id, s.kind, s.amount, p.id, p.order_id, p.gateway, p.currency, p.reference, p.instrument,
	p.return_url, o.id, o.number, o.email, o.status
FROM payment_steps AS s JOIN payments AS p ON p.id = s.payment_id JOIN orders AS o ON o.id = p.order_id
WHERE `+column+` = $1 AND s.status = 'PENDING' ORDER BY s.id`, key)
	if err != nil {
		return nil, fmt.Errorf("read steps: %w", err)
	}
	defer func() { _ = rows.Close() }() // its error is the one of rows.Err
	for rows.Next() {
		e := new(errand)
		p, o := &e.payment, &e.order
		if err := rows.Scan(&e.step, &e.kind, &e.amount, &p.ID, &p.OrderID, &p.Gateway, &p.Currency, &p.Reference, &p.Instrument,
			&p.ReturnURL, &o.ID, &o.Number, &o.Email, &o.Status); err != nil {
			return nil, fmt.Errorf("read steps: %w", err)
		}
		found = append(found, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read steps: %w", err)
	}
	return found, nil
}

// key is what the provider knows the step by, for ever.
func (e *errand) key() string { return nodeid.PaymentStep.ID(e.step).String() }

// call asks a provider for it.
func (e *errand) call(ctx context.Context, g gateway.Gateway) (gateway.Answer, error) {
	amount := money.Money{Amount: e.amount, Currency: e.payment.Currency}
	request := gateway.Request{Key: e.key(), Reference: e.payment.Reference, Amount: amount}
	switch e.kind {
	case paymentstep.KindAUTHORISE:
		return g.Authorise(ctx, gateway.Authorisation{
			Key: request.Key, Amount: amount, Number: e.order.Number, Email: e.order.Email,
			Instrument: e.payment.Instrument, ReturnURL: e.payment.ReturnURL,
		})
	case paymentstep.KindCAPTURE:
		return g.Capture(ctx, request)
	case paymentstep.KindREFUND:
		return g.Refund(ctx, request)
	case paymentstep.KindVOID:
		return g.Void(ctx, request)
	}
	return gateway.Answer{}, fmt.Errorf("no such step: %s", e.kind)
}
