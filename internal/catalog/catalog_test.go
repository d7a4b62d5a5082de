package catalog_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"galley/ent"
	"galley/ent/media"
	"galley/ent/product"
	"galley/ent/productterm"
	"galley/ent/stockmovement"
	"galley/ent/variant"
	"galley/internal/catalog"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/money"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

// shop is a catalogue under test and the people who work on it.
type shop struct {
	*catalog.Workflow
	t      *testing.T
	db     *database.DB
	system context.Context
	editor context.Context // sees and writes all of the catalogue
	blind  context.Context // writes, and sees what shoppers see
}

const editorID = 77

func newShop(t *testing.T, db *database.DB) *shop {
	t.Helper()
	return &shop{
		Workflow: catalog.New(db, "GBP"), t: t, db: db,
		system: databasetest.System(t.Context()),
		editor: staff(t.Context(), viewer.CatalogRead, viewer.CatalogWrite),
		blind:  staff(t.Context(), viewer.CatalogWrite),
	}
}

func staff(ctx context.Context, permissions ...viewer.Permission) context.Context {
	return viewer.With(ctx, viewer.Viewer{Kind: viewer.Staff, UserID: editorID, Permissions: permissions})
}

// each runs a test on a shop of each engine.
func each(t *testing.T, test func(t *testing.T, s *shop)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) { test(t, newShop(t, db)) })
}

// on is the shop for a subtest.
func (s *shop) on(t *testing.T) *shop {
	t.Helper()
	return &shop{Workflow: s.Workflow, t: t, db: s.db, system: s.system, editor: s.editor, blind: s.blind}
}

func (s *shop) done(out *database.Outcome, err error) int64 {
	s.t.Helper()
	if err != nil || out.Key == 0 || len(out.UserErrors) > 0 {
		s.t.Fatalf("got %+v, %v", out, err)
	}
	return out.Key
}

// wrong expects user errors, each written "CODE at.this.field".
func (s *shop) wrong(out *database.Outcome, err error, want ...string) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("got %v, want %q", err, want)
	}
	var got []string
	for _, e := range out.UserErrors {
		if e.Message == "" {
			s.t.Errorf("%s without a message", e.Code)
		}
		got = append(got, string(e.Code)+" "+strings.Join(e.Field, "."))
	}
	if out.Key != 0 || strings.Join(got, "; ") != strings.Join(want, "; ") {
		s.t.Fatalf("key %d, errors %q, want %q: %+v", out.Key, got, want, out.UserErrors)
	}
}

func (s *shop) refused(out *database.Outcome, err error, want fault.Code) {
	s.t.Helper()
	if code, _ := fault.CodeOf(err); code != want {
		s.t.Fatalf("got %+v, %v, want %s", out, err, want)
	}
}

// draft makes a product with variants at prices; its SKUs are SLUG-0, SLUG-1, ….
func (s *shop) draft(title string, prices ...money.Decimal) *ent.Product {
	s.t.Helper()
	in := catalog.ProductCreateInput{Title: title}
	for i, price := range prices {
		in.Variants = append(in.Variants, catalog.ProductVariantInput{SKU: fmt.Sprintf("%s-%d", title, i), Price: price})
	}
	return s.product(s.done(s.ProductCreate(s.editor, in)))
}

func (s *shop) published(title string, prices ...money.Decimal) *ent.Product {
	s.t.Helper()
	p := s.draft(title, prices...)
	return s.product(s.done(s.ProductPublish(s.editor, state(p.ID))))
}

func (s *shop) archived(title string, prices ...money.Decimal) *ent.Product {
	s.t.Helper()
	p := s.draft(title, prices...)
	return s.product(s.done(s.ProductArchive(s.editor, state(p.ID))))
}

func (s *shop) product(key int64) *ent.Product {
	s.t.Helper()
	return s.db.Client.Product.GetX(s.system, key)
}

func (s *shop) variant(key int64) *ent.Variant {
	s.t.Helper()
	return s.db.Client.Variant.GetX(s.system, key)
}

func (s *shop) category(key int64) *ent.Category {
	s.t.Helper()
	return s.db.Client.Category.GetX(s.system, key)
}

func (s *shop) variants(product int64) []*ent.Variant {
	s.t.Helper()
	return s.db.Client.Variant.Query().Where(variant.ProductID(product)).Order(variant.ByPosition(), variant.ByID()).AllX(s.system)
}

func (s *shop) movements(variant int64) []*ent.StockMovement {
	s.t.Helper()
	return s.db.Client.StockMovement.Query().Where(stockmovement.VariantID(variant)).AllX(s.system)
}

func (s *shop) media(product int64) []*ent.Media {
	s.t.Helper()
	return s.db.Client.Media.Query().Where(media.ProductID(product)).Order(media.ByPosition()).AllX(s.system)
}

// terms is a product's index as the database has it.
func (s *shop) terms(product int64) map[string]int {
	s.t.Helper()
	terms := map[string]int{}
	for _, row := range s.db.Client.ProductTerm.Query().Where(productterm.ProductID(product)).AllX(s.system) {
		terms[string(row.Term)] = row.Weight
	}
	return terms
}

func (s *shop) products() int {
	s.t.Helper()
	return s.db.Client.Product.Query().CountX(s.system)
}

// statements counts what a mutation sends.
func (s *shop) statements(ctx context.Context, mutate func(ctx context.Context) (*database.Outcome, error)) int {
	s.t.Helper()
	ctx, count := database.WithCounter(ctx)
	s.done(mutate(ctx))
	return count.Statements()
}

func state(key int64) catalog.ProductStateInput {
	return catalog.ProductStateInput{ID: nodeid.Product.ID(key)}
}

func to[T any](v T) *T { return &v }

func TestWhoMayWrite(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		p := s.published("Lamp", "1.00", "2.00")
		c := s.done(s.CategoryCreate(s.editor, catalog.CategoryCreateInput{Name: "Light"}))
		v := s.variants(p.ID)[0]
		id, vid, cid := nodeid.Product.ID(p.ID), nodeid.Variant.ID(v.ID), nodeid.Category.ID(c)
		mutations := map[string]func(context.Context) (*database.Outcome, error){
			"productCreate": func(ctx context.Context) (*database.Outcome, error) {
				return s.ProductCreate(ctx, catalog.ProductCreateInput{Title: "x"})
			},
			"productUpdate": func(ctx context.Context) (*database.Outcome, error) {
				return s.ProductUpdate(ctx, catalog.ProductUpdateInput{ID: id, Title: to("x")})
			},
			"productPublish":   func(ctx context.Context) (*database.Outcome, error) { return s.ProductPublish(ctx, state(p.ID)) },
			"productUnpublish": func(ctx context.Context) (*database.Outcome, error) { return s.ProductUnpublish(ctx, state(p.ID)) },
			"productArchive":   func(ctx context.Context) (*database.Outcome, error) { return s.ProductArchive(ctx, state(p.ID)) },
			"variantCreate": func(ctx context.Context) (*database.Outcome, error) {
				return s.VariantCreate(ctx, catalog.VariantCreateInput{Product: id, Variant: catalog.ProductVariantInput{SKU: "x", Price: "1"}})
			},
			"variantUpdate": func(ctx context.Context) (*database.Outcome, error) {
				return s.VariantUpdate(ctx, catalog.VariantUpdateInput{ID: vid, Price: to(money.Decimal("0"))})
			},
			"variantArchive": func(ctx context.Context) (*database.Outcome, error) {
				return s.VariantArchive(ctx, catalog.VariantArchiveInput{ID: vid})
			},
			"categoryCreate": func(ctx context.Context) (*database.Outcome, error) {
				return s.CategoryCreate(ctx, catalog.CategoryCreateInput{Name: "x"})
			},
			"categoryUpdate": func(ctx context.Context) (*database.Outcome, error) {
				return s.CategoryUpdate(ctx, catalog.CategoryUpdateInput{ID: cid, Name: to("x")})
			},
			"categoryMove": func(ctx context.Context) (*database.Outcome, error) {
				return s.CategoryMove(ctx, catalog.CategoryMoveInput{ID: cid, Position: to(0)})
			},
			"categoryDelete": func(ctx context.Context) (*database.Outcome, error) {
				return s.CategoryDelete(ctx, catalog.CategoryDeleteInput{ID: cid})
			},
			"mediaUpload": func(ctx context.Context) (*database.Outcome, error) {
				return s.MediaUpload(ctx, upload(p.ID, drawing(4, 4).png()))
			},
		}
		strangers := map[string]struct {
			who  context.Context
			code fault.Code
		}{
			"nobody":         {t.Context(), fault.Unauthenticated},
			"a guest":        {viewer.With(t.Context(), viewer.Viewer{Kind: viewer.Guest, CartToken: []byte("x")}), fault.Unauthenticated},
			"a shopper":      {viewer.With(t.Context(), viewer.Viewer{Kind: viewer.Shopper, UserID: 5}), fault.Forbidden},
			"other staff":    {staff(t.Context(), viewer.CatalogRead, viewer.StockWrite, viewer.OrderWrite, viewer.UserWrite), fault.Forbidden},
			"an API key too": {viewer.With(t.Context(), viewer.Viewer{Kind: viewer.APIKey}), fault.Forbidden},
		}
		for name, mutation := range mutations {
			for who, stranger := range strangers {
				t.Run(name+" is refused to "+who, func(t *testing.T) {
					ctx, count := database.WithCounter(stranger.who)
					out, err := mutation(ctx)
					s.on(t).refused(out, err, stranger.code)
					if count.Statements() > 0 {
						t.Errorf("%d statements", count.Statements())
					}
				})
			}
		}
		if after := s.product(p.ID); after.Version != p.Version || after.Status != product.StatusPUBLISHED || s.products() != 1 {
			t.Errorf("changed: %+v", after)
		}
	})
}

func TestPoliciesRefuseWhatWorkflowsForget(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		p := s.published("Lamp", "1.00")
		shopper := viewer.With(t.Context(), viewer.Viewer{Kind: viewer.Shopper, UserID: 5})
		for name, write := range map[string]func() error{
			"a product": func() error {
				return s.db.Client.Product.Create().SetTitle("x").SetSlug("x").SetTitleKey([]byte("x")).SetCurrency("GBP").Exec(shopper)
			},
			"a variant": func() error {
				return s.db.Client.Variant.Create().SetProductID(p.ID).SetSku("x").SetPriceAmount(1).SetCurrency("GBP").Exec(shopper)
			},
			"a category": func() error { return s.db.Client.Category.Create().SetName("x").SetSlug("x").Exec(shopper) },
			"a term": func() error {
				return s.db.Client.ProductTerm.Create().SetProductID(p.ID).SetTerm([]byte("x")).SetWeight(1).Exec(shopper)
			},
			"a file": func() error {
				return s.db.Client.Picture.Create().SetSha256([]byte("x")).SetFormat("png").SetData([]byte("x")).Exec(shopper)
			},
		} {
			t.Run("a shopper cannot create "+name, func(t *testing.T) {
				if code, _ := fault.CodeOf(write()); code != fault.Forbidden {
					t.Errorf("got %v", write())
				}
			})
		}
		if n := s.db.Client.Product.Update().SetTitle("x").SaveX(shopper); n != 0 {
			t.Errorf("a shopper changed %d products", n)
		}
		if n := s.db.Client.Variant.Update().SetPriceAmount(0).SaveX(shopper); n != 0 {
			t.Errorf("a shopper changed %d variants", n)
		}
	})
}
