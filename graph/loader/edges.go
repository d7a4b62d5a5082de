package loader

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"galley/ent"
	"galley/graph/connection"
	"galley/internal/viewer"
)

// The edges of each type, as ahead follows them. One that is missing here is still served by its
// loader; TestNoEdgeIsNPlusOne and TestStatementsDoNotDependOnTiming find it.

func (w walk) ofUsers(ctx context.Context, rows []*ent.User, f graphql.CollectedField) {
	key := func(r *ent.User) int64 { return r.ID }
	switch f.Name {
	case "addresses":
		toMany(ctx, w, rows, key, &w.AddressesOfUser)
	case "sessions":
		toMany(ctx, w, rows, key, &w.SessionsOfUser)
	case "identities":
		toMany(ctx, w, rows, key, &w.IdentitiesOfUser)
	case "cart":
		toOne(ctx, w, rows, key, &w.OpenCartOfUser, f)
	case "roles":
		if w.viewer.Has(viewer.StaffRead) { // else it will be refused
			toMany(ctx, w, rows, key, &w.RolesOfUser)
		}
	case "effectivePermissions":
		_, _ = w.PermissionsOfUser.now(ctx, keysOf(rows, key))
	case "orders":
		a, ok := argumentsOf[OrderFilter](ctx, w, f)
		if p, err := w.ordersOfUsers(a.page(), a.filter, OrderSort(a.SortKey), a.Reverse); err == nil && ok {
			toPages(ctx, w, rows, key, p, f)
		}
	}
}

func (w walk) ofCategories(ctx context.Context, rows []*ent.Category, f graphql.CollectedField) {
	key := func(r *ent.Category) int64 { return r.ID }
	switch f.Name {
	case "parent":
		toOne(ctx, w, rows, func(r *ent.Category) int64 { return optional(r.ParentID) }, &w.Category, f)
	case "children":
		toMany(ctx, w, rows, key, &w.ChildrenOfCategory, f.Selections)
	case "path":
		toMany(ctx, w, rows, key, &w.PathOfCategory, f.Selections)
	case "products":
		a, ok := argumentsOf[noFilter](ctx, w, f)
		if p, err := w.productsOfCategories(a.page(), a.Descendants, ProductSort(a.SortKey), a.Reverse); err == nil && ok {
			toPages(ctx, w, rows, key, p, f)
		}
	}
}

func (w walk) ofProducts(ctx context.Context, rows []*ent.Product, f graphql.CollectedField) {
	key := func(r *ent.Product) int64 { return r.ID }
	switch f.Name {
	case "inStock":
		_, _ = w.ProductInStock.now(ctx, keysOf(rows, key))
	case "category":
		toOne(ctx, w, rows, func(r *ent.Product) int64 { return optional(r.CategoryID) }, &w.Category, f)
	case "variants":
		toMany(ctx, w, rows, key, &w.VariantsOfProduct, f.Selections)
	case "media":
		toMany(ctx, w, rows, key, &w.MediaOfProduct)
	}
}

func (w walk) ofVariants(ctx context.Context, rows []*ent.Variant, f graphql.CollectedField) {
	switch f.Name {
	case "product":
		toOne(ctx, w, rows, func(r *ent.Variant) int64 { return r.ProductID }, &w.Product, f)
	case "stock":
		if w.viewer.Has(viewer.StockRead) { // else it will be refused
			_, _ = w.StockOfVariant.now(ctx, keysOf(rows, func(r *ent.Variant) int64 { return r.ID }))
		}
	case "stockMovements":
		if !w.viewer.Has(viewer.StockRead) {
			return // it will be refused
		}
		a, ok := argumentsOf[noFilter](ctx, w, f)
		if p, err := w.movementsOfVariants(a.page()); err == nil && ok {
			toPages(ctx, w, rows, func(r *ent.Variant) int64 { return r.ID }, p, f)
		}
	}
}

func (w walk) ofMovements(ctx context.Context, rows []*ent.StockMovement, f graphql.CollectedField) {
	switch f.Name {
	case "actor":
		toOne(ctx, w, rows, func(r *ent.StockMovement) int64 { return optional(r.ActorID) }, &w.User, f)
	case "order":
		toOne(ctx, w, rows, func(r *ent.StockMovement) int64 { return optional(r.OrderID) }, &w.Order, f)
	}
}

// ofCarts looks at all fields at once: several are made of the same lines.
func (w walk) ofCarts(ctx context.Context, rows []*ent.Cart, fields []graphql.CollectedField) {
	known := make(map[int64]*ent.Cart, len(rows))
	for _, r := range rows {
		known[r.ID] = r
	}
	w.Cart.know(known)
	var below []graphql.CollectedField
	for _, f := range fields {
		w.deliveryOfCarts(ctx, rows, f)
		if f.Name == "lines" {
			below = append(below, w.fields(f.Selections, "CartLine", "Node")...)
		}
	}
	below, deferred := separated(below)
	w.pricesAhead(ctx, rows, fields, below)
	if !oneOf(fields, "lines", "totalQuantity", "subtotal") {
		return
	}
	found, err := w.LinesOfCart.now(ctx, keysOf(rows, func(r *ent.Cart) int64 { return r.ID }))
	if err != nil {
		return
	}
	var all []*ent.CartLine
	for _, list := range found {
		all = append(all, list...)
	}
	w.ofCartLines(ctx, all, below, oneOf(fields, "subtotal"))
	w.later.add(deferred, func() { w.ofLines(ctx, all, deferred) })
}

// ofLines are the edges of lines that were not reached from their carts, or later than these.
func (w walk) ofLines(ctx context.Context, rows []*ent.CartLine, fields []graphql.CollectedField) {
	w.pricesOfLinesAhead(ctx, rows, fields)
	w.ofCartLines(ctx, rows, fields, false)
}

// cartsOfLines fetches the carts that lines belong to, but for those that they were reached from.
func (w walk) cartsOfLines(ctx context.Context, rows []*ent.CartLine) {
	missing := slices.DeleteFunc(keysOf(rows, func(l *ent.CartLine) int64 { return l.CartID }), func(key int64) bool {
		_, known := w.Cart.known(key)
		return known
	})
	_, _ = w.Cart.now(ctx, missing) // who asks for one asks again, and hears of the error
}

func variantOf(l *ent.CartLine) int64 { return l.VariantID }

// ofCartLines fetches the lines' variants once, whether they are selected, priced, or both.
func (w walk) ofCartLines(ctx context.Context, rows []*ent.CartLine, fields []graphql.CollectedField, priced bool) {
	for _, f := range fields {
		if f.Name == "reservedUntil" {
			w.cartsOfLines(ctx, rows)
		}
		priced = priced || f.Name == "variant" || f.Name == "unitPrice" || f.Name == "total"
	}
	if !priced {
		return
	}
	found, err := w.Variant.now(ctx, keysOf(rows, variantOf))
	if err != nil {
		return
	}
	var variants []*ent.Variant
	for _, v := range found {
		if v != nil {
			variants = append(variants, v)
		}
	}
	for _, f := range fields {
		if f.Name == "variant" && len(variants) > 0 {
			w.below(ctx, variants, f.Selections)
		}
	}
}

func (w walk) ofOrders(ctx context.Context, rows []*ent.Order, f graphql.CollectedField) {
	key := func(r *ent.Order) int64 { return r.ID }
	switch f.Name {
	case "customer":
		toOne(ctx, w, rows, func(r *ent.Order) int64 { return optional(r.UserID) }, &w.User, f)
	case "lines":
		toMany(ctx, w, rows, key, &w.LinesOfOrder, f.Selections)
	case "payments":
		toMany(ctx, w, rows, key, &w.PaymentsOfOrder, f.Selections)
	case "fulfilments":
		toMany(ctx, w, rows, key, &w.FulfilmentsOfOrder, f.Selections)
	case "timeline":
		toMany(ctx, w, rows, key, &w.EventsOfOrder, f.Selections)
	}
}

func (w walk) ofOrderLines(ctx context.Context, rows []*ent.OrderLine, f graphql.CollectedField) {
	switch f.Name {
	case "variant":
		toOne(ctx, w, rows, func(r *ent.OrderLine) int64 { return optional(r.VariantID) }, &w.Variant, f)
	case "product":
		toOne(ctx, w, rows, func(r *ent.OrderLine) int64 { return optional(r.VariantID) }, &w.ProductOfVariant, f)
	case "order":
		toOne(ctx, w, rows, func(r *ent.OrderLine) int64 { return r.OrderID }, &w.Order, f)
	}
}

func (w walk) ofAPIKeys(ctx context.Context, rows []*ent.APIKey, f graphql.CollectedField) {
	if f.Name == "createdBy" {
		toOne(ctx, w, rows, func(r *ent.APIKey) int64 { return r.CreatedBy }, &w.User, f)
	}
}

// arguments are those of a connection below the root, as its resolver will have them.
type arguments[F any] struct {
	First, Last, Offset  *int
	After, Before        *string
	SortKey              string
	Reverse, Descendants bool

	filter *F
}

type noFilter struct{}

// argumentsOf reads a field's arguments, its filter by the code that reads it for the resolver. What
// cannot be read is left to the resolver, which reports it.
func argumentsOf[F any](ctx context.Context, w walk, f graphql.CollectedField) (a arguments[F], ok bool) {
	values := f.ArgumentMap(w.op.Variables)
	if filter := values["filter"]; filter != nil {
		a.filter = new(F)
		if graphql.UnmarshalInputFromContext(ctx, filter, a.filter) != nil {
			return a, false
		}
	}
	text, err := json.Marshal(values)
	return a, err == nil && json.Unmarshal(text, &a) == nil
}

func (a arguments[F]) page() connection.Args {
	return connection.Args{First: a.First, After: a.After, Last: a.Last, Before: a.Before, Offset: a.Offset}
}
