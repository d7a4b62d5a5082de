package loader

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"galley/ent"
	"galley/ent/payment"
	"galley/ent/paymentevent"
	"galley/ent/paymentstep"
	"galley/internal/database"
	"galley/internal/viewer"
)

// What has become of payments: the descriptors of their steps and ledgers.

var (
	paymentSteps = one(func(r *ent.PaymentStep) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.PaymentStep, error) {
		return l.source.Client.PaymentStep.Query().Where(database.AnyOf(paymentstep.FieldID, keys)).Select(l.of(paymentstep.Table)...).All(ctx)
	})
	paymentEvents = one(func(r *ent.PaymentEvent) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.PaymentEvent, error) {
		return l.source.Client.PaymentEvent.Query().Where(database.AnyOf(paymentevent.FieldID, keys)).Select(l.of(paymentevent.Table)...).All(ctx)
	})
	stepsOfPayments = many(func(r *ent.PaymentStep) int64 { return r.PaymentID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.PaymentStep, error) {
		return l.source.Client.PaymentStep.Query().Where(database.AnyOf(paymentstep.FieldPaymentID, keys)).Order(paymentstep.ByID()).
			Select(l.of(paymentstep.Table)...).All(ctx)
	})
	eventsOfPayments = many(func(r *ent.PaymentEvent) int64 { return r.PaymentID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.PaymentEvent, error) {
		return l.source.Client.PaymentEvent.Query().Where(database.AnyOf(paymentevent.FieldPaymentID, keys)).Order(paymentevent.ByID()).
			Select(l.of(paymentevent.Table)...).All(ctx)
	})
)

// PaymentAction is the SDL's type of the same name.
type PaymentAction struct{ ClientSecret, RedirectURL *string }

// actionsOfPayments tells what shoppers do next to pay their own orders: staff who read everybody's could pay for them,
// so for this their permissions do not count.
func actionsOfPayments(ctx context.Context, l *Loaders, keys []int64) (map[int64]*PaymentAction, error) {
	v := viewer.From(ctx)
	v.Permissions = nil
	rows, err := l.source.Client.Payment.Query().Where(database.AnyOf(payment.FieldID, keys)).
		Select(payment.FieldID, payment.FieldClientSecret, payment.FieldRedirectURL).All(viewer.With(ctx, v))
	if err != nil {
		return nil, err
	}
	actions := make(map[int64]*PaymentAction, len(rows))
	for _, r := range rows {
		if r.ClientSecret != "" || r.RedirectURL != "" {
			actions[r.ID] = &PaymentAction{ClientSecret: filled(r.ClientSecret), RedirectURL: filled(r.RedirectURL)}
		}
	}
	return actions, nil
}

// filled is a text, or nil where there is none.
func filled(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (w walk) ofPayments(ctx context.Context, rows []*ent.Payment, f graphql.CollectedField) {
	key := func(r *ent.Payment) int64 { return r.ID }
	switch f.Name {
	case "nextAction":
		toOne(ctx, w, rows, key, &w.ActionOfPayment, f)
	case "steps":
		toMany(ctx, w, rows, key, &w.StepsOfPayment)
	case "events":
		if w.viewer.Has(viewer.OrderRead) { // else it will be refused
			toMany(ctx, w, rows, key, &w.EventsOfPayment)
		}
	}
}
