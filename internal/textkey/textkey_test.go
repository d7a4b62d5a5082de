package textkey_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"galley/internal/textkey"
)

func TestFold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ says, text, want string }{
		{"lower-cases", "JAM Jar", "jam jar"},
		{"strips accents", "Crème Brûlée", "creme brulee"},
		{"strips accents that stand alone", "Cre\u0300me", "creme"},
		{"spells out ligatures", "Ægir Straße Œuvre ﬁne", "aegir strasse oeuvre fine"},
		{"spells out a capital sharp s", "STRAẞE", "strasse"},
		{"knows letters that do not decompose", "Łódź Søren Þór Đuro", "lodz soren thor duro"},
		{"takes the Turkish dot away", "İSTANBUL ısparta", "istanbul isparta"},
		{"reads wide forms and signs", "ＡＢＣ Kelvin №", "abc kelvin no"},
		{"reads the final sigma as any other", "ΟΔΟΣ οδός", "οδοσ οδοσ"},
		{"drops what cannot be seen", "jam\u00adjar\u200b\ufeff", "jamjar"},
		{"keeps the vowels of Devanagari", "हिन्दी", "हिन्दी"},
		{"tells voiced kana from voiceless", "が", "が"},
		{"keeps Hangul whole", "한국", "한국"},
		{"survives what is not UTF-8", "a\xffb\u00e9", "a\uFFFDbe"},
		{"leaves nothing of nothing", "", ""},
	} {
		t.Run(c.says, func(t *testing.T) {
			t.Parallel()
			if got := textkey.Fold(c.text); got != c.want {
				t.Errorf("%q: got %q, want %q", c.text, got, c.want)
			}
		})
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	t.Run("sorts regardless of case, accents and blanks", func(t *testing.T) {
		t.Parallel()
		names := []string{"zoë", "Émile", "  Adam", "eve", "ADA", "Emil"}
		slices.SortFunc(names, func(a, b string) int { return slices.Compare(textkey.Key(a), textkey.Key(b)) })
		want := []string{"ADA", "  Adam", "Emil", "Émile", "eve", "zoë"}
		if !slices.Equal(names, want) {
			t.Errorf("got %q, want %q", names, want)
		}
	})
	t.Run("has single blanks, so that the beginnings of words can be found", func(t *testing.T) {
		t.Parallel()
		if got := string(textkey.Key(" Mary \u00a0\n Poppins ")); got != "mary poppins" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("is bounded, whatever the text unfolds to", func(t *testing.T) {
		t.Parallel()
		key := textkey.Key(strings.Repeat("\ufdfa", 300)) // 18 letters each
		if len(key) > textkey.KeyBytes || len(key) < textkey.KeyBytes-utf8.UTFMax || !utf8.Valid(key) {
			t.Errorf("%d bytes, valid %v", len(key), utf8.Valid(key))
		}
	})
	t.Run("is never nil", func(t *testing.T) {
		t.Parallel()
		if textkey.Key(" ") == nil {
			t.Error("nil")
		}
	})
}

func TestWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		says, text string
		want       []string
	}{
		{"splits at blanks and signs", "WHITE HANGING HEART T-LIGHT HOLDER", []string{"white", "hanging", "heart", "t", "light", "holder"}},
		{"keeps digits with letters", "SET/6 85123A £2.50", []string{"set", "6", "85123a", "2", "50"}},
		{"does not split at apostrophes", "CHILDREN'S Poppy’s", []string{"childrens", "poppys"}},
		{"folds", "Crème, BRÛLÉE!", []string{"creme", "brulee"}},
		{"keeps marks within words only", "हिन्दी \ufe0f☕\ufe0f", []string{"हिन्दी"}},
		{"finds none in signs", " -- ' !", nil},
		{"finds none in nothing", "", nil},
	} {
		t.Run(c.says, func(t *testing.T) {
			t.Parallel()
			if got := textkey.Words(c.text); !slices.Equal(got, c.want) {
				t.Errorf("%q: got %q, want %q", c.text, got, c.want)
			}
		})
	}
	t.Run("cuts long words between letters", func(t *testing.T) {
		t.Parallel()
		got := textkey.Words("x" + strings.Repeat("и", 100))
		if len(got) != 1 || got[0] != "x"+strings.Repeat("и", 31) {
			t.Errorf("got %q", got)
		}
	})
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"Crème Brûlée", "İẞΣ\u1fb3", "\u0345\u00df", "\xff\u0300", "한국 が", "\ufdfa\u2126\u212b", "a'b’c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		folded := textkey.Fold(s)
		if again := textkey.Fold(folded); again != folded && utf8.ValidString(s) {
			t.Errorf("%q: folded %q, folded again %q", s, folded, again)
		}
		key := textkey.Key(s)
		if len(key) > textkey.KeyBytes || key == nil || utf8.ValidString(s) && !utf8.Valid(key) {
			t.Errorf("%q: key %q", s, key)
		}
		for _, w := range textkey.Words(s) {
			if w == "" || len(w) > textkey.WordBytes || strings.ContainsFunc(w, unicode.IsSpace) {
				t.Errorf("%q: word %q", s, w)
			}
		}
	})
}
