// Package money holds exact amounts: whole minor units (pence, cents) and a currency. Never a float.
package money

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// ErrOverflow says that an amount does not fit.
var ErrOverflow = errors.New("amount too large")

// Minor is an amount in a currency's minor units: 1234 is 12.34 in GBP and 1234 in JPY.
type Minor int64

// Currency is an ISO 4217 code.
type Currency string

// Money is an amount of a currency.
type Money struct {
	Amount   Minor
	Currency Currency
}

// digits are ISO 4217's minor units of the currencies that a shop may use.
// https://www.iso.org/iso-4217-currency-codes.html
func (c Currency) digits() (int, bool) {
	switch c {
	case "GBP", "EUR", "USD", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "AUD", "CAD", "NZD":
		return 2, true
	case "JPY", "KRW", "ISK":
		return 0, true
	case "BHD", "KWD", "TND":
		return 3, true
	}
	return 0, false
}

// Currencies lists the currencies that a shop may use, as in the SDL's enum CurrencyCode.
func Currencies() []Currency {
	return []Currency{
		"AUD", "BHD", "CAD", "CHF", "CZK", "DKK", "EUR", "GBP", "ISK", "JPY", "KRW", "KWD", "NOK",
		"NZD", "PLN", "SEK", "TND", "USD",
	}
}

// Example is an amount as people write it, for messages.
func (c Currency) Example() Decimal { return Money{Amount: 1234, Currency: c}.Decimal() }

// Valid tells whether the currency is known.
func (c Currency) Valid() bool { _, ok := c.digits(); return ok }

// Decimal writes the amount with the currency's digits: "12.30".
func (m Money) Decimal() Decimal { return Decimal(m.text()) }

func (m Money) text() string {
	digits, _ := m.Currency.digits()
	text := strconv.FormatInt(int64(m.Amount), 10)
	sign := ""
	if text[0] == '-' {
		sign, text = "-", text[1:]
	}
	if digits == 0 {
		return sign + text
	}
	if len(text) <= digits {
		text = strings.Repeat("0", digits+1-len(text)) + text
	}
	return sign + text[:len(text)-digits] + "." + text[len(text)-digits:]
}

func (m Money) String() string { return m.text() + " " + string(m.Currency) }

// Parse reads an exact decimal amount of a currency: "12.3" and "12.30" alike. More digits than the
// currency has, exponents and separators are errors.
func Parse(d Decimal, c Currency) (Money, error) {
	digits, ok := c.digits()
	if !ok {
		return Money{}, fmt.Errorf("unknown currency %q", c)
	}
	decimal := string(d)
	if len(decimal) > 32 {
		return Money{}, ErrOverflow
	}
	rest, negative := strings.CutPrefix(decimal, "-")
	whole, fraction, point := strings.Cut(rest, ".")
	if !allDigits(whole) || point && !allDigits(fraction) {
		return Money{}, errors.New("an amount is written like 12.34")
	}
	if len(fraction) > digits {
		return Money{}, fmt.Errorf("%s has %d decimals", c, digits)
	}
	n, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", digits-len(fraction)), 10, 64)
	if err != nil {
		return Money{}, ErrOverflow
	}
	if negative {
		n = -n
	}
	return Money{Amount: Minor(n), Currency: c}, nil
}

func allDigits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s != ""
}

// Times multiplies a unit price by a quantity.
func (m Minor) Times(quantity int) (Minor, error) {
	negative := (m < 0) != (quantity < 0)
	hi, lo := bits.Mul64(magnitude(int64(m)), magnitude(int64(quantity)))
	if hi != 0 || lo > math.MaxInt64 {
		return 0, ErrOverflow
	}
	if negative {
		return -Minor(lo), nil
	}
	return Minor(lo), nil
}

// Plus adds two amounts of one currency.
func (m Minor) Plus(n Minor) (Minor, error) {
	sum := m + n
	if (sum > m) != (n > 0) && n != 0 {
		return 0, ErrOverflow
	}
	return sum, nil
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return uint64(-(n + 1)) + 1
	}
	return uint64(n)
}
