package catalog_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/lib/pq"

	"galley/ent"
	"galley/ent/product"
	"galley/ent/stockmovement"
	"galley/internal/catalog"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/money"
	"galley/internal/nodeid"
)

func newVariant(product int64, sku string, price money.Decimal) catalog.VariantCreateInput {
	return catalog.VariantCreateInput{Product: nodeid.Product.ID(product), Variant: catalog.ProductVariantInput{SKU: sku, Price: price}}
}

func skus(variants []*ent.Variant) string {
	var list []string
	for _, v := range variants {
		list = append(list, v.Sku)
	}
	return strings.Join(list, " ")
}

func TestVariantCreate(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Run("a variant joins the others, and what follows from them follows", func(t *testing.T) {
			s := s.on(t)
			p := s.published("Mug", "5")
			in := newVariant(p.ID, "MUG-S", "4.50")
			in.Variant.Title, in.Variant.Available, in.Variant.PurchaseLimit = "Small", 3, to(1)
			key := s.done(s.VariantCreate(s.editor, in))
			v := s.variant(key)
			if v.ProductID != p.ID || v.Sku != "MUG-S" || v.Title != "Small" || v.PriceAmount != 450 || v.Available != 3 || *v.PurchaseLimit != 1 || v.Position != 1 {
				t.Errorf("got %+v", v)
			}
			if m := s.movements(key); len(m) != 1 || m[0].Quantity != 3 || m[0].Reason != stockmovement.ReasonRECEIVED {
				t.Errorf("movements %+v", m)
			}
			after := s.product(p.ID)
			if after.PriceFromAmount != 450 || after.Version != p.Version {
				t.Errorf("got %+v", after)
			}
			if got := s.terms(p.ID); got["small"] != 4 || got["s"] != 10 || got["mug"] != 10 {
				t.Errorf("terms %v", got)
			}
			s.done(s.VariantCreate(s.editor, newVariant(p.ID, "MUG-XL", "100000000")))
			if got := s.product(p.ID); got.PriceFromAmount != 450 {
				t.Errorf("got %+v", got)
			}
		})
		t.Run("all that is wrong is said at once", func(t *testing.T) {
			s := s.on(t)
			p := s.draft("Cup", "5")
			in := newVariant(p.ID, "Cup-0", "free")
			in.Variant.Available, in.Variant.PurchaseLimit, in.Variant.Title = -1, to(-1), "\t\x00"
			out, err := s.VariantCreate(s.editor, in)
			s.wrong(out, err, "INVALID variant.title", "INVALID variant.price", "INVALID variant.available", "INVALID variant.purchaseLimit", "SKU_TAKEN variant.sku")
		})
		t.Run("a product has two hundred variants at most", func(t *testing.T) {
			s := s.on(t)
			in := catalog.ProductCreateInput{Title: "Full"}
			for i := range catalog.MaxVariants {
				in.Variants = append(in.Variants, catalog.ProductVariantInput{SKU: fmt.Sprint("full", i), Price: "1"})
			}
			out, err := s.VariantCreate(s.editor, newVariant(s.done(s.ProductCreate(s.editor, in)), "one more", "1"))
			s.wrong(out, err, "INVALID product")
		})
		t.Run("it needs a product that is there, to be seen and not archived", func(t *testing.T) {
			s := s.on(t)
			out, err := s.VariantCreate(s.editor, newVariant(1, "a", "1"))
			s.wrong(out, err, "NOT_FOUND product")
			draft := s.draft("Draft")
			out, err = s.VariantCreate(s.blind, newVariant(draft.ID, "a", "1"))
			s.wrong(out, err, "NOT_FOUND product")
			out, err = s.VariantCreate(s.editor, newVariant(s.archived("Past").ID, "a", "1"))
			s.wrong(out, err, "ARCHIVED product")
		})
	})
}

func TestVariantUpdate(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		update := func(s *shop, v *ent.Variant, in catalog.VariantUpdateInput) (*database.Outcome, error) {
			in.ID = nodeid.Variant.ID(v.ID)
			return s.VariantUpdate(s.editor, in)
		}
		t.Run("what is left out stays", func(t *testing.T) {
			s := s.on(t)
			in := catalog.ProductCreateInput{Title: "Jar", Variants: []catalog.ProductVariantInput{
				{SKU: "J-1", Title: "One", Price: "5", Available: 9, PurchaseLimit: to(3)}, {SKU: "J-2", Price: "6"},
			}}
			p := s.product(s.done(s.ProductCreate(s.editor, in)))
			v := s.variants(p.ID)[0]
			s.done(update(s, v, catalog.VariantUpdateInput{Price: to(money.Decimal("7.5")), ExpectedVersion: to(1)}))
			got := s.variant(v.ID)
			if got.PriceAmount != 750 || got.Sku != "J-1" || got.Title != "One" || *got.PurchaseLimit != 3 || got.Available != 9 || got.Version != 2 {
				t.Errorf("got %+v", got)
			}
			if after := s.product(p.ID); after.PriceFromAmount != 600 || after.Version != p.Version {
				t.Errorf("got %+v", after)
			}
			s.done(update(s, v, catalog.VariantUpdateInput{SKU: to("K-1"), Title: to(""), PurchaseLimit: graphql.OmittableOf[*int](nil)}))
			got = s.variant(v.ID)
			if got.PriceAmount != 750 || got.Sku != "K-1" || got.Title != "" || got.PurchaseLimit != nil || got.Version != 3 {
				t.Errorf("got %+v", got)
			}
			if got, want := s.terms(p.ID), map[string]int{"jar": 8, "k": 10, "1": 10, "j": 10, "2": 10}; !maps.Equal(got, want) {
				t.Errorf("terms %v, want %v", got, want)
			}
			s.done(update(s, v, catalog.VariantUpdateInput{PurchaseLimit: graphql.OmittableOf(to(8)), SKU: to("K-1")}))
			if got = s.variant(v.ID); *got.PurchaseLimit != 8 {
				t.Errorf("got %+v", got)
			}
		})
		t.Run("what changes nothing is no new version", func(t *testing.T) {
			s := s.on(t)
			p := s.draft("Still", "5", "6")
			v := s.variants(p.ID)[1]
			for _, in := range []catalog.VariantUpdateInput{
				{}, {
					SKU: to(strings.ToLower(v.Sku)), Title: to(""), Price: to(money.Decimal("6.00")), Position: to(1),
					PurchaseLimit: graphql.OmittableOf[*int](nil), ExpectedVersion: to(1),
				},
			} {
				s.done(update(s, v, in))
			}
			if got := s.variant(v.ID); got.Version != 1 || !got.UpdatedAt.Equal(v.UpdatedAt) {
				t.Errorf("got %+v", got)
			}
			out, err := update(s, v, catalog.VariantUpdateInput{ExpectedVersion: to(2)})
			s.refused(out, err, fault.Conflict)
			s.done(update(s, v, catalog.VariantUpdateInput{Position: to(0)}))
			if got := s.variant(v.ID); got.Version != 2 || got.Position != 0 {
				t.Errorf("moved: got %+v", got)
			}
		})
		t.Run("nobody sets a price below zero, too exact or too large", func(t *testing.T) {
			s := s.on(t)
			v := s.variants(s.draft("Priced", "5").ID)[0]
			for _, price := range []money.Decimal{"-0.01", "0.001", "", "1 000", "100000000.01", "99999999999999999999"} {
				out, err := update(s, v, catalog.VariantUpdateInput{Price: &price})
				s.wrong(out, err, "INVALID price")
			}
			s.done(update(s, v, catalog.VariantUpdateInput{Price: to(money.Decimal("0"))}))
		})
		t.Run("all that is wrong is said at once", func(t *testing.T) {
			s := s.on(t)
			v := s.variants(s.draft("Wrong", "5", "6").ID)[0]
			out, err := update(s, v, catalog.VariantUpdateInput{
				SKU: to("Wrong-1"), Title: to(strings.Repeat("x", 301)), Price: to(money.Decimal("x")), PurchaseLimit: graphql.OmittableOf(to(0)), Position: to(-1),
			})
			s.wrong(out, err, "SKU_TAKEN sku", "INVALID title", "INVALID price", "INVALID purchaseLimit", "INVALID position")
			out, err = update(s, v, catalog.VariantUpdateInput{SKU: to(" ")})
			s.wrong(out, err, "INVALID sku")
		})
		t.Run("a variant takes its place among the others", func(t *testing.T) {
			s := s.on(t)
			p := s.draft("P", "1", "1", "1", "1")
			v := s.variants(p.ID)
			for _, c := range []struct {
				move, to int
				want     string
			}{
				{3, 0, "P-3 P-0 P-1 P-2"},
				{3, 2, "P-0 P-1 P-3 P-2"},
				{0, 99, "P-1 P-3 P-2 P-0"},
				{2, 2, "P-1 P-3 P-2 P-0"},
			} {
				s.done(update(s, v[c.move], catalog.VariantUpdateInput{Position: &c.to}))
				if got := skus(s.variants(p.ID)); got != c.want {
					t.Errorf("got %s, want %s", got, c.want)
				}
			}
			for i, v := range s.variants(p.ID) {
				if v.Position != i {
					t.Errorf("%s is at %d, not at %d", v.Sku, v.Position, i)
				}
			}
			if got := s.variant(v[1].ID); got.Version != 1 {
				t.Error("who was only pushed aside has a new version")
			}
		})
		t.Run("what is archived stays as it is", func(t *testing.T) {
			s := s.on(t)
			p := s.draft("Two", "1", "2")
			v := s.variants(p.ID)
			s.done(s.VariantArchive(s.editor, catalog.VariantArchiveInput{ID: nodeid.Variant.ID(v[0].ID)}))
			out, err := update(s, v[0], catalog.VariantUpdateInput{Title: to("x")})
			s.wrong(out, err, "ARCHIVED id")
			s.done(s.ProductArchive(s.editor, state(p.ID)))
			out, err = update(s, v[1], catalog.VariantUpdateInput{Title: to("x")})
			s.wrong(out, err, "ARCHIVED id")
		})
		t.Run("of two editors who read the same version, the second is told", func(t *testing.T) {
			s := s.on(t)
			v := s.variants(s.draft("Both", "1").ID)[0]
			s.done(update(s, v, catalog.VariantUpdateInput{Title: to("a"), ExpectedVersion: to(1)}))
			out, err := update(s, v, catalog.VariantUpdateInput{Title: to("b"), ExpectedVersion: to(1)})
			s.refused(out, err, fault.Conflict)
		})
		t.Run("what is not there or not to be seen cannot be changed", func(t *testing.T) {
			s := s.on(t)
			hidden := s.variants(s.draft("Unseen", "1").ID)[0]
			shown := s.variants(s.published("Seen", "1", "2").ID)
			s.done(s.VariantArchive(s.editor, catalog.VariantArchiveInput{ID: nodeid.Variant.ID(shown[1].ID)}))
			for _, key := range []int64{hidden.ID, shown[1].ID, 1, 0} {
				in := catalog.VariantUpdateInput{ID: nodeid.Variant.ID(key), Price: to(money.Decimal("0"))}
				out, err := s.VariantUpdate(s.blind, in)
				s.refused(out, err, fault.NotFound)
			}
			s.done(s.VariantUpdate(s.blind, catalog.VariantUpdateInput{ID: nodeid.Variant.ID(shown[0].ID), Price: to(money.Decimal("3"))}))
		})
		t.Run("it takes few statements, whatever the number of variants", func(t *testing.T) {
			s := s.on(t)
			prices := make([]money.Decimal, 60)
			for i := range prices {
				prices[i] = "2"
			}
			one, many := s.variants(s.draft("Few", "2").ID)[0], s.variants(s.draft("Lots", prices...).ID)[0]
			for what, c := range map[string]struct {
				in   catalog.VariantUpdateInput
				want int
			}{
				"the price": {catalog.VariantUpdateInput{Price: to(money.Decimal("1"))}, 6},
				"the title": {catalog.VariantUpdateInput{Title: to("New")}, 6},
				"all":       {catalog.VariantUpdateInput{Title: to("Newer"), Price: to(money.Decimal("0.5")), Position: to(1)}, 9},
			} {
				for _, v := range []*ent.Variant{one, many} {
					c.in.ID = nodeid.Variant.ID(v.ID)
					if n := s.statements(s.editor, func(ctx context.Context) (*database.Outcome, error) { return s.VariantUpdate(ctx, c.in) }); n > c.want {
						t.Errorf("%s of %s: %d statements, want %d", what, v.Sku, n, c.want)
					}
				}
			}
		})
	})
}

func TestVariantArchive(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		archive := func(s *shop, v *ent.Variant) (*database.Outcome, error) {
			return s.VariantArchive(s.editor, catalog.VariantArchiveInput{ID: nodeid.Variant.ID(v.ID)})
		}
		t.Run("what goes off sale counts no more", func(t *testing.T) {
			s := s.on(t)
			p := s.published("Vase", "1", "2")
			v := s.variants(p.ID)
			s.done(archive(s, v[0]))
			if got := s.variant(v[0].ID); !got.Archived || got.Version != 2 {
				t.Errorf("got %+v", got)
			}
			if got := s.product(p.ID); got.PriceFromAmount != 200 {
				t.Errorf("got %+v", got)
			}
			if got, want := s.terms(p.ID), map[string]int{"vase": 10, "1": 10}; !maps.Equal(got, want) {
				t.Errorf("terms %v, want %v", got, want)
			}
			s.done(archive(s, v[0])) // it is off sale already
			if got := s.variant(v[0].ID); got.Version != 2 {
				t.Errorf("got %+v", got)
			}
		})
		t.Run("a product in the shop keeps one on sale", func(t *testing.T) {
			s := s.on(t)
			p := s.published("Last", "1")
			v := s.variants(p.ID)[0]
			out, err := archive(s, v)
			s.wrong(out, err, "NO_VARIANT id")
			s.done(s.ProductUnpublish(s.editor, state(p.ID)))
			s.done(archive(s, v))
			if got := s.product(p.ID); got.PriceFromAmount != 0 {
				t.Errorf("got %+v", got)
			}
		})
		t.Run("an archived product stays as it is", func(t *testing.T) {
			s := s.on(t)
			out, err := archive(s, s.variants(s.archived("Past", "1").ID)[0])
			s.wrong(out, err, "ARCHIVED id")
		})
		t.Run("a stale version is told, and what is not there", func(t *testing.T) {
			s := s.on(t)
			v := s.variants(s.draft("Stale", "1").ID)[0]
			out, err := s.VariantArchive(s.editor, catalog.VariantArchiveInput{ID: nodeid.Variant.ID(v.ID), ExpectedVersion: to(7)})
			s.refused(out, err, fault.Conflict)
			out, err = s.VariantArchive(s.blind, catalog.VariantArchiveInput{ID: nodeid.Variant.ID(v.ID)})
			s.refused(out, err, fault.NotFound)
		})
	})
}

func TestVariantRaces(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Run("the lowest price is right, whoever changes prices at once", func(t *testing.T) {
			s := s.on(t)
			p := s.draft("Prices", "50", "50", "50", "50")
			var wg sync.WaitGroup
			for i, v := range s.variants(p.ID) {
				wg.Go(func() {
					for n := range 5 {
						price := money.Decimal(fmt.Sprint(10 + (n*7+i*3)%20))
						if out, err := s.VariantUpdate(s.editor, catalog.VariantUpdateInput{ID: nodeid.Variant.ID(v.ID), Price: &price}); err != nil || out.Key == 0 {
							t.Errorf("got %+v, %v", out, err)
						}
					}
				})
			}
			wg.Wait()
			lowest := s.variants(p.ID)[0].PriceAmount
			for _, v := range s.variants(p.ID) {
				lowest = min(lowest, v.PriceAmount)
			}
			if got := s.product(p.ID).PriceFromAmount; got != lowest {
				t.Errorf("got %d, want %d", got, lowest)
			}
		})
		t.Run("of the last two variants archived at once, one stays", func(t *testing.T) {
			for range 5 {
				s := s.on(t)
				p := s.published("Pair", "1", "2")
				s.both(
					func() (*database.Outcome, error) {
						return s.VariantArchive(s.editor, catalog.VariantArchiveInput{ID: nodeid.Variant.ID(s.variants(p.ID)[0].ID)})
					},
					func() (*database.Outcome, error) {
						return s.VariantArchive(s.editor, catalog.VariantArchiveInput{ID: nodeid.Variant.ID(s.variants(p.ID)[1].ID)})
					},
				)
				if v := s.variants(p.ID); v[0].Archived == v[1].Archived {
					t.Errorf("got %+v", v)
				}
				s.done(s.ProductArchive(s.editor, state(p.ID)))
				for _, v := range s.variants(p.ID) { // the next round wants the SKUs
					s.db.Client.Variant.UpdateOne(v).SetSku(fmt.Sprint(v.ID)).ExecX(s.system)
				}
			}
		})
		t.Run("a product is not published while its last variant goes", func(t *testing.T) {
			s := s.on(t)
			for i := range 5 {
				p := s.draft(fmt.Sprint("Going ", i), "1")
				v := s.variants(p.ID)[0]
				s.both(
					func() (*database.Outcome, error) { return s.ProductPublish(s.editor, state(p.ID)) },
					func() (*database.Outcome, error) {
						return s.VariantArchive(s.editor, catalog.VariantArchiveInput{ID: nodeid.Variant.ID(v.ID)})
					},
				)
				if s.product(p.ID).Status == product.StatusPUBLISHED && s.variant(v.ID).Archived {
					t.Error("an empty product is in the shop")
				}
			}
		})
	})
}

func TestVariantsMoveWhileOrdersTakeThem(t *testing.T) {
	t.Parallel()
	s := newShop(t, databasetest.New(t, databasetest.Postgres)) // SQLite has no locks to wait for in a circle
	prices := make([]money.Decimal, 12)
	for i := range prices {
		prices[i] = "1"
	}
	p := s.draft("Busy", prices...)
	v := s.variants(p.ID)
	var wg sync.WaitGroup
	done := make(chan struct{})
	for range 3 {
		wg.Go(func() {
			for range 40 {
				err := s.db.InTx(t.Context(), func(ctx context.Context, tx *ent.Tx) error {
					_, err := tx.ExecContext(ctx, `WITH l AS (SELECT id FROM variants WHERE product_id = $1 ORDER BY id FOR NO KEY UPDATE)
UPDATE variants SET available = available + 1 FROM l WHERE variants.id = l.id`, p.ID)
					if e, ok := errors.AsType[*pq.Error](err); ok && e.Code == "40P01" {
						t.Error("a deadlock")
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	go func() { wg.Wait(); close(done) }()
	for i := 0; ; i++ {
		select {
		case <-done:
			return
		default:
		}
		in := catalog.VariantUpdateInput{ID: nodeid.Variant.ID(v[11-i%6].ID), Position: to(0)}
		started := time.Now()
		s.done(s.VariantUpdate(s.editor, in))
		if time.Since(started) > 900*time.Millisecond { // PostgreSQL looks for circles after a second
			t.Error("it waited in a circle")
		}
	}
}

// both runs two mutations at once; user errors are for the test to judge.
func (s *shop) both(mutations ...func() (*database.Outcome, error)) {
	s.t.Helper()
	var wg sync.WaitGroup
	for _, mutate := range mutations {
		wg.Go(func() {
			if _, err := mutate(); err != nil {
				s.t.Error(err)
			}
		})
	}
	wg.Wait()
}
