package graph_test

import (
	"slices"
	"strings"
	"testing"

	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
)

// TestFilters asks the lists of a shop's pages and of a back office for some of their rows.
func TestFilters(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			for _, c := range []struct{ list, want string }{
				{`orders(sortKey: PLACED, reverse: false)`, "A1 A2 A3 B1 G1"},
				{`orders`, "G1 B1 A3 A2 A1"},
				{`orders(sortKey: TOTAL, reverse: false)`, "A2 G1 A1 B1 A3"},
				{`orders(filter: {query: "a"}, reverse: false)`, "A1 A2 A3"},
				{`orders(filter: {query: "BOB@"})`, "B1"},
				{`orders(filter: {query: "%"})`, ""},
				{`orders(filter: {query: "_1"})`, ""},
				{`orders(filter: {status: [PLACED]}, first: 1)`, "G1"},
				{`orders(filter: {status: [COMPLETED, CANCELLED]})`, ""},
				{`orders(filter: {status: []})`, ""},
				{`orders(filter: {customer: "USER"}, reverse: false)`, "A1 A2 A3"},
				{`orders(filter: {customer: "ORDER"})`, ""},
				{`orders(filter: {placedAt: {from: "2026-03-01T10:00:00Z", until: "2026-03-01T12:00:00Z"}}, reverse: false)`, "A2 A3"},
				{`orders(filter: {placedAt: {from: "2026-03-01T11:00:00+01:00", until: "2026-03-01T13:00:00+01:00"}}, reverse: false)`, "A2 A3"},
				{`orders(filter: {total: {min: "5.90", max: "12.95"}}, sortKey: TOTAL, reverse: false)`, "A1 B1"},
				{`orders(filter: {country: "gb"}, last: 2, reverse: false)`, "B1 G1"},
				{`orders(filter: {country: "FR"})`, ""},
				{`users(sortKey: NAME)`, "ada bob clerk staff"},
				{`users(filter: {query: "grace"})`, "staff"},
				{`users(filter: {query: "hop"})`, "staff"},
				{`users(filter: {query: "ADA@"})`, "ada"},
				{`users(filter: {query: "ace"})`, ""},
				{`users(filter: {staff: true}, sortKey: NAME, reverse: true)`, "staff clerk"},
				{`users(filter: {active: false})`, ""},
				{`users(filter: {createdAt: {until: "2026-03-01T09:00:00Z"}})`, ""},
				{`products(filter: {status: [DRAFT]})`, "draft"},
				{`products(filter: {status: [ARCHIVED, DRAFT]}, sortKey: TITLE)`, "gone draft"},
				{`products(filter: {price: {min: "12.95"}, status: [PUBLISHED]}, sortKey: PRICE)`, "gnome lamp"},
				{`products(filter: {price: {max: "2.95"}}, sortKey: PRICE)`, "candle mug holder"},
				{`products(filter: {price: {min: "6.50", max: "6.50"}})`, "giftmug"},
				{`products(filter: {price: {min: "6.51", max: "6.49"}})`, ""},
				{`products(filter: {inStock: true, category: "CATEGORY", descendants: false})`, "gone draft lamp"},
				{`products(filter: {category: "CATEGORY", query: "mug"}, sortKey: TITLE)`, "giftmug mug"},
				{`products(filter: {createdAt: {until: "2026-03-01T11:00:00Z"}})`, "giftmug mug"},
				{`products(filter: {query: "hanging heart"})`, "holder"},
				{`products(filter: {query: "heart mug"})`, ""},
				{`products(filter: {query: "MÚG"}, sortKey: TITLE)`, "giftmug mug"},
				{`products(filter: {query: "t-light"})`, "holder"},
				{`products(filter: {query: ""}, first: 1, sortKey: TITLE)`, "gnome"},
				{`categories(filter: {roots: true})`, "home garden"},
				{`categories(filter: {parent: "CATEGORY"})`, "mugs candles"},
				{`categories(filter: {query: "tea"})`, "mugs"},
			} {
				list := strings.NewReplacer(
					"USER", shop.Rows.Users["ada"].NodeID().String(), "ORDER", shop.Rows.Orders["A1"].NodeID().String(),
					"CATEGORY", shop.Rows.Categories["home"].NodeID().String()).Replace(c.list)
				var data struct {
					F struct {
						TotalCount int
						Nodes      []struct{ Number, Slug, Email string }
					}
				}
				name := "number"
				switch {
				case strings.HasPrefix(list, "users"):
					name = "email"
				case !strings.HasPrefix(list, "orders"):
					name = "slug"
				}
				shop.Must(t, shop.Rows.Viewer("staff"), "{ f: "+list+" { totalCount nodes { "+name+" } } }", nil, &data)
				var got []string
				for _, n := range data.F.Nodes {
					got = append(got, n.Number+n.Slug+strings.TrimSuffix(n.Email, "@galley.example"))
				}
				if want := strings.Fields(c.want); !slices.Equal(got, want) {
					t.Errorf("%s: got %v, not %v", c.list, got, want)
				}
				if !strings.Contains(c.list, "first") && !strings.Contains(c.list, "last") && data.F.TotalCount != len(got) {
					t.Errorf("%s: counted %d of %d", c.list, data.F.TotalCount, len(got))
				}
			}
		})
	}
}
