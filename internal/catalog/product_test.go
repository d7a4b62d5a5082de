package catalog_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"galley/ent/product"
	"galley/ent/stockmovement"
	"galley/internal/catalog"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/textkey"
)

func TestProductCreate(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Run("a product begins as a draft, with its variants, stock and index", func(t *testing.T) {
			s := s.on(t)
			lights := s.done(s.CategoryCreate(s.editor, catalog.CategoryCreateInput{Name: "Lights"}))
			key := s.done(s.ProductCreate(s.editor, catalog.ProductCreateInput{
				Title: "  Crème LAMP, large ", Description: "Lights up.\r\nA lamp. ", Category: to(nodeid.Category.ID(lights)),
				Variants: []catalog.ProductVariantInput{
					{SKU: " L-1 ", Title: " Red ", Price: "12.30", Available: 5, PurchaseLimit: to(2)},
					{SKU: "L-2", Price: "9.9"},
				},
			}))
			p := s.product(key)
			if p.Title != "Crème LAMP, large" || p.Slug != "creme-lamp-large" || p.Description != "Lights up.\nA lamp." ||
				p.Status != product.StatusDRAFT || p.PublishedAt != nil || p.Version != 1 || p.Currency != "GBP" ||
				p.PriceFromAmount != 990 || *p.CategoryID != lights || string(p.TitleKey) != string(textkey.Key(p.Title)) {
				t.Errorf("got %+v", p)
			}
			v := s.variants(key)
			if len(v) != 2 || v[0].Sku != "L-1" || v[0].Title != "Red" || v[0].PriceAmount != 1230 || v[0].Available != 5 ||
				*v[0].PurchaseLimit != 2 || v[0].Position != 0 || v[0].Currency != "GBP" ||
				v[1].Sku != "L-2" || v[1].Title != "" || v[1].PriceAmount != 990 || v[1].Available != 0 || v[1].PurchaseLimit != nil || v[1].Position != 1 {
				t.Errorf("got %+v", v)
			}
			m := s.movements(v[0].ID)
			if len(m) != 1 || m[0].Quantity != 5 || m[0].Reason != stockmovement.ReasonRECEIVED || *m[0].ActorID != editorID {
				t.Errorf("movements %+v", m)
			}
			if len(s.movements(v[1].ID)) > 0 {
				t.Error("nothing came, and it was noted")
			}
			want := map[string]int{"creme": 8, "lamp": 8, "large": 8, "red": 4, "lights": 1, "up": 1, "a": 1, "l": 10, "1": 10, "2": 10}
			if got := s.terms(key); !maps.Equal(got, want) {
				t.Errorf("terms %v, want %v", got, want)
			}
		})
		t.Run("a product may wait for its variants", func(t *testing.T) {
			s := s.on(t)
			p := s.draft("Nothing yet")
			if p.PriceFromAmount != 0 || len(s.variants(p.ID)) > 0 || len(s.terms(p.ID)) != 2 {
				t.Errorf("got %+v", p)
			}
		})
		t.Run("equal titles get different slugs", func(t *testing.T) {
			s := s.on(t)
			var slugs []string
			for range 11 {
				slugs = append(slugs, s.draft("Same again").Slug)
			}
			for i, want := range []string{"same-again", "same-again-2", "same-again-3"} {
				if slugs[i] != want {
					t.Errorf("got %s, want %s", slugs[i], want)
				}
			}
			if !strings.HasPrefix(slugs[10], "same-again-") || len(slugs[10]) != len("same-again-")+8 {
				t.Errorf("the eleventh is %s", slugs[10])
			}
		})
		for title, want := range map[string]string{
			"!?":                     "product",
			"Ωμέγα":                  "ωμεγα",
			"赤い 時計":                  "赤い-時計",
			"CHILDREN'S T-LIGHT":     "childrens-t-light",
			strings.Repeat("ü", 99):  strings.Repeat("u", 64),
			strings.Repeat("赤 ", 40): strings.TrimRight(strings.Repeat("赤-", 25), "-"),
		} {
			t.Run("a slug is made of "+title[:2], func(t *testing.T) {
				if got := s.on(t).draft(title).Slug; got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			})
		}
		t.Run("a slug that was chosen stands, and is taken then", func(t *testing.T) {
			s := s.on(t)
			in := catalog.ProductCreateInput{Title: "Clock", Slug: to(" the-clock ")}
			if p := s.product(s.done(s.ProductCreate(s.editor, in))); p.Slug != "the-clock" {
				t.Errorf("got %s", p.Slug)
			}
			out, err := s.ProductCreate(s.editor, in)
			s.wrong(out, err, "SLUG_TAKEN slug")
		})
		for _, slug := range []string{"", "The-Clock", "the clock", "clock-", "-clock", "the--clock", "clöck", "a/b", "..", "x\x00", "\xff", strings.Repeat("a-", 200) + "a"} {
			t.Run("no slug: "+fmt.Sprintf("%.10q", slug), func(t *testing.T) {
				s := s.on(t)
				out, err := s.ProductCreate(s.editor, catalog.ProductCreateInput{Title: "Clock", Slug: &slug})
				s.wrong(out, err, "INVALID slug")
			})
		}
		t.Run("all that is wrong is said at once, with its place in the input", func(t *testing.T) {
			s := s.on(t)
			s.draft("Taken", "1")
			before := s.products()
			out, err := s.ProductCreate(s.editor, catalog.ProductCreateInput{
				Title: " ", Slug: to("taken"), Description: "bell\x07", Category: to(nodeid.Product.ID(1)),
				Variants: []catalog.ProductVariantInput{
					{SKU: "N-1", Price: "1"},
					{SKU: "", Title: "two\nlines", Price: "-1", Available: -1, PurchaseLimit: to(0)},
					{SKU: "Taken-0", Price: "1.234"},
					{SKU: "N-1", Price: "100000000.01", Available: catalog.MaxAvailable + 1, PurchaseLimit: to(catalog.MaxPurchaseLimit + 1)},
					{SKU: strings.Repeat("x", 65), Title: strings.Repeat("x", 301), Price: "1,5"},
					{SKU: "nul\x00", Price: "1e3"},
				},
			})
			s.wrong(out, err, "INVALID title", "INVALID description", "SLUG_TAKEN slug", "NOT_FOUND category",
				"INVALID variants.1.sku", "INVALID variants.1.title", "INVALID variants.1.price", "INVALID variants.1.available", "INVALID variants.1.purchaseLimit",
				"INVALID variants.2.price",
				"INVALID variants.3.price", "INVALID variants.3.available", "INVALID variants.3.purchaseLimit",
				"INVALID variants.4.sku", "INVALID variants.4.title", "INVALID variants.4.price",
				"INVALID variants.5.sku", "INVALID variants.5.price",
				"SKU_TAKEN variants.2.sku", "SKU_TAKEN variants.3.sku")
			if s.products() != before {
				t.Error("something stayed")
			}
		})
		t.Run("titles and descriptions are bounded", func(t *testing.T) {
			s := s.on(t)
			out, err := s.ProductCreate(s.editor, catalog.ProductCreateInput{
				Title: strings.Repeat("x", 301), Description: strings.Repeat("é", catalog.MaxDescription+1),
				Variants: make([]catalog.ProductVariantInput, catalog.MaxVariants+1),
			})
			s.wrong(out, err, "INVALID title", "INVALID description", "INVALID variants")
			s.done(s.ProductCreate(s.editor, catalog.ProductCreateInput{
				Title: strings.Repeat("é", 300), Description: strings.Repeat("é", catalog.MaxDescription),
			}))
		})
		t.Run("a SKU is taken by what the viewer cannot see, too", func(t *testing.T) {
			s := s.on(t)
			s.draft("Hidden", "1")
			out, err := s.ProductCreate(s.blind, catalog.ProductCreateInput{
				Title: "x", Slug: to("hidden"), Variants: []catalog.ProductVariantInput{{SKU: "Hidden-0", Price: "1"}},
			})
			s.wrong(out, err, "SLUG_TAKEN slug", "SKU_TAKEN variants.0.sku")
		})
		t.Run("it takes as many statements for one variant as for two hundred", func(t *testing.T) {
			s := s.on(t)
			create := func(title string, n int) int {
				in := catalog.ProductCreateInput{Title: title}
				for i := range n {
					in.Variants = append(in.Variants, catalog.ProductVariantInput{SKU: fmt.Sprint(title, i), Price: "1", Available: 1})
				}
				return s.statements(s.editor, func(ctx context.Context) (*database.Outcome, error) { return s.ProductCreate(ctx, in) })
			}
			if one, many := create("One", 1), create("Many", catalog.MaxVariants); one != 6 || many != 6 {
				t.Errorf("%d and %d statements", one, many)
			}
		})
		t.Run("a request that comes twice creates one product", func(t *testing.T) {
			s := s.on(t)
			ctx := database.WithRequest(s.editor, database.Request{Scope: "test", Key: "create", Hash: []byte("x")})
			in := catalog.ProductCreateInput{Title: "Once", Variants: []catalog.ProductVariantInput{{SKU: "once", Price: "1", Available: 1}}}
			if first, again := s.done(s.ProductCreate(ctx, in)), s.done(s.ProductCreate(ctx, in)); first != again {
				t.Errorf("%d and %d", first, again)
			}
		})
	})
}

func TestProductUpdate(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Run("what is left out stays", func(t *testing.T) {
			s := s.on(t)
			c := s.done(s.CategoryCreate(s.editor, catalog.CategoryCreateInput{Name: "Stays"}))
			key := s.done(s.ProductCreate(s.editor, catalog.ProductCreateInput{
				Title: "Old title", Description: "Old words", Category: to(nodeid.Category.ID(c)),
				Variants: []catalog.ProductVariantInput{{SKU: "OLD", Title: "Blue", Price: "3"}},
			}))
			s.done(s.ProductUpdate(s.editor, catalog.ProductUpdateInput{ID: nodeid.Product.ID(key), Title: to("New title"), ExpectedVersion: to(1)}))
			p := s.product(key)
			if p.Title != "New title" || p.Slug != "old-title" || p.Description != "Old words" || *p.CategoryID != c ||
				p.PriceFromAmount != 300 || p.Version != 2 || string(p.TitleKey) != "new title" || !p.UpdatedAt.After(p.CreatedAt) {
				t.Errorf("got %+v", p)
			}
			if got, want := s.terms(key), map[string]int{"new": 8, "title": 8, "blue": 4, "old": 10, "words": 1}; !maps.Equal(got, want) {
				t.Errorf("terms %v, want %v", got, want)
			}
			s.done(s.ProductUpdate(s.editor, catalog.ProductUpdateInput{
				ID: nodeid.Product.ID(key), Slug: to("new"), Description: to(""), Category: graphql.OmittableOf[*nodeid.ID](nil),
			}))
			p = s.product(key)
			if p.Title != "New title" || p.Slug != "new" || p.Description != "" || p.CategoryID != nil || p.Version != 3 {
				t.Errorf("got %+v", p)
			}
			if got, want := s.terms(key), map[string]int{"new": 8, "title": 8, "blue": 4, "old": 10}; !maps.Equal(got, want) {
				t.Errorf("terms %v, want %v", got, want)
			}
			s.done(s.ProductUpdate(s.editor, catalog.ProductUpdateInput{
				ID: nodeid.Product.ID(key), Category: graphql.OmittableOf(to(nodeid.Category.ID(c))), Slug: to("new"),
			}))
			if p = s.product(key); p.CategoryID == nil || *p.CategoryID != c {
				t.Errorf("got %+v", p)
			}
		})
		t.Run("what changes nothing is no new version", func(t *testing.T) {
			s := s.on(t)
			p := s.draft("Same", "1")
			for _, in := range []catalog.ProductUpdateInput{
				{}, {Title: to(" Same "), Slug: &p.Slug, Description: to(""), Category: graphql.OmittableOf[*nodeid.ID](nil), ExpectedVersion: to(1)},
			} {
				in.ID = nodeid.Product.ID(p.ID)
				s.done(s.ProductUpdate(s.editor, in))
			}
			if got := s.product(p.ID); got.Version != 1 || !got.UpdatedAt.Equal(p.UpdatedAt) {
				t.Errorf("got %+v", got)
			}
			out, err := s.ProductUpdate(s.editor, catalog.ProductUpdateInput{ID: nodeid.Product.ID(p.ID), ExpectedVersion: to(2)})
			s.refused(out, err, fault.Conflict)
		})
		t.Run("SKUs are told apart by more than their case", func(t *testing.T) {
			s := s.on(t)
			out, err := s.ProductCreate(s.editor, catalog.ProductCreateInput{Title: "Cased", Variants: []catalog.ProductVariantInput{
				{SKU: " ab-ö1 ", Price: "1"}, {SKU: "AB-Ö1", Price: "1"},
			}})
			s.wrong(out, err, "SKU_TAKEN variants.1.sku")
			p := s.product(s.done(s.ProductCreate(s.editor, catalog.ProductCreateInput{Title: "Cased", Variants: []catalog.ProductVariantInput{
				{SKU: " ab-ö1 ", Price: "1"}, {SKU: "ab-ö2", Price: "1"},
			}})))
			v := s.variants(p.ID)
			if v[0].Sku != "AB-Ö1" || v[1].Sku != "AB-Ö2" {
				t.Errorf("got %s and %s", v[0].Sku, v[1].Sku)
			}
			out, err = s.VariantCreate(s.editor, catalog.VariantCreateInput{Product: nodeid.Product.ID(p.ID), Variant: catalog.ProductVariantInput{SKU: "Ab-ö1", Price: "1"}})
			s.wrong(out, err, "SKU_TAKEN variant.sku")
			out, err = s.VariantUpdate(s.editor, catalog.VariantUpdateInput{ID: nodeid.Variant.ID(v[1].ID), SKU: to("ab-ö1")})
			s.wrong(out, err, "SKU_TAKEN sku")
			s.done(s.VariantUpdate(s.editor, catalog.VariantUpdateInput{ID: nodeid.Variant.ID(v[1].ID), SKU: to("ab-ö3")}))
			if got := s.variant(v[1].ID); got.Sku != "AB-Ö3" || got.Version != 2 {
				t.Errorf("got %+v", got)
			}
			s.done(s.VariantUpdate(s.editor, catalog.VariantUpdateInput{ID: nodeid.Variant.ID(v[0].ID), SKU: to("ab-ö1")}))
			if got := s.variant(v[0].ID); got.Version != 1 {
				t.Errorf("its own SKU again made version %d", got.Version)
			}
		})
		t.Run("of two editors who read the same version, the second is told", func(t *testing.T) {
			s := s.on(t)
			p := s.draft("Both")
			in := catalog.ProductUpdateInput{ID: nodeid.Product.ID(p.ID), Title: to("Mine"), ExpectedVersion: to(1)}
			s.done(s.ProductUpdate(s.editor, in))
			in.Title = to("Yours")
			out, err := s.ProductUpdate(s.editor, in)
			s.refused(out, err, fault.Conflict)
			if got := s.product(p.ID); got.Title != "Mine" || got.Version != 2 {
				t.Errorf("got %+v", got)
			}
		})
		t.Run("all that is wrong is said at once", func(t *testing.T) {
			s := s.on(t)
			p, other := s.draft("Wrong"), s.draft("Other")
			out, err := s.ProductUpdate(s.editor, catalog.ProductUpdateInput{
				ID: nodeid.Product.ID(p.ID), Title: to(""), Slug: &other.Slug, Description: to("\x1b"),
				Category: graphql.OmittableOf(to(nodeid.Category.ID(1))),
			})
			s.wrong(out, err, "NOT_FOUND category", "INVALID title", "INVALID description", "SLUG_TAKEN slug")
		})
		t.Run("the archive stays as it is", func(t *testing.T) {
			s := s.on(t)
			p := s.archived("Gone")
			out, err := s.ProductUpdate(s.editor, catalog.ProductUpdateInput{ID: nodeid.Product.ID(p.ID), Title: to("Back")})
			s.wrong(out, err, "ARCHIVED id")
		})
		t.Run("what is not there or not to be seen cannot be changed", func(t *testing.T) {
			s := s.on(t)
			draft, shown := s.draft("Unseen", "1"), s.published("Seen", "1")
			for _, id := range []nodeid.ID{nodeid.Product.ID(12345), nodeid.Variant.ID(draft.ID), {}} {
				out, err := s.ProductUpdate(s.editor, catalog.ProductUpdateInput{ID: id, Title: to("x")})
				s.refused(out, err, fault.NotFound)
			}
			out, err := s.ProductUpdate(s.blind, catalog.ProductUpdateInput{ID: nodeid.Product.ID(draft.ID), Title: to("x")})
			s.refused(out, err, fault.NotFound)
			s.done(s.ProductUpdate(s.blind, catalog.ProductUpdateInput{ID: nodeid.Product.ID(shown.ID), Title: to("Still seen")}))
			if s.product(draft.ID).Title != "Unseen" {
				t.Error("changed")
			}
		})
		t.Run("it takes two statements, one more to look for a slug, and three where the index changes", func(t *testing.T) {
			s := s.on(t)
			p := s.draft("Counted", "1", "2", "3")
			count := func(in catalog.ProductUpdateInput) int {
				in.ID = nodeid.Product.ID(p.ID)
				return s.statements(s.editor, func(ctx context.Context) (*database.Outcome, error) { return s.ProductUpdate(ctx, in) })
			}
			if n := count(catalog.ProductUpdateInput{Slug: to("counted-2")}); n != 3 {
				t.Errorf("%d statements", n)
			}
			if n := count(catalog.ProductUpdateInput{Title: to("Counted again")}); n != 5 {
				t.Errorf("%d statements", n)
			}
		})
	})
}

func TestProductRaces(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Run("titles that come at once get different slugs", func(t *testing.T) {
			s := s.on(t)
			var wg sync.WaitGroup
			keys := make([]int64, 4)
			for i := range keys {
				wg.Go(func() {
					out, err := s.ProductCreate(s.editor, catalog.ProductCreateInput{Title: "At once"})
					if err != nil || out.Key == 0 {
						t.Errorf("got %+v, %v", out, err)
						return
					}
					keys[i] = out.Key
				})
			}
			wg.Wait()
			slugs := map[string]bool{}
			for _, key := range keys {
				slugs[s.product(key).Slug] = true
			}
			if len(slugs) != len(keys) {
				t.Errorf("got %v", slugs)
			}
		})
		t.Run("a SKU that comes at once is had by one, and the others are told where", func(t *testing.T) {
			s := s.on(t)
			var wg sync.WaitGroup
			var mu sync.Mutex
			var won int
			for i := range 6 {
				wg.Go(func() {
					out, err := s.ProductCreate(s.editor, catalog.ProductCreateInput{
						Title:    fmt.Sprint("Race ", i),
						Variants: []catalog.ProductVariantInput{{SKU: fmt.Sprint("R", i), Price: "1"}, {SKU: "RACE", Price: "1"}},
					})
					mu.Lock()
					defer mu.Unlock()
					switch {
					case err != nil:
						t.Error(err)
					case out.Key != 0:
						won++
					case len(out.UserErrors) != 1 || out.UserErrors[0].Code != catalog.SKUTaken || strings.Join(out.UserErrors[0].Field, ".") != "variants.1.sku":
						t.Errorf("got %+v", out)
					}
				})
			}
			wg.Wait()
			if won != 1 {
				t.Errorf("%d have it", won)
			}
		})
	})
}
