package onlineretail

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Price is an exact price in thousandths of a pound, which is what the file's
// three decimal places hold.
type Price int64

// Bounds of what is read. The product of the two fits an int64, so a line's
// total is exact and cannot overflow.
const (
	// MaxQuantity is the largest quantity of a row, without its sign.
	MaxQuantity = 100_000_000
	// MaxPrice is the largest unit price of a row, without its sign.
	MaxPrice Price = 10_000_000_000
)

// ParsePrice reads a decimal number of pounds with at most three places, such
// as "2.55", "18" or "-11062.06".
func ParsePrice(text string) (Price, error) {
	digits, negative := strings.CutPrefix(text, "-")
	whole, places, hasPoint := strings.Cut(digits, ".")
	if !allDigits(whole) || hasPoint && !allDigits(places) {
		return 0, errors.New("not a decimal number")
	}
	if len(places) > 3 {
		return 0, errors.New("more than three decimal places")
	}
	thousandths, err := strconv.ParseInt(whole+places+"000"[len(places):], 10, 64)
	if err != nil || Price(thousandths) > MaxPrice {
		return 0, fmt.Errorf("beyond %s", MaxPrice)
	}
	if negative {
		thousandths = -thousandths
	}
	return Price(thousandths), nil
}

// Pence gives the price in whole pence, half a penny rounded away from zero.
func (p Price) Pence() int64 { return toPence(int64(p)) }

// Times gives the total of a line in pence: quantity × price, exact, then
// rounded half away from zero to a whole penny.
func (p Price) Times(quantity int64) int64 { return toPence(int64(p) * quantity) }

// String gives pounds with two decimal places, three where the price has them.
func (p Price) String() string {
	sign, rest := "", int64(p)
	if rest < 0 {
		sign, rest = "-", -rest
	}
	if rest%10 == 0 {
		return fmt.Sprintf("%s%d.%02d", sign, rest/1000, rest%1000/10)
	}
	return fmt.Sprintf("%s%d.%03d", sign, rest/1000, rest%1000)
}

func toPence(thousandths int64) int64 {
	if thousandths < 0 {
		return (thousandths - 5) / 10
	}
	return (thousandths + 5) / 10
}
