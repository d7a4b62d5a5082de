package picture

import (
	"slices"
	"testing"
)

func wishes(n int, w Wish) []Wish { return slices.Repeat([]Wish{w}, n) }

func TestShare(t *testing.T) {
	t.Parallel()
	redMug, redSpots := Picture{"mug", "red", plain}, Picture{"mug", "red", dots}
	pinkMug, blueMug := Picture{"mug", "pink", plain}, Picture{"mug", "blue", plain}
	bag := Picture{"tote bag", "blue", plain}

	for _, c := range []struct {
		name   string
		wishes []Wish
		most   int
		want   []Picture
	}{
		{"with room for all each wish comes true", []Wish{{redMug, false}, {blueMug, false}}, 2, []Picture{redMug, blueMug}},
		{"a pattern goes before a colour", []Wish{{redMug, false}, {redMug, false}, {redSpots, false}, {blueMug, false}}, 2, []Picture{redMug, redMug, redMug, blueMug}},
		{"a near colour stands in for a rare one", append(wishes(3, Wish{blueMug, false}), slices.Concat(wishes(3, Wish{redMug, false}), wishes(1, Wish{pinkMug, false}))...), 2,
			[]Picture{blueMug, blueMug, blueMug, redMug, redMug, redMug, redMug}},
		{"who takes any colour gives way first", append(wishes(5, Wish{blueMug, true}), Wish{redMug, false}), 1,
			[]Picture{redMug, redMug, redMug, redMug, redMug, redMug}},
		{"a motif is never given up", []Wish{{redMug, false}, {bag, false}}, 1, []Picture{redMug, bag}},
		{"no wishes, no pictures", nil, 3, []Picture{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := Share(c.wishes, c.most)
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %v\nwant %v", got, c.want)
			}
		})
	}
}
