package postal_test

import (
	"errors"
	"testing"

	"galley/internal/fault"
	"galley/internal/postal"
)

func TestIsCountry(t *testing.T) {
	t.Parallel()
	t.Run("249 codes of two letters are assigned", func(t *testing.T) {
		t.Parallel()
		n := 0
		for a := 'A'; a <= 'Z'; a++ {
			for b := 'A'; b <= 'Z'; b++ {
				if postal.IsCountry(string([]rune{a, b})) {
					n++
				}
			}
		}
		if n != 249 {
			t.Errorf("%d codes", n)
		}
	})
	for code, want := range map[string]bool{
		"GB": true, "US": true, "AX": true, "ZW": true, "AD": true, "SS": true, "BQ": true,
		"UK": false, "XK": false, "EU": false, "AN": false, "ZZ": false, "gb": false,
		"": false, "G": false, "GBR": false, " A": false, "A ": false, "ÄÖ": false, "D ": false,
	} {
		if got := postal.IsCountry(code); got != want {
			t.Errorf("%q is a country: %v", code, got)
		}
	}
}

func TestCheckCountry(t *testing.T) {
	t.Parallel()
	address := postal.Address{Name: "Ada", Line1: "1 Way", City: "London"}
	for country, wrong := range map[string]int{"gb": 0, "QQ": 1, "UK": 1, "": 1} {
		address.Country = country
		var c fault.Collector
		address.Clean().Check(&c, "address")
		got, _ := errors.AsType[fault.Rejected](c.Err())
		if len(got) != wrong {
			t.Errorf("%q: %v", country, got)
		}
		if wrong == 1 && (got[0].Field[0] != "address" || got[0].Field[1] != "country") {
			t.Errorf("%q: field %v", country, got[0].Field)
		}
	}
}
