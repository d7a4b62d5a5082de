package catalog

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"image"

	"galley/internal/fault"
)

// Picture is a file that was found to be a picture.
type Picture struct {
	Data          []byte
	SHA256        []byte
	Format        string // png, jpeg, gif or webp
	Width, Height int    // as it is shown, upright

	format format
}

// ReadPicture finds out whether a file is a picture that the shop takes. It decodes all of it, so that
// what is stored can be shown. Its error is a user error.
func ReadPicture(data []byte) (*Picture, error) {
	p, err := peek(data)
	if err != nil {
		return nil, err
	}
	return p, p.verify()
}

// readPicture is ReadPicture while few others are at it.
func (w *Workflow) readPicture(ctx context.Context, data []byte) (*Picture, error) {
	p, err := peek(data)
	if err != nil {
		return nil, err
	}
	leave, err := w.pictures.enter(ctx, p.Width, p.Height)
	if err != nil {
		return nil, err
	}
	defer leave()
	return p, p.verify()
}

// peek reads the head of a file. What a decoder would need memory for is refused here.
func peek(data []byte) (*Picture, error) {
	if len(data) > MaxFile {
		return nil, notAPicture(fmt.Sprintf("The file is larger than %d MB", MaxFile>>20))
	}
	f, ok := sniff(data)
	if !ok {
		return nil, notAPicture("The file is no PNG, JPEG, GIF or WebP picture")
	}
	config, err := headOf(f, data)
	if err != nil || config.Width <= 0 || config.Height <= 0 || f.name == "jpeg" && scans(data) > maxScans {
		return nil, notAPicture("The file is damaged, or of a kind that we do not read")
	}
	if config.Width > MaxSide || config.Height > MaxSide || config.Width*config.Height > MaxPixels {
		return nil, notAPicture(fmt.Sprintf("The picture has more than %d megapixels, or is longer than %d pixels",
			MaxPixels/1_000_000, MaxSide))
	}
	sum := sha256.Sum256(data)
	p := &Picture{Data: data, SHA256: sum[:], Format: f.name, Width: config.Width, Height: config.Height, format: f}
	if lying(orientationOf(f, data)) {
		p.Width, p.Height = p.Height, p.Width
	}
	return p, nil
}

func headOf(f format, data []byte) (config image.Config, err error) {
	defer func() {
		if cause := recover(); cause != nil { // see format.read
			err = fmt.Errorf("read head of %s: panic: %v", f.name, cause)
		}
	}()
	return f.config(bytes.NewReader(data))
}

func (p *Picture) verify() error {
	if _, err := p.format.read(p.Data); err != nil {
		return notAPicture("The file is damaged, or of a kind that we do not read")
	}
	return nil
}

func notAPicture(message string) error { return fault.Reject(NotAPicture, message, "file") }
