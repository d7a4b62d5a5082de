package picture

import (
	"cmp"
	"encoding/binary"
	"image"
	"image/color"
	"slices"
)

// reducer turns pictures into ones of at most 256 colours. It keeps its memory
// from one picture to the next.
type reducer struct {
	table [tableSize]entry
	used  []uint32 // the places of the table in use, in order of appearance
	runs  []run
	out   *image.Paletted
}

// run is neighbouring pixels of one colour.
type run struct {
	length int
	number uint16 // of the colour, in order of appearance
}

// entry is a colour of the picture; a count of zero is an empty place.
type entry struct {
	colour uint32
	count  uint32
	number uint16
}

// tableSize is a power of two far above the number of colours of a drawing,
// which is in the hundreds.
const tableSize = 1 << 14

// reduce keeps the most frequent 256 colours and gives every other pixel the
// nearest of these. The result is good until the next call.
func (r *reducer) reduce(img *image.RGBA) *image.Paletted {
	if r.out == nil || r.out.Rect != img.Rect {
		r.out = image.NewPaletted(img.Rect, nil)
	}
	for _, place := range r.used {
		r.table[place] = entry{}
	}
	r.used, r.runs = r.used[:0], r.runs[:0]
	r.count(img)
	palette, index := r.choose()
	r.out.Palette = palette
	pix := r.out.Pix
	for _, same := range r.runs {
		place := index[same.number]
		for i := range pix[:same.length] {
			pix[i] = place
		}
		pix = pix[same.length:]
	}
	return r.out
}

// count numbers the colours of the picture.
func (r *reducer) count(img *image.RGBA) {
	for rest := img.Pix; len(rest) > 0; {
		colour, length := binary.LittleEndian.Uint32(rest), 1
		for 4*length < len(rest) && binary.LittleEndian.Uint32(rest[4*length:]) == colour {
			length++
		}
		at := r.find(colour)
		at.count += uint32(length)
		r.runs = append(r.runs, run{length: length, number: at.number})
		rest = rest[4*length:]
	}
}

// find gives the entry of a colour, a new one where it is not there yet. A full
// table, which no drawing comes near, gives the first one.
func (r *reducer) find(colour uint32) *entry {
	place := colour * 2654435761 >> 18
	for {
		e := &r.table[place]
		switch {
		case e.count > 0 && e.colour == colour:
			return e
		case e.count == 0 && len(r.used) == tableSize-1:
			return &r.table[r.used[0]]
		case e.count == 0:
			*e = entry{colour: colour, number: uint16(len(r.used))}
			r.used = append(r.used, place)
			return e
		}
		place = (place + 1) % tableSize
	}
}

// choose gives the palette, and for each number of a colour its place therein.
func (r *reducer) choose() (palette color.Palette, index []uint8) {
	const most = 256
	entries := make([]entry, len(r.used))
	for i, place := range r.used {
		entries[i] = r.table[place]
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.colour, b.colour))
	})
	kept := entries[:min(most, len(entries))]
	index = make([]uint8, len(entries))
	for i, e := range kept {
		palette = append(palette, color.RGBA{R: uint8(e.colour), G: uint8(e.colour >> 8), B: uint8(e.colour >> 16), A: 255})
		index[e.number] = uint8(i)
	}
	for _, e := range entries[len(kept):] {
		index[e.number] = nearest(kept, e.colour)
	}
	return palette, index
}

func nearest(kept []entry, to uint32) uint8 {
	best, bestDistance := 0, int32(1)<<30
	for i, e := range kept {
		if d := distance(e.colour, to); d < bestDistance {
			best, bestDistance = i, d
		}
	}
	return uint8(best)
}

func distance(a, b uint32) int32 {
	r, g, bl := int32(a&255)-int32(b&255), int32(a>>8&255)-int32(b>>8&255), int32(a>>16&255)-int32(b>>16&255)
	return r*r + g*g + bl*bl
}
