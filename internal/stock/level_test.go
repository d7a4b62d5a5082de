package stock_test

import (
	"context"
	"testing"

	"galley/ent/order"
	"galley/ent/product"
	"galley/ent/variant"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/stock"
	"galley/internal/viewer"
)

func TestLevels(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newShelf(t, db, product.StatusPUBLISHED, 7, 5, 6, 0)
		c := db.Client
		cart := c.Cart.Create().SetCurrency("GBP").SetTokenHash([]byte("a")).SaveX(s.system)
		c.Reservation.Create().SetCartID(cart.ID).SetVariantID(s.variants[0]).SetQuantity(2).ExecX(s.system)
		other := c.Cart.Create().SetCurrency("GBP").SetTokenHash([]byte("b")).SaveX(s.system)
		c.Reservation.Create().SetCartID(other.ID).SetVariantID(s.variants[0]).SetQuantity(1).ExecX(s.system)
		for i, status := range []order.Status{order.StatusPENDING_PAYMENT, order.StatusPLACED, order.StatusCOMPLETED, order.StatusEXPIRED} {
			o := c.Order.Create().SetNumber(string(status)).SetEmail("").SetStatus(status).SetSubtotalAmount(0).SetTotalAmount(0).
				SetCurrency("GBP").SetPlacedAt(db.Now()).SaveX(s.system)
			c.OrderLine.Create().SetOrderID(o.ID).SetVariantID(s.variants[0]).SetPosition(0).SetTitle("").SetSku("").SetQuantity(10 + i).
				SetFulfilled(i).SetUnitPriceAmount(0).SetTotalAmount(0).SetCurrency("GBP").ExecX(s.system)
		}
		c.Variant.UpdateOneID(s.variants[2]).SetLowStock(6).ExecX(s.system)
		reader := staff(t.Context(), viewer.StockRead)

		t.Run("a variant's pieces are available, held, or promised and not sent", func(t *testing.T) {
			ctx, count := database.WithCounter(reader)
			got, err := stock.Levels(ctx, c, s.variants)
			if err != nil || len(got) != 4 || count.Statements() != 1 {
				t.Fatal(got, err, count.Statements())
			}
			for i, want := range []stock.Level{
				{Available: 7, Reserved: 3, Committed: 20, LowAt: stock.Low}, {Available: 5, LowAt: stock.Low}, {Available: 6, LowAt: 6}, {LowAt: stock.Low},
			} {
				if *got[s.variants[i]] != want {
					t.Errorf("variant %d: %+v, not %+v", i, *got[s.variants[i]], want)
				}
			}
			first, second := got[s.variants[0]], got[s.variants[1]]
			if first.OnHand() != 30 || first.IsLow() || !second.IsLow() || !got[s.variants[2]].IsLow() {
				t.Errorf("got %+v and %+v", first, second)
			}
		})
		low := func(ctx context.Context, below *int) (found []int64) {
			return c.Variant.Query().Where(stock.IsLow(ctx, below)).Order(variant.ByAvailable()).IDsX(s.system)
		}
		t.Run("what runs low is what its mark says, the shop's or a number that is told", func(t *testing.T) {
			if got := low(reader, nil); len(got) != 3 || got[0] != s.variants[3] || got[1] != s.variants[1] || got[2] != s.variants[2] {
				t.Errorf("got %v of %v", got, s.variants)
			}
			one, eight := 1, 8
			if got := low(reader, &one); len(got) != 1 || got[0] != s.variants[3] {
				t.Errorf("got %v of %v", got, s.variants)
			}
			if got := low(reader, &eight); len(got) != 4 {
				t.Errorf("got %v of %v", got, s.variants)
			}
			c.Variant.UpdateOneID(s.variants[3]).SetArchived(true).ExecX(s.system)
			if got := low(reader, &one); len(got) != 0 {
				t.Errorf("what is off sale: %v", got)
			}
		})
		t.Run("nobody else is told, whatever was checked before", func(t *testing.T) {
			for _, ctx := range []context.Context{t.Context(), staff(t.Context(), viewer.CatalogRead, viewer.StockWrite)} {
				got, err := stock.Levels(ctx, c, s.variants)
				if err != nil || len(got) > 0 || len(low(ctx, nil)) > 0 {
					t.Errorf("got %v, %v", got, err)
				}
			}
		})
	})
}
