package email_test

import (
	"strings"
	"testing"
	"unicode"

	"galley/internal/email"
)

func TestNormalise(t *testing.T) {
	t.Parallel()
	label := strings.Repeat("a", 63)
	long := label + "." + label + "." + label // 191 bytes
	for _, c := range []struct{ name, text, want string }{
		{"an address stays as it is", "ann@customers.example", "ann@customers.example"},
		{"capitals become small letters", "Ann.Lee@Customers.EXAMPLE", "ann.lee@customers.example"},
		{"blanks around it are removed", "  ann@customers.example\r\n", "ann@customers.example"},
		{"a tag is part of it", "ann+shop@customers.example", "ann+shop@customers.example"},
		{"digits will do", "12347@customers.example", "12347@customers.example"},
		{"254 bytes fit", strings.Repeat("a", 54) + "@" + long + ".example", strings.Repeat("a", 54) + "@" + long + ".example"},
		{"255 bytes do not", strings.Repeat("a", 55) + "@" + long + ".example", ""},
		{"64 bytes fit before the @", strings.Repeat("a", 64) + "@b.example", strings.Repeat("a", 64) + "@b.example"},
		{"65 bytes do not", strings.Repeat("a", 65) + "@b.example", ""},
		{"nothing is no address", "", ""},
		{"blanks are no address", " \t ", ""},
		{"one @ is needed", "customers.example", ""},
		{"two are too many", "ann@lee@customers.example", ""},
		{"somebody must be named", "@customers.example", ""},
		{"a domain must be named", "ann@", ""},
		{"a domain has a dot", "ann@localhost", ""},
		{"a domain does not begin with a dot", "ann@.example", ""},
		{"a domain does not end with a dot", "ann@customers.example.", ""},
		{"a domain has no empty label", "ann@customers..example", ""},
		{"a label does not begin with a hyphen", "ann@-customers.example", ""},
		{"a blank inside is refused", "ann lee@customers.example", ""},
		{"a second line is refused", "ann@customers.example\nbcc: all@customers.example", ""},
		{"a NUL is refused", "ann\x00@customers.example", ""},
		{"a name and angle brackets are refused", "Ann <ann@customers.example>", ""},
		{"two addresses are refused", "ann@customers.example,bob@customers.example", ""},
		{"a sign that only looks like a k is refused", "\u212Aim@customers.example", ""},
		{"an invisible character is refused", "ann\u200b@customers.example", ""},
		{"bytes that are no text are refused", "ann\xff@customers.example", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, ok := email.Normalise(c.text)
			if got != c.want || ok != (c.want != "") {
				t.Errorf("got %q, %v; want %q", got, ok, c.want)
			}
		})
	}
}

func FuzzNormalise(f *testing.F) {
	for _, seed := range []string{"ann@customers.example", " A@B.C ", "a@b@c.d", "@", "a@.", "\u212A@b.c", "a\n@b.c", "İ@b.c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		address, ok := email.Normalise(text)
		if !ok {
			if address != "" {
				t.Errorf("refused, and yet %q", address)
			}
			return
		}
		if again, ok := email.Normalise(address); !ok || again != address {
			t.Errorf("%q becomes %q, %v", address, again, ok)
		}
		if capitals, ok := email.Normalise(strings.ToUpper(address)); !ok || capitals != address {
			t.Errorf("%q in capitals becomes %q, %v", address, capitals, ok)
		}
		local, domain, _ := strings.Cut(address, "@")
		if local == "" || strings.Contains(domain, "@") || !strings.Contains(domain, ".") || len(address) > 254 {
			t.Errorf("%q is no address", address)
		}
		if strings.ContainsFunc(address, func(r rune) bool {
			return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.IsUpper(r) || r > unicode.MaxASCII
		}) {
			t.Errorf("%q has a character that none has", address)
		}
	})
}
