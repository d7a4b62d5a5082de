package catalog_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"galley/internal/catalog"
	"galley/internal/textkey"
)

func TestTerms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		says, title, description string
		skus, variants           []string
		want                     map[string]int
	}{
		{"a word weighs by where it stands", "Lamp", "bright", []string{"85123A"}, []string{"Red"},
			map[string]int{"lamp": 8, "bright": 1, "85123a": 10, "red": 4}},
		{"a word that stands in several places weighs the most of them", "Red lamp", "Lamp, red red RED", []string{"RED"}, []string{"lamp"},
			map[string]int{"red": 10, "lamp": 8}},
		{"accents and case do not matter", "CRÈME", "brûlée Brulee", nil, nil, map[string]int{"creme": 8, "brulee": 1}},
		{"there may be nothing to find", " - ", "!", []string{""}, nil, map[string]int{}},
	} {
		t.Run(c.says, func(t *testing.T) {
			t.Parallel()
			if got := catalog.Terms(c.title, c.description, c.skus, c.variants...); !maps.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
	t.Run("a long description does not crowd out the rest, and each SKU is found", func(t *testing.T) {
		t.Parallel()
		var words, skus []string
		for i := range 1000 {
			words = append(words, fmt.Sprint("word", i))
		}
		for i := range catalog.MaxVariants {
			skus = append(skus, fmt.Sprintf("S%d-X%d", i, i))
		}
		got := catalog.Terms("Lamp", strings.Join(words, " "), skus, "Red")
		if len(got) != 200+400 || got["lamp"] != 8 || got["red"] != 4 || got["word0"] != 1 || got["word999"] != 0 || got["s199"] != 10 {
			t.Errorf("%d terms", len(got))
		}
	})
	t.Run("a word is never longer than its column", func(t *testing.T) {
		t.Parallel()
		for term := range catalog.Terms(strings.Repeat("ж", 300), strings.Repeat("x", 300), nil) {
			if len(term) > textkey.WordBytes {
				t.Errorf("%d bytes", len(term))
			}
		}
	})
}
