package catalog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"galley/ent"
	"galley/ent/picture"
	"galley/internal/catalog"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/token"
)

func (s *shop) upload(product int64, data []byte) *ent.Media {
	s.t.Helper()
	return s.db.Client.Media.GetX(s.system, s.done(s.MediaUpload(s.editor, upload(product, data))))
}

func TestMediaUpload(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		for ending, file := range map[string]struct {
			format string
			data   []byte
		}{
			"png": {"png", drawing(30, 20).png()}, "jpg": {"jpeg", drawing(30, 20).jpeg()},
			"gif": {"gif", drawing(30, 20).gif()}, "webp": {"webp", webp(30, 20, color.NRGBA{R: 9, A: 255})},
		} {
			t.Run("a picture is what its bytes say, not its name or type: "+ending, func(t *testing.T) {
				s := s.on(t)
				p := s.draft("With " + ending)
				in := upload(p.ID, file.data)
				in.Alt = " A sketch. "
				m := s.db.Client.Media.GetX(s.system, s.done(s.MediaUpload(s.editor, in)))
				name, tail, _ := strings.Cut(m.Token, ".")
				if m.Width != 30 || m.Height != 20 || m.Alt != "A sketch." || m.Position != 0 || m.ProductID != p.ID ||
					tail != ending || !token.Valid("", name, 16) {
					t.Errorf("got %+v", m)
				}
				file := s.db.Client.Picture.GetX(s.system, m.PictureID)
				if file.Format != map[string]string{"jpg": "jpeg"}[ending]+strings.TrimPrefix(ending, "jpg") || len(file.Data) == 0 {
					t.Errorf("got %s, %d bytes", file.Format, len(file.Data))
				}
			})
		}
		t.Run("pictures stand in the order in which they came, and a file is stored once", func(t *testing.T) {
			s := s.on(t)
			p, q := s.draft("P"), s.draft("Q")
			data := drawing(7, 7).png()
			first, second, other := s.upload(p.ID, data), s.upload(p.ID, data), s.upload(q.ID, data)
			if first.Position != 0 || second.Position != 1 || other.Position != 0 {
				t.Errorf("at %d, %d, %d", first.Position, second.Position, other.Position)
			}
			if first.PictureID != second.PictureID || first.PictureID != other.PictureID || first.Token == second.Token {
				t.Errorf("got %+v, %+v, %+v", first, second, other)
			}
		})
		t.Run("a camera's note is followed", func(t *testing.T) {
			s := s.on(t)
			if m := s.upload(s.draft("Held on its side").ID, noted(drawing(30, 20).jpeg(), 6, littleEndian)); m.Width != 20 || m.Height != 30 {
				t.Errorf("%d x %d", m.Width, m.Height)
			}
		})
		t.Run("a product has fifty pictures at most", func(t *testing.T) {
			s := s.on(t)
			p := s.draft("Album")
			first := s.upload(p.ID, drawing(3, 3).png())
			for i := 1; i < catalog.MaxPictures; i++ {
				s.db.Client.Media.Create().SetProductID(p.ID).SetPictureID(first.PictureID).SetToken(fmt.Sprint("t", i)).
					SetPosition(i).SetWidth(3).SetHeight(3).ExecX(s.system)
			}
			out, err := s.MediaUpload(s.editor, upload(p.ID, drawing(3, 3).png()))
			s.wrong(out, err, "INVALID product")
		})
		t.Run("it needs a product that is there, to be seen and not archived", func(t *testing.T) {
			s := s.on(t)
			data := drawing(3, 3).png()
			out, err := s.MediaUpload(s.editor, upload(1, data))
			s.wrong(out, err, "NOT_FOUND product")
			out, err = s.MediaUpload(s.blind, upload(s.draft("Unseen").ID, data))
			s.wrong(out, err, "NOT_FOUND product")
			out, err = s.MediaUpload(s.editor, upload(s.archived("Past").ID, data))
			s.wrong(out, err, "ARCHIVED product")
		})
		t.Run("all that is wrong is said at once", func(t *testing.T) {
			s := s.on(t)
			in := upload(1, []byte("no"))
			in.Alt = strings.Repeat("x", 501)
			out, err := s.MediaUpload(s.editor, in)
			s.wrong(out, err, "INVALID alt", "NOT_A_PICTURE file", "NOT_FOUND product")
		})
		t.Run("a file that cannot be read is nobody's mistake", func(t *testing.T) {
			s := s.on(t)
			in := upload(s.draft("Broken pipe").ID, nil)
			broken := errors.New("broken pipe")
			in.File.File = failing{broken}
			if out, err := s.MediaUpload(s.editor, in); !errors.Is(err, broken) {
				t.Errorf("got %+v, %v", out, err)
			}
		})
		t.Run("the same file comes to two products at once, and is stored once", func(t *testing.T) {
			s := s.on(t)
			p, q := s.draft("Left"), s.draft("Right")
			for i := range 5 {
				data := drawing(40+i, 3).png()
				s.both(
					func() (*database.Outcome, error) { return s.MediaUpload(s.editor, upload(p.ID, data)) },
					func() (*database.Outcome, error) { return s.MediaUpload(s.editor, upload(q.ID, data)) },
				)
				a, b := s.media(p.ID), s.media(q.ID)
				if len(a) != i+1 || len(b) != i+1 || a[i].PictureID != b[i].PictureID {
					t.Fatalf("got %+v and %+v", a, b)
				}
			}
		})
		t.Run("pictures that come to one product at once stand in a row", func(t *testing.T) {
			s := s.on(t)
			p := s.draft("Row")
			var wg sync.WaitGroup
			for i := range 8 {
				wg.Go(func() {
					if out, err := s.MediaUpload(s.editor, upload(p.ID, drawing(9, 9+i).png())); err != nil || out.Key == 0 {
						t.Errorf("got %+v, %v", out, err)
					}
				})
			}
			wg.Wait()
			for i, m := range s.media(p.ID) {
				if m.Position != i {
					t.Errorf("at %d, not at %d", m.Position, i)
				}
			}
		})
		t.Run("it takes five statements", func(t *testing.T) {
			s := s.on(t)
			p := s.draft("Counted")
			n := s.statements(s.editor, func(ctx context.Context) (*database.Outcome, error) {
				return s.MediaUpload(ctx, upload(p.ID, drawing(11, 13).png()))
			})
			if n != 5 {
				t.Errorf("%d statements", n)
			}
		})
		t.Run("pictures can be added in a transaction of one's own", func(t *testing.T) {
			s := s.on(t)
			p := s.draft("Seed")
			err := s.db.InTx(s.system, func(ctx context.Context, tx *ent.Tx) error {
				for i := range 3 {
					m, err := s.AddPicture(ctx, tx, p.ID, drawing(5, 5).jpeg(), "seed")
					if err != nil {
						return err
					}
					if m.Position != i {
						t.Errorf("at %d, not at %d", m.Position, i)
					}
				}
				_, err := s.AddPicture(ctx, tx, p.ID, []byte("GIF89a"), "")
				if rejected, ok := errors.AsType[fault.Rejected](err); !ok || rejected[0].Code != catalog.NotAPicture {
					t.Errorf("got %v", err)
				}
				return nil
			})
			if err != nil || len(s.media(p.ID)) != 3 {
				t.Errorf("got %v", err)
			}
		})
	})
}

// failing is an upload whose bytes never come.
type failing struct{ err error }

func (f failing) Read(p []byte) (int, error)     { return iotest.ErrReader(f.err).Read(p) }
func (f failing) Seek(int64, int) (int64, error) { return 0, f.err }

func TestWhatIsNoPicture(t *testing.T) {
	t.Parallel()
	png, jpeg, gif := drawing(64, 64).png(), drawing(64, 64).jpeg(), drawing(64, 64).gif()
	html := []byte("<!doctype html><script>alert(1)</script>")
	files := map[string][]byte{
		"nothing":                          nil,
		"HTML":                             html,
		"HTML that begins as a PNG":        append(bytes.Clone(png[:8]), html...),
		"HTML behind a PNG's head":         append(bytes.Clone(png[:33]), html...),
		"HTML that begins as a JPEG":       append([]byte("\xff\xd8\xff\xe0"), html...),
		"HTML that begins as a GIF":        append([]byte("GIF89a"), html...),
		"HTML that begins as a WebP":       append([]byte("RIFF\x00\x00\x00\x00WEBPVP8 "), html...),
		"SVG":                              []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`),
		"a PNG that was cut":               png[:len(png)/2],
		"a PNG without its end":            png[:len(png)-13],
		"a JPEG that was cut":              jpeg[:len(jpeg)/2],
		"a GIF that was cut":               gif[:len(gif)/2],
		"a WebP that was cut":              webp(64, 64, color.NRGBA{A: 255})[:24],
		"a PNG with a flipped bit":         flipped(png, len(png)/2),
		"a PNG of no size":                 claiming(png, 0, 64),
		"a file too large":                 append(bytes.Clone(png), make([]byte, catalog.MaxFile)...),
		"a bomb of 900 megapixels":         claiming(png, 30_000, 30_000),
		"a PNG as large as numbers go":     claiming(png, 1<<31-1, 1<<31-1),
		"a thread of a picture":            claiming(png, catalog.MaxSide+1, 1),
		"41 megapixels":                    claiming(png, 8200, 5000),
		"a WebP of 268 megapixels":         webp(16384, 16384, color.NRGBA{A: 255}),
		"a WebP that says it is small":     disguised(16383, 16383),
		"a GIF whose picture is too large": overflowing(gif),
		"a JPEG that goes over and over":   scanned(jpeg, 31),
	}
	for name, data := range files {
		t.Run("refused: "+name, func(t *testing.T) {
			t.Parallel()
			p, err := catalog.ReadPicture(data)
			rejected, ok := errors.AsType[fault.Rejected](err)
			if !ok || len(rejected) != 1 || rejected[0].Code != catalog.NotAPicture || rejected[0].Field[0] != "file" || rejected[0].Message == "" {
				t.Errorf("got %+v, %v", p, err)
			}
		})
	}
	t.Run("what is too large is refused by its head", func(t *testing.T) {
		t.Parallel()
		for _, name := range []string{"a bomb of 900 megapixels", "a thread of a picture", "41 megapixels", "a WebP of 268 megapixels"} {
			if _, err := catalog.ReadPicture(files[name]); err == nil || !strings.Contains(err.Error(), "megapixels") {
				t.Errorf("%s: got %v", name, err)
			}
		}
	})
	t.Run("a JPEG may go over its pixels as often as encoders do", func(t *testing.T) {
		t.Parallel()
		if _, err := catalog.ReadPicture(scanned(jpeg, 30)); err != nil {
			t.Errorf("got %v", err)
		}
	})
	t.Run("what comes behind a picture stays a picture's tail", func(t *testing.T) {
		t.Parallel()
		if p, err := catalog.ReadPicture(append(bytes.Clone(png), html...)); err != nil || p.Format != "png" {
			t.Errorf("got %+v, %v", p, err)
		}
	})
	t.Run("a refused upload leaves nothing behind", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, s *shop) {
			p := s.draft("Target")
			for _, data := range files {
				out, err := s.MediaUpload(s.editor, upload(p.ID, data))
				s.wrong(out, err, "NOT_A_PICTURE file")
			}
			in := upload(p.ID, nil)
			in.File.File = nil
			out, err := s.MediaUpload(s.editor, in)
			s.wrong(out, err, "NOT_A_PICTURE file")
			if n := s.db.Client.Picture.Query().Where(picture.IDGT(0)).CountX(s.system); n != 0 || len(s.media(p.ID)) > 0 {
				t.Errorf("%d pictures", n)
			}
		})
	})
}

func flipped(data []byte, i int) []byte {
	data = bytes.Clone(data)
	data[i] ^= 1
	return data
}

// scanned is a JPEG whose one scan comes so many times.
func scanned(data []byte, times int) []byte {
	i := bytes.Index(data, []byte{0xff, 0xda})
	scan := data[i : len(data)-2]
	return append(append(bytes.Clone(data[:i]), bytes.Repeat(scan, times)...), 0xff, 0xd9)
}

// overflowing is a GIF whose screen is smaller than its picture.
func overflowing(data []byte) []byte {
	data = bytes.Clone(data)
	data[6], data[7] = 1, 0
	return data
}

// disguised is a WebP whose outer head says 1 by 1, and whose picture is larger.
func disguised(width, height int) []byte {
	inner := webp(width, height, color.NRGBA{A: 255})[12:]
	outer := append([]byte("VP8X\x0a\x00\x00\x00"), make([]byte, 10)...)
	all := append(append([]byte("RIFF\x00\x00\x00\x00WEBP"), outer...), inner...)
	littleEndian.PutUint32(all[4:], uint32(len(all)-8))
	return all
}

func FuzzReadPicture(f *testing.F) {
	for _, data := range [][]byte{
		drawing(5, 4).png(), drawing(5, 4).jpeg(), drawing(5, 4).gif(), webp(5, 4, color.NRGBA{A: 255}),
		noted(drawing(5, 4).jpeg(), 6, bigEndian), disguised(2, 2), []byte("\xff\xd8\xff\xe1\x00\x08Exif\x00\x00"),
	} {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if head, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil && head.Width*head.Height > 1<<16 {
			return // it would only take time
		}
		p, err := catalog.ReadPicture(data)
		if err == nil && (p.Width <= 0 || p.Height <= 0 || p.Width*p.Height > catalog.MaxPixels) {
			t.Errorf("got %+v", p)
		}
	})
}
