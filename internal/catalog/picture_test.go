package catalog_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"galley/internal/catalog"
	"galley/internal/nodeid"
)

// sketch is a picture drawn for a test: quarters of red, green, blue and nothing.
type sketch struct{ *image.NRGBA }

func drawing(width, height int) sketch {
	img := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.SetNRGBA(x, y, quarter(x < width/2, y < height/2))
		}
	}
	return sketch{img}
}

func quarter(left, top bool) color.NRGBA {
	switch {
	case left && top:
		return color.NRGBA{R: 255, A: 255}
	case top:
		return color.NRGBA{G: 255, A: 255}
	case left:
		return color.NRGBA{B: 255, A: 255}
	}
	return color.NRGBA{}
}

func (s sketch) png() []byte {
	var b bytes.Buffer
	must(png.Encode(&b, s))
	return b.Bytes()
}

func (s sketch) jpeg() []byte {
	var b bytes.Buffer
	must(jpeg.Encode(&b, s, &jpeg.Options{Quality: 100}))
	return b.Bytes()
}

func (s sketch) gif() []byte {
	var b bytes.Buffer
	few := image.NewPaletted(s.Bounds(), color.Palette{color.NRGBA{}, color.NRGBA{R: 255, A: 255}, color.NRGBA{G: 255, A: 255}, color.NRGBA{B: 255, A: 255}})
	draw.Draw(few, few.Rect, s, image.Point{}, draw.Src)
	must(gif.Encode(&b, few, nil))
	return b.Bytes()
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func upload(product int64, data []byte) catalog.MediaUploadInput {
	return catalog.MediaUploadInput{
		Product: nodeid.Product.ID(product),
		File:    graphql.Upload{File: bytes.NewReader(data), Filename: "evil.html", ContentType: "text/html", Size: int64(len(data))},
	}
}

// webp is a lossless WebP of one colour: each of its five codes has one symbol, so that pixels take
// no bits at all. https://developers.google.com/speed/webp/docs/webp_lossless_bitstream_specification
func webp(width, height int, c color.NRGBA) []byte {
	var bits bitWriter
	bits.write(0x2f, 8)
	bits.write(width-1, 14)
	bits.write(height-1, 14)
	bits.write(1, 1) // has transparency
	bits.write(0, 3) // version
	bits.write(0, 3) // no transform, no cache of colours, no meta codes
	for _, symbol := range []uint8{c.G, c.R, c.B, c.A} {
		bits.write(0b101, 3) // a simple code, of one symbol, of eight bits
		bits.write(int(symbol), 8)
	}
	bits.write(0b0001, 4) // distances: a simple code, of one symbol, of one bit, 0
	data := bits.bytes
	if len(data)%2 == 1 {
		data = append(data, 0)
	}
	var b bytes.Buffer
	b.WriteString("RIFF")
	must(binary.Write(&b, binary.LittleEndian, uint32(4+8+len(data))))
	b.WriteString("WEBPVP8L")
	must(binary.Write(&b, binary.LittleEndian, uint32(len(data))))
	b.Write(data)
	return b.Bytes()
}

// bitWriter writes bits, the lowest first.
type bitWriter struct {
	bytes []byte
	used  int
}

func (w *bitWriter) write(value, bits int) {
	for i := range bits {
		if w.used%8 == 0 {
			w.bytes = append(w.bytes, 0)
		}
		w.bytes[w.used/8] |= byte(value>>i&1) << (w.used % 8)
		w.used++
	}
}

// claiming is a PNG whose head says another size than its pixels have.
func claiming(data []byte, width, height int) []byte {
	lie := bytes.Clone(data)
	binary.BigEndian.PutUint32(lie[16:], uint32(width))
	binary.BigEndian.PutUint32(lie[20:], uint32(height))
	binary.BigEndian.PutUint32(lie[29:], crc32.ChecksumIEEE(lie[12:29]))
	return lie
}

// noted is a JPEG with a camera's note of how it was held, in either order of bytes.
func noted(data []byte, orientation uint16, order binary.ByteOrder) []byte {
	var tiff bytes.Buffer
	tiff.WriteString(map[bool]string{true: "II", false: "MM"}[order == binary.LittleEndian])
	for _, v := range []any{
		uint16(42), uint32(8), uint16(2), // one directory, two entries
		uint16(0x0100), uint16(3), uint32(1), uint16(9), uint16(0),
		uint16(0x0112), uint16(3), uint32(1), orientation, uint16(0),
		uint32(0),
	} {
		must(binary.Write(&tiff, order, v))
	}
	body := append([]byte("Exif\x00\x00"), tiff.Bytes()...)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2))
	comment := []byte{0xff, 0xfe, 0, 4, 'h', 'i'}
	return slices.Concat(data[:2], comment, segment, body, data[2:])
}
