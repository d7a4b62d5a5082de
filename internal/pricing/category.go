package pricing

import "strings"

// StandardTax is the tax category of what was given no other.
const StandardTax = "standard"

// TaxCategory is the name of a tax category in the form in which it is kept and compared, or false for what is none: 1 to 40
// small letters, digits and hyphens.
func TaxCategory(text string) (string, bool) {
	name := strings.TrimSpace(text) // in small letters only once it is known to be ASCII: the Kelvin sign becomes a k
	ok := name != "" && len(name) <= 40 && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") == ""
	return strings.ToLower(name), ok
}
