package picture

import (
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// canvas is what motifs draw on: a picture and the colours to use.
type canvas struct {
	Palette
	pattern string
	img     *image.RGBA
	scale   float32
	scenes  map[string][]uint8 // the pixels of the background, by palette
	raster  vector.Rasterizer
	mask    []uint8 // of the path being painted
	inside  []uint8 // of the path within which is painted
	clip    *image.Alpha
}

func newCanvas(size int) *canvas {
	return &canvas{
		img:    image.NewRGBA(image.Rect(0, 0, size, size)),
		scale:  float32(size) / 100,
		scenes: map[string][]uint8{},
		mask:   make([]uint8, size*size),
		inside: make([]uint8, size*size),
	}
}

// fill paints the inside of a path.
func (c *canvas) fill(p path, with color.RGBA) { c.tint(p, with, 1) }

// line paints along a path.
func (c *canvas) line(p path, width float32, with color.RGBA) { c.fill(p.stroke(width), with) }

// tint paints the inside of a path, letting what is below shine through.
func (c *canvas) tint(p path, with color.RGBA, opacity float32) {
	mask := c.cover(p, c.mask)
	if mask == nil {
		return
	}
	if c.clip != nil {
		intersect(mask, c.clip)
	}
	blend(c.img, mask, with, uint32(opacity*256))
}

// within paints only what lies inside a path. One within another would forget
// the outer path: motifs do without.
func (c *canvas) within(p path, paint func()) {
	c.clip = c.cover(p, c.inside)
	if c.clip != nil {
		paint()
	}
	c.clip = nil
}

// cover says how much of each pixel a path covers. It is nil for a path outside the picture.
func (c *canvas) cover(p path, pixels []uint8) *image.Alpha {
	box := c.bounds(p)
	if box.Empty() {
		return nil
	}
	z := &c.raster
	z.Reset(box.Dx(), box.Dy())
	z.DrawOp = draw.Src
	dx, dy := float32(box.Min.X), float32(box.Min.Y)
	for i, s := range p {
		for j := range s.at {
			s.at[j] = point{s.at[j].x*c.scale - dx, s.at[j].y*c.scale - dy}
		}
		switch s.op {
		case moveTo:
			if i > 0 {
				z.ClosePath()
			}
			z.MoveTo(s.at[0].x, s.at[0].y)
		case lineTo:
			z.LineTo(s.at[0].x, s.at[0].y)
		case quadTo:
			z.QuadTo(s.at[0].x, s.at[0].y, s.at[1].x, s.at[1].y)
		case cubeTo:
			z.CubeTo(s.at[0].x, s.at[0].y, s.at[1].x, s.at[1].y, s.at[2].x, s.at[2].y)
		}
	}
	z.ClosePath()
	mask := &image.Alpha{Pix: pixels[:box.Dx()*box.Dy()], Stride: box.Dx(), Rect: image.Rect(0, 0, box.Dx(), box.Dy())}
	z.Draw(mask, mask.Rect, image.Opaque, image.Point{})
	mask.Rect = box
	return mask
}

// bounds gives the pixels that a path can touch.
func (c *canvas) bounds(p path) image.Rectangle {
	if len(p) == 0 {
		return image.Rectangle{}
	}
	low, high := p[0].at[0], p[0].at[0]
	for _, s := range p {
		for _, q := range s.at[:pointsOf(s.op)] {
			low.x, low.y = min(low.x, q.x), min(low.y, q.y)
			high.x, high.y = max(high.x, q.x), max(high.y, q.y)
		}
	}
	floor := func(v float32) int { return int(math.Floor(float64(v * c.scale))) }
	return image.Rect(floor(low.x), floor(low.y), floor(high.x)+1, floor(high.y)+1).Intersect(c.img.Rect)
}

// intersect takes away from a mask what lies outside of another.
func intersect(mask, clip *image.Alpha) {
	both := mask.Rect.Intersect(clip.Rect)
	for y := mask.Rect.Min.Y; y < mask.Rect.Max.Y; y++ {
		row := mask.Pix[mask.PixOffset(mask.Rect.Min.X, y):][:mask.Rect.Dx()]
		if y < both.Min.Y || y >= both.Max.Y || both.Empty() {
			clear(row)
			continue
		}
		left, right := both.Min.X-mask.Rect.Min.X, both.Max.X-mask.Rect.Min.X
		clear(row[:left])
		clear(row[right:])
		limit := clip.Pix[clip.PixOffset(both.Min.X, y):]
		for i, v := range row[left:right] {
			row[left+i] = uint8(uint32(v) * uint32(limit[i]) / 255)
		}
	}
}

// blend mixes a colour into the picture where the mask covers it. Coverage is
// taken in sixteenths, which the eye does not see at an edge and which keeps
// the number of colours, and with it the file, small.
func blend(img *image.RGBA, mask *image.Alpha, with color.RGBA, opacity uint32) {
	var weight [256]uint32
	for v := range weight {
		weight[v] = (uint32(v) + 8) / 17 * 17 * opacity / 256
	}
	solid := binary.LittleEndian.Uint32([]byte{with.R, with.G, with.B, 255})
	for y := mask.Rect.Min.Y; y < mask.Rect.Max.Y; y++ {
		row := mask.Pix[mask.PixOffset(mask.Rect.Min.X, y):][:mask.Rect.Dx()]
		pix := img.Pix[img.PixOffset(mask.Rect.Min.X, y):][:4*len(row)]
		for i := 0; i < len(row); i++ {
			if len(row)-i >= 8 && binary.LittleEndian.Uint64(row[i:]) == 0 {
				i += 7 // most paths cover little of their box
				continue
			}
			w := weight[row[i]]
			if w == 0 {
				continue
			}
			px := pix[4*i : 4*i+4 : 4*i+4]
			if w == 255 {
				binary.LittleEndian.PutUint32(px, solid)
				continue
			}
			px[0] = mix8(px[0], with.R, w)
			px[1] = mix8(px[1], with.G, w)
			px[2] = mix8(px[2], with.B, w)
		}
	}
}

// mix8 goes weight/255 of the way from a to b, rounded.
func mix8(a, b uint8, weight uint32) uint8 {
	v := uint32(a)*(255-weight) + uint32(b)*weight + 128
	return uint8((v + v>>8) >> 8)
}

// flood paints the whole picture.
func (c *canvas) flood(with color.RGBA) {
	row := c.img.Pix[:c.img.Stride]
	for i := 0; i < len(row); i += 4 {
		row[i], row[i+1], row[i+2], row[i+3] = with.R, with.G, with.B, 255
	}
	for y := 1; y < c.img.Rect.Dy(); y++ {
		copy(c.img.Pix[y*c.img.Stride:], row)
	}
}
