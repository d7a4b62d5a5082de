package pricing

import (
	"cmp"
	"math/bits"
	"slices"

	"galley/internal/money"
)

// share is amount × part / of, rounded once, half a penny up. The part is no larger than the whole, so it fits.
func share(amount money.Minor, part, of int) money.Minor {
	hi, lo := bits.Mul64(uint64(amount), uint64(part))
	lo, carry := bits.Add64(lo, uint64(of)/2, 0)
	share, _ := bits.Div64(hi+carry, lo, uint64(of))
	return money.Minor(share)
}

// part is something that an amount is spread over, by its weight.
type part struct {
	key    int64
	weight money.Minor
}

// spread divides an amount by the parts' weights, so that the shares add up to it: each gets its exact share rounded
// down, and those that lost most by that a penny more; the lower key where they lost alike. No share is larger than its
// weight as long as the amount is no larger than all of them.
func spread(amount money.Minor, parts []part) []money.Minor {
	var weight uint64
	for _, p := range parts {
		weight += uint64(p.weight)
	}
	shares := make([]money.Minor, len(parts))
	if weight == 0 {
		return shares
	}
	lost := make([]uint64, len(parts))
	left := amount
	for i, p := range parts {
		hi, lo := bits.Mul64(uint64(amount), uint64(p.weight))
		share, rest := bits.Div64(hi, lo, weight)
		shares[i], lost[i] = money.Minor(share), rest
		left -= shares[i]
	}
	order := make([]int, len(parts))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(lost[b], lost[a]), cmp.Compare(parts[a].key, parts[b].key))
	})
	for _, i := range order[:left] {
		shares[i]++
	}
	return shares
}
