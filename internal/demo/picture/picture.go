// Package picture draws the demo shop's pictures: a drawing for the kind of
// thing, in a palette and with a pattern that the words of the product's title
// ask for. Nothing is downloaded, and equal products share a picture.
package picture

import "strings"

// Size is the width and height of the pictures in pixels.
const Size = 512

// Picture says what to draw. Equal pictures look the same.
type Picture struct {
	// Motif is the thing shown, such as "mug".
	Motif string
	// Colour names the palette, such as "red".
	Colour string
	// Pattern is what the thing wears: "plain", "dots", "hearts" and so on.
	Pattern string
}

// Key names the picture among all others, in words fit for a file name.
func (p Picture) Key() string {
	parts := []string{strings.ReplaceAll(p.Motif, " ", "-"), p.Colour}
	if p.Pattern != plain {
		parts = append(parts, p.Pattern)
	}
	return strings.Join(parts, "-")
}

// Alt describes the picture for those who do not see it.
func (p Picture) Alt() string {
	alt := "Drawing: " + p.Motif + ", " + p.Colour
	if p.Pattern != plain {
		alt += " with " + p.Pattern
	}
	return alt
}
