package loader

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"galley/ent"
	"galley/ent/deliverymethod"
	"galley/ent/deliveryquote"
	"galley/ent/deliveryzone"
	"galley/internal/database"
)

var (
	deliveryZones = one(func(r *ent.DeliveryZone) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.DeliveryZone, error) {
		return l.source.Client.DeliveryZone.Query().Where(database.AnyOf(deliveryzone.FieldID, keys)).Select(l.of(deliveryzone.Table)...).All(ctx)
	})
	deliveryMethods = one(func(r *ent.DeliveryMethod) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.DeliveryMethod, error) {
		return l.source.Client.DeliveryMethod.Query().Where(database.AnyOf(deliverymethod.FieldID, keys)).Select(l.of(deliverymethod.Table)...).All(ctx)
	})
	deliveryOptions = one(func(r *ent.DeliveryQuote) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.DeliveryQuote, error) {
		return l.source.Client.DeliveryQuote.Query().Where(database.AnyOf(deliveryquote.FieldID, keys)).Select(l.of(deliveryquote.Table)...).All(ctx)
	})
	methodsOfZones = many(func(r *ent.DeliveryMethod) int64 { return r.ZoneID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.DeliveryMethod, error) {
		return l.source.Client.DeliveryMethod.Query().Where(database.AnyOf(deliverymethod.FieldZoneID, keys)).
			Order(deliverymethod.ByPosition(), deliverymethod.ByID()).Select(l.of(deliverymethod.Table)...).All(ctx)
	})
	optionsOfCarts = many(func(r *ent.DeliveryQuote) int64 { return r.CartID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.DeliveryQuote, error) {
		return l.source.Client.DeliveryQuote.Query().Where(database.AnyOf(deliveryquote.FieldCartID, keys), deliveryquote.ExpiresAtGT(l.source.Now())).
			Order(deliveryquote.ByPosition(), deliveryquote.ByID()).Select(l.of(deliveryquote.Table)...).All(ctx)
	})
)

// DeliveryZones are all zones in the order in which they were made; there are not many.
func (l *Loaders) DeliveryZones(ctx context.Context) ([]*ent.DeliveryZone, error) {
	rows, err := l.source.Client.DeliveryZone.Query().Order(deliveryzone.ByID()).Select(l.of(deliveryzone.Table)...).All(ctx)
	if err != nil {
		return nil, err
	}
	l.ahead(ctx, rows)
	return rows, nil
}

func (w walk) ofDeliveryZones(ctx context.Context, rows []*ent.DeliveryZone, f graphql.CollectedField) {
	if f.Name == "methods" {
		toMany(ctx, w, rows, func(r *ent.DeliveryZone) int64 { return r.ID }, &w.MethodsOfZone)
	}
}

// deliveryOfCarts follows the edges of carts to what their delivery costs.
func (w walk) deliveryOfCarts(ctx context.Context, rows []*ent.Cart, f graphql.CollectedField) {
	switch f.Name {
	case "deliveryOptions":
		toMany(ctx, w, rows, func(r *ent.Cart) int64 { return r.ID }, &w.OptionsOfCart)
	case "deliveryOption":
		toOne(ctx, w, rows, func(r *ent.Cart) int64 { return optional(r.DeliveryQuoteID) }, &w.DeliveryOption, f)
	}
}
