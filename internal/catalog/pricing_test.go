package catalog_test

import (
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"galley/internal/catalog"
	"galley/internal/nodeid"
)

// TestWhatPricesGoBy is about what taxes and deliveries look at, and about when staff are warned.
func TestWhatPricesGoBy(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		in := catalog.ProductCreateInput{Title: "Book", TaxCategory: to(" Reduced "), Variants: []catalog.ProductVariantInput{{SKU: "B", Price: "5", Weight: 300, LowStockAt: to(4)}}}
		p := s.product(s.done(s.ProductCreate(s.editor, in)))
		v := s.variants(p.ID)[0]
		update := func(in catalog.VariantUpdateInput) {
			in.ID = nodeid.Variant.ID(v.ID)
			s.done(s.VariantUpdate(s.editor, in))
		}
		t.Run("all is kept", func(t *testing.T) {
			if p.TaxCategory != "reduced" || v.Weight != 300 || *v.LowStock != 4 {
				t.Errorf("got %v, %v", p, v)
			}
			if plain := s.draft("Plain", "1"); plain.TaxCategory != "standard" || s.variants(plain.ID)[0].Weight != 0 || s.variants(plain.ID)[0].LowStock != nil {
				t.Errorf("of a product that tells nothing: got %v", plain)
			}
		})
		t.Run("what is told changes, and the same again is no new version", func(t *testing.T) {
			for range 2 {
				s.done(s.ProductUpdate(s.editor, catalog.ProductUpdateInput{ID: p.NodeID(), TaxCategory: to("zero")}))
				update(catalog.VariantUpdateInput{Weight: to(310), LowStockAt: graphql.OmittableOf(to(5))})
			}
			got := s.variant(v.ID)
			if after := s.product(p.ID); after.TaxCategory != "zero" || after.Version != 2 || got.Weight != 310 || *got.LowStock != 5 || got.Version != 2 {
				t.Errorf("got %v, %v", after, got)
			}
			update(catalog.VariantUpdateInput{LowStockAt: graphql.OmittableOf[*int](nil)})
			if got := s.variant(v.ID); got.LowStock != nil || got.Weight != 310 {
				t.Errorf("got %v", got)
			}
		})
		t.Run("what is wrong is told", func(t *testing.T) {
			s := s.on(t)
			out, err := s.ProductCreate(s.editor, catalog.ProductCreateInput{Title: "Odd", TaxCategory: to("so called"), Variants: []catalog.ProductVariantInput{
				{SKU: "O", Price: "1", Weight: -1, LowStockAt: to(-1)}, {SKU: "O-1", Price: "1", Weight: catalog.MaxWeight + 1},
			}})
			s.wrong(out, err, "INVALID taxCategory", "INVALID variants.0.weight", "INVALID variants.0.lowStockAt", "INVALID variants.1.weight")
			out, err = s.ProductUpdate(s.editor, catalog.ProductUpdateInput{ID: p.NodeID(), TaxCategory: to("")})
			s.wrong(out, err, "INVALID taxCategory")
			out, err = s.VariantUpdate(s.editor, catalog.VariantUpdateInput{ID: v.NodeID(), Weight: to(-1), LowStockAt: graphql.OmittableOf(to(catalog.MaxAvailable + 1))})
			s.wrong(out, err, "INVALID weight", "INVALID lowStockAt")
		})
	})
}
