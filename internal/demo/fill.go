package demo

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"time"

	"galley/ent"
	"galley/internal/database"
	"galley/internal/money"
	"galley/internal/onlineretail"
	"galley/internal/viewer"
)

//go:embed data/online-retail-sample.csv.gz
var sample []byte

// fillTime bounds the one transaction that fills a shop.
const fillTime = 10 * time.Minute

// Fill makes an empty database the demo shop, all of it or nothing. A database that holds anything is
// left alone.
func Fill(ctx context.Context, db *database.DB, currency money.Currency, progress io.Writer) error {
	ctx = viewer.AsSystem(ctx)
	empty, err := isEmpty(ctx, db)
	if err != nil || !empty {
		return err
	}
	shop, err := onlineretail.Collect(bytes.NewReader(sample))
	if err != nil {
		return fmt.Errorf("read the demo's data: %w", err)
	}
	f := &filling{db: db, currency: currency, shop: shop, progress: progress}
	if err := db.InTxWithin(ctx, fillTime, f.run); err != nil {
		return fmt.Errorf("fill the demo shop: %w", err)
	}
	_, err = fmt.Fprintln(progress)
	return err
}

func isEmpty(ctx context.Context, db *database.DB) (bool, error) {
	products, err := db.Client.Product.Query().Exist(ctx)
	if err != nil {
		return false, fmt.Errorf("look for products: %w", err)
	}
	users, err := db.Client.User.Query().Exist(ctx)
	if err != nil {
		return false, fmt.Errorf("look for accounts: %w", err)
	}
	return !products && !users, nil
}

// filling is one run of Fill.
type filling struct {
	db       *database.DB
	currency money.Currency
	shop     *onlineretail.Shop
	progress io.Writer

	tx        *ent.Tx
	customers map[string]int64     // by e-mail
	variants  map[string]int64     // by SKU
	leaves    map[string]int64     // categories by name
	firstSold map[string]time.Time // by SKU
	products  []sold
}

// sold is a product that was written, for its picture.
type sold struct {
	key   int64
	title string
	path  []string
}

func (f *filling) run(ctx context.Context, tx *ent.Tx) error {
	f.tx = tx
	steps := []func(context.Context) error{f.writeCustomers, f.writeCategories, f.writePricing, f.writeProducts, f.writePictures, f.writeOrders}
	for i, step := range steps {
		if _, err := fmt.Fprintf(f.progress, "\rFilling the demo shop: %3d %%", i*100/len(steps)); err != nil {
			return err
		}
		if err := step(ctx); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(f.progress, "\rFilling the demo shop: done. %d products, %d customers, %d orders.",
		len(f.shop.Products), len(f.shop.Customers), len(f.shop.Orders))
	return err
}

// bulk saves rows in statements of a size that both engines take.
func bulk[C any, B interface{ Exec(context.Context) error }](ctx context.Context, rows []C, save func(...C) B) error {
	for chunk := range slices.Chunk(rows, 500) {
		if err := save(chunk...).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}
