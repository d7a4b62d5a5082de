package money_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"galley/internal/money"
)

func TestDecimal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		amount   money.Minor
		currency money.Currency
		want     money.Decimal
	}{
		{0, "GBP", "0.00"},
		{5, "GBP", "0.05"},
		{-5, "GBP", "-0.05"},
		{1230, "GBP", "12.30"},
		{1230, "JPY", "1230"},
		{1230, "KWD", "1.230"},
		{math.MaxInt64, "GBP", "92233720368547758.07"},
		{math.MinInt64, "GBP", "-92233720368547758.08"},
	} {
		if got := (money.Money{Amount: c.amount, Currency: c.currency}).Decimal(); got != c.want {
			t.Errorf("%d %s is written %s, not %s", c.amount, c.currency, got, c.want)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[money.Decimal]money.Minor{
		"0": 0, "12": 1200, "12.3": 1230, "12.30": 1230, "-0.05": -5, "007.00": 700, "92233720368547758.07": math.MaxInt64,
	} {
		if got, err := money.Parse(text, "GBP"); err != nil || got.Amount != want {
			t.Errorf("%q is %v, %v, not %d", text, got, err, want)
		}
	}
	for _, text := range []money.Decimal{
		"", "-", ".", "1.", ".5", "1.234", "1e3", "1,000", "+1", " 1", "1 ", "--1", "0x1", "١", "NaN", "1.-5",
		"92233720368547758.08", "99999999999999999999", money.Decimal(strings.Repeat("9", 1000)),
	} {
		if got, err := money.Parse(text, "GBP"); err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
	}
	if _, err := money.Parse("1", "XXX"); err == nil {
		t.Error("an unknown currency was taken")
	}
}

func TestArithmeticIsExactOrAnError(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Int64().Draw(t, "a")
		b := rapid.Int64().Draw(t, "b")
		sum, err := money.Minor(a).Plus(money.Minor(b))
		overflows := b > 0 && a > math.MaxInt64-b || b < 0 && a < math.MinInt64-b
		if overflows != (err != nil) || err == nil && int64(sum) != a+b {
			t.Fatalf("%d + %d = %d, %v", a, b, sum, err)
		}
		product, err := money.Minor(a).Times(int(b))
		if err == nil && a != 0 && (int64(product)/a != b || int64(product)%a != 0) {
			t.Fatalf("%d × %d = %d", a, b, product)
		}
	})
	if _, err := money.Minor(math.MaxInt64).Times(2); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("12.34", "GBP")
	f.Add("-0", "JPY")
	f.Fuzz(func(t *testing.T, text, currency string) {
		m, err := money.Parse(money.Decimal(text), money.Currency(currency))
		if err != nil {
			return
		}
		again, err := money.Parse(m.Decimal(), m.Currency)
		if err != nil || again != m {
			t.Errorf("%q is %v, which is %v, %v", text, m, again, err)
		}
	})
}
