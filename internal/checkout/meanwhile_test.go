package checkout_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"galley/ent"
	"galley/internal/checkout"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/stock"
	"galley/internal/viewer"
)

// while runs a checkout beside a transaction that has done something and not committed yet, and
// commits when the checkout waits for it: it has read then what was there before.
func (s shop) while(doing func(ctx context.Context, tx *ent.Tx) error, fn func()) {
	s.t.Helper()
	var wg sync.WaitGroup
	err := s.db.InTx(s.system, func(ctx context.Context, tx *ent.Tx) error {
		if err := doing(ctx, tx); err != nil {
			return err
		}
		wg.Go(fn)
		return untilAwaited(ctx, s.db, tx)
	})
	wg.Wait()
	if err != nil {
		s.t.Error(err)
	}
}

func TestWhatIsTakenMeanwhile(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		t.Run("a piece that somebody takes between reading and taking is not sold again", func(t *testing.T) {
			s := s.in(t)
			ctx, v, w := s.shopper(), s.variant(), s.variant(available(1))
			id := s.fill(ctx, of(v, 1), of(w, 1))
			s.while(func(ctx context.Context, tx *ent.Tx) error {
				short, err := stock.Take(ctx, tx, db, 1, []stock.Item{{VariantID: w.ID, Quantity: 1}})
				if len(short) > 0 {
					t.Errorf("short of %v", short)
				}
				return err
			}, func() {
				out, err := s.checkouts.Complete(ctx, plain(id))
				if err != nil || len(out.UserErrors) != 1 || out.UserErrors[0].Code != checkout.InsufficientStock ||
					!slices.Equal(out.UserErrors[0].Field, []string{"cart"}) {
					t.Errorf("got %+v, %v", out, err)
				}
			})
			if s.left(v) != 10 || s.left(w) != 0 {
				t.Errorf("%d and %d are left", s.left(v), s.left(w))
			}
		})
		t.Run("what the customer orders between reading and taking counts towards the limit", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant(limit(3))
			id, customer := s.fill(ctx, of(v, 2)), viewer.From(ctx).UserID
			s.while(func(ctx context.Context, tx *ent.Tx) error {
				o := tx.Order.Create().SetNumber(s.name()).SetEmail("a@b.example").SetUserID(customer).
					SetSubtotalAmount(0).SetTotalAmount(0).SetCurrency(gbp).SetPlacedAt(db.Now()).SaveX(ctx)
				tx.OrderLine.Create().SetOrderID(o.ID).SetVariantID(v.ID).SetPosition(0).SetTitle("Mug").SetSku(v.Sku).
					SetQuantity(2).SetUnitPriceAmount(0).SetTotalAmount(0).SetCurrency(gbp).ExecX(ctx)
				_, err := stock.Take(ctx, tx, db, o.ID, []stock.Item{{VariantID: v.ID, Quantity: 2}})
				return err
			}, func() {
				out, err := s.checkouts.Complete(ctx, plain(id))
				if err != nil || len(out.UserErrors) != 1 || out.UserErrors[0].Code != checkout.PurchaseLimit {
					t.Errorf("got %+v, %v", out, err)
				}
			})
			if s.left(v) != 998 {
				t.Errorf("%d are left", s.left(v))
			}
		})
		t.Run("what goes off sale between reading and taking is not sold", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant()
			id := s.fill(ctx, of(v, 2))
			s.while(func(ctx context.Context, tx *ent.Tx) error {
				return tx.Variant.UpdateOneID(v.ID).SetArchived(true).Exec(ctx)
			}, func() {
				out, err := s.checkouts.Complete(ctx, plain(id))
				if err != nil || len(out.UserErrors) != 1 {
					t.Errorf("got %+v, %v", out, err)
				}
			})
			if s.left(v) != 10 {
				t.Errorf("%d are left", s.left(v))
			}
		})
	})
}
