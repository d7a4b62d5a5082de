package graph_test

import (
	"cmp"
	"context"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"entgo.io/ent/privacy"

	"galley/ent"
	"galley/graph/graphtest"
	"galley/graph/loader"
	"galley/internal/database/databasetest"
	"galley/internal/nodeid"
	"galley/internal/quote"
	"galley/internal/stock"
	"galley/internal/viewer"
)

// The tests here call the loaders past resolvers and directives, with the keys of everything in the
// shop: what comes back is what the row rules leave.

// with puts loaders of the viewer into the context.
func with(ctx context.Context, shop *graphtest.Shop, as viewer.Viewer) context.Context {
	now := shop.Database.Now
	return loader.Source{
		Client: shop.Database.Client, Currency: "GBP", Quotes: quote.Source{Currency: "GBP", Now: now}, Now: now, Wait: time.Millisecond,
	}.With(viewer.With(ctx, as))
}

// TestNoLoaderAnswersForForeignKeys finds the loaders by reflection, so that a new one is tried too.
func TestNoLoaderAnswersForForeignKeys(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			archive(t, shop, "22002S")
			offer(t, shop, "ada", "bob")
			owners := ownersOf(t, shop)
			everything := keysOf(t, owners)
			for field := range reflect.TypeFor[loader.Loaders]().Fields() {
				if !field.IsExported() {
					continue
				}
				load := func(as viewer.Viewer) map[string]bool {
					ctx := with(t.Context(), shop, as)
					one := reflect.ValueOf(loader.From(ctx)).Elem().FieldByIndex(field.Index).Addr().MethodByName("Load")
					return loadEach(t, ctx, one, everything)
				}
				all := load(viewer.Viewer{Kind: viewer.System})
				if len(all) == 0 {
					t.Errorf("%s finds nothing at all", field.Name)
				}
				for _, a := range readers(shop.Rows) {
					rights := a.Viewer
					if field.Name == "ActionOfPayment" { // is for the shopper, whoever else may read the payment
						rights.Permissions = nil
					}
					compare(t, field.Name+" for "+a.String(), load(a.Viewer), visible(all, owners, a.account, rights))
				}
			}
		})
	}
}

// loadEach asks a loader for many keys at once, and returns what it found, each with its key's owner's
// sight: "id" of rows, and the key's own where it answers yes.
func loadEach(t *testing.T, ctx context.Context, load reflect.Value, keys map[int64]string) map[string]bool { //nolint:revive // a test's T comes first
	t.Helper()
	found := map[string]bool{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for key, id := range keys {
		wg.Go(func() {
			out := load.Call([]reflect.Value{reflect.ValueOf(ctx), reflect.ValueOf(key)})
			if err, _ := out[1].Interface().(error); err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, row := range rowsIn(out[0]) {
				found[id+" "+row] = true
			}
		})
	}
	wg.Wait()
	return found
}

// rowsIn are the ids of the rows of an answer: a row, a list of rows, or a word for yes.
func rowsIn(v reflect.Value) []string {
	var ids []string
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			ids = append(ids, rowsIn(v.Index(i))...)
		}
	case reflect.Bool:
		if v.Bool() {
			ids = append(ids, "yes")
		}
	case reflect.String: // such as a permission
		ids = append(ids, "yes")
	default:
		if _, level := v.Interface().(*stock.Level); level && !v.IsNil() {
			return []string{"pieces"}
		}
		if row, ok := v.Interface().(interface{ NodeID() nodeid.ID }); ok && !v.IsNil() {
			ids = append(ids, row.NodeID().String())
		}
		switch v.Interface().(type) {
		case *ent.FulfilmentLine, *loader.PaymentAction: // they have no id of their own
			if !v.IsNil() {
				ids = append(ids, "yes")
			}
		}
	}
	return ids
}

// visible are those answers that a viewer may have: the row is theirs to see, and so is what it was
// asked for by where that is a variant, whose product may be on sale when it is not, or an audit log's entry.
func visible(all map[string]bool, owners map[string]owner, name string, v viewer.Viewer) map[string]bool {
	left := map[string]bool{}
	for answer := range all {
		by, row, _ := strings.Cut(answer, " ")
		if of, pieces := strings.CutSuffix(row, "pieces"); pieces { // for those who may read the stock
			if !v.Has(viewer.StockRead) {
				continue
			}
			row = cmp.Or(strings.TrimSpace(of), "yes")
		}
		if row == "yes" {
			row = by
		}
		if owners[row].visible(name, v) && (!strings.HasPrefix(by, "var_") && !strings.HasPrefix(by, "audit_") || owners[by].visible(name, v)) {
			left[answer] = true
		}
	}
	return left
}

func compare(t *testing.T, what string, got, want map[string]bool) {
	t.Helper()
	for answer := range got {
		if !want[answer] {
			t.Errorf("%s answers with a foreign row: %s", what, answer)
		}
	}
	for answer := range want {
		if !got[answer] {
			t.Errorf("%s does not answer: %s", what, answer)
		}
	}
}

func keysOf(t *testing.T, owners map[string]owner) map[int64]string {
	t.Helper()
	all := map[int64]string{}
	for id := range owners {
		var n nodeid.ID
		if err := n.UnmarshalGQL(id); err != nil {
			t.Fatal(err)
		}
		all[n.Key] = id
	}
	return all
}

// archive takes a variant of a published product off sale.
func archive(t *testing.T, shop *graphtest.Shop, sku string) {
	t.Helper()
	shop.Database.Client.Variant.UpdateOneID(shop.Rows.Variants[sku].ID).SetArchived(true).ExecX(databasetest.System(t.Context()))
}

// TestNoListHoldsForeignRows asks each list for everything.
func TestNoListHoldsForeignRows(t *testing.T) {
	t.Parallel()
	for method := range reflect.TypeFor[*loader.Loaders]().Methods() {
		if lists()[method.Name] == nil && !slices.Contains(sums, method.Name) {
			t.Errorf("Loaders.%s is not tried with foreign rows", method.Name)
		}
	}
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			archive(t, shop, "22002S")
			owners := ownersOf(t, shop)
			for list, ask := range lists() {
				all := found(t, shop, viewer.Viewer{Kind: viewer.System}, ask, owners)
				if len(all) == 0 {
					t.Errorf("%s finds nothing at all", list)
				}
				for _, a := range readers(shop.Rows) {
					compare(t, list+" for "+a.String(), found(t, shop, a.Viewer, ask, owners), visible(all, owners, a.account, a.Viewer))
				}
			}
		})
	}
}

func found(t *testing.T, shop *graphtest.Shop, as viewer.Viewer, ask func(*testing.T, context.Context, *loader.Loaders, map[int64]string) []string, owners map[string]owner) map[string]bool {
	t.Helper()
	ctx := with(t.Context(), shop, as)
	ids := map[string]bool{}
	for _, id := range ask(t, ctx, loader.From(ctx), keysOf(t, owners)) {
		ids["by "+id] = true
	}
	return ids
}

// TestStatementsOfManyParentsHoldWithoutPolicies removes every policy. What statements join besides
// the entity they query is under its row rule still: without that, foreign rows would take the places
// on a page before the policy leaves them out.
func TestStatementsOfManyParentsHoldWithoutPolicies(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			owners := ownersOf(t, shop)
			for _, list := range []string{"OrdersOfUser", "ProductsOfCategory", "MovementsOfVariant"} {
				for _, name := range []string{"anonymous", "guest", "ada", "bob"} {
					as := shop.Rows.Viewer(name)
					ctx := privacy.DecisionContext(with(t.Context(), shop, as), privacy.Allow)
					for _, id := range lists()[list](t, context.WithValue(ctx, uncounted{}, true), loader.From(ctx), keysOf(t, owners)) {
						if !owners[id].visible(name, as) {
							t.Errorf("%s for %s holds %s of %q", list, name, id, owners[id])
						}
					}
				}
			}
			archive(t, shop, "22002S")
			ctx := privacy.DecisionContext(with(t.Context(), shop, viewer.Viewer{}), privacy.Allow)
			if p, err := loader.From(ctx).ProductOfVariant.Load(ctx, shop.Rows.Variants["22002S"].ID); p != nil || err != nil {
				t.Errorf("the product of an archived variant: %v, %v", p, err)
			}
		})
	}
}

// TestALinesProductIsThatOfItsVariant and as well hidden: of a product in the archive, and of a variant
// that is no longer sold though its product is.
func TestALinesProductIsThatOfItsVariant(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			archive(t, shop, "22001")
			for name, hidden := range map[string]int{"ada": 3, "staff": 0} {
				type id struct{ ID string }
				var data struct {
					Nodes []struct {
						Lines []struct {
							Product *id
							Variant *struct{ Product *id }
						}
					}
				}
				shop.Must(t, shop.Rows.Viewer(name), `query($ids: [ID!]!) { nodes(ids: $ids) { ... on Order { lines { product { id } variant { product { id } } } } } }`,
					map[string]any{"ids": []any{shop.Rows.Orders["A1"].NodeID().String(), shop.Rows.Orders["A2"].NodeID().String(), shop.Rows.Orders["A3"].NodeID().String()}}, &data)
				for _, order := range data.Nodes {
					for _, line := range order.Lines {
						switch {
						case line.Product == nil && line.Variant == nil:
							hidden--
						case line.Product == nil || line.Variant == nil || *line.Product != *line.Variant.Product:
							t.Errorf("%s sees %v and %v", name, line.Product, line.Variant)
						}
					}
				}
				if hidden != 0 {
					t.Errorf("%s misses %d lines' products too few", name, hidden)
				}
			}
		})
	}
}
