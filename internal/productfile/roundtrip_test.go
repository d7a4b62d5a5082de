package productfile_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"galley/internal/catalog"
	"galley/internal/money"
	"galley/internal/nodeid"
	"galley/internal/productfile"
)

// Whatever is in a catalogue, exporting it and importing that changes nothing.
func TestWhatIsExportedChangesNothing(t *testing.T) {
	t.Parallel()
	type thing struct {
		title, description, variant string
		variants, status            int
		price                       money.Decimal
		categories                  []string
	}
	text := rapid.StringOf(rapid.OneOf(
		rapid.SampledFrom([]rune("=+-@'\";,>\t abcÅß£\u00a0")), rapid.Rune(),
	))
	line := rapid.Map(text, func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\t", " ")) })
	things := rapid.Custom(func(t *rapid.T) thing {
		return thing{
			title: line.Draw(t, "title"), description: text.Draw(t, "description") + "\n" + text.Draw(t, "more"), variant: line.Draw(t, "variant"),
			variants: rapid.IntRange(0, 3).Draw(t, "variants"), status: rapid.IntRange(0, 3).Draw(t, "status"),
			price:      money.Money{Amount: money.Minor(rapid.IntRange(0, 1e9).Draw(t, "price")), Currency: "GBP"}.Decimal(),
			categories: rapid.SliceOfN(line, 0, 3).Draw(t, "categories"),
		}
	})
	each(t, func(t *testing.T, s *shop) {
		made := 0
		for i := range 150 {
			x := things.Example(i)
			in := catalog.ProductCreateInput{Title: x.title, Description: x.description}
			for n := range x.variants {
				limit := n + 1
				in.Variants = append(in.Variants, catalog.ProductVariantInput{
					SKU: strings.Repeat("=", n) + string(rune('A'+n)) + "-" + strings.Repeat("I", i), Title: x.variant, Price: x.price, Available: n, PurchaseLimit: &limit,
				})
			}
			var parent *nodeid.ID
			for _, name := range x.categories {
				out, err := s.catalog.CategoryCreate(s.system, catalog.CategoryCreateInput{Name: name, Parent: parent})
				if err != nil {
					t.Fatal(err)
				}
				if len(out.UserErrors) == 0 {
					id := nodeid.Category.ID(out.Key)
					parent = &id
				}
			}
			in.Category = parent
			out, err := s.catalog.ProductCreate(s.system, in)
			if err != nil {
				t.Fatal(err)
			}
			if len(out.UserErrors) > 0 {
				continue // text that a catalogue does not take
			}
			made++
			state := catalog.ProductStateInput{ID: nodeid.Product.ID(out.Key)}
			if x.status > 0 && x.variants > 0 {
				s.did(s.catalog.ProductPublish(s.system, state))
			}
			if x.status > 2 {
				s.did(s.catalog.ProductArchive(s.system, state))
			}
		}
		before, file := s.state(), s.exported()
		r := s.imported(productfile.Options{}, file)
		if r.Err() != nil || len(r.Rows) < made || made < 30 {
			t.Errorf("%d products: %v\n%s", made, r.Err(), r)
		}
		for _, row := range r.Rows {
			if row.Result != productfile.Unchanged {
				t.Errorf("%+v", row)
			}
		}
		if s.state() != before {
			t.Error("the catalogue has changed")
		}
		if s.exported() != file {
			t.Error("it is exported otherwise")
		}
	})
}

func TestNoCellIsAFormula(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		for _, title := range []string{`=HYPERLINK("http://x.example","y")`, "+1", "-1", "@SUM(1)", "'=1", "''-2", "'quoted'"} {
			s.did(s.catalog.ProductCreate(s.system, catalog.ProductCreateInput{Title: title}))
		}
		file := s.exported()
		for _, cell := range []string{`"'=HYPERLINK(""http`, ",'+1,", ",'-1,", ",'@SUM(1),", ",''=1,", ",'''-2,", ",'quoted',"} {
			if !strings.Contains(file, cell) {
				t.Errorf("there is no %s in\n%s", cell, file)
			}
		}
		before := s.state()
		if r := s.imported(productfile.Options{}, file); r.Err() != nil || s.state() != before {
			t.Errorf("the way back changes something:\n%s", r)
		}
	})
}

func TestOneEditedCellChangesExactlyThat(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.furnish()
		for _, c := range []struct{ column, value, want string }{
			{"price", "11.99", "2 updated price, 4 unchanged"},
			{"variant", "Crimson", "2 updated variant, 4 unchanged"},
			{"stock", "9", "2 updated stock, 4 unchanged"},
			{"purchase_limit", "3", "2 updated purchase_limit, 4 unchanged"},
			{"purchase_limit", "", "2 updated purchase_limit, 4 unchanged"},
			{"archived", "TRUE", "2 updated archived, 4 unchanged"},
		} {
			file := s.edited("C-1", c.column, c.value)
			s.expect(s.imported(productfile.Options{DryRun: true}, file), c.want)
			s.expect(s.imported(productfile.Options{}, file), c.want)
			before := s.state()
			s.expect(s.imported(productfile.Options{}, file), "2 unchanged, 4 unchanged")
			if s.state() != before {
				t.Errorf("%s: the second time something changes", c.column)
			}
		}
		v, other := s.variant("C-1"), s.variant("C-2")
		if v.PriceAmount != 1199 || v.Title != "Crimson" || v.Available != 9 || v.PurchaseLimit != nil || !v.Archived || other.Version != 1 {
			t.Errorf("got %+v, %+v", v, other)
		}
		if p := s.product("clock"); p.PriceFromAmount != 1300 {
			t.Errorf("the lowest price is %d", p.PriceFromAmount)
		}
		m := s.db.Client.StockMovement.Query().AllX(s.system)
		if last := m[len(m)-1]; len(m) != 3 || last.Quantity != 4 || last.Reason != "CORRECTION" {
			t.Errorf("movements %v", m)
		}
	})
}

func TestADryRunLeavesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.furnish()
		before := s.state()
		r := s.imported(productfile.Options{DryRun: true},
			"slug,title,category,status,sku,price,stock",
			"clock,Big clock,Garden > Sheds,DRAFT,C-1,1,100", "lamp,Lamp,Garden > Sheds,PUBLISHED,L-1,2,3", "tray,Tray,Garden > Sheds,PUBLISHED,T-1,x,3")
		s.expect(r, "2 updated status+title+category+price+stock, 3 created, 4 rejected price")
		if s.state() != before {
			t.Error("the catalogue has changed")
		}
		if !strings.Contains(r.String(), "dry run") || r.Err() == nil {
			t.Errorf("got %s, %v", r, r.Err())
		}
	})
}
