package loader

import (
	"context"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"galley/ent"
	"galley/internal/viewer"
)

// ahead fetches what is selected below the rows of the field that is being resolved, level by level,
// one statement for each edge. The loaders remember the answers, so that the fields below find them:
// how many statements an operation takes depends neither on the number of rows nor on timing.
//
// An error ends the walk. Whoever needs what is missing asks for it again, and reports the error.
func (l *Loaders) ahead(ctx context.Context, rows any) {
	if l.source.OneByOne || graphql.GetFieldContext(ctx) == nil {
		return
	}
	field := graphql.GetFieldContext(ctx).Field
	w := walk{Loaders: l, op: graphql.GetOperationContext(ctx), viewer: viewer.From(ctx)}
	for _, set := range w.nodeSets(field.Definition.Type.Name(), field.Selections) {
		w.below(ctx, rows, set)
	}
}

// walk is one walk over a selection.
type walk struct {
	*Loaders
	op     *graphql.OperationContext
	viewer viewer.Viewer
}

// fields are those selected of a type, fragments and @skip and @include resolved.
func (w walk) fields(set ast.SelectionSet, types ...string) []graphql.CollectedField {
	return graphql.CollectFields(w.op, set, types)
}

// nodeSets are the selections of rows: of a connection those of its nodes and of its edges' nodes.
func (w walk) nodeSets(typ string, set ast.SelectionSet) []ast.SelectionSet {
	if !strings.HasSuffix(typ, "Connection") {
		return []ast.SelectionSet{set}
	}
	var sets []ast.SelectionSet
	for _, f := range w.fields(set, typ) {
		switch f.Name {
		case "nodes":
			sets = append(sets, f.Selections)
		case "edges":
			for _, e := range w.fields(f.Selections, f.Definition.Type.Name()) {
				if e.Name == "node" {
					sets = append(sets, e.Selections)
				}
			}
		}
	}
	return sets
}

// below fetches the edges that are selected of rows.
func (w walk) below(ctx context.Context, rows any, set ast.SelectionSet) {
	switch rows := rows.(type) {
	case []*ent.User:
		w.each(w.fields(set, "User", "Node"), func(f graphql.CollectedField) { w.ofUsers(ctx, rows, f) })
	case []*ent.Category:
		w.each(w.fields(set, "Category", "Node"), func(f graphql.CollectedField) { w.ofCategories(ctx, rows, f) })
	case []*ent.Product:
		w.each(w.fields(set, "Product", "Node"), func(f graphql.CollectedField) { w.ofProducts(ctx, rows, f) })
	case []*ent.Variant:
		w.each(w.fields(set, "Variant", "Node"), func(f graphql.CollectedField) { w.ofVariants(ctx, rows, f) })
	case []*ent.StockMovement:
		w.each(w.fields(set, "StockMovement", "Node"), func(f graphql.CollectedField) { w.ofMovements(ctx, rows, f) })
	case []*ent.Cart:
		w.apart(w.fields(set, "Cart", "Node"), func(fields []graphql.CollectedField) { w.ofCarts(ctx, rows, fields) })
	case []*ent.CartLine:
		w.apart(w.fields(set, "CartLine", "Node"), func(fields []graphql.CollectedField) { w.ofLines(ctx, rows, fields) })
	case []*ent.Order:
		w.each(w.fields(set, "Order", "Node"), func(f graphql.CollectedField) { w.ofOrders(ctx, rows, f) })
	case []*ent.OrderLine:
		w.each(w.fields(set, "OrderLine", "Node"), func(f graphql.CollectedField) { w.ofOrderLines(ctx, rows, f) })
	case []*ent.Payment:
		w.each(w.fields(set, "Payment", "Node"), func(f graphql.CollectedField) { w.ofPayments(ctx, rows, f) })
	case []*ent.Fulfilment:
		w.each(w.fields(set, "Fulfilment", "Node"), func(f graphql.CollectedField) { w.ofFulfilments(ctx, rows, f) })
	case []*ent.FulfilmentLine:
		w.each(w.fields(set, "FulfilmentLine"), func(f graphql.CollectedField) { w.ofFulfilmentLines(ctx, rows, f) })
	case []*ent.OrderEvent:
		w.each(w.fields(set, "OrderEvent", "Node"), func(f graphql.CollectedField) { w.ofOrderEvents(ctx, rows, f) })
	case []*ent.APIKey:
		w.each(w.fields(set, "ApiKey", "Node"), func(f graphql.CollectedField) { w.ofAPIKeys(ctx, rows, f) })
	case []*ent.AuditEntry:
		w.each(w.fields(set, "AuditEntry", "Node"), func(f graphql.CollectedField) { w.ofAuditEntries(ctx, rows, f) })
	case []*ent.Promotion:
		w.each(w.fields(set, "Promotion", "Node"), func(f graphql.CollectedField) { w.ofPromotions(ctx, rows, f) })
	case []*ent.DeliveryZone:
		w.each(w.fields(set, "DeliveryZone", "Node"), func(f graphql.CollectedField) { w.ofDeliveryZones(ctx, rows, f) })
	case []*ent.Approval:
		w.each(w.fields(set, "Approval", "Node"), func(f graphql.CollectedField) { w.ofApprovals(ctx, rows, f) })
	}
}

func (w walk) each(fields []graphql.CollectedField, along func(graphql.CollectedField)) {
	w.apart(fields, func(fields []graphql.CollectedField) {
		for _, f := range fields {
			along(f)
		}
	})
}

// toOne follows an edge to one row, and goes on below it.
func toOne[P, C any](ctx context.Context, w walk, rows []P, key func(P) int64, l *Loader[*C], f graphql.CollectedField) {
	found, err := l.now(ctx, keysOf(rows, key))
	if err != nil {
		return
	}
	var children []*C
	for _, child := range found {
		if child != nil {
			children = append(children, child)
		}
	}
	if len(children) > 0 {
		w.below(ctx, children, f.Selections)
	}
}

// toMany follows an edge to a list of rows, and goes on below them.
func toMany[P, C any](ctx context.Context, w walk, rows []P, key func(P) int64, l *Loader[[]C], set ...ast.SelectionSet) {
	found, err := l.now(ctx, keysOf(rows, key))
	if err != nil {
		return
	}
	var children []C
	for _, list := range found {
		children = append(children, list...)
	}
	if len(children) == 0 {
		return
	}
	for _, s := range set {
		w.below(ctx, children, s)
	}
}

// toPages follows an edge to a connection: its pages, their rows, and if it is asked for their count.
func toPages[P, C any](ctx context.Context, w walk, rows []P, key func(P) int64, pages *pages[C], f graphql.CollectedField) {
	typ := f.Definition.Type.Name()
	toMany(ctx, w, rows, key, &pages.rows, w.nodeSets(typ, f.Selections)...)
	w.apart(w.fields(f.Selections, typ), func(fields []graphql.CollectedField) {
		if oneOf(fields, "totalCount") {
			_, _ = pages.count.now(ctx, keysOf(rows, key))
		}
	})
}

// keysOf are the different keys of rows, without zero, which is nobody's.
func keysOf[P any](rows []P, key func(P) int64) []int64 {
	keys := make([]int64, 0, len(rows))
	for _, row := range rows {
		if k := key(row); k != 0 {
			keys = append(keys, k)
		}
	}
	return unique(keys)
}

func unique(keys []int64) []int64 {
	keys = slices.Clone(keys)
	slices.Sort(keys)
	return slices.Compact(keys)
}

// optional is a key that may be absent, as 0.
func optional(key *int64) int64 {
	if key == nil {
		return 0
	}
	return *key
}
