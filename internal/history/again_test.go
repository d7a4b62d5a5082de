package history_test

import (
	"slices"
	"strings"
	"testing"

	"galley/ent"
	"galley/ent/user"
	"galley/ent/variant"
	"galley/internal/catalog"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/history"
	"galley/internal/money"
	"galley/internal/nodeid"
)

const december, january = "2010-12-01T08:26:00", "2011-01-04T10:00:00"

func sale(invoice, code, title, price, at string) string {
	return strings.Join([]string{invoice, code, title, "1", at, price, "17850", "France"}, ",")
}

// bySKU finds a product and its variant.
func bySKU(t *testing.T, db *database.DB, sku string) (*ent.Product, *ent.Variant) {
	t.Helper()
	v := db.Client.Variant.Query().Where(variant.Sku(sku)).WithProduct().OnlyX(databasetest.System(t.Context()))
	return v.Edges.Product, v
}

func TestALaterFileAddsAndChanges(t *testing.T) {
	t.Parallel()
	first := []string{
		sale("536365", "10001", "HEART", "2.55", december),
		sale("536365", "10002", "LANTERN", "1", december),
		sale("536366", "10003", "MUG", "3", december),
		sale("536366", "10004", "CLOCK", "4", december),
		sale("536366", "10005", "TRAY", "5", december),
		strings.Replace(sale("536367", "10007", "STAR", "0", december), ",1,", ",5,", 1),
	}
	later := slices.Concat(first, []string{
		sale("540001", "10001", "RED HEART", "2.95", january), sale("540001", "10001", "RED HEART", "2.95", january),
		sale("540001", "10002", "LANTERN", "0.85", january), sale("540001", "10003", "MUG", "3.5", january),
		sale("540002", "10004", "CLOCK", "4.5", january), sale("540002", "10005", "BIG TRAY", "5.5", january),
		sale("540002", "10005", "BIG TRAY", "5.5", january),
		sale("540002", "10007", "STAR", "7", january), sale("540003", "10008", "MOON", "8", january),
		strings.Replace(sale("540003", "10001", "RED HEART", "2.95", january), "France", "Germany", 1),
	})
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := databasetest.System(t.Context())
		mustImport(t, db, source(first...), options(t))

		// What staff did meanwhile.
		w := catalog.New(db, "GBP")
		did := func(out *database.Outcome, err error) {
			t.Helper()
			if err != nil || len(out.UserErrors) > 0 {
				t.Fatal(out, err)
			}
		}
		mug, _ := bySKU(t, db, "10003")
		did(w.ProductArchive(ctx, catalog.ProductStateInput{ID: nodeid.Product.ID(mug.ID)}))
		clock, _ := bySKU(t, db, "10004")
		did(w.ProductUnpublish(ctx, catalog.ProductStateInput{ID: nodeid.Product.ID(clock.ID)}))
		tray, _ := bySKU(t, db, "10005")
		did(w.VariantCreate(ctx, catalog.VariantCreateInput{
			Product: nodeid.Product.ID(tray.ID), Variant: catalog.ProductVariantInput{SKU: "10005-XL", Price: "9"},
		}))

		r := mustImport(t, db, source(later...), options(t))
		if r.Products != (history.Count{New: 1, Changed: 5, Same: 1}) || r.Orders != (history.Count{New: 3, Same: 2}) || r.Customers != (history.Count{Changed: 1}) {
			t.Errorf("got %+v", r)
		}
		for _, want := range []struct {
			sku, title, slug, status string
			price, from              money.Minor
			says                     string
		}{
			{"10001", "RED HEART", "heart-10001", "PUBLISHED", 295, 295, "title and price are the latest's, the address stays"},
			{"10002", "LANTERN", "lantern-10002", "PUBLISHED", 85, 85, "the price is the latest's"},
			{"10003", "MUG", "mug-10003", "ARCHIVED", 300, 300, "what is archived stays as it is"},
			{"10004", "CLOCK", "clock-10004", "DRAFT", 450, 450, "what was taken out of the shop stays out"},
			{"10005", "TRAY", "tray-10005", "PUBLISHED", 550, 550, "the title of several variants is the staff's"},
			{"10007", "STAR", "star-10007", "PUBLISHED", 700, 700, "what is sold at last is published"},
			{"10008", "MOON", "moon-10008", "PUBLISHED", 800, 800, "what is new is added"},
		} {
			p, v := bySKU(t, db, want.sku)
			if p.Title != want.title || p.Slug != want.slug || string(p.Status) != want.status || v.PriceAmount != want.price || p.PriceFromAmount != want.from {
				t.Errorf("%s: got %+v, %+v", want.says, p, v)
			}
		}
		if u := db.Client.User.Query().Where(user.Email("17850@customers.example")).OnlyX(ctx); u.Country != "DE" {
			t.Errorf("the customer lives in %s", u.Country)
		}
		t.Run("and an earlier file says nothing new of what was sold later", func(t *testing.T) {
			mustImport(t, db, source(strings.Replace(sale("536367", "10007", "OLD STAR", "0", december), ",1,", ",5,", 1)), options(t))
			if p, v := bySKU(t, db, "10007"); p.Title != "STAR" || v.PriceAmount != 700 {
				t.Errorf("got %+v, %+v", p, v)
			}
		})
	})
}

func TestRowsOfAnInvoiceNeedNotStandTogether(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		mustImport(t, db, source(
			sale("542806", "10001", "A", "1", january), "C542805,10001,A,-1,"+january+",1,17850,France",
			sale("542807", "10001", "B", "1", january), sale("542806", "10001", "C", "1", december), sale("542806", "10001", "A", "1", january),
		), options(t).WithLittleMemory())
		var lines []string
		for _, l := range strings.Split(state(t, db), "\n") {
			if strings.HasPrefix(l, "line 542806") {
				lines = append(lines, strings.Join(strings.Fields(l)[1:4], " "))
			}
		}
		if got := strings.Join(lines, "; "); got != `542806 0 "A"; 542806 1 "C"; 542806 2 "A"` {
			t.Errorf("got %s", got)
		}
	})
}

func TestAnotherCurrencyIsRefused(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		o := options(t)
		o.Currency = "EUR"
		if _, err := history.Import(t.Context(), db, source(row), o); err == nil || !strings.Contains(err.Error(), "sells in EUR") {
			t.Errorf("got %v", err)
		}
		ctx := databasetest.System(t.Context())
		if _, err := catalog.New(db, "EUR").ProductCreate(ctx, catalog.ProductCreateInput{Title: "Uhr"}); err != nil {
			t.Fatal(err)
		}
		if _, err := history.Import(t.Context(), db, source(row), options(t)); err == nil || !strings.Contains(err.Error(), "products in EUR") {
			t.Errorf("got %v", err)
		}
	})
}
