package loader

import (
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"

	"galley/internal/fault"
	"galley/internal/money"
)

// nowhere is the filter that leaves everything.
func nowhere(*sql.Selector) {}

// nothing is the filter that leaves nothing.
func nothing(s *sql.Selector) { s.Where(sql.False()) }

// maxBeginning is longer than what is kept of a name, a number or an e-mail address. SQLite's LIKE refuses
// patterns that are much longer.
const maxBeginning = 1000

// beginning is the filter of rows that begin with a text, blanks around it left out; of all for no text.
func beginning(query *string, rows func(text string) func(*sql.Selector)) func(*sql.Selector) {
	text := ""
	if query != nil {
		text = strings.TrimSpace(*query)
	}
	switch {
	case text == "":
		return nowhere
	case len(text) > maxBeginning:
		return nothing
	}
	return rows(text)
}

// and is the filter of all of these.
func and(all []func(*sql.Selector)) func(*sql.Selector) {
	return func(s *sql.Selector) {
		for _, p := range all {
			p(s)
		}
	}
}

func (r *DateRange) where(column string) []func(*sql.Selector) {
	if r == nil {
		return nil
	}
	var all []func(*sql.Selector)
	if r.From != nil {
		all = append(all, sql.FieldGTE(column, micros(*r.From)))
	}
	if r.Until != nil {
		all = append(all, sql.FieldLT(column, micros(*r.Until)))
	}
	return all
}

// micros is a time as both engines keep it.
func micros(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

func (r *PriceRange) where(column string, currency money.Currency) ([]func(*sql.Selector), error) {
	if r == nil {
		return nil, nil
	}
	var all []func(*sql.Selector)
	if r.Min != nil {
		m, err := amount(*r.Min, currency)
		if err != nil {
			return nil, err
		}
		all = append(all, sql.FieldGTE(column, m))
	}
	if r.Max != nil {
		m, err := amount(*r.Max, currency)
		if err != nil {
			return nil, err
		}
		all = append(all, sql.FieldLTE(column, m))
	}
	return all, nil
}

func amount(d money.Decimal, currency money.Currency) (int64, error) {
	m, err := money.Parse(d, currency)
	if err != nil {
		return 0, fault.Wrap(fault.BadUserInput, "This is not an amount of the shop's currency, such as 12.30", err)
	}
	return int64(m.Amount), nil
}
