package graph_test

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"
	"testing"

	"galley/ent"
	"galley/graph/connection"
	"galley/graph/loader"
	"galley/internal/nodeid"
)

// lists are the methods of Loaders that fetch rows in another way than by a loader. Each returns the
// ids that it finds for a viewer, asked for everything; what is counted has to be what is found.
func lists() map[string]func(t *testing.T, ctx context.Context, l *loader.Loaders, keys map[int64]string) []string {
	type ids = []string
	type keyed = map[int64]string
	first := 100
	page := connection.Args{First: &first}
	return map[string]func(*testing.T, context.Context, *loader.Loaders, keyed) ids{
		"Users": func(t *testing.T, ctx context.Context, l *loader.Loaders, _ keyed) ids {
			c, err := l.Users(ctx, page, nil, loader.UsersByName, false)
			return listed(t, ctx, c, err)
		},
		"Roles": func(t *testing.T, ctx context.Context, l *loader.Loaders, _ keyed) ids {
			all, err := l.Roles(ctx)
			return nodes(t, err, all...)
		},
		"APIKeys": func(t *testing.T, ctx context.Context, l *loader.Loaders, _ keyed) ids {
			c, err := l.APIKeys(ctx, page)
			return listed(t, ctx, c, err)
		},
		"Orders": func(t *testing.T, ctx context.Context, l *loader.Loaders, _ keyed) ids {
			c, err := l.Orders(ctx, page, &loader.OrderFilter{}, loader.OrdersByTotal, false)
			return listed(t, ctx, c, err)
		},
		"Promotions": promotionList, "TaxRates": taxRateList, "DeliveryZones": deliveryZoneList,
		"Jobs": func(t *testing.T, ctx context.Context, l *loader.Loaders, _ keyed) ids {
			c, err := l.Jobs(ctx, page, &loader.JobFilter{})
			return listed(t, ctx, c, err)
		},
		"AuditLog": func(t *testing.T, ctx context.Context, l *loader.Loaders, _ keyed) ids {
			c, err := l.AuditLog(ctx, page, &loader.AuditLogFilter{})
			return listed(t, ctx, c, err)
		},
		"Approvals": func(t *testing.T, ctx context.Context, l *loader.Loaders, _ keyed) ids {
			c, err := l.Approvals(ctx, page, &loader.ApprovalFilter{})
			return listed(t, ctx, c, err)
		},
		"ApprovalRules": func(t *testing.T, ctx context.Context, l *loader.Loaders, _ keyed) ids {
			rules, err := l.ApprovalRules(ctx)
			var all []loader.Node
			for _, r := range rules {
				all = append(all, r)
			}
			return nodes(t, err, all...)
		},
		"Categories": func(t *testing.T, ctx context.Context, l *loader.Loaders, _ keyed) ids {
			c, err := l.Categories(ctx, page, nil)
			return listed(t, ctx, c, err)
		},
		"Products": func(t *testing.T, ctx context.Context, l *loader.Loaders, keys keyed) ids {
			var all ids
			for _, words := range []string{"mug", "secret", "kettle", "re", ""} { // the search, and without it
				c, err := l.Products(ctx, page, &loader.ProductFilter{Query: &words}, nil, false)
				all = append(all, listed(t, ctx, c, err)...)
			}
			yes := true
			for _, filter := range []loader.ProductFilter{{InStock: &yes}, {Price: &loader.PriceRange{}}} {
				c, err := l.Products(ctx, page, &filter, nil, false)
				all = append(all, listed(t, ctx, c, err)...)
			}
			for _, id := range keys { // the tree
				if category := idOf(t, id); category.Kind == nodeid.Category {
					c, err := l.Products(ctx, page, &loader.ProductFilter{Category: &category, Descendants: true}, nil, false)
					all = append(all, listed(t, ctx, c, err)...)
				}
			}
			return all
		},
		"OrdersOfUser": func(t *testing.T, ctx context.Context, l *loader.Loaders, keys keyed) ids {
			return ofEach(keys, func(key int64) ids {
				c, err := l.OrdersOfUser(ctx, key, page, nil, loader.OrdersByPlacing, true)
				return listed(t, ctx, c, err)
			})
		},
		"ProductsOfCategory": func(t *testing.T, ctx context.Context, l *loader.Loaders, keys keyed) ids {
			return ofEach(keys, func(key int64) ids {
				var all ids
				for _, descendants := range []bool{false, true} {
					c, err := l.ProductsOfCategory(ctx, key, page, descendants, loader.ProductsByTitle, false)
					all = append(all, listed(t, ctx, c, err)...)
				}
				return all
			})
		},
		"LowStock": func(t *testing.T, ctx context.Context, l *loader.Loaders, _ keyed) ids {
			below := 1000
			c, err := l.LowStock(ctx, page, &below)
			var all ids
			for _, id := range listed(t, ctx, c, err) {
				all = append(all, id+" pieces")
			}
			return all
		},
		"MovementsOfVariant": func(t *testing.T, ctx context.Context, l *loader.Loaders, keys keyed) ids {
			return ofEach(keys, func(key int64) ids {
				c, err := l.MovementsOfVariant(ctx, key, page)
				return listed(t, ctx, c, err)
			})
		},
		"Node": func(t *testing.T, ctx context.Context, l *loader.Loaders, keys keyed) ids {
			return ofEach(keys, func(key int64) ids {
				n, err := l.Node(ctx, idOf(t, keys[key]))
				return nodes(t, err, n)
			})
		},
		"Nodes": func(t *testing.T, ctx context.Context, l *loader.Loaders, keys keyed) ids {
			var all ids
			for chunk := range slices.Chunk(slices.Collect(maps.Values(keys)), connection.MaxPage) {
				var asked []*nodeid.ID
				for _, id := range chunk {
					n := idOf(t, id)
					asked = append(asked, &n)
				}
				found, err := l.Nodes(ctx, asked)
				all = append(all, nodes(t, err, found...)...)
			}
			return all
		},
		"ProductByID": byID(func(ctx context.Context, l *loader.Loaders, id nodeid.ID) (loader.Node, error) {
			return l.ProductByID(ctx, id)
		}),
		"CategoryByID": byID(func(ctx context.Context, l *loader.Loaders, id nodeid.ID) (loader.Node, error) {
			return l.CategoryByID(ctx, id)
		}),
		"OrderByID": byID(func(ctx context.Context, l *loader.Loaders, id nodeid.ID) (loader.Node, error) {
			return l.OrderByID(ctx, id)
		}),
		"PromotionByID": byID(func(ctx context.Context, l *loader.Loaders, id nodeid.ID) (loader.Node, error) {
			return l.PromotionByID(ctx, id)
		}),
		"PromotionByCode": func(t *testing.T, ctx context.Context, l *loader.Loaders, _ keyed) ids {
			return byName(t, []string{"welcome10"}, func(code string) (*ent.Promotion, error) { return l.PromotionByCode(ctx, code) })
		},
		"ProductBySlug": func(t *testing.T, ctx context.Context, l *loader.Loaders, _ keyed) ids {
			return byName(t, []string{"mug", "giftmug", "holder", "candle", "gnome", "lamp", "draft", "gone"}, func(slug string) (*ent.Product, error) {
				return l.ProductBySlug(ctx, slug)
			})
		},
		"CategoryBySlug": func(t *testing.T, ctx context.Context, l *loader.Loaders, _ keyed) ids {
			return byName(t, []string{"home", "mugs", "candles", "garden"}, func(slug string) (*ent.Category, error) { return l.CategoryBySlug(ctx, slug) })
		},
		"OrderByNumber": func(t *testing.T, ctx context.Context, l *loader.Loaders, _ keyed) ids {
			return byName(t, []string{"A1", "A2", "A3", "B1", "G1"}, func(number string) (*ent.Order, error) { return l.OrderByNumber(ctx, number) })
		},
	}
}

// sums are the methods of Loaders that compute from what loaders answer, or take the viewer's own key.
var sums = []string{"Me", "QuantityOfCart", "SubtotalOfCart", "PriceOfCartLine", "TotalOfCartLine", "ApprovalStatus", "CategoriesOfPromotion",
	"PartOfCart", "PartOfCartLine", "TaxIncludedOfCart", "PromotionsOfCart", "StepsOfCart", "WarningsOfCart",
	"ReservedUntil", "LineReservedUntil", "SuccessorOfCart", "NewestPaymentOf"}

// uncounted marks a context in which counts are not compared: they have the policy alone.
type uncounted struct{}

// listed are the ids of a connection, which counts as many.
func listed[T interface{ NodeID() nodeid.ID }](t *testing.T, ctx context.Context, c *connection.Connection[T], err error) []string { //nolint:revive // a test's T comes first
	t.Helper()
	if err != nil {
		t.Error(err)
		return nil
	}
	var ids []string
	for _, row := range c.Nodes() {
		ids = append(ids, row.NodeID().String())
	}
	if n, err := c.TotalCount(ctx); ctx.Value(uncounted{}) == nil && (n != len(ids) || err != nil) {
		t.Errorf("counts %d of %d rows: %v", n, len(ids), err)
	}
	return ids
}

// ofEach asks for the lists of many parents at once, so that they share statements.
func ofEach(keys map[int64]string, ask func(key int64) []string) []string {
	var mu sync.Mutex
	var wg sync.WaitGroup
	var all []string
	for key := range keys {
		wg.Go(func() {
			ids := ask(key)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, ids...)
		})
	}
	wg.Wait()
	return all
}

func byID(ask func(context.Context, *loader.Loaders, nodeid.ID) (loader.Node, error)) func(*testing.T, context.Context, *loader.Loaders, map[int64]string) []string {
	return func(t *testing.T, ctx context.Context, l *loader.Loaders, keys map[int64]string) []string {
		return ofEach(keys, func(key int64) []string {
			n, err := ask(ctx, l, idOf(t, keys[key]))
			return nodes(t, err, n)
		})
	}
}

func byName[T loader.Node](t *testing.T, names []string, ask func(string) (T, error)) []string {
	t.Helper()
	var ids []string
	for _, name := range names {
		n, err := ask(name)
		ids = append(ids, nodes(t, err, n)...)
	}
	return ids
}

// nodes are the ids of those that are there: an interface may hold a nil pointer.
func nodes[T loader.Node](t *testing.T, err error, all ...T) []string {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
	var ids []string
	for _, n := range all {
		if v := reflect.ValueOf(n); v.IsValid() && !v.IsNil() {
			ids = append(ids, fmt.Sprint(v.Interface().(interface{ NodeID() nodeid.ID }).NodeID()))
		}
	}
	return ids
}

func idOf(t *testing.T, text string) nodeid.ID {
	t.Helper()
	var id nodeid.ID
	if err := id.UnmarshalGQL(text); err != nil {
		t.Fatal(err)
	}
	return id
}
