package picture

import (
	"slices"
	"testing"
)

func TestChooser(t *testing.T) {
	t.Parallel()
	chooser, err := NewChooser()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, title, category string
		want                  Wish
	}{
		{"a title names thing, colour and pattern", "PINK POLKADOT CUP", "Mugs & Tea", Wish{Picture{"teacup", "pink", dots}, false}},
		{"a retrospot is red with dots", "RETROSPOT LAMP", "Lamps & String Lights", Wish{Picture{"lamp", "red", dots}, false}},
		{"the category gives the thing", "LOCAL CAFE", "Mugs & Tea", Wish{Picture{"mug", "green", plain}, true}},
		{"a hint gives the colour if it suits the category", "STRAWBERRY LUNCH BAG", "Lunch Bags & Picnic", Wish{Picture{"lunch bag", "red", plain}, true}},
		{"a thing without a pattern stays plain", "PINK POLKADOT CLOCK", "Clocks & Thermometers", Wish{Picture{"clock", "pink", plain}, false}},
		{"an unknown category gives a parcel", "RED THING", "Spaceships", Wish{Picture{"gift", "red", plain}, false}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := chooser.For(c.title, []string{"Top", c.category}); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
	t.Run("no category at all gives a parcel", func(t *testing.T) {
		t.Parallel()
		if got := chooser.For("BLUE THING", nil); got.Picture != (Picture{"gift", "blue", plain}) {
			t.Errorf("got %+v", got)
		}
	})
}

func TestRulesNameWhatThereIs(t *testing.T) {
	t.Parallel()
	chooser, err := NewChooser()
	if err != nil {
		t.Fatal(err)
	}
	drawings, shades := motifs(), palettes()
	used := map[string]bool{}
	for category, s := range chooser.sections {
		names := []string{s.motif}
		for _, rule := range s.rules {
			names = append(names, rule.Name)
		}
		for _, name := range names {
			used[name] = true
			if _, known := drawings[name]; !known {
				t.Errorf("[%s] names %q, which nobody draws", category, name)
			}
		}
		for _, colour := range s.colours {
			if _, known := shades[colour]; !known {
				t.Errorf("[%s] names the colour %q", category, colour)
			}
		}
	}
	for name := range drawings {
		if !used[name] {
			t.Errorf("nothing is shown as a %s", name)
		}
	}
	for _, rule := range slices.Concat(chooser.colours, chooser.hints) {
		if _, known := shades[rule.Name]; !known {
			t.Errorf("there is no palette %q", rule.Name)
		}
	}
	patterns := []string{dots, hearts, stars, flowers, stripes, checks, skulls}
	for _, rule := range chooser.patterns {
		if !slices.Contains(patterns, rule.Name) {
			t.Errorf("there is no pattern %q", rule.Name)
		}
	}
}

func TestParseSectionsRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"a section without colours": "[Mugs] mug\n",
		"a rule without phrases":    "[Mugs] mug: red\nteapot:\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if s, err := parseSections(text); err == nil {
				t.Errorf("got %+v", s)
			}
		})
	}
}
