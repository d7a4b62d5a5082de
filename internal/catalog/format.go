package catalog

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"slices"

	"golang.org/x/image/webp"
)

// format is a format of pictures that we read. Which one a file has is told by its own first bytes,
// never by its name or by what the client says.
type format struct {
	name   string // as in image/NAME, and in the pictures' rows
	ending string // of file names
	begins func(data []byte) bool
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

func formats() []format {
	prefix := func(p string) func([]byte) bool {
		return func(data []byte) bool { return bytes.HasPrefix(data, []byte(p)) }
	}
	return []format{
		{"png", "png", prefix("\x89PNG\r\n\x1a\n"), png.DecodeConfig, png.Decode},
		{"jpeg", "jpg", prefix("\xff\xd8\xff"), jpeg.DecodeConfig, jpeg.Decode},
		{"gif", "gif", prefix("GIF8"), gif.DecodeConfig, gif.Decode},
		{"webp", "webp", func(data []byte) bool {
			return len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP"
		}, webp.DecodeConfig, webp.Decode},
	}
}

func find(is func(format) bool) (format, bool) {
	all := formats()
	i := slices.IndexFunc(all, is)
	if i < 0 {
		return format{}, false
	}
	return all[i], true
}

func sniff(data []byte) (format, bool) { return find(func(f format) bool { return f.begins(data) }) }

func formatNamed(name string) (format, bool) {
	return find(func(f format) bool { return f.name == name })
}

// made tells the formats that we write too: the SDL's MediaFormat.
func (f format) made() (MediaFormat, bool) {
	switch f.name {
	case "png":
		return PNG, true
	case "jpeg":
		return JPEG, true
	}
	return "", false
}

// read decodes a whole file. Decoders of pictures have panicked on damaged files before, so here a
// panic is one more way to say that a file is damaged.
func (f format) read(data []byte) (img image.Image, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			img, err = nil, fmt.Errorf("decode %s: panic: %v", f.name, cause)
		}
	}()
	config, err := f.config(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("read head of %s: %w", f.name, err)
	}
	img, err = f.decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("decode %s: %w", f.name, err)
	}
	canvas := image.Rect(0, 0, config.Width, config.Height)
	if img.Bounds() == canvas {
		return img, nil
	}
	if !img.Bounds().In(canvas) {
		return nil, fmt.Errorf("decode %s: larger than its head says", f.name)
	}
	whole := image.NewRGBA(canvas) // a GIF's first frame may be smaller than the GIF
	draw.Draw(whole, img.Bounds(), img, img.Bounds().Min, draw.Src)
	return whole, nil
}
