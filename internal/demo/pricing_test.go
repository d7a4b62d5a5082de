package demo

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"galley/ent"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/delivery"
)

func TestPricing(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := databasetest.System(t.Context())
		options := map[string][]string{}
		err := db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
			f := &filling{db: db, tx: tx, currency: "GBP"}
			if err := f.writePricing(ctx); err != nil {
				return err
			}
			cart := tx.Cart.Create().SetTokenHash([]byte("guest")).SetCurrency("GBP").SaveX(ctx)
			for _, country := range []string{"GB", "NZ"} {
				quotes, err := delivery.Quote(ctx, tx, db, cart, country, 31_000, 3000)
				if err != nil {
					return err
				}
				options[country] = nil
				for _, q := range quotes {
					options[country] = append(options[country], fmt.Sprintf("%s=%d", q.Name, q.PriceAmount))
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(options["GB"], []string{"Standard=295"}) || !slices.Equal(options["NZ"], []string{"International=4500"}) {
			t.Errorf("it delivers %v", options)
		}
		if n := db.Client.Promotion.Query().CountX(ctx); n != 2 {
			t.Errorf("%d promotions", n)
		}
		if n := db.Client.TaxRate.Query().CountX(ctx); n != 11 {
			t.Errorf("%d tax rates", n)
		}
	})
}
