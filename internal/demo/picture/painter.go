package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
)

// Painter draws many pictures, one after the other, without asking for memory
// each time. It is not safe for concurrent use; several can work side by side.
type Painter struct {
	canvas  *canvas
	reducer reducer
	encoder png.Encoder
}

// NewPainter makes a painter of pictures of the usual size.
func NewPainter() *Painter {
	return &Painter{
		canvas:  newCanvas(Size),
		encoder: png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: new(buffers)},
	}
}

// PNG draws a picture. Equal pictures give equal bytes.
func (p *Painter) PNG(picture Picture) ([]byte, error) {
	if err := p.canvas.paint(picture); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := p.encoder.Encode(&out, p.reducer.reduce(p.canvas.img)); err != nil {
		return nil, fmt.Errorf("encode png: %w", err)
	}
	return out.Bytes(), nil
}

// Draw paints a picture, size pixels wide and high.
func Draw(picture Picture, size int) (image.Image, error) {
	c := newCanvas(size)
	if err := c.paint(picture); err != nil {
		return nil, err
	}
	return c.img, nil
}

// paint draws a picture over whatever the canvas shows.
func (c *canvas) paint(picture Picture) error {
	m, known := motifs()[picture.Motif]
	if !known {
		return fmt.Errorf("no drawing of %q", picture.Motif)
	}
	palette, known := palettes()[picture.Colour]
	if !known {
		return fmt.Errorf("no palette %q", picture.Colour)
	}
	c.Palette, c.pattern = palette, picture.Pattern
	c.scene()
	m.paint(c)
	return nil
}

// buffers keeps the one buffer that an encoder uses.
type buffers struct{ last *png.EncoderBuffer }

func (b *buffers) Get() *png.EncoderBuffer       { return b.last }
func (b *buffers) Put(buffer *png.EncoderBuffer) { b.last = buffer }
