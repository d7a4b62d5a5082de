package catalog

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"galley/internal/fault"
	"galley/internal/pricing"
)

// isLine tells text of one line, as databases take it, from what is none.
func isLine(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// checkLine notes what is wrong with a text of one line; fits is its column's own rule of length.
func checkLine(c *fault.Collector, text string, fits func(string) error, most int, field ...string) {
	c.Add(isLine(text) && fits(text) == nil, Invalid, fmt.Sprintf("This is one line of at most %d characters", most), field...)
}

// checkNamed is checkLine for what cannot be left empty.
func checkNamed(c *fault.Collector, text string, fits func(string) error, most int, field ...string) {
	if text == "" {
		c.Add(false, Invalid, "This cannot be empty", field...)
		return
	}
	checkLine(c, text, fits, most, field...)
}

// checkProse notes what is wrong with a plain text of several lines.
func checkProse(c *fault.Collector, text string, field ...string) {
	odd := func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }
	c.Add(utf8.ValidString(text) && !strings.ContainsFunc(text, odd) && utf8.RuneCountInString(text) <= MaxDescription, Invalid,
		fmt.Sprintf("This is plain text of at most %d characters", MaxDescription), field...)
}

// prose is a text of several lines as it is stored.
func prose(text string) string {
	return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
}

// taxCategory is a tax category as it is kept, where one is given, and notes what is none.
func taxCategory(c *fault.Collector, text *string) *string {
	if text == nil {
		return nil
	}
	name, ok := pricing.TaxCategory(*text)
	c.Add(ok, Invalid, "A tax category is 1 to 40 small letters, digits and hyphens", "taxCategory")
	return &name
}

// differs tells whether a value is given, and is another than the one there is.
func differs[T comparable](given *T, have T) bool { return given != nil && *given != have }

// same tells whether two values that may be missing are the same.
func same[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

// trimmed is a text of one line as it is stored, where one is given.
func trimmed(text *string) *string {
	if text == nil {
		return nil
	}
	s := strings.TrimSpace(*text)
	return &s
}
