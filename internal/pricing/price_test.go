package pricing_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"galley/internal/money"
	"galley/internal/pricing"
)

const (
	books int64 = 100 + iota
	games
)

// goods is a line of so many pieces at a price.
func goods(key int64, price money.Minor, quantity int, categories ...int64) pricing.Item {
	return pricing.Item{Key: key, UnitPrice: price, Quantity: quantity, Categories: categories, TaxCategory: "standard"}
}

func percent(key int64, basisPoints int, categories ...int64) pricing.Promotion {
	return pricing.Promotion{Key: key, Name: "percent", Kind: pricing.Percentage, BasisPoints: basisPoints, Categories: categories}
}

func fixed(key int64, amount money.Minor, categories ...int64) pricing.Promotion {
	return pricing.Promotion{Key: key, Name: "fixed", Kind: pricing.FixedAmount, Amount: amount, Categories: categories}
}

func free(key int64) pricing.Promotion {
	return pricing.Promotion{Key: key, Name: "free", Kind: pricing.FreeDelivery}
}

// with changes a promotion.
func with(p pricing.Promotion, change func(*pricing.Promotion)) pricing.Promotion {
	change(&p)
	return p
}

func minimum(amount money.Minor) func(*pricing.Promotion) {
	return func(p *pricing.Promotion) { p.Minimum = amount }
}

func code(code string) func(*pricing.Promotion) {
	return func(p *pricing.Promotion) { p.Code = code }
}

func lines(items ...pricing.Item) []pricing.Item { return items }

func off(promotions ...pricing.Promotion) []pricing.Promotion { return promotions }

var post = &pricing.Delivery{Name: "Post", Price: 395, TaxCategory: "standard"}

func TestDiscounts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		lines      []pricing.Item
		promotions []pricing.Promotion
		discounts  []money.Minor // of each line
		applied    []int64
	}{
		{"without promotions nothing is taken off", lines(goods(1, 1000, 2)), nil, []money.Minor{0}, nil},
		{"a percentage of each line", lines(goods(1, 1000, 2), goods(2, 500, 1)), off(percent(1, 1000)), []money.Minor{200, 50}, []int64{1}},
		{"a percentage is rounded once, half a penny up", lines(goods(1, 5, 1), goods(2, 5, 1), goods(3, 5, 1)), off(percent(1, 1000)), []money.Minor{1, 1, 0}, []int64{1}},
		{"a fixed amount by what the lines cost", lines(goods(1, 1000, 3), goods(2, 1000, 1)), off(fixed(1, 1000)), []money.Minor{750, 250}, []int64{1}},
		{"the odd penny goes where most was lost", lines(goods(1, 1, 1), goods(2, 2, 1)), off(fixed(1, 1)), []money.Minor{0, 1}, []int64{1}},
		{"the odd penny goes to the lower key where as much was lost", lines(goods(9, 100, 1), goods(2, 100, 1), goods(5, 100, 1)), off(fixed(1, 100)), []money.Minor{33, 34, 33}, []int64{1}},
		{"no line falls below zero", lines(goods(1, 100, 1)), off(fixed(1, 500)), []money.Minor{100}, []int64{1}},
		{"percentages come before fixed amounts, whichever is older", lines(goods(1, 1000, 1)), off(fixed(1, 500), percent(2, 1000)), []money.Minor{600}, []int64{2, 1}},
		{"a percentage is of what others have left", lines(goods(1, 1000, 1)), off(percent(1, 1000), percent(2, 1000)), []money.Minor{190}, []int64{1, 2}},
		{"what comes by itself comes before codes, whichever is older", lines(goods(1, 1000, 1)), off(with(fixed(1, 700), code("X")), fixed(2, 700)), []money.Minor{1000}, []int64{2, 1}},
		{"what takes nothing is not applied", lines(goods(1, 1000, 1)), off(percent(1, 10_000), with(fixed(2, 700), code("X"))), []money.Minor{1000}, []int64{1}},
		{"one for categories is for their lines", lines(goods(1, 1000, 1, books), goods(2, 1000, 1, games), goods(3, 1000, 1)), off(percent(1, 5000, books)), []money.Minor{500, 0, 0}, []int64{1}},
		{"one for several categories takes a line once", lines(goods(1, 1000, 1, books, games)), off(percent(1, 5000, books, games)), []money.Minor{500}, []int64{1}},
		{"one for nothing that is there", lines(goods(1, 1000, 1, books)), off(fixed(1, 500, games)), []money.Minor{0}, nil},
		{"a minimum is of the lines that it is for", lines(goods(1, 1000, 1, books), goods(2, 1000, 1)), off(with(percent(1, 5000, books), minimum(1001))), []money.Minor{0, 0}, nil},
		{"a minimum that is just reached", lines(goods(1, 1000, 1, books), goods(2, 1000, 1)), off(with(percent(1, 5000, books), minimum(1000))), []money.Minor{500, 0}, []int64{1}},
		{"a minimum is before other promotions", lines(goods(1, 1000, 1)), off(percent(1, 5000), with(fixed(2, 100), minimum(1000))), []money.Minor{600}, []int64{1, 2}},
		{"what is free stays free", lines(goods(1, 0, 3), goods(2, 300, 1)), off(fixed(1, 100)), []money.Minor{0, 100}, []int64{1}},
		{"nothing is for sale", nil, off(percent(1, 5000), fixed(2, 100)), nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			q, err := pricing.Price(pricing.Basket{Lines: c.lines, Promotions: c.promotions})
			if err != nil {
				t.Fatal(err)
			}
			var discounts []money.Minor
			var sum money.Minor
			for _, l := range q.Lines {
				discounts = append(discounts, l.Discount)
				sum += l.Discount
			}
			var applied []int64
			for _, a := range q.Applied {
				applied = append(applied, a.Key)
			}
			if !slices.Equal(discounts, c.discounts) || !slices.Equal(applied, c.applied) || q.Discount != sum || q.Total != q.Subtotal-sum {
				t.Errorf("got %+v", q)
			}
		})
	}
}

func TestDeliveryAndTax(t *testing.T) {
	t.Parallel()
	vat := pricing.Rate{TaxCategory: "standard", Name: "VAT 20 %", BasisPoints: 2000}
	reduced := pricing.Rate{TaxCategory: "reduced", Name: "VAT 5 %", BasisPoints: 500}
	food := goods(2, 1000, 1)
	food.TaxCategory = "reduced"
	for _, c := range []struct {
		name                              string
		basket                            pricing.Basket
		delivery, tax, deliveryTax, total money.Minor
	}{
		{"without delivery and tax it costs what its lines cost", pricing.Basket{Lines: lines(goods(1, 1000, 2))}, 0, 0, 0, 2000},
		{"delivery is added", pricing.Basket{Lines: lines(goods(1, 1000, 1)), Delivery: post}, 395, 0, 0, 1395},
		{"delivery is free by a promotion", pricing.Basket{Lines: lines(goods(1, 1000, 1)), Delivery: post, Promotions: off(free(1))}, 0, 0, 0, 1000},
		{"of two that free the delivery one does", pricing.Basket{Lines: lines(goods(1, 1000, 1)), Delivery: post, Promotions: off(free(1), free(2))}, 0, 0, 0, 1000},
		{"delivery costs below a minimum", pricing.Basket{Lines: lines(goods(1, 1000, 1)), Delivery: post, Promotions: off(with(free(1), minimum(1001)))}, 395, 0, 0, 1395},
		{"free delivery looks at the next when one does not reach its minimum", pricing.Basket{Lines: lines(goods(1, 1000, 1)), Delivery: post, Promotions: off(with(free(1), minimum(1001)), free(2))}, 0, 0, 0, 1000},
		{"tax that prices contain is not added", pricing.Basket{Lines: lines(goods(1, 1200, 1)), Rates: []pricing.Rate{vat}, TaxIncluded: true}, 0, 200, 0, 1200},
		{"tax that they do not contain is", pricing.Basket{Lines: lines(goods(1, 1200, 1)), Rates: []pricing.Rate{vat}}, 0, 240, 0, 1440},
		{"the delivery is taxed with its category", pricing.Basket{Lines: lines(goods(1, 1200, 1)), Delivery: &pricing.Delivery{Name: "Post", Price: 600, TaxCategory: "standard"}, Rates: []pricing.Rate{vat}}, 600, 360, 120, 2160},
		{"free delivery has no tax", pricing.Basket{Lines: lines(goods(1, 1200, 1)), Delivery: post, Promotions: off(free(1)), Rates: []pricing.Rate{vat}}, 0, 240, 0, 1440},
		{"each category has its rate", pricing.Basket{Lines: lines(goods(1, 1000, 1), food), Rates: []pricing.Rate{vat, reduced}}, 0, 250, 0, 2250},
		{"what has no rate has no tax", pricing.Basket{Lines: lines(goods(1, 1000, 1), food), Rates: []pricing.Rate{reduced}}, 0, 50, 0, 2050},
		{"tax is of what promotions have left", pricing.Basket{Lines: lines(goods(1, 1000, 1)), Promotions: off(percent(1, 5000)), Rates: []pricing.Rate{vat}}, 0, 100, 0, 600},
		{"tax is rounded once for its category, half a penny up", pricing.Basket{Lines: lines(goods(1, 1, 1), goods(2, 1, 1), goods(3, 1, 1), goods(4, 2, 1)), Rates: []pricing.Rate{{TaxCategory: "standard", BasisPoints: 1000}}}, 0, 1, 0, 6},
		{"below half a penny it is rounded down", pricing.Basket{Lines: lines(goods(1, 4, 1)), Rates: []pricing.Rate{{TaxCategory: "standard", BasisPoints: 1000}}}, 0, 0, 0, 4},
		{"contained tax is rounded too", pricing.Basket{Lines: lines(goods(1, 999, 1)), Rates: []pricing.Rate{vat}, TaxIncluded: true}, 0, 167, 0, 999},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			q, err := pricing.Price(c.basket)
			if err != nil || q.Delivery != c.delivery || q.Tax != c.tax || q.DeliveryTax != c.deliveryTax || q.Total != c.total {
				t.Errorf("got %+v, %v", q, err)
			}
		})
	}
}

func TestTheStepsTellHowAPriceCameAbout(t *testing.T) {
	t.Parallel()
	b := pricing.Basket{
		Lines: lines(goods(1, 1000, 2)), Promotions: off(free(3), fixed(2, 100), percent(1, 1000)), Delivery: post,
		Rates: []pricing.Rate{{TaxCategory: "standard", Name: "VAT 20 %", BasisPoints: 2000}}, TaxIncluded: true,
	}
	want := []pricing.Step{
		{Kind: pricing.StepLines, Label: "Items", Amount: 2000},
		{Kind: pricing.StepPromotion, Label: "percent", Amount: -200},
		{Kind: pricing.StepPromotion, Label: "fixed", Amount: -100},
		{Kind: pricing.StepDelivery, Label: "Post", Amount: 395},
		{Kind: pricing.StepDeliveryDiscount, Label: "free", Amount: -395},
		{Kind: pricing.StepTax, Label: "VAT 20 %", Amount: 283, Included: true},
		{Kind: pricing.StepTotal, Label: "Total", Amount: 1700},
	}
	if q, err := pricing.Price(b); err != nil || !slices.Equal(q.Steps, want) {
		t.Errorf("got %+v, %v", q.Steps, err)
	}
	b.TaxIncluded = false
	q, err := pricing.Price(b)
	if tax := q.Steps[5]; err != nil || tax.Included || tax.Amount != 340 || q.Total != 2040 {
		t.Errorf("got %+v, %v", q, err)
	}
}

func TestWhatNoShopMeansIsAnError(t *testing.T) {
	t.Parallel()
	one := lines(goods(1, 1, 1))
	for name, c := range map[string]struct {
		basket pricing.Basket
		err    error
	}{
		"a price below zero":             {pricing.Basket{Lines: lines(goods(1, -1, 1))}, pricing.ErrNegative},
		"a quantity below zero":          {pricing.Basket{Lines: lines(goods(1, 1, -1))}, pricing.ErrNegative},
		"a promotion below zero":         {pricing.Basket{Lines: one, Promotions: off(fixed(1, -1))}, pricing.ErrNegative},
		"a minimum below zero":           {pricing.Basket{Lines: one, Promotions: off(with(free(1), minimum(-1)))}, pricing.ErrNegative},
		"a delivery below zero":          {pricing.Basket{Lines: one, Delivery: &pricing.Delivery{Price: -1}}, pricing.ErrNegative},
		"a percentage below zero":        {pricing.Basket{Lines: one, Promotions: off(percent(1, -1))}, pricing.ErrPercentage},
		"a percentage above a hundred":   {pricing.Basket{Lines: one, Promotions: off(percent(1, 10_001))}, pricing.ErrPercentage},
		"a rate below zero":              {pricing.Basket{Lines: one, Rates: []pricing.Rate{{BasisPoints: -1}}}, pricing.ErrPercentage},
		"a rate above a hundred":         {pricing.Basket{Lines: one, Rates: []pricing.Rate{{BasisPoints: 10_001}}}, pricing.ErrPercentage},
		"a line that does not fit":       {pricing.Basket{Lines: lines(goods(1, math.MaxInt64, 2))}, money.ErrOverflow},
		"a sum that does not fit":        {pricing.Basket{Lines: lines(goods(1, math.MaxInt64, 1), goods(2, 1, 1))}, money.ErrOverflow},
		"a delivery that does not fit":   {pricing.Basket{Lines: lines(goods(1, math.MaxInt64, 1)), Delivery: post}, money.ErrOverflow},
		"a tax on top that does not fit": {pricing.Basket{Lines: lines(goods(1, math.MaxInt64, 1)), Rates: []pricing.Rate{{TaxCategory: "standard", BasisPoints: 1}}}, money.ErrOverflow},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if q, err := pricing.Price(c.basket); !errors.Is(err, c.err) || q.Lines != nil {
				t.Errorf("got %+v, %v", q, err)
			}
		})
	}
}
