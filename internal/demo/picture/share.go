package picture

import (
	"cmp"
	"math"
	"slices"
)

// Wish is the picture that suits a product best.
type Wish struct {
	Picture
	// AnyColour says that the product's title names no colour.
	AnyColour bool
}

// Share makes do with at most some number of different pictures, but never with
// fewer than there are motifs: what few products wish for gives way to the most
// alike picture of the same motif, patterns before colours. It gives a picture
// for each wish, in the same order, and the same ones each time.
func Share(wishes []Wish, most int) []Picture {
	s := &sharing{shades: palettes(), kept: tally(wishes)}
	for len(s.kept) > most && s.drop() {
	}
	byMotif := map[string][]demand{}
	for _, k := range s.kept {
		byMotif[k.Motif] = append(byMotif[k.Motif], k)
	}
	out := make([]Picture, len(wishes))
	for i, w := range wishes {
		out[i] = s.mostAlike(w, byMotif[w.Motif], i)
	}
	return out
}

// sharing is the pictures that are still kept.
type sharing struct {
	shades map[string]Palette
	kept   []demand
}

// demand is a picture and what hangs on it.
type demand struct {
	Picture
	// named counts the products that ask for its colour, free those that take any.
	named, free int
	// loss says how much is lost without this picture; less than 0 is unknown yet.
	loss float64
	// heir is the place of the picture that would stand in for it.
	heir int
}

// tally gives the different pictures wished for, the most wanted first.
func tally(wishes []Wish) []demand {
	at := map[Picture]*demand{}
	for _, w := range wishes {
		d, known := at[w.Picture]
		if !known {
			d = &demand{Picture: w.Picture, loss: -1}
			at[w.Picture] = d
		}
		if w.AnyColour {
			d.free++
		} else {
			d.named++
		}
	}
	all := make([]demand, 0, len(at))
	for _, d := range at {
		all = append(all, *d)
	}
	slices.SortFunc(all, func(a, b demand) int {
		return cmp.Or(cmp.Compare(b.named+b.free, a.named+a.free), cmp.Compare(a.Key(), b.Key()))
	})
	return all
}

// drop leaves out the picture whose loss is least, and hands its products on to
// its heir. It reports false if every picture is the only one of its motif.
func (s *sharing) drop() bool {
	least := -1
	for i := range s.kept {
		if s.kept[i].loss < 0 {
			s.reckon(i)
		}
		if least < 0 || s.kept[i].loss <= s.kept[least].loss {
			least = i
		}
	}
	if least < 0 || math.IsInf(s.kept[least].loss, 1) {
		return false
	}
	gone := s.kept[least]
	s.kept[gone.heir].named += gone.named
	s.kept[gone.heir].free += gone.free
	for i := range s.kept {
		switch {
		case s.kept[i].Motif == gone.Motif:
			s.kept[i].loss = -1
		case s.kept[i].heir > least:
			s.kept[i].heir--
		}
	}
	s.kept = slices.Delete(s.kept, least, least+1)
	return true
}

// reckon finds the heir of a picture and the loss without it.
func (s *sharing) reckon(i int) {
	d := &s.kept[i]
	d.loss = math.Inf(1)
	for j, other := range s.kept {
		if j == i || other.Motif != d.Motif {
			continue
		}
		named, free := Wish{d.Picture, false}, Wish{d.Picture, true}
		loss := float64(d.named)*s.unlike(named, other.Picture) + float64(d.free)*s.unlike(free, other.Picture)
		if loss < d.loss {
			d.loss, d.heir = loss, j
		}
	}
}

// mostAlike gives the kept picture nearest to a wish. Where several are equally
// near, the turn decides, so that no single one is shown all over.
func (s *sharing) mostAlike(wish Wish, kept []demand, turn int) Picture {
	least := math.Inf(1)
	var nearest []Picture
	for _, k := range kept {
		d := s.unlike(wish, k.Picture)
		if d < least {
			least, nearest = d, nearest[:0]
		}
		if d == least {
			nearest = append(nearest, k.Picture)
		}
	}
	return nearest[turn%len(nearest)]
}

// anyOtherColour is what another colour than the one chosen for it costs a
// product whose title names none: little, but not nothing, or all of these would
// look alike.
const anyOtherColour = 0.5

// unlike says how far a picture of the same motif is from what is wished for.
// Another colour than the one named weighs more than another pattern, and a far
// one more than a near one; a pattern that nobody asked for weighs more than one
// left out.
func (s *sharing) unlike(wish Wish, shown Picture) float64 {
	var d float64
	switch {
	case wish.Pattern == shown.Pattern:
	case shown.Pattern == plain:
		d = 1
	default:
		d = 1.5
	}
	switch {
	case wish.Colour == shown.Colour:
	case wish.AnyColour:
		d += anyOtherColour
	default:
		a, b := s.shades[wish.Colour].Main, s.shades[shown.Colour].Main
		r, g, bl := float64(a.R)-float64(b.R), float64(a.G)-float64(b.G), float64(a.B)-float64(b.B)
		d += 2.5 + math.Sqrt(r*r+g*g+bl*bl)/100
	}
	return d
}
