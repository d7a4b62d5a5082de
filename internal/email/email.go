// Package email reads e-mail addresses as people type them.
package email

import (
	"regexp"
	"strings"
)

const (
	maxAddress = 254 // what fits into a mail's envelope: RFC 5321, 4.5.3.1.3 without the angle brackets
	maxLocal   = 64  // RFC 5321, 4.5.3.1.1
)

// valid is what browsers accept in <input type=email>, with at least one dot in the domain, and without
// what mailers cannot send to: empty words before the @, and a last label of digits.
// https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address
var valid = regexp.MustCompile("^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*" +
	`@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)

var number = regexp.MustCompile(`\.[0-9]+$`)

// Normalise returns an address in the one form in which it is kept and compared, blanks around it
// removed and in lower case, or false for what no mail can reach. Addresses are ASCII: names of
// domains in other alphabets have such a form.
func Normalise(text string) (string, bool) {
	text = strings.TrimSpace(text)
	if len(text) > maxAddress || !ascii(text) {
		return "", false
	}
	address := strings.ToLower(text)
	if !valid.MatchString(address) || number.MatchString(address) || strings.IndexByte(address, '@') > maxLocal {
		return "", false
	}
	return address, true
}

// ascii is asked before letters are made lower case: the Kelvin sign becomes a k.
func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 0x7e || r < 0x20 }) < 0
}
