package onlineretail

import (
	"math"
	"math/big"
	"testing"
)

func TestParsePrice(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Price{
		"2.55": 2550, "18": 18_000, "2.1": 2100, "0.001": 1, "0": 0, "-11062.06": -11_062_060,
		"38970": 38_970_000, "0.125": 125, "-0.5": -500, "10000000": MaxPrice, "007": 7000,
	} {
		t.Run("reads "+text, func(t *testing.T) {
			t.Parallel()
			got, err := ParsePrice(text)
			if err != nil || got != want {
				t.Errorf("got %d, %v; want %d", got, err, want)
			}
		})
	}
	for _, text := range []string{
		"", "-", ".", ".5", "5.", "1e3", "+1", "1,5", " 1", "1 ", "--1", "1.0001", "0x1", "NaN", "1_000", "١",
		"10000000.001", "9223372036854775807", "99999999999999999999999", "-99999999999999999999999",
	} {
		t.Run("refuses "+text, func(t *testing.T) {
			t.Parallel()
			if got, err := ParsePrice(text); err == nil {
				t.Errorf("got %d, want an error", got)
			}
		})
	}
}

func TestPriceString(t *testing.T) {
	t.Parallel()
	for price, want := range map[Price]string{0: "0.00", 1: "0.001", 2550: "2.55", -11_062_060: "-11062.06", 18_000: "18.00", -5: "-0.005"} {
		if got := price.String(); got != want {
			t.Errorf("%d is written %q, want %q", int64(price), got, want)
		}
	}
}

func TestLineTotal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		price    Price
		quantity int64
		want     int64
	}{
		{"whole pence stay exact", 2550, 6, 1530},
		{"half a penny is rounded up", 125, 5, 63},
		{"half a penny is rounded away from zero", 125, -5, -63},
		{"less than half a penny is rounded down", 1, 4, 0},
		{"a tenth of a penny is nothing", 1, 1, 0},
		{"the line is rounded, not the price", 1, 1000, 100},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := c.price.Times(c.quantity); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
	t.Run("the largest line does not overflow", func(t *testing.T) {
		t.Parallel()
		want := new(big.Int).Mul(big.NewInt(int64(MaxPrice)), big.NewInt(MaxQuantity))
		want.Div(want, big.NewInt(10))
		if got := MaxPrice.Times(MaxQuantity); !want.IsInt64() || got != want.Int64() || got > math.MaxInt64/10 {
			t.Errorf("got %d, want %s", got, want)
		}
	})
	t.Run("a price shows in whole pence", func(t *testing.T) {
		t.Parallel()
		for price, want := range map[Price]int64{1: 0, 5: 1, 125: 13, 2550: 255, -5: -1} {
			if got := price.Pence(); got != want {
				t.Errorf("%v shows as %d, want %d", price, got, want)
			}
		}
	})
}
