package pricing_test

import (
	"cmp"
	"errors"
	"math"
	"math/big"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"galley/internal/money"
	"galley/internal/pricing"
)

// amount draws what often does not divide, often is nothing, and sometimes fits just so.
func amount() *rapid.Generator[money.Minor] {
	return rapid.Map(rapid.OneOf(rapid.Int64Range(0, 30), rapid.Int64Range(0, 1e6), rapid.Int64Range(0, 1e15)),
		func(n int64) money.Minor { return money.Minor(n) })
}

func taxCategory() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{"standard", "reduced", "zero", "none"})
}

// baskets are those that a shop may have.
func baskets(t *rapid.T) pricing.Basket {
	b := pricing.Basket{TaxIncluded: rapid.Bool().Draw(t, "tax included")}
	for i := range rapid.IntRange(0, 8).Draw(t, "lines") {
		b.Lines = append(b.Lines, pricing.Item{
			Key: int64(i + 1), UnitPrice: amount().Draw(t, "price"), Quantity: rapid.IntRange(0, 100).Draw(t, "quantity"),
			Categories:  rapid.SliceOfN(rapid.SampledFrom([]int64{books, games}), 0, 2).Draw(t, "categories"),
			TaxCategory: taxCategory().Draw(t, "tax category"),
		})
	}
	for i := range rapid.IntRange(0, 5).Draw(t, "promotions") {
		b.Promotions = append(b.Promotions, pricing.Promotion{
			Key: int64(i + 1), Kind: rapid.SampledFrom([]pricing.PromotionKind{pricing.Percentage, pricing.FixedAmount, pricing.FreeDelivery}).Draw(t, "kind"),
			Code:        rapid.SampledFrom([]string{"", "CODE"}).Draw(t, "code"),
			BasisPoints: rapid.IntRange(0, 10_000).Draw(t, "basis points"), Amount: amount().Draw(t, "off"),
			Minimum:    rapid.SampledFrom([]money.Minor{0, 0, 100, 10_000}).Draw(t, "minimum"),
			Categories: rapid.SliceOfN(rapid.SampledFrom([]int64{books, games}), 0, 1).Draw(t, "for"),
		})
	}
	if rapid.Bool().Draw(t, "delivered") {
		b.Delivery = &pricing.Delivery{Name: "Post", Price: amount().Draw(t, "delivery"), TaxCategory: taxCategory().Draw(t, "its tax category")}
	}
	for _, c := range []string{"standard", "reduced", "zero"} {
		b.Rates = append(b.Rates, pricing.Rate{TaxCategory: c, Name: c, BasisPoints: rapid.IntRange(0, 10_000).Draw(t, c)})
	}
	return b
}

func TestLawsOfPrices(t *testing.T) {
	t.Parallel()
	price := func(t *rapid.T, b pricing.Basket) pricing.Quote {
		q, err := pricing.Price(b)
		if err != nil {
			t.Fatalf("%+v: %v", b, err)
		}
		return q
	}
	t.Run("nothing is negative, and all of it adds up", rapid.MakeCheck(func(t *rapid.T) {
		b := baskets(t)
		addsUp(t, b, price(t, b))
	}))
	t.Run("the order of lines, promotions and rates changes nothing", rapid.MakeCheck(func(t *rapid.T) {
		b := baskets(t)
		shuffled := b
		shuffled.Lines = rapid.Permutation(b.Lines).Draw(t, "lines, shuffled")
		shuffled.Promotions = rapid.Permutation(b.Promotions).Draw(t, "promotions, shuffled")
		shuffled.Rates = rapid.Permutation(b.Rates).Draw(t, "rates, shuffled")
		one, other := price(t, b), price(t, shuffled)
		for _, q := range []pricing.Quote{one, other} {
			slices.SortFunc(q.Lines, func(a, b pricing.QuoteLine) int { return cmp.Compare(a.Key, b.Key) })
		}
		if !reflect.DeepEqual(one, other) {
			t.Fatalf("%+v\n%+v", one, other)
		}
	}))
	t.Run("a line split in two costs the same", rapid.MakeCheck(func(t *rapid.T) {
		b := baskets(t)
		if len(b.Lines) == 0 {
			return
		}
		split := b
		split.Lines = slices.Clone(b.Lines)
		i := rapid.IntRange(0, len(b.Lines)-1).Draw(t, "which")
		part := split.Lines[i]
		part.Key, part.Quantity = 1000, rapid.IntRange(0, part.Quantity).Draw(t, "of them")
		split.Lines[i].Quantity -= part.Quantity
		split.Lines = append(split.Lines, part)
		one, other := price(t, b), price(t, split)
		// The odd penny may lie elsewhere, and with it what promotions leave for the next step.
		for _, q := range []*pricing.Quote{&one, &other} {
			q.Lines, q.DeliveryTax = nil, 0
		}
		switch len(b.Promotions) {
		case 0:
			if !reflect.DeepEqual(one, other) {
				t.Fatalf("%+v\n%+v", one, other)
			}
		case 1:
			if !reflect.DeepEqual(one.Applied, other.Applied) {
				t.Fatalf("%+v\n%+v", one, other)
			}
		}
	}))
	t.Run("promotions make nothing dearer", rapid.MakeCheck(func(t *rapid.T) {
		b := baskets(t)
		without := b
		without.Promotions = nil
		if q, full := price(t, b), price(t, without); q.Total > full.Total || q.Tax > full.Tax || q.Delivery > full.Delivery {
			t.Fatalf("%+v\n%+v", q, full)
		}
	}))
}

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// addsUp holds a price to what package pricing promises of it.
func addsUp(t failer, b pricing.Basket, q pricing.Quote) {
	t.Helper()
	require := func(holds bool, law string) {
		t.Helper()
		if !holds {
			t.Fatalf("%s: %+v costs %+v", law, b, q)
		}
	}
	var subtotal, discount, tax, applied, steps, taxSteps money.Minor
	for i, l := range q.Lines {
		require(l.Key == b.Lines[i].Key && l.Discount >= 0 && l.Discount <= l.Subtotal && l.Tax >= 0, "a line is within its bounds")
		subtotal, discount, tax = subtotal+l.Subtotal, discount+l.Discount, tax+l.Tax
	}
	require(subtotal == q.Subtotal && discount == q.Discount && tax+q.DeliveryTax == q.Tax, "lines add up")
	require(q.Subtotal >= 0 && q.Delivery >= 0 && q.Tax >= 0 && q.DeliveryTax >= 0 && q.Total >= 0, "nothing is negative")
	total, fee := q.Subtotal-q.Discount+q.Delivery, money.Minor(0)
	if !q.TaxIncluded {
		total += q.Tax
	}
	require(total == q.Total && (!q.TaxIncluded || q.Tax <= q.Total), "the total is made of its parts")
	if b.Delivery != nil {
		fee = b.Delivery.Price
	}
	for _, a := range q.Applied {
		require(a.Amount > 0, "a promotion that is applied takes something")
		applied += a.Amount
	}
	require(applied == q.Discount+fee-q.Delivery, "promotions take what is missing")
	for i, s := range q.Steps {
		if s.Kind == pricing.StepTax {
			taxSteps += s.Amount
		}
		if i == len(q.Steps)-1 {
			require(s.Kind == pricing.StepTotal && s.Amount == q.Total && s.Amount == steps, "steps lead to the total")
		} else if !s.Included {
			steps += s.Amount
		}
	}
	require(taxSteps == q.Tax, "each tax is a step")
}

func TestTaxIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		net, rate, included := rapid.Int64Min(0).Draw(t, "net"), rapid.IntRange(0, 10_000).Draw(t, "rate"), rapid.Bool().Draw(t, "included")
		of := int64(10_000)
		if included {
			of += int64(rate)
		}
		want := new(big.Int).Mul(big.NewInt(net), big.NewInt(2*int64(rate)))
		want.Add(want, big.NewInt(of)).Div(want, big.NewInt(2*of)) // half a penny up
		q, err := pricing.Price(pricing.Basket{
			Lines: lines(goods(1, money.Minor(net), 1)), TaxIncluded: included, Rates: []pricing.Rate{{TaxCategory: "standard", BasisPoints: rate}},
		})
		switch fits := new(big.Int).Add(want, big.NewInt(net)).IsInt64(); {
		case !included && !fits:
			if !errors.Is(err, money.ErrOverflow) {
				t.Fatalf("got %+v, %v", q, err)
			}
		case err != nil || int64(q.Tax) != want.Int64():
			t.Fatalf("got %+v, %v; want %s", q, err, want)
		}
	})
}

func FuzzPrice(f *testing.F) {
	f.Add(int64(295), 2, int64(1000), 1, 1000, int64(500), int64(395), 2000, true)
	f.Add(int64(math.MaxInt64), 1, int64(0), 3, 10_000, int64(math.MaxInt64), int64(0), 10_000, false)
	f.Add(int64(math.MaxInt64), 1, int64(1), 1, 0, int64(0), int64(1), 1, false)
	f.Add(int64(-1), math.MinInt, int64(math.MinInt64), -1, -1, int64(-1), int64(math.MinInt64), 10_001, true)
	f.Fuzz(func(t *testing.T, price1 int64, quantity1 int, price2 int64, quantity2, percentage int, off, delivery int64, rate int, included bool) {
		b := pricing.Basket{
			Lines:       lines(goods(1, money.Minor(price1), quantity1, books), goods(2, money.Minor(price2), quantity2)),
			Promotions:  []pricing.Promotion{percent(1, percentage, books), fixed(2, money.Minor(off)), free(3)},
			Delivery:    &pricing.Delivery{Price: money.Minor(delivery), TaxCategory: "standard"},
			TaxIncluded: included,
			Rates:       []pricing.Rate{{TaxCategory: "standard", BasisPoints: rate}},
		}
		q, err := pricing.Price(b)
		switch {
		case err == nil:
			addsUp(t, b, q)
		case !errors.Is(err, money.ErrOverflow) && !errors.Is(err, pricing.ErrNegative) && !errors.Is(err, pricing.ErrPercentage):
			t.Fatalf("%+v: %v", b, err)
		}
	})
}
