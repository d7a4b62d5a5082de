package quote

import (
	"context"
	"fmt"
	"slices"

	"galley/ent"
	"galley/ent/taxrate"
	"galley/internal/database"
	"galley/internal/pricing"
)

// rates are the rates of tax of some countries; those of "" are for all that have none of their own.
type rates []*ent.TaxRate

func ratesOf(ctx context.Context, client *ent.Client, carts []*ent.Cart) (rates, error) {
	countries := []string{""}
	for _, c := range carts {
		countries = append(countries, countryOf(c))
	}
	slices.Sort(countries)
	rows, err := client.TaxRate.Query().Where(database.AnyOfText(taxrate.FieldCountry, slices.Compact(countries))).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read tax rates: %w", err)
	}
	return rows, nil
}

// in are the rates of a country: of each category of goods its own, else the one for all.
func (r rates) in(country string) []pricing.Rate {
	found := map[string]pricing.Rate{}
	for _, of := range []string{"", country} {
		for _, rate := range r {
			if rate.Country == of {
				found[rate.TaxCategory] = pricing.Rate{TaxCategory: rate.TaxCategory, Name: rate.Name, BasisPoints: rate.BasisPoints}
			}
		}
	}
	in := make([]pricing.Rate, 0, len(found))
	for _, rate := range found {
		in = append(in, rate)
	}
	return in
}
