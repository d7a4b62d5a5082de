package pricing

import "strings"

// StandardTax is the tax category of what was given no other.
const StandardTax = "standard"

// TaxCategory is the name of a tax category in the form in which it is kept and compared, or false for what is none: 1 to 40
// small letters, digits and hyphens.
func TaxCategory(text string) (string, bool) {
	name := strings.ToLower(strings.TrimSpace(text))
	return name, name != "" && len(name) <= 40 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
