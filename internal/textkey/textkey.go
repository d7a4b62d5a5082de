// Package textkey folds text for sorting and searching: regardless of case, accents and spelling
// variants, and alike on every engine, whose own collations differ.
package textkey

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// KeyBytes bounds a key, WordBytes a word: index entries of PostgreSQL may not grow at will.
const (
	KeyBytes  = 512
	WordBytes = 64
)

// Fold returns the text in lower case, with plain letters in place of accented ones ("Crème Brûlée"
// becomes "creme brulee"), ligatures and wide forms spelt out, and without invisible characters.
func Fold(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	// Lower case comes between two decompositions: some capitals decompose only once they are small,
	// others turn up inside compatibility forms.
	s = norm.NFKD.String(strings.ToValidUTF8(s, "\uFFFD"))
	s = norm.NFKD.String(strings.ToLower(s))
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case isAccent(r) || unicode.Is(unicode.Cf, r):
		default:
			if plain, ok := spelling(r); ok {
				b.WriteString(plain)
			} else {
				b.WriteRune(r)
			}
		}
	}
	return norm.NFC.String(b.String()) // Hangul and kana are whole again
}

// Key returns what text is sorted by: folded, with single blanks, at most KeyBytes long. It is never
// nil, so that a column that must not be null takes it.
func Key(s string) []byte {
	return []byte(cut(strings.Join(strings.Fields(Fold(s)), " "), KeyBytes))
}

// Words splits text into folded words of letters and digits, each at most WordBytes long, in their
// order. An apostrophe within a word does not split it: "children's" is "childrens".
func Words(s string) []string {
	var (
		words []string
		word  strings.Builder
	)
	end := func() {
		if word.Len() > 0 {
			words = append(words, cut(word.String(), WordBytes))
			word.Reset()
		}
	}
	for _, r := range Fold(s) {
		switch {
		case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r) && word.Len() > 0:
			word.WriteRune(r)
		case r == '\'' || r == '’':
		default:
			end()
		}
	}
	end()
	return words
}

// isAccent tells the marks that Latin, Greek and Cyrillic letters carry. Those of other scripts, such
// as the vowels of Devanagari, are part of the word.
func isAccent(r rune) bool {
	return 0x0300 <= r && r <= 0x036F || 0x1AB0 <= r && r <= 0x1AFF || 0x1DC0 <= r && r <= 0x1DFF ||
		0x20D0 <= r && r <= 0x20FF || 0xFE20 <= r && r <= 0xFE2F
}

// spelling is how letters are written that Unicode does not decompose.
func spelling(r rune) (string, bool) {
	switch r {
	case 'ß':
		return "ss", true
	case 'æ':
		return "ae", true
	case 'œ':
		return "oe", true
	case 'ø':
		return "o", true
	case 'ł':
		return "l", true
	case 'đ', 'ð':
		return "d", true
	case 'þ':
		return "th", true
	case 'ħ':
		return "h", true
	case 'ı':
		return "i", true
	case 'ς':
		return "σ", true
	}
	return "", false
}

// cut shortens text to at most n bytes, between two runes.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.TrimRight(s[:n], " ")
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
