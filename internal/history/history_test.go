package history_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"galley/ent"
	"galley/ent/order"
	"galley/ent/orderline"
	"galley/ent/product"
	"galley/ent/productterm"
	"galley/ent/stockmovement"
	"galley/ent/user"
	"galley/ent/variant"
	"galley/internal/catalog"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/history"
	"galley/internal/nodeid"
	"galley/internal/onlineretail"
	"galley/internal/textkey"
)

const row = "536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,2010-12-01T08:26:00,2.55,17850,United Kingdom"

func TestTheSampleGoesInWhole(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		o := options(t)
		r := mustImport(t, db, sample(t), o)
		r.Seconds, r.RowsPerSecond = 0, 0
		want := history.Report{
			File: "sample", Rows: 21_466, Lines: 21_028, Cancellations: 284, StockCorrections: 58, ZeroPrices: 96,
			Products: history.Count{New: 2399}, Drafts: 32, Customers: history.Count{New: 588}, Orders: history.Count{New: 796},
			LinesWithoutProduct: 78, Total: "422558.40", RejectedFile: o.Rejected,
		}
		if got := fmt.Sprintf("%+v", r.Figures()); got != fmt.Sprintf("%+v", want) {
			t.Errorf("got  %s\nwant %+v", got, want)
		}
		for _, words := range []string{"21,466 rows read", "438 rejected, listed in " + o.Rejected, "(32 drafts)", "£422,558.40 in all"} {
			if !strings.Contains(r.String(), words) {
				t.Errorf("the report does not say %q:\n%s", words, r)
			}
		}
		t.Run("and what is rejected is listed", func(t *testing.T) {
			list := readList(t, o.Rejected)
			if len(list) != 438+1 || strings.Join(list[0], " ") != "line reason row" {
				t.Fatalf("%d rows, the first %v", len(list), list[0])
			}
			if list[1][0] != "143" || !strings.HasPrefix(list[1][1], "cancellation") || !strings.HasPrefix(list[1][2], "C536379,D,Discount,-1,") {
				t.Errorf("got %q", list[1])
			}
		})
		t.Run("once: again it changes nothing", func(t *testing.T) {
			before := state(t, db)
			again := mustImport(t, db, sample(t), options(t))
			compare(t, state(t, db), before)
			if again.Orders != (history.Count{Same: 796}) || again.LinesThere != 21_028 || again.Lines != 0 ||
				again.Products != (history.Count{Same: 2399}) || again.Customers != (history.Count{Same: 588}) || again.Total != "422558.40" {
				t.Errorf("got %+v", again)
			}
		})
	})
}

func readList(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	list, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// Any file says the same on either way: sorted on disk and written in batches, or collected in memory.
func TestAnyFileBecomesWhatCollectSays(t *testing.T) {
	t.Parallel()
	files := rapid.Custom(func(t *rapid.T) []string {
		field := func(name string, values ...string) string { return rapid.SampledFrom(values).Draw(t, name) }
		var rows []string
		for range rapid.IntRange(1, 60).Draw(t, "rows") {
			rows = append(rows, strings.Join([]string{
				field("invoice", "536365", "536366", "536367", "C536368", "A536369"),
				field("code", "85123A", "85123a", "71053", "22041", "POST", "M"),
				field("description", "", "HEART", " HEART ", "HEART  RED", `"7"" FRAME, \"`, "{NULL}", "NULL", "CAFÉ £10", "damaged?"),
				field("quantity", "1", "2", "80995", "-1"),
				field("time", "2010-12-01T08:26:00", "2010-12-01T08:25:00", "2011-07-01T08:26:00"),
				field("price", "2.55", "0", "0.125", "0.001", "-3"),
				field("customer", "", "17850", "13047"), field("country", "United Kingdom", "EIRE", "Unspecified"),
			}, ","))
		}
		return rows
	})
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := databasetest.System(t.Context())
		for i := range 25 {
			rows := files.Example(i)
			want, err := onlineretail.Collect(source(rows...))
			if err != nil {
				t.Fatal(err)
			}
			empty(t, db)
			r := mustImport(t, db, source(rows...), options(t).WithLittleMemory())
			if r.Rows != len(rows) {
				t.Errorf("%d rows of %d", r.Rows, len(rows))
			}
			compareProducts(ctx, t, db.Client, want)
			compareOrders(ctx, t, db.Client, want)
			for _, c := range want.Customers {
				u := db.Client.User.Query().Where(user.Email(c.ID + "@customers.example")).OnlyX(ctx)
				if u.Country != c.Country.Code() {
					t.Errorf("customer %s lives in %s, want %s", c.ID, u.Country, c.Country)
				}
			}
			if t.Failed() {
				t.Fatalf("the file was\n%s", strings.Join(rows, "\n"))
			}
		}
	})
}

// empty takes all rows out of the shop.
func empty(t *testing.T, db *database.DB) {
	t.Helper()
	ctx := databasetest.System(t.Context())
	err := db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		for _, table := range []string{"payments", "order_lines", "orders", "users", "product_terms", "stock_movements", "variants", "products"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func compareProducts(ctx context.Context, t *testing.T, c *ent.Client, want *onlineretail.Shop) {
	t.Helper()
	if n := c.Product.Query().CountX(ctx); n != len(want.Products) {
		t.Errorf("%d products, want %d", n, len(want.Products))
	}
	for _, w := range want.Products {
		p := c.Product.Query().Where(product.Slug(onlineretail.ProductSlug(w.Title, w.SKU))).OnlyX(ctx)
		got := fmt.Sprintf("%q %d %v %v %x", p.Title, p.PriceFromAmount, p.Status, p.CreatedAt.UTC(), p.TitleKey)
		status := product.StatusPUBLISHED
		if w.Draft {
			status = product.StatusDRAFT
		}
		if want := fmt.Sprintf("%q %d %v %v %x", w.Title, w.Price.Pence(), status, w.Since, textkey.Key(w.Title)); got != want {
			t.Errorf("product %s is %s, want %s", w.SKU, got, want)
		}
	}
}

func compareOrders(ctx context.Context, t *testing.T, c *ent.Client, want *onlineretail.Shop) {
	t.Helper()
	if n := c.Order.Query().CountX(ctx); n != len(want.Orders) {
		t.Errorf("%d orders, want %d", n, len(want.Orders))
	}
	for _, w := range want.Orders {
		o := c.Order.Query().Where(order.Number(w.Number)).OnlyX(ctx)
		email := ""
		if w.CustomerID != "" {
			email = w.CustomerID + "@customers.example"
		}
		got := fmt.Sprintf("%v %d %s %s", o.PlacedAt.UTC(), o.TotalAmount, o.Country, o.Email)
		if want := fmt.Sprintf("%v %d %s %s", w.PlacedAt, w.Total, w.Country.Code(), email); got != want {
			t.Errorf("order %s is %s, want %s", w.Number, got, want)
		}
		lines := c.OrderLine.Query().Where(orderline.OrderID(o.ID)).AllX(ctx)
		slices.SortFunc(lines, func(a, b *ent.OrderLine) int { return a.Position - b.Position })
		if len(lines) != len(w.Lines) {
			t.Fatalf("order %s has %d lines, want %d", w.Number, len(lines), len(w.Lines))
		}
		for i, l := range lines {
			x := w.Lines[i]
			sku := x.SKU
			if sku == "" {
				sku = x.StockCode
			}
			got := fmt.Sprintf("%q %s %d %d %d %v", l.Title, l.Sku, l.Quantity, l.UnitPriceAmount, l.TotalAmount, l.VariantID != nil)
			if want := fmt.Sprintf("%q %s %d %d %d %v", x.Title, sku, x.Quantity, x.UnitPrice.Pence(), x.Total, x.SKU != ""); got != want {
				t.Errorf("line %d of %s is %s, want %s", i, w.Number, got, want)
			}
		}
	}
}

func TestImportedProductsAreComplete(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := databasetest.System(t.Context())
		c := db.Client
		// Somebody has the slug that the heart would get, and the next one.
		shelve := catalog.New(db, "GBP")
		for _, slug := range []string{"white-hanging-heart-t-light-holder-85123a", "white-hanging-heart-t-light-holder-85123a-2"} {
			if _, err := shelve.ProductCreate(ctx, catalog.ProductCreateInput{Title: "Taken", Slug: &slug}); err != nil {
				t.Fatal(err)
			}
		}
		o := options(t)
		o.Stock = 7
		mustImport(t, db, source(row, "536366,22139,,56,2010-12-01T11:52:00,0,,United Kingdom"), o)
		heart := c.Product.Query().Where(product.Slug("white-hanging-heart-t-light-holder-85123a-3")).OnlyX(ctx)
		if heart.Status != product.StatusPUBLISHED || heart.PublishedAt == nil || heart.CategoryID != nil || heart.PriceFromAmount != 255 {
			t.Errorf("got %+v", heart)
		}
		draft := c.Product.Query().Where(product.Slug("22139")).OnlyX(ctx)
		if draft.Status != product.StatusDRAFT || draft.PublishedAt != nil || draft.Title != "22139" {
			t.Errorf("got %+v", draft)
		}
		v := c.Variant.Query().Where(variant.ProductID(heart.ID)).OnlyX(ctx)
		m := c.StockMovement.Query().Where(stockmovement.VariantID(v.ID)).OnlyX(ctx)
		if v.Available != 7 || v.Sku != "85123A" || v.Version != 1 || m.Quantity != 7 {
			t.Errorf("got %+v, %+v", v, m)
		}
		terms := map[string]int{}
		for _, term := range c.ProductTerm.Query().Where(productterm.ProductID(heart.ID)).AllX(ctx) {
			terms[string(term.Term)] = term.Weight
		}
		if want := catalog.Terms(heart.Title, "", []string{"85123A"}); fmt.Sprint(terms) != fmt.Sprint(want) {
			t.Errorf("terms %v, want %v", terms, want)
		}
		if c.Credential.Query().ExistX(ctx) {
			t.Error("a customer got a password")
		}
		t.Run("and can be edited by the catalogue", func(t *testing.T) {
			title := "Heart"
			out, err := shelve.ProductUpdate(ctx, catalog.ProductUpdateInput{ID: nodeid.Product.ID(heart.ID), Title: &title})
			if err != nil || len(out.UserErrors) > 0 {
				t.Errorf("%+v, %v", out, err)
			}
		})
	})
}

func TestTimesAreLondons(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		mustImport(t, db, source(
			"536365,71053,LANTERN,1,2011-07-01T08:26:00,1,,EIRE",
			"536365,71053,LANTERN,1,2011-07-01T08:25:00,0,,EIRE", // no sale, but the invoice's earliest time
		), options(t))
		o := db.Client.Order.Query().OnlyX(databasetest.System(t.Context()))
		if want := time.Date(2011, 7, 1, 7, 25, 0, 0, time.UTC); !o.PlacedAt.Equal(want) || o.Country != "IE" {
			t.Errorf("placed %v in %s, want %v", o.PlacedAt, o.Country, want)
		}
	})
}
