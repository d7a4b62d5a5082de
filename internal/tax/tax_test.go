package tax_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"galley/ent"
	"galley/ent/taxrate"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/tax"
	"galley/internal/viewer"
)

func staff(ctx context.Context, permissions ...viewer.Permission) context.Context {
	return viewer.With(ctx, viewer.Viewer{Kind: viewer.Staff, UserID: 77, Permissions: permissions})
}

func wrong(out *database.Outcome) (all []string) {
	for _, e := range out.UserErrors {
		all = append(all, string(e.Code)+" "+strings.Join(e.Field, "."))
	}
	return all
}

func TestSet(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, editor := tax.New(db), staff(t.Context(), viewer.PricingRead, viewer.PricingWrite)
		system := databasetest.System(t.Context())
		set := func(in tax.SetInput) int64 {
			t.Helper()
			out, err := w.Set(editor, in)
			if err != nil || len(out.UserErrors) > 0 {
				t.Fatal(out, err)
			}
			return out.Key
		}
		t.Run("a rate is made once, and changed from then on", func(t *testing.T) {
			key := set(tax.SetInput{Country: " gb ", TaxCategory: "Standard", Name: " VAT 20 % ", BasisPoints: 2000})
			r := db.Client.TaxRate.GetX(system, key)
			if r.Country != "GB" || r.TaxCategory != "standard" || r.Name != "VAT 20 %" || r.BasisPoints != 2000 || r.Version != 1 {
				t.Errorf("got %v", r)
			}
			one := 1
			if again := set(tax.SetInput{Country: "GB", TaxCategory: "standard", Name: "VAT 21 %", BasisPoints: 2100, ExpectedVersion: &one}); again != key {
				t.Error("another row was made")
			}
			set(tax.SetInput{Country: "GB", TaxCategory: "standard", Name: "VAT 21 %", BasisPoints: 2100})
			if r := db.Client.TaxRate.GetX(system, key); r.BasisPoints != 2100 || r.Version != 2 {
				t.Errorf("got %v", r)
			}
		})
		t.Run("one without a country is for all the others", func(t *testing.T) {
			if set(tax.SetInput{TaxCategory: "standard", Name: "None"}) == set(tax.SetInput{Country: "DE", TaxCategory: "standard", Name: "MwSt. 19 %", BasisPoints: 1900}) {
				t.Error("they are one row")
			}
		})
		for name, c := range map[string]struct {
			in   tax.SetInput
			want []string
		}{
			"a country is known":          {tax.SetInput{Country: "UK", TaxCategory: "standard", Name: "VAT"}, []string{"INVALID country"}},
			"a tax category is a name":    {tax.SetInput{TaxCategory: "so called", Name: "VAT"}, []string{"INVALID taxCategory"}},
			"a name is needed":            {tax.SetInput{TaxCategory: "standard"}, []string{"INVALID name"}},
			"a name is bounded":           {tax.SetInput{TaxCategory: "standard", Name: strings.Repeat("a", 101)}, []string{"INVALID name"}},
			"a rate is not below zero":    {tax.SetInput{TaxCategory: "standard", Name: "VAT", BasisPoints: -1}, []string{"INVALID basisPoints"}},
			"a rate is at most all of it": {tax.SetInput{TaxCategory: "standard", Name: "VAT", BasisPoints: 10_001}, []string{"INVALID basisPoints"}},
		} {
			t.Run(name, func(t *testing.T) {
				if out, err := w.Set(editor, c.in); err != nil || !slices.Equal(wrong(out), c.want) {
					t.Errorf("got %v, %v", out, err)
				}
			})
		}
		t.Run("another version is a conflict, and so is one of what is not there", func(t *testing.T) {
			seven := 7
			for _, country := range []string{"GB", "FR"} {
				_, err := w.Set(editor, tax.SetInput{Country: country, TaxCategory: "standard", Name: "VAT", ExpectedVersion: &seven})
				if code, _ := fault.CodeOf(err); code != fault.Conflict {
					t.Errorf("%s: got %v", country, err)
				}
			}
		})
		t.Run("of 16 who set a new rate at once, one makes it, and none makes another", func(t *testing.T) {
			var wg sync.WaitGroup
			for i := range 16 {
				wg.Go(func() {
					_, err := w.Set(editor, tax.SetInput{Country: "IE", TaxCategory: "standard", Name: "VAT", BasisPoints: 2300 + i})
					if code, _ := fault.CodeOf(err); err != nil && code != fault.Conflict {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if n := db.Client.TaxRate.Query().Where(taxrate.Country("IE")).CountX(system); n != 1 {
				t.Errorf("%d rates", n)
			}
		})
		t.Run("only those who may write prices do", func(t *testing.T) {
			for code, ctx := range map[fault.Code]context.Context{
				fault.Forbidden:       staff(t.Context(), viewer.PricingRead, viewer.CatalogWrite),
				fault.Unauthenticated: viewer.With(t.Context(), viewer.Viewer{}),
			} {
				_, err := w.Set(ctx, tax.SetInput{TaxCategory: "standard", Name: "VAT"})
				_, errDelete := w.Delete(ctx, tax.DeleteInput{})
				got, _ := fault.CodeOf(err)
				gotDelete, _ := fault.CodeOf(errDelete)
				if got != code || gotDelete != code {
					t.Errorf("got %v, %v", err, errDelete)
				}
			}
		})
		t.Run("a rate is removed, in the version that was read", func(t *testing.T) {
			key := set(tax.SetInput{Country: "NL", TaxCategory: "standard", Name: "BTW", BasisPoints: 2100})
			other := 2
			_, err := w.Delete(editor, tax.DeleteInput{ID: nodeid.TaxRate.ID(key), ExpectedVersion: &other})
			if code, _ := fault.CodeOf(err); code != fault.Conflict {
				t.Errorf("got %v", err)
			}
			if out, err := w.Delete(editor, tax.DeleteInput{ID: nodeid.TaxRate.ID(key)}); err != nil || out.Key != key {
				t.Errorf("got %v, %v", out, err)
			}
			_, err = w.Delete(editor, tax.DeleteInput{ID: nodeid.TaxRate.ID(key)})
			if code, _ := fault.CodeOf(err); code != fault.NotFound {
				t.Errorf("got %v", err)
			}
		})
		t.Run("rates are bounded", func(t *testing.T) {
			there := db.Client.TaxRate.Query().CountX(system)
			err := db.InTx(system, func(ctx context.Context, tx *ent.Tx) error {
				return tx.TaxRate.MapCreateBulk(make([]struct{}, tax.MaxRates-there), func(c *ent.TaxRateCreate, i int) {
					c.SetCountry("FR").SetTaxCategory(strconv.Itoa(i)).SetName("TVA").SetBasisPoints(1)
				}).Exec(ctx)
			})
			if err != nil {
				t.Fatal(err)
			}
			if out, err := w.Set(editor, tax.SetInput{Country: "IT", TaxCategory: "standard", Name: "IVA"}); err != nil || !slices.Equal(wrong(out), []string{"TOO_MANY "}) {
				t.Errorf("got %v, %v", out, err)
			}
		})
	})
}
