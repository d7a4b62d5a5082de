package money

import (
	"io"
	"strconv"

	"galley/internal/fault"
)

// Decimal is an exact decimal number as the graph writes it: a string, never a float.
type Decimal string

// MarshalGQL writes the number as a JSON string.
func (d Decimal) MarshalGQL(w io.Writer) { _, _ = io.WriteString(w, strconv.Quote(string(d))) }

// UnmarshalGQL reads a string; what it means is decided where its currency is known.
func (d *Decimal) UnmarshalGQL(v any) error {
	s, ok := v.(string)
	if !ok {
		return fault.New(fault.BadUserInput, `A Decimal is a string, such as "12.30"`)
	}
	*d = Decimal(s)
	return nil
}

// MarshalGQL writes the enum value.
func (c Currency) MarshalGQL(w io.Writer) { _, _ = io.WriteString(w, strconv.Quote(string(c))) }

// UnmarshalGQL reads an enum value.
func (c *Currency) UnmarshalGQL(v any) error {
	s, _ := v.(string)
	if !Currency(s).Valid() {
		return fault.New(fault.BadUserInput, "This is not a currency of this shop")
	}
	*c = Currency(s)
	return nil
}
