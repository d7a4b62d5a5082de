package stock_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"galley/ent"
	"galley/ent/product"
	"galley/ent/stockmovement"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/stock"
	"galley/internal/viewer"
)

// shelf is a product and its variants, each with so many pieces.
type shelf struct {
	t        *testing.T
	db       *database.DB
	system   context.Context
	product  int64
	variants []int64
}

func newShelf(t *testing.T, db *database.DB, status product.Status, pieces ...int) *shelf {
	t.Helper()
	s := &shelf{t: t, db: db, system: databasetest.System(t.Context())}
	key, err := db.NextKey()
	if err != nil {
		t.Fatal(err)
	}
	slug := fmt.Sprintf("shelf-%d", key)
	s.product = db.Client.Product.Create().SetTitle(slug).SetSlug(slug).SetTitleKey([]byte(slug)).
		SetCurrency("GBP").SetStatus(status).SaveX(s.system).ID
	for i, n := range pieces {
		v := db.Client.Variant.Create().SetProductID(s.product).SetSku(fmt.Sprintf("%s-%d", slug, i)).
			SetPriceAmount(100).SetCurrency("GBP").SetAvailable(n).SaveX(s.system)
		s.variants = append(s.variants, v.ID)
	}
	return s
}

func (s *shelf) available(i int) int {
	s.t.Helper()
	return s.db.Client.Variant.GetX(s.system, s.variants[i]).Available
}

func (s *shelf) movements(i int) []*ent.StockMovement {
	s.t.Helper()
	return s.db.Client.StockMovement.Query().Where(stockmovement.VariantID(s.variants[i])).
		Order(stockmovement.ByCreatedAt(), stockmovement.ByID()).AllX(s.system)
}

// sum is how many pieces came, less those that went.
func (s *shelf) sum(i int) int {
	s.t.Helper()
	total := 0
	for _, m := range s.movements(i) {
		total += m.Quantity
	}
	return total
}

// take runs Take in a transaction that is undone when something is short, as orders do.
func (s *shelf) take(order int64, items ...stock.Item) ([]int64, error) {
	var short []int64
	err := s.db.InTx(s.t.Context(), func(ctx context.Context, tx *ent.Tx) (err error) {
		if short, err = stock.Take(ctx, tx, s.db, order, items); err == nil && len(short) > 0 {
			err = errShort
		}
		return err
	})
	if errors.Is(err, errShort) {
		return short, nil
	}
	return nil, err
}

func (s *shelf) putBack(order int64, items ...stock.Item) error {
	return s.db.InTx(s.t.Context(), func(ctx context.Context, tx *ent.Tx) error {
		return stock.PutBack(ctx, tx, s.db, order, items)
	})
}

// steps is how many statements a change of stock takes.
func steps(db *database.DB) int {
	if db.Postgres() {
		return 1
	}
	return 2
}

var errShort = errors.New("short")

func staff(ctx context.Context, permissions ...viewer.Permission) context.Context {
	return viewer.With(ctx, viewer.Viewer{Kind: viewer.Staff, UserID: 77, Permissions: permissions})
}
