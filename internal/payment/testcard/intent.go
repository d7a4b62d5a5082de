package testcard

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"galley/internal/money"
	"galley/internal/payment"
)

// intent is a payment, all of which is in its reference.
type intent struct {
	amount money.Money
	ask    bool // the shopper is asked
	name   string
}

const (
	begins = "test"
	asks   = "ask"
	holds  = "hold"
)

// reference writes an intent: test_hold_GBP_1000_0123456789abcdef.
func (i intent) reference() string {
	way := holds
	if i.ask {
		way = asks
	}
	return fmt.Sprintf("%s_%s_%s_%d_%s", begins, way, i.amount.Currency, i.amount.Amount, i.name)
}

// parse reads a reference.
func parse(reference string) (intent, error) {
	parts := strings.Split(reference, "_")
	if len(parts) == 5 && parts[0] == begins && (parts[1] == asks || parts[1] == holds) && money.Currency(parts[2]).Valid() {
		if amount, err := strconv.ParseInt(parts[3], 10, 64); err == nil && amount >= 0 {
			return intent{amount: money.Money{Amount: money.Minor(amount), Currency: money.Currency(parts[2])}, ask: parts[1] == asks, name: parts[4]}, nil
		}
	}
	return intent{}, payment.ErrDeclined{Message: "There is no such payment"}
}

// named is a key's short name.
func named(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:8])
}
