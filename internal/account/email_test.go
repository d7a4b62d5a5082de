package account_test

import (
	"strings"
	"testing"

	"galley/internal/account"
)

// TestSignUpRefusesHostileAddresses sends passwords that are weak, so that nothing is hashed.
func TestSignUpRefusesHostileAddresses(t *testing.T) {
	label := strings.Repeat("a", 63)
	hostile := map[string]string{
		"nothing":                       "",
		"blanks":                        " \t",
		"no at":                         "ada.example.org",
		"two ats":                       "ada@home@example.org",
		"no local part":                 "@example.org",
		"no domain":                     "ada@",
		"a domain without a dot":        "root@localhost",
		"a dot before the domain":       "ada@.example.org",
		"a dot after the domain":        "ada@example.org.",
		"two dots in the domain":        "ada@example..org",
		"a hyphen at a label's end":     "ada@example-.org",
		"a hyphen at its beginning":     "ada@-example.org",
		"an underscore in the domain":   "ada@exa_mple.org",
		"an address in brackets":        "ada@[127.0.0.1]",
		"a blank within":                "ada lovelace@example.org",
		"a tab within":                  "ada\t@example.org",
		"a line break within":           "ada@example.org\nBcc: all@example.org",
		"a carriage return within":      "ada@example.org\rx",
		"a null byte":                   "ada\x00@example.org",
		"a null byte at the end":        "ada@example.org\x00",
		"a delete":                      "ada\x7f@example.org",
		"a name beside it":              "Ada <ada@example.org>",
		"brackets":                      "<ada@example.org>",
		"a comment":                     "ada(x)@example.org",
		"quotes":                        `"ada"@example.org`,
		"a list":                        "ada@example.org,bob@example.org",
		"two of them":                   "ada@example.org;bob@example.org",
		"a backslash":                   `ada\@example.org`,
		"a Cyrillic letter":             "аda@example.org",
		"a Cyrillic letter in a domain": "ada@exаmple.org",
		"a Kelvin sign, which folds":    "mi\u212Ae@example.org",
		"a long s, which folds":         "\u017Fam@example.org",
		"a capital with a dot":          "\u0130da@example.org",
		"an invisible blank":            "ada\u200b@example.org",
		"a byte order mark":             "\ufeffada@example.org",
		"a change of direction":         "ada\u202e@example.org",
		"a wide at":                     "ada＠example.org",
		"a wide dot":                    "ada@example。org",
		"what is not UTF-8":             "ad\xffa@example.org",
		"65 characters locally":         strings.Repeat("a", 65) + "@example.org",
		"a label of 64":                 "ada@" + label + "a.org",
		"255 bytes":                     strings.Repeat("a", 59) + "@" + strings.Repeat(label+".", 3) + "org",
		"a megabyte":                    strings.Repeat("a", 1<<20) + "@example.org",
		"a megabyte of ats":             strings.Repeat("@", 1<<20),
		"a percent-encoded at":          "ada%40example.org",
		"a scheme":                      "mailto:ada@example.org",
		"an exclamation in the domain":  "ada@example!.org",
		"a tag of HTML":                 "<script>@example.org",
		"a slash in the domain":         "ada@example.org/x",
		"a port":                        "ada@example.org:25",
		"a domain that is a single dot": "ada@.",
	}
	each(t, func(t *testing.T, s shop) {
		for says, text := range hostile {
			s.in("refuses "+says, func(t *testing.T, s shop) {
				out, err := s.w.SignUp(s.anonymous(), account.SignUpInput{Email: text, Password: "weak"})
				if err != nil || out.Email != nil {
					t.Fatalf("got %+v, %v", out, err)
				}
				wantErrors(t, out.UserErrors, "INVALID/email", "PASSWORD_WEAK/password")
			})
		}
	})
}
