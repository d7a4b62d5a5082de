package demo

import (
	"context"
	"fmt"

	"galley/ent"
	"galley/internal/money"
	"galley/internal/pricing"
)

// writePricing has the demo shop tax, deliver, and give something off. Prices contain the tax.
func (f *filling) writePricing(ctx context.Context) error {
	if err := f.writeRates(ctx); err != nil {
		return fmt.Errorf("write tax rates: %w", err)
	}
	if err := f.writeDeliveries(ctx); err != nil {
		return fmt.Errorf("write deliveries: %w", err)
	}
	err := f.tx.Promotion.CreateBulk(
		f.tx.Promotion.Create().SetName("Welcome: 10 % off").SetCode("WELCOME10").SetKind("PERCENTAGE").SetBasisPoints(1000).
			SetOncePerCustomer(true).SetCurrency(f.currency),
		f.tx.Promotion.Create().SetName("Free delivery from 50").SetKind("FREE_DELIVERY").SetMinimumAmount(5000).SetCurrency(f.currency),
	).Exec(ctx)
	if err != nil {
		return fmt.Errorf("write promotions: %w", err)
	}
	return nil
}

func (f *filling) writeRates(ctx context.Context) error {
	var rows []*ent.TaxRateCreate
	for _, r := range []struct {
		country, category, name string
		basisPoints             int
	}{
		{"GB", "standard", "VAT 20 %", 2000}, {"GB", "reduced", "VAT 5 %", 500}, {"GB", "zero", "VAT 0 %", 0},
		{"IE", "standard", "VAT 23 %", 2300}, {"IE", "reduced", "VAT 13.5 %", 1350},
		{"DE", "standard", "MwSt. 19 %", 1900}, {"DE", "reduced", "MwSt. 7 %", 700},
		{"FR", "standard", "TVA 20 %", 2000}, {"FR", "reduced", "TVA 5.5 %", 550},
		{"NL", "standard", "BTW 21 %", 2100}, {"NL", "reduced", "BTW 9 %", 900},
	} {
		rows = append(rows, f.tx.TaxRate.Create().SetCountry(r.country).SetTaxCategory(r.category).SetName(r.name).SetBasisPoints(r.basisPoints))
	}
	return f.tx.TaxRate.CreateBulk(rows...).Exec(ctx)
}

func (f *filling) writeDeliveries(ctx context.Context) error {
	steps := func(pairs ...int64) (tiers []pricing.Tier) {
		for i := 0; i < len(pairs); i += 2 {
			price := money.Minor(pairs[i+1])
			tiers = append(tiers, pricing.Tier{From: pairs[i], Price: &price})
		}
		return tiers
	}
	home, err := f.tx.DeliveryZone.Create().SetName("United Kingdom").SetCountries([]string{"GB"}).Save(ctx)
	if err != nil {
		return err
	}
	abroad, err := f.tx.DeliveryZone.Create().SetName("Worldwide").SetCountries([]string{}).Save(ctx)
	if err != nil {
		return err
	}
	heavy := pricing.Tier{From: 30_000} // what the courier does not take
	return f.tx.DeliveryMethod.CreateBulk(
		f.tx.DeliveryMethod.Create().SetZoneID(home.ID).SetName("Standard").SetDescription("Three to five working days").SetBasis("VALUE").
			SetTiers(steps(0, 395, 2500, 295)).SetCurrency(f.currency),
		f.tx.DeliveryMethod.Create().SetZoneID(home.ID).SetName("Next day").SetDescription("By courier").SetBasis("WEIGHT").SetPosition(1).
			SetTiers(append(steps(0, 695, 2000, 895, 10_000, 1495), heavy)).SetCurrency(f.currency),
		f.tx.DeliveryMethod.Create().SetZoneID(abroad.ID).SetName("International").SetDescription("One to three weeks").SetBasis("WEIGHT").
			SetTiers(steps(0, 1250, 2000, 1950, 10_000, 4500)).SetCurrency(f.currency),
	).Exec(ctx)
}
