package onlineretail

import "testing"

func TestKind(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, invoice string
		quantity      int64
		price         Price
		want          Kind
	}{
		{"an ordinary invoice with pieces and a price is a sale", "536365", 6, 2550, Sale},
		{"a tenth of a penny is a price", "536365", 1, 1, Sale},
		{"C marks a cancellation", "C536379", -1, 27_500, Cancellation},
		{"c marks a cancellation too", "c536379", -1, 27_500, Cancellation},
		{"A marks an adjustment", "A563185", 1, 11_062_060, Adjustment},
		{"pieces without a price are no sale", "536414", 56, 0, ZeroPrice},
		{"missing pieces are a stock correction", "536589", -10, 0, StockCorrection},
		{"no pieces are nothing known", "536589", 0, 100, Other},
		{"missing pieces with a price are nothing known", "536589", -1, 100, Other},
		{"a negative price is nothing known", "536589", 1, -100, Other},
		{"five digits are no invoice", "53636", 6, 2550, Other},
		{"seven digits are no invoice", "5363651", 6, 2550, Other},
		{"an unknown letter is nothing known", "X536365", 6, 2550, Other},
		{"a letter behind is nothing known", "536365C", 6, 2550, Other},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			row := Row{InvoiceNo: c.invoice, Quantity: c.quantity, UnitPrice: c.price}
			if got := row.Kind(); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestSKU(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"71053": "71053", "85123A": "85123A", "85123a": "85123A", "79323GR": "79323GR", "15056bl": "15056BL",
		"POST": "", "M": "", "C2": "", "DCGS0076": "", "gift_0001_20": "", "BANK CHARGES": "", "": "",
		"8512": "", "851234": "", "85123ABC": "", "85123A1": "", "85123-": "", "8512A": "", " 85123": "", "8512３": "",
	} {
		if got := SKU(code); got != want {
			t.Errorf("SKU(%q) is %q, want %q", code, got, want)
		}
		if got := IsProductCode(code); got != (want != "") {
			t.Errorf("IsProductCode(%q) is %v", code, got)
		}
	}
}

func TestTitle(t *testing.T) {
	t.Parallel()
	for description, want := range map[string]string{
		"  GARLAND  WITH   STARS ": "GARLAND  WITH   STARS", "BAG 125g SWIRLY MARBLES": "BAG 125g SWIRLY MARBLES", "   ": "",
	} {
		if got := Title(description); got != want {
			t.Errorf("Title(%q) is %q, want %q", description, got, want)
		}
	}
}

func TestProductSlug(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, title, sku, want string }{
		{"words and code", "WHITE HANGING HEART T-LIGHT HOLDER", "85123A", "white-hanging-heart-t-light-holder-85123a"},
		{"punctuation becomes one hyphen", `RECORD FRAME 7" SINGLE SIZE. `, "22041", "record-frame-7-single-size-22041"},
		{"apostrophes go", "CHILDREN'S APRON", "22899", "childrens-apron-22899"},
		{"an ampersand is a word", "GIN & TONIC", "21000", "gin-and-tonic-21000"},
		{"other signs are gaps", "CHARLIE+LOLA/RED", "21001", "charlie-lola-red-21001"},
		{"letters outside ASCII go", "CAFÉ £10", "21002", "caf-10-21002"},
		{"a product titled by its code has that alone", "21134", "21134", "21134"},
		{"nothing but signs", "???", "21134", "21134"},
		{"a long title is cut between words", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAA BBBBBBBBBBBBBBBBBBBBBBBBBBBBB CCCCCCCCCCCCCCCCCCCCCCCCCCCCC D", "1",
			"aaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbbbbbbbbbbbbbbb-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := ProductSlug(c.title, c.sku); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestCountryCode(t *testing.T) {
	t.Parallel()
	names := []Country{
		"Australia", "Austria", "Bahrain", "Belgium", "Brazil", "Canada", "Channel Islands", "Cyprus", "Czech Republic", "Denmark",
		"EIRE", "European Community", "Finland", "France", "Germany", "Greece", "Hong Kong", "Iceland", "Israel", "Italy", "Japan",
		"Lebanon", "Lithuania", "Malta", "Netherlands", "Norway", "Poland", "Portugal", "RSA", "Saudi Arabia", "Singapore", "Spain",
		"Sweden", "Switzerland", "USA", "United Arab Emirates", "United Kingdom", "Unspecified",
	}
	if len(names) != 38 {
		t.Fatalf("%d names, the data set has 38", len(names))
	}
	seen := map[string]Country{}
	for _, name := range names {
		code := name.Code()
		if name == "Unspecified" || name == "European Community" {
			if code != "" {
				t.Errorf("%s is no country but has the code %s", name, code)
			}
			continue
		}
		if len(code) != 2 || seen[code] != "" {
			t.Errorf("%s has the code %q, taken by %q", name, code, seen[code])
		}
		seen[code] = name
	}
	for name, want := range map[Country]string{"EIRE": "IE", "RSA": "ZA", "United Kingdom": "GB", "Atlantis": ""} {
		if got := name.Code(); got != want {
			t.Errorf("%s has the code %q, want %q", name, got, want)
		}
	}
}
