// Package promotion is what takes something off the price: how staff make promotions, and how orders take them, never beyond
// their limits.
package promotion

import (
	"strings"

	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/money"
)

// What can be wrong with a promotion: values of the SDL's PricingErrorCode.
const (
	Invalid   fault.Reason = "INVALID"
	CodeTaken fault.Reason = "CODE_TAKEN"
	NotFound  fault.Reason = "NOT_FOUND"
	TooMany   fault.Reason = "TOO_MANY"
)

// The bounds of promotions.
const (
	MaxAutomatic  = 50                // that apply by themselves and are active: each price looks at all of them
	MaxCategories = 100               // of a promotion
	MaxAmount     = money.Minor(1e10) // that one takes off, or asks for at least
	MaxUses       = 1_000_000_000

	maxName = 200 // characters
	maxCode = 50
)

// Workflow is what staff do with promotions.
type Workflow struct {
	db       *database.DB
	currency money.Currency
}

// New makes the workflow of a shop that sells in one currency.
func New(db *database.DB, currency money.Currency) *Workflow {
	return &Workflow{db: db, currency: currency}
}

// Code is a promotion's code in the form in which it is kept and compared, or false for what can be none: 1 to 50 letters
// from A to Z, digits, hyphens and underscores.
func Code(text string) (string, bool) {
	code := strings.TrimSpace(text) // in capitals only once it is known to be ASCII: a long s becomes an S
	ok := code != "" && len(code) <= maxCode && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == ""
	if !ok {
		return "", false
	}
	return strings.ToUpper(code), true
}
