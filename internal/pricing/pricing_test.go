package pricing_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"galley/internal/money"
	"galley/internal/pricing"
)

func TestTotal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		line  pricing.Line
		total money.Minor
		err   error
	}{
		{"one piece costs its price", pricing.Line{UnitPrice: 295, Quantity: 1}, 295, nil},
		{"many pieces cost many prices", pricing.Line{UnitPrice: 295, Quantity: 12}, 3540, nil},
		{"no pieces cost nothing", pricing.Line{UnitPrice: 295}, 0, nil},
		{"what is free costs nothing", pricing.Line{Quantity: 100_000}, 0, nil},
		{"a total may be as large as an amount", pricing.Line{UnitPrice: math.MaxInt64, Quantity: 1}, math.MaxInt64, nil},
		{"a total beyond an amount is an error", pricing.Line{UnitPrice: math.MaxInt64/2 + 1, Quantity: 2}, 0, money.ErrOverflow},
		{"the largest price and quantity are an error", pricing.Line{UnitPrice: math.MaxInt64, Quantity: math.MaxInt64}, 0, money.ErrOverflow},
		{"a total that wraps around to a small one is an error", pricing.Line{UnitPrice: 1 << 62, Quantity: 4}, 0, money.ErrOverflow},
		{"a quantity below zero is an error", pricing.Line{UnitPrice: 295, Quantity: -1}, 0, pricing.ErrNegative},
		{"a price below zero is an error", pricing.Line{UnitPrice: -1, Quantity: 1}, 0, pricing.ErrNegative},
		{"two negatives do not make a price", pricing.Line{UnitPrice: -5, Quantity: -5}, 0, pricing.ErrNegative},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			total, err := c.line.Total()
			if total != c.total || !errors.Is(err, c.err) {
				t.Errorf("got %d, %v; want %d, %v", total, err, c.total, c.err)
			}
		})
	}
}

func TestSubtotal(t *testing.T) {
	t.Parallel()
	t.Run("nothing costs nothing", func(t *testing.T) {
		t.Parallel()
		got, err := pricing.Subtotal(nil)
		if err != nil || got != 0 {
			t.Errorf("got %v, %v", got, err)
		}
	})
	t.Run("lines are summed", func(t *testing.T) {
		t.Parallel()
		got, err := pricing.Subtotal([]pricing.Line{{295, 2}, {1000, 1}, {1, 3}})
		if err != nil || got != 1593 {
			t.Errorf("got %v, %v", got, err)
		}
	})
	t.Run("a sum beyond an amount is an error, though each line fits", func(t *testing.T) {
		t.Parallel()
		got, err := pricing.Subtotal([]pricing.Line{{math.MaxInt64, 1}, {1, 1}})
		if got != 0 || !errors.Is(err, money.ErrOverflow) {
			t.Errorf("got %d, %v", got, err)
		}
	})
	t.Run("one bad line leaves no total", func(t *testing.T) {
		t.Parallel()
		got, err := pricing.Subtotal([]pricing.Line{{295, 2}, {295, -1}})
		if got != 0 || !errors.Is(err, pricing.ErrNegative) {
			t.Errorf("got %v, %v", got, err)
		}
	})
}

func TestLaws(t *testing.T) {
	t.Parallel()
	line := rapid.Custom(func(t *rapid.T) pricing.Line {
		return pricing.Line{
			UnitPrice: money.Minor(rapid.Int64Min(0).Draw(t, "price")),
			Quantity:  rapid.IntMin(0).Draw(t, "quantity"),
		}
	})
	small := rapid.Custom(func(t *rapid.T) pricing.Line {
		return pricing.Line{
			UnitPrice: money.Minor(rapid.Int64Range(0, 1e9).Draw(t, "price")),
			Quantity:  rapid.IntRange(0, 100_000).Draw(t, "quantity"),
		}
	})
	t.Run("a total is exact, or an error when it does not fit", rapid.MakeCheck(func(t *rapid.T) {
		agrees(t, rapid.SliceOfN(rapid.OneOf(line, small), 0, 20).Draw(t, "lines"))
	}))
	t.Run("the order of lines changes nothing", rapid.MakeCheck(func(t *rapid.T) {
		lines := rapid.SliceOfN(small, 0, 20).Draw(t, "lines")
		a, errA := pricing.Subtotal(lines)
		b, errB := pricing.Subtotal(rapid.Permutation(lines).Draw(t, "shuffled"))
		if a != b || errA != nil || errB != nil {
			t.Fatalf("%d, %v and %d, %v", a, errA, b, errB)
		}
	}))
	t.Run("a line split in two costs the same", rapid.MakeCheck(func(t *rapid.T) {
		l := small.Draw(t, "line")
		n := rapid.IntRange(0, l.Quantity).Draw(t, "of them")
		whole, err := l.Total()
		parts, errParts := pricing.Subtotal([]pricing.Line{{l.UnitPrice, n}, {l.UnitPrice, l.Quantity - n}})
		if whole != parts || err != nil || errParts != nil {
			t.Fatalf("%d, %v and %d, %v", whole, err, parts, errParts)
		}
	}))
}

func FuzzSubtotal(f *testing.F) {
	f.Add(int64(295), 2, int64(1000), 1)
	f.Add(int64(math.MaxInt64), 1, int64(1), 1)
	f.Add(int64(1<<62), 4, int64(-1), math.MinInt)
	f.Add(int64(math.MinInt64), -1, int64(0), math.MaxInt)
	f.Fuzz(func(t *testing.T, price1 int64, quantity1 int, price2 int64, quantity2 int) {
		agrees(t, []pricing.Line{{money.Minor(price1), quantity1}, {money.Minor(price2), quantity2}})
	})
}

// agrees compares with numbers that cannot overflow.
func agrees(t interface {
	Helper()
	Fatalf(string, ...any)
}, lines []pricing.Line) {
	t.Helper()
	sum, negative := new(big.Int), false
	for _, l := range lines {
		negative = negative || l.UnitPrice < 0 || l.Quantity < 0
		sum.Add(sum, new(big.Int).Mul(big.NewInt(int64(l.UnitPrice)), big.NewInt(int64(l.Quantity))))
	}
	got, err := pricing.Subtotal(lines)
	switch {
	case negative:
		if err == nil {
			t.Fatalf("%v: a negative line gave %v", lines, got)
		}
	case !sum.IsInt64():
		if !errors.Is(err, money.ErrOverflow) {
			t.Fatalf("%v: got %v, %v", lines, got, err)
		}
	case err != nil || int64(got) != sum.Int64():
		t.Fatalf("%v: got %v, %v; want %s", lines, got, err, sum)
	}
}
