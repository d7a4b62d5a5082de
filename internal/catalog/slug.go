package catalog

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"galley/internal/fault"
	"galley/internal/textkey"
	"galley/internal/token"
)

// maxMadeSlug is how long a slug becomes that is made from a title: there is room for an ending.
const maxMadeSlug = 100

// slugOf makes a title's name in an address: its folded words with hyphens between them.
func slugOf(title string) string { return strings.Join(textkey.Words(title), "-") }

// checkSlug notes what is wrong with a slug that was given. It must be as one that we make, so that
// no two are told apart by what readers do not see. taken tells whether another has it.
func checkSlug(c *fault.Collector, slug string, fits func(string) error, most int, taken func() (bool, error)) error {
	if slug == "" || slugOf(slug) != slug || fits(slug) != nil {
		c.Add(false, Invalid, fmt.Sprintf("A slug is made of words in small letters without accents, with hyphens "+
			"between them, such as red-clock; at most %d characters", most), "slug")
		return nil
	}
	found, err := taken()
	if err != nil {
		return fmt.Errorf("look for slug: %w", err)
	}
	c.Add(!found, SlugTaken, "Another has this slug", "slug")
	return nil
}

// freeSlug makes a slug from a title. taken returns those of some slugs that are in use.
func (w *Workflow) freeSlug(title, otherwise string, taken func([]string) ([]string, error)) (string, error) {
	base := slugOf(title)
	if len(base) > maxMadeSlug {
		n := maxMadeSlug
		for !utf8.RuneStart(base[n]) {
			n--
		}
		base = strings.TrimRight(base[:n], "-")
	}
	if base == "" {
		base = otherwise
	}
	candidates := []string{base}
	for n := 2; n < 10; n++ {
		candidates = append(candidates, base+"-"+strconv.Itoa(n))
	}
	used, err := taken(candidates)
	if err != nil {
		return "", fmt.Errorf("look for a free slug: %w", err)
	}
	for _, slug := range candidates {
		if !slices.Contains(used, slug) {
			return slug, nil
		}
	}
	return token.New(w.db.Random(), base+"-", 5)
}
