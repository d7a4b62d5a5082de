package wording

import "testing"

func TestTable(t *testing.T) {
	t.Parallel()
	table, err := ParseTable(`
# Warmers come before mugs.
warmer: mug warmer
mug:    mug, coffee cup
candle: votive*, t light + scented
tree:   *christmas
bead:   *jewel*
`)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, title, want string }{
		{"a word", "RED RETROSPOT MUG", "mug"},
		{"its plural", "RETRO COFFEE MUGS ASSORTED", "mug"},
		{"not a word that only contains it", "SMUGGLER", ""},
		{"words that follow each other", "BLUE COFFEE CUP", "mug"},
		{"not words apart from each other", "COFFEE IN A CUP", ""},
		{"the first match wins", "OFFICE MUG WARMER PINK", "warmer"},
		{"both of two phrases, in any order", "SCENTED T-LIGHT", "candle"},
		{"not one of two phrases", "T-LIGHT HOLDER", ""},
		{"the beginning of a word", "VOTIVES", "candle"},
		{"the end of a word", "BLACKCHRISTMAS TREE", "tree"},
		{"the middle of a word", "BEJEWELLED", "bead"},
		{"apostrophes do not part words", "MUG'S", "mug"},
		{"nothing", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := table.Name(Words(c.title)); got != c.want {
				t.Errorf("%q is %q, want %q", c.title, got, c.want)
			}
		})
	}
}

func TestParseTableRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"a line without a name":       "mug, cup",
		"an empty name":               ": mug",
		"a rule without phrases":      "mug:",
		"an empty phrase":             "mug: mug, , cup",
		"a plus without a word":       "mug: mug +",
		"capitals, which never match": "mug: Mug",
		"punctuation":                 "mug: t-light",
		"a lone star":                 "mug: *",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if table, err := ParseTable(text); err == nil {
				t.Errorf("got %v, want an error", table)
			}
		})
	}
}
