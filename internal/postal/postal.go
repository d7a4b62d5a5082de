// Package postal holds addresses as they are written on parcels and invoices.
package postal

import (
	"strings"
	"unicode/utf8"

	"galley/internal/fault"
)

// Address is a postal address. Orders keep a copy of it, so that later changes do not rewrite history.
type Address struct {
	Name       string `json:"name"`
	Company    string `json:"company,omitempty"`
	Line1      string `json:"line1"`
	Line2      string `json:"line2,omitempty"`
	City       string `json:"city"`
	Region     string `json:"region,omitempty"`
	PostalCode string `json:"postalCode,omitempty"`
	Country    string `json:"country"` // ISO 3166-1 alpha-2
	Phone      string `json:"phone,omitempty"`
}

// Invalid is the reason given for a field that is empty, too long or malformed.
const Invalid fault.Reason = "INVALID"

// Clean returns the address without blanks around its fields, the country in capitals.
func (a Address) Clean() Address {
	for _, f := range []*string{&a.Name, &a.Company, &a.Line1, &a.Line2, &a.City, &a.Region, &a.PostalCode, &a.Country, &a.Phone} {
		*f = strings.TrimSpace(*f)
	}
	a.Country = strings.ToUpper(a.Country)
	return a
}

// Check notes what is missing or malformed in a clean address; path leads to it in the input.
func (a Address) Check(c *fault.Collector, path ...string) {
	at := func(field string) []string { return append(append([]string(nil), path...), field) }
	required := func(value, field, label string) {
		c.Add(value != "", Invalid, label+" is needed", at(field)...)
		c.Add(fits(value), Invalid, label+" is too long", at(field)...)
	}
	required(a.Name, "name", "A name")
	required(a.Line1, "line1", "A first address line")
	required(a.City, "city", "A city")
	c.Add(IsCountry(a.Country), Invalid, "This is not the code of a country, such as GB", at("country")...)
	for _, optional := range []struct{ field, value string }{
		{"company", a.Company}, {"line2", a.Line2}, {"region", a.Region}, {"postalCode", a.PostalCode}, {"phone", a.Phone},
	} {
		c.Add(fits(optional.value), Invalid, "This is too long", at(optional.field)...)
	}
}

// Complete is the address clean, or nil where no parcel can go to it.
func (a Address) Complete() *Address {
	var c fault.Collector
	a = a.Clean()
	if a.Check(&c); c.Err() != nil {
		return nil
	}
	return &a
}

// fits bounds a field at 200 characters of printable text.
func fits(s string) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= 200 && !strings.ContainsAny(s, "\x00\n\r")
}
