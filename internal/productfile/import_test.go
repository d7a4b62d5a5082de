package productfile_test

import (
	"io"
	"strings"
	"testing"

	"galley/ent/product"
	"galley/internal/catalog"
	"galley/internal/productfile"
)

func TestNewProductsAreWhole(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.furnish()
		s.expect(s.imported(productfile.Options{},
			"slug,title,description,category,status,sku,variant,price,currency,stock,purchase_limit,archived",
			"lamp,Lamp,Bright,Home > Walls & Doors > Lamps,published,l-1,Small,2.5,gbp,3,2,",
			"mug,Mug,,Kitchen,,,,,,,,",
			"lamp,Lamp,Bright,Home > Walls & Doors > Lamps,published,l-2,Large,4,,,,yes",
			"old,Old,,,ARCHIVED,o-1,,1,,,,",
		), "2 created, 4 created, 3 created, 5 created")
		p, v := s.product("lamp"), s.variant("L-1")
		if p.Title != "Lamp" || p.Description != "Bright" || p.Status != product.StatusPUBLISHED || p.PriceFromAmount != 250 || p.Edges.Category.Name != "Lamps" {
			t.Errorf("got %+v", p)
		}
		if v.Title != "Small" || v.PriceAmount != 250 || v.Available != 3 || *v.PurchaseLimit != 2 || v.Archived {
			t.Errorf("got %+v", v)
		}
		if v := s.variant("L-2"); !v.Archived || v.Position != 1 {
			t.Errorf("got %+v", v)
		}
		if p := s.product("mug"); p.Status != product.StatusDRAFT || p.Edges.Category.Name != "Kitchen" {
			t.Errorf("got %+v", p)
		}
		if p := s.product("old"); p.Status != product.StatusARCHIVED {
			t.Errorf("got %+v", p)
		}
		if n := s.db.Client.Category.Query().CountX(s.system); n != 4 {
			t.Errorf("%d categories", n)
		}
	})
}

func TestWhatTheFileDoesNotSayStays(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.furnish()
		before := s.state()
		for _, file := range []string{"slug\nclock\n", "slug,sku\nclock,c-1\n", "slug,sku,status,price,stock,archived,currency\nclock,C-2,,,,,\n", "slug\n\n,\n"} {
			if r := s.imported(productfile.Options{}, file); r.Err() != nil || s.state() != before {
				t.Errorf("%q changes something: %s", file, r)
			}
		}
		s.expect(s.imported(productfile.Options{}, "slug,category,description\nclock,,\n"), "2 updated description+category")
		if p := s.product("clock"); p.CategoryID != nil || p.Description != "" || p.Title != "Clock" {
			t.Errorf("got %+v", p)
		}
		s.expect(s.imported(productfile.Options{}, "slug,sku,price\nclock,C-3,14\n"), "2 created")
		if v := s.variant("C-3"); v.Position != 2 || v.ProductID != s.product("clock").ID {
			t.Errorf("got %+v", v)
		}
	})
}

func TestAProductIsChangedAsAWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	header := "slug,title,status,sku,variant,price,currency,stock,purchase_limit,archived"
	each(t, func(t *testing.T, s *shop) {
		s.furnish()
		out, err := s.catalog.ProductCreate(s.system, catalog.ProductCreateInput{Title: "Gone", Variants: []catalog.ProductVariantInput{{SKU: "G-1", Price: "1"}}})
		gone := s.did(out, err)
		s.db.Client.Product.UpdateOneID(gone).SetStatus(product.StatusARCHIVED).SaveX(s.system)
		before := s.state()
		for _, c := range []struct{ name, rows, want string }{
			{"no number", "clock,New,,C-1,Red,1,,,,\nclock,New,,C-2,Blue,x,,,,", "2 rejected price, 3 rejected price"},
			{"below zero", "clock,New,,C-1,Red,-1,,,,", "2 rejected price"},
			{"three places", "clock,New,,C-1,Red,1.005,,,,", "2 rejected price"},
			{"another currency", "clock,New,,C-1,Red,1,EUR,,,", "2 rejected currency"},
			{"no title", "clock,,,C-1,Red,1,,,,", "2 rejected title"},
			{"an unknown status", "clock,New,SOLD,C-1,Red,1,,,,", "2 rejected status"},
			{"half a piece", "clock,New,,C-1,Red,1,,2.5,,", "2 rejected stock"},
			{"fewer pieces than none", "clock,New,,C-1,Red,1,,-2,,", "2 rejected stock"},
			{"a limit of none", "clock,New,,C-1,Red,1,,,0,", "2 rejected purchase_limit"},
			{"neither true nor false", "clock,New,,C-1,Red,1,,,,perhaps", "2 rejected archived"},
			{"all variants off sale", "clock,New,,C-1,Red,1,,,,true\nclock,New,,C-2,Blue,1,,,,true", "2 rejected archived, 3 rejected archived"},
			{"another's SKU", "clock,New,,G-1,Red,1,,,,", "2 rejected sku"},
			{"a SKU twice", "clock,New,,C-1,Red,1,,,,\nclock,New,,c-1,Red,2,,,,", "2 rejected sku, 3 rejected sku"},
			{"two titles", "clock,New,,C-1,Red,1,,,,\nclock,Newer,,C-2,Red,1,,,,", "2 rejected title, 3 rejected title"},
			{"a variant's title of two lines", "clock,New,,C-1,\"R\ned\",1,,,,", "2 rejected variant"},
			{"an archived product", "gone,Back,,G-1,,1,,,,", "2 rejected status"},
			{"an archived product's return", "gone,Gone,PUBLISHED,G-1,,1,,,,", "2 rejected status"},
			{"a new variant without a price", "clock,New,,C-9,,,,,,", "2 rejected price"},
			{"a new product without a title", "new,,,N-1,,1,,,,", "2 rejected title"},
			{"a new product's second variant", "new,New,,N-1,,1,,,,\nnew,New,,C-1,,1,,,,", "2 rejected sku, 3 rejected sku"},
			{"a new product in the shop without variants", "new,New,PUBLISHED,,,,,,,", "2 rejected status"},
			{"a slug that is none", "New One,New,,N-1,,1,,,,", "2 rejected slug"},
			{"no slug", ",New,,N-1,,1,,,,", "2 rejected slug"},
			{"too few cells", "clock,New", "2 rejected slug"},
			{"too many cells", "clock,New,,C-1,Red,1,,,,,x", "2 rejected slug"},
			{"several rows, one without a SKU", "clock,New,,C-1,Red,1,,,,\nclock,New,,,,,,,,", "2 rejected sku, 3 rejected sku"},
		} {
			r := s.imported(productfile.Options{}, header+"\n"+c.rows)
			if got := results(r); got != c.want {
				t.Errorf("%s: got %s, want %s", c.name, got, c.want)
			}
			if r.Err() == nil {
				t.Errorf("%s: it ends well", c.name)
			}
			if s.state() != before {
				t.Fatalf("%s: the catalogue has changed", c.name)
			}
		}
		t.Run("and the others are not kept by it", func(t *testing.T) {
			r := s.imported(productfile.Options{}, header, "clock,New,,C-1,Red,x,,,,", "new,New,,N-1,,1,,,,")
			s.expect(r, "2 rejected price, 3 created")
			if !strings.Contains(r.String(), "line 2: clock C-1: rejected: price: This is not an amount of GBP") {
				t.Errorf("got %s", r)
			}
		})
	})
}

func TestStockThatWasNotEditedIsNotPutBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.furnish()
		price, stock := s.edited("C-1", "price", "9"), s.edited("C-1", "stock", "50")
		s.db.Client.Variant.UpdateOneID(s.variant("C-1").ID).SetAvailable(4).ExecX(s.system) // one was sold
		s.expect(s.imported(productfile.Options{}, price), "2 updated price, 4 unchanged")
		if v := s.variant("C-1"); v.Available != 4 {
			t.Errorf("there are %d again", v.Available)
		}
		r := s.imported(productfile.Options{}, stock)
		s.expect(r, "2 rejected stock, 4 rejected stock")
		if !strings.Contains(r.String(), "4 pieces are left by now, not the 5 of the export") {
			t.Errorf("got %s", r)
		}
		s.expect(s.imported(productfile.Options{}, "slug,sku,stock\nclock,C-1,50\n"), "2 updated stock") // somebody counted
	})
}

func TestSpreadsheetsOfSeveralKindsAreRead(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.furnish()
		for _, c := range []struct {
			name, file string
			price      int64
		}{
			{"with commas", "slug,sku,price\nclock,C-1,1.01\n", 101},
			{"with semicolons and decimal commas", "slug;sku;price\nclock;C-1;1,02\n", 102},
			{"with semicolons and points", "slug;sku;price\nclock;C-1;1.03\n", 103},
			{"with tabs", "slug\tsku\tprice\nclock\tC-1\t1.04\n", 104},
			{"with a byte order mark and line ends of DOS", "\ufeffslug,sku,price\r\nclock,C-1,1.05\r\n,,\r\n", 105},
			{"with names in capitals", "Slug , SKU,Price\nclock,C-1,1.06\n", 106},
			{"with columns in another order and empty ones at the end", "price,sku,slug\n1.07,C-1,clock,,\n", 107},
		} {
			if r := s.imported(productfile.Options{}, c.file); results(r) != "2 updated price" || int64(s.variant("C-1").PriceAmount) != c.price {
				t.Errorf("%s: %s", c.name, r)
			}
		}
		s.expect(s.imported(productfile.Options{}, "slug,description\nclock,\"It ticks.\r\nLoudly.\"\r\n"), "2 unchanged")
	})
}

func TestFilesThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		s.furnish()
		before := s.state()
		for _, c := range []struct {
			name, says string
			file       io.Reader
		}{
			{"empty", "the file is empty", strings.NewReader("")},
			{"unknown columns", `no columns of products: "colour", "size"; these are: slug, title,`, strings.NewReader("slug,colour,sku,size\nclock,,C-1,\n")},
			{"a column twice", "title is there twice", strings.NewReader("slug,title,Title\n")},
			{"no slug", "slug is missing", strings.NewReader("title\nClock\n")},
			{"no SKU", "sku is missing", strings.NewReader("slug,price\nclock,1\n")},
			{"a broken quote", "line 3", strings.NewReader("slug,title\nclock,New\nclock,\"x\"y\n")},
			{"an open quote", "line 2", strings.NewReader("slug,title\nclock,\"New\n")},
			{"Latin-1", "line 2 is not UTF-8", strings.NewReader("slug,title\nclock,Caf\xe9\n")},
			{"NUL bytes", "line 2 is not UTF-8", strings.NewReader("slug,title\nclock,Caf\x00\n")},
			{"endless", "larger than 64 MB", io.MultiReader(strings.NewReader("slug,title\n"), zeros{})},
		} {
			_, err := productfile.Import(t.Context(), s.db, c.file, productfile.Options{Name: "shop.csv", Currency: "GBP"})
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "shop.csv: ") {
				t.Errorf("%s: %v", c.name, err)
			}
			if s.state() != before {
				t.Errorf("%s: the catalogue has changed", c.name)
			}
		}
	})
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}
