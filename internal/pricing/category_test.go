package pricing_test

import (
	"strings"
	"testing"

	"galley/internal/pricing"
)

func TestTaxCategory(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		pricing.StandardTax: "standard", " Reduced ": "reduced", "de-7": "de-7", strings.Repeat("a", 40): strings.Repeat("a", 40),
		"": "", " ": "", strings.Repeat("a", 41): "", "two words": "", "null\x00": "", "\u212A": "", "é": "",
	} {
		if name, ok := pricing.TaxCategory(text); ok != (want != "") || ok && name != want {
			t.Errorf("%q is %q, %v", text, name, ok)
		}
	}
}
