package picture

import (
	_ "embed"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"

	"galley/internal/demo/wording"
)

//go:embed motifs.txt
var motifsText string

//go:embed colours.txt
var coloursText string

//go:embed hints.txt
var hintsText string

//go:embed patterns.txt
var patternsText string

// Chooser finds the picture for a product by its title and category.
type Chooser struct {
	sections map[string]section
	colours  wording.Table
	hints    wording.Table
	patterns wording.Table
	wears    map[string]bool
}

// section is what motifs.txt says about one category.
type section struct {
	motif   string
	colours []string
	rules   wording.Table
}

// NewChooser reads the rule tables that are part of the program.
func NewChooser() (*Chooser, error) {
	c := &Chooser{wears: map[string]bool{}}
	for name, m := range motifs() {
		c.wears[name] = m.patterned
	}
	var err error
	if c.sections, err = parseSections(motifsText); err != nil {
		return nil, fmt.Errorf("read motifs: %w", err)
	}
	if c.colours, err = wording.ParseTable(coloursText); err != nil {
		return nil, fmt.Errorf("read colours: %w", err)
	}
	if c.hints, err = wording.ParseTable(hintsText); err != nil {
		return nil, fmt.Errorf("read hints: %w", err)
	}
	if c.patterns, err = wording.ParseTable(patternsText); err != nil {
		return nil, fmt.Errorf("read patterns: %w", err)
	}
	return c, nil
}

// For gives the picture that suits a product. Of the category's path its last name
// counts; a category that motifs.txt does not know gives a parcel.
func (c *Chooser) For(title string, categoryPath []string) Wish {
	words := wording.Words(title)
	s := section{motif: "gift", colours: []string{"red"}}
	if len(categoryPath) > 0 {
		if known, ok := c.sections[categoryPath[len(categoryPath)-1]]; ok {
			s = known
		}
	}
	p := Wish{Picture: Picture{Motif: s.rules.Name(words), Colour: c.colours.Name(words), Pattern: plain}}
	if p.Motif == "" {
		p.Motif = s.motif
	}
	if p.Colour == "" {
		p.AnyColour = true
		p.Colour = s.colour(c.hints.Name(words), title)
	}
	if pattern := c.patterns.Name(words); pattern != "" && c.wears[p.Motif] {
		p.Pattern = pattern
	}
	return p
}

// Categories gives the names of the categories that motifs.txt knows, sorted.
func (c *Chooser) Categories() []string {
	return slices.Sorted(maps.Keys(c.sections))
}

// colour gives the hint if it is one of the category's colours, else any of
// these, always the same for the same title.
func (s section) colour(hint, title string) string {
	if slices.Contains(s.colours, hint) {
		return hint
	}
	return s.colours[pick(title, len(s.colours))]
}

// pick chooses one of n by the title, always the same for the same title.
func pick(title string, n int) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(title)) // a hash never fails
	return int(h.Sum32() % uint32(n))
}

// parseSections reads motifs.txt.
func parseSections(text string) (map[string]section, error) {
	sections := map[string]section{}
	for part := range strings.SplitSeq("\n"+text, "\n[") {
		head, rules, _ := strings.Cut(part, "\n")
		category, rest, found := strings.Cut(head, "]")
		if !found {
			continue // the remarks before the first section
		}
		motif, colours, found := strings.Cut(rest, ":")
		if !found {
			return nil, errors.New("no colours in [" + head)
		}
		s := section{motif: strings.TrimSpace(motif)}
		for colour := range strings.SplitSeq(colours, ",") {
			s.colours = append(s.colours, strings.TrimSpace(colour))
		}
		var err error
		if s.rules, err = wording.ParseTable(rules); err != nil {
			return nil, fmt.Errorf("[%s]: %w", category, err)
		}
		sections[category] = s
	}
	return sections, nil
}
