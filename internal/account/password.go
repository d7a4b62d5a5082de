package account

import (
	_ "embed" // the list of common passwords
	"strings"
	"unicode/utf8"

	"galley/internal/fault"
)

const (
	shortestPassword = 8 // characters, whatever they are
	longestPassword  = 128
)

// commonPasswords are those that are tried first, one a line, in lower case.
//
//go:embed common_passwords.txt
var commonPasswords string

// passwordRule tells which passwords are taken. There are no rules of composition: they make
// passwords that are alike.
type passwordRule struct{ common map[string]struct{} }

func newPasswordRule() passwordRule {
	r := passwordRule{common: map[string]struct{}{}}
	for word := range strings.Lines(commonPasswords) {
		r.common[strings.TrimSpace(word)] = struct{}{}
	}
	return r
}

// check notes what is wrong with a new password.
func (r passwordRule) check(c *fault.Collector, password, field string) {
	length := utf8.RuneCountInString(password)
	_, common := r.common[strings.ToLower(password)]
	c.Add(length >= shortestPassword, PasswordWeak, "A password has at least 8 characters", field)
	c.Add(length <= longestPassword, PasswordWeak, "A password has at most 128 characters", field)
	c.Add(!common, PasswordWeak, "Everybody uses this password: choose another", field)
}
