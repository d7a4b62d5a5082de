package stock_test

import (
	"context"
	"strings"
	"testing"

	"galley/ent/product"
	"galley/ent/stockmovement"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/live"
	"galley/internal/nodeid"
	"galley/internal/stock"
	"galley/internal/viewer"
)

func TestAdjust(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := stock.New(db, new(live.Broker))
		adjust := func(ctx context.Context, variant int64, n int, reason stockmovement.Reason, note string) (*database.Outcome, error) {
			return w.Adjust(ctx, stock.AdjustInput{Variant: nodeid.Variant.ID(variant), Quantity: n, Reason: reason, Note: note})
		}
		keeper := staff(t.Context(), viewer.StockWrite)

		t.Run("goods that came in can be sold, and it is noted who took them in", func(t *testing.T) {
			s := newShelf(t, db, product.StatusPUBLISHED, 5)
			before := db.Client.Variant.GetX(s.system, s.variants[0])
			out, err := adjust(keeper, s.variants[0], 7, stockmovement.ReasonRECEIVED, " two boxes ")
			if err != nil || out.Key != s.variants[0] || len(out.UserErrors) > 0 {
				t.Fatalf("got %+v, %v", out, err)
			}
			after := db.Client.Variant.GetX(s.system, s.variants[0])
			if after.Available != 12 || after.Version != before.Version || !after.UpdatedAt.After(before.UpdatedAt) {
				t.Errorf("before %+v, after %+v", before, after)
			}
			m := s.movements(0)
			if len(m) != 1 || m[0].Quantity != 7 || m[0].Reason != stockmovement.ReasonRECEIVED ||
				m[0].Note != "two boxes" || m[0].ActorID == nil || *m[0].ActorID != 77 || m[0].OrderID != nil {
				t.Errorf("movements %+v", m)
			}
		})
		t.Run("an API key has no name to note", func(t *testing.T) {
			s := newShelf(t, db, product.StatusPUBLISHED, 5)
			machine := viewer.With(t.Context(), viewer.Viewer{Kind: viewer.APIKey, Permissions: []viewer.Permission{viewer.StockWrite}})
			if out, err := adjust(machine, s.variants[0], -5, stockmovement.ReasonDAMAGED, ""); err != nil || out.Key == 0 {
				t.Fatalf("got %+v, %v", out, err)
			}
			if m := s.movements(0); len(m) != 1 || m[0].ActorID != nil || s.available(0) != 0 {
				t.Errorf("movements %+v", m)
			}
		})
		t.Run("no more can go than there is", func(t *testing.T) {
			s := newShelf(t, db, product.StatusPUBLISHED, 5)
			out, err := adjust(keeper, s.variants[0], -6, stockmovement.ReasonDAMAGED, "")
			if err != nil {
				t.Fatal(err)
			}
			expect(t, out, fault.UserError{Code: stock.InsufficientStock, Field: []string{"quantity"}})
			if s.available(0) != 5 || len(s.movements(0)) > 0 {
				t.Error("something moved")
			}
		})
		t.Run("no more can come than a stock holds", func(t *testing.T) {
			s := newShelf(t, db, product.StatusPUBLISHED, stock.MaxAvailable-1)
			out, err := adjust(keeper, s.variants[0], 2, stockmovement.ReasonRECEIVED, "")
			if err != nil {
				t.Fatal(err)
			}
			expect(t, out, fault.UserError{Code: stock.Invalid, Field: []string{"quantity"}})
			if out, err := adjust(keeper, s.variants[0], 1, stockmovement.ReasonRECEIVED, ""); err != nil || out.Key == 0 {
				t.Errorf("the last one: %+v, %v", out, err)
			}
		})
		t.Run("all that is wrong is said at once", func(t *testing.T) {
			s := newShelf(t, db, product.StatusPUBLISHED, 5)
			out, err := adjust(keeper, s.variants[0], 0, stockmovement.ReasonSOLD, strings.Repeat("x", 501)+"\x07")
			if err != nil {
				t.Fatal(err)
			}
			expect(t, out,
				fault.UserError{Code: stock.Invalid, Field: []string{"quantity"}},
				fault.UserError{Code: stock.Invalid, Field: []string{"reason"}},
				fault.UserError{Code: stock.Invalid, Field: []string{"note"}})
		})
		for _, n := range []int{stock.MaxAdjustment + 1, -stock.MaxAdjustment - 1, -1 << 63, 1<<63 - 1} {
			t.Run("one adjustment is bounded, whatever number it is", func(t *testing.T) {
				s := newShelf(t, db, product.StatusPUBLISHED, 5)
				out, err := adjust(keeper, s.variants[0], n, stockmovement.ReasonCORRECTION, "")
				if err != nil {
					t.Fatal(err)
				}
				expect(t, out, fault.UserError{Code: stock.Invalid, Field: []string{"quantity"}})
			})
		}
		for _, reason := range []stockmovement.Reason{stockmovement.ReasonSOLD, stockmovement.ReasonCANCELLED, "GIFT"} {
			t.Run("staff cannot say "+string(reason), func(t *testing.T) {
				s := newShelf(t, db, product.StatusPUBLISHED, 5)
				out, err := adjust(keeper, s.variants[0], -1, reason, "")
				if err != nil {
					t.Fatal(err)
				}
				expect(t, out, fault.UserError{Code: stock.Invalid, Field: []string{"reason"}})
			})
		}
		t.Run("what one does not see one cannot adjust", func(t *testing.T) {
			s := newShelf(t, db, product.StatusDRAFT, 5)
			_, err := adjust(keeper, s.variants[0], 1, stockmovement.ReasonRECEIVED, "")
			refused(t, err, fault.NotFound)
			_, err = w.Adjust(keeper, stock.AdjustInput{Variant: nodeid.Product.ID(s.variants[0]), Quantity: 1, Reason: stockmovement.ReasonRECEIVED})
			refused(t, err, fault.NotFound)
			reader := staff(t.Context(), viewer.StockWrite, viewer.CatalogRead)
			if out, err := adjust(reader, s.variants[0], 1, stockmovement.ReasonRECEIVED, ""); err != nil || out.Key == 0 {
				t.Errorf("those who see it: %+v, %v", out, err)
			}
		})
		t.Run("nobody else adjusts stock, whatever else they may do", func(t *testing.T) {
			s := newShelf(t, db, product.StatusPUBLISHED, 5)
			for _, c := range []struct {
				who  context.Context
				code fault.Code
			}{
				{t.Context(), fault.Unauthenticated},
				{viewer.With(t.Context(), viewer.Viewer{Kind: viewer.Guest, CartToken: []byte("x")}), fault.Unauthenticated},
				{viewer.With(t.Context(), viewer.Viewer{Kind: viewer.Shopper, UserID: 5}), fault.Forbidden},
				{staff(t.Context(), viewer.CatalogRead, viewer.CatalogWrite, viewer.StockRead, viewer.OrderWrite), fault.Forbidden},
			} {
				_, err := adjust(c.who, s.variants[0], 1, stockmovement.ReasonRECEIVED, "")
				refused(t, err, c.code)
			}
			if s.available(0) != 5 || len(s.movements(0)) > 0 {
				t.Error("something moved")
			}
		})
		t.Run("it takes three statements", func(t *testing.T) {
			s := newShelf(t, db, product.StatusPUBLISHED, 5)
			ctx, count := database.WithCounter(keeper)
			if _, err := adjust(ctx, s.variants[0], 1, stockmovement.ReasonRECEIVED, ""); err != nil {
				t.Fatal(err)
			}
			if count.Statements() != 3 {
				t.Errorf("%d statements", count.Statements())
			}
		})
	})
}

// expect compares user errors but for their words, which must be there.
func expect(t *testing.T, out *database.Outcome, want ...fault.UserError) {
	t.Helper()
	if out.Key != 0 || len(out.UserErrors) != len(want) {
		t.Fatalf("got %+v, want %+v", out, want)
	}
	for i, e := range out.UserErrors {
		if e.Code != want[i].Code || strings.Join(e.Field, ".") != strings.Join(want[i].Field, ".") || e.Message == "" {
			t.Errorf("got %+v, want %+v", e, want[i])
		}
	}
}

func refused(t *testing.T, err error, want fault.Code) {
	t.Helper()
	if code, _ := fault.CodeOf(err); code != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
