package graphtest

import "galley/internal/pricing"

// pricing adds what staff of prices see. None of it changes what anything costs: the code is to be typed, the rate is another
// country's, the method is switched off, and Ada's option has ended.
func (f *filler) pricing() {
	promotion, err := f.tx.Promotion.Create().SetName("Welcome").SetCode("WELCOME10").SetKind("PERCENTAGE").SetBasisPoints(1000).SetCurrency("GBP").
		SetCategoryIds([]int64{f.Categories["home"].ID, f.Categories["garden"].ID}).Save(f)
	f.Promotion = must(f, promotion, err)
	rate, err := f.tx.TaxRate.Create().SetCountry("NZ").SetTaxCategory("standard").SetName("GST 15 %").SetBasisPoints(1500).Save(f)
	f.TaxRate = must(f, rate, err)
	zone, err := f.tx.DeliveryZone.Create().SetName("New Zealand").SetCountries([]string{"NZ"}).Save(f)
	f.DeliveryZone = must(f, zone, err)
	method, err := f.tx.DeliveryMethod.Create().SetZoneID(zone.ID).SetName("Ship").SetBasis("WEIGHT").SetTiers([]pricing.Tier{{}}).
		SetCurrency("GBP").SetActive(false).Save(f)
	f.DeliveryMethod = must(f, method, err)
	for _, owner := range []string{"ada", "bob"} {
		option, err := f.tx.DeliveryQuote.Create().SetCartID(f.Carts[owner].ID).SetMethodID(method.ID).SetName("Ship").SetPriceAmount(2500).
			SetCurrency("GBP").SetCountry("NZ").SetMeasure(0).SetPosition(0).SetExpiresAt(Start()).Save(f)
		must(f, option, err)
	}
}
