package catalog_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"galley/ent"
	"galley/internal/catalog"
	"galley/internal/database"
	"galley/internal/fault"
)

var (
	littleEndian = binary.LittleEndian
	bigEndian    = binary.BigEndian
)

// get asks for a picture; headers are names and values in turn.
func (s *shop) get(ctx context.Context, method, url string, headers ...string) *http.Response {
	s.t.Helper()
	r := httptest.NewRequestWithContext(ctx, method, url, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	s.ServePicture(rec, r)
	return rec.Result()
}

// show asks for a picture as the graph names it, and decodes it.
func (s *shop) show(m *ent.Media, width, height *int, format *catalog.MediaFormat) (image.Image, string) {
	s.t.Helper()
	url, err := catalog.PictureURL(m.Token, width, height, format)
	if err != nil {
		s.t.Fatal(err)
	}
	res := s.get(s.t.Context(), http.MethodGet, url)
	mediaType := res.Header.Get("Content-Type")
	decode := map[string]func([]byte) (image.Image, error){
		"image/png":  func(b []byte) (image.Image, error) { return png.Decode(bytes.NewReader(b)) },
		"image/jpeg": func(b []byte) (image.Image, error) { return jpeg.Decode(bytes.NewReader(b)) },
		"image/gif":  func(b []byte) (image.Image, error) { return gif.Decode(bytes.NewReader(b)) },
	}[mediaType]
	if res.StatusCode != http.StatusOK || decode == nil {
		s.t.Fatalf("%s: %s, %s", url, res.Status, mediaType)
	}
	img, err := decode(body(s.t, res))
	if err != nil {
		s.t.Fatalf("%s: %v", url, err)
	}
	return img, mediaType
}

func body(t *testing.T, res *http.Response) []byte {
	t.Helper()
	defer func() { _ = res.Body.Close() }()
	var b bytes.Buffer
	if _, err := b.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// near compares a pixel with a colour, as exactly as JPEG is.
func near(t *testing.T, img image.Image, x, y int, want color.NRGBA) {
	t.Helper()
	got := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
	for i, d := range []int{int(got.R) - int(want.R), int(got.G) - int(want.G), int(got.B) - int(want.B), int(got.A) - int(want.A)} {
		if d < -24 || d > 24 {
			t.Errorf("at %d,%d of %v: got %v, want %v (%d)", x, y, img.Bounds(), got, want, i)
			return
		}
	}
}

var (
	red, green, blue = color.NRGBA{R: 255, A: 255}, color.NRGBA{G: 255, A: 255}, color.NRGBA{B: 255, A: 255}
	white, nothing   = color.NRGBA{R: 255, G: 255, B: 255, A: 255}, color.NRGBA{}
)

// quarters compares the colours of a picture's quarters, from the left of the top.
func quarters(t *testing.T, img image.Image, want ...color.NRGBA) {
	t.Helper()
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	for i, c := range want {
		near(t, img, w/4+(i%2)*w/2, h/4+(i/2)*h/2, c)
	}
}

func TestServedPictures(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		p := s.draft("Gallery")
		asPNG, asJPEG, asGIF := s.upload(p.ID, drawing(400, 200).png()), s.upload(p.ID, drawing(400, 200).jpeg()), s.upload(p.ID, drawing(400, 200).gif())
		asWebP := s.upload(p.ID, webp(40, 20, color.NRGBA{R: 255, A: 255}))
		jpg, pngs := to(catalog.JPEG), to(catalog.PNG)

		t.Run("without a size or a format a picture is the file that was uploaded", func(t *testing.T) {
			s := s.on(t)
			for _, m := range []*ent.Media{asPNG, asJPEG, asGIF, asWebP} {
				file := s.db.Client.Picture.GetX(s.system, m.PictureID)
				url, err := catalog.PictureURL(m.Token, nil, nil, nil)
				if err != nil {
					t.Fatal(err)
				}
				res := s.get(t.Context(), http.MethodGet, url)
				if !bytes.Equal(body(t, res), file.Data) || res.Header.Get("Content-Type") != "image/"+file.Format {
					t.Errorf("%s: %s, %v", url, res.Status, res.Header)
				}
			}
		})
		t.Run("it is safe to show and to keep", func(t *testing.T) {
			s := s.on(t)
			res := s.get(t.Context(), http.MethodGet, "/media/"+asPNG.Token)
			for name, want := range map[string]string{
				"Cache-Control":           "public, max-age=31536000, immutable",
				"X-Content-Type-Options":  "nosniff",
				"Content-Security-Policy": "default-src 'none'",
				"Content-Length":          fmt.Sprint(len(body(t, res))),
			} {
				if got := res.Header.Get(name); got != want {
					t.Errorf("%s: got %q, want %q", name, got, want)
				}
			}
			if tag := res.Header.Get("ETag"); len(tag) != 34 || strings.HasPrefix(tag, "W/") {
				t.Errorf("got %s", tag)
			}
		})
		for _, c := range []struct {
			says          string
			m             *ent.Media
			width, height *int
			format        *catalog.MediaFormat
			w, h          int
			mediaType     string
			quarters      []color.NRGBA
		}{
			{"a width alone keeps the proportions", asPNG, to(100), nil, nil, 100, 50, "image/png", []color.NRGBA{red, green, blue, nothing}},
			{"a height alone keeps the proportions", asPNG, nil, to(100), nil, 200, 100, "image/png", []color.NRGBA{red, green, blue, nothing}},
			{"a picture fits into both", asPNG, to(300), to(30), nil, 60, 30, "image/png", []color.NRGBA{red, green, blue, nothing}},
			{"a picture fits into both, the other way", asPNG, to(30), to(300), nil, 30, 15, "image/png", []color.NRGBA{red, green, blue, nothing}},
			{"a little smaller", asPNG, to(399), nil, nil, 399, 200, "image/png", []color.NRGBA{red, green, blue, nothing}},
			{"never larger", asPNG, to(2048), to(2048), nil, 400, 200, "image/png", []color.NRGBA{red, green, blue, nothing}},
			{"at least one pixel", asPNG, to(1), nil, nil, 1, 1, "image/png", nil},
			{"JPEG is on white", asPNG, to(100), nil, jpg, 100, 50, "image/jpeg", []color.NRGBA{red, green, blue, white}},
			{"JPEG is on white at full size too", asPNG, nil, nil, jpg, 400, 200, "image/jpeg", []color.NRGBA{red, green, blue, white}},
			{"a JPEG stays a JPEG", asJPEG, to(100), nil, nil, 100, 50, "image/jpeg", []color.NRGBA{red, green, blue}},
			{"a JPEG becomes a PNG", asJPEG, nil, to(50), pngs, 100, 50, "image/png", []color.NRGBA{red, green, blue}},
			{"a GIF becomes a PNG when it is made smaller", asGIF, to(100), nil, nil, 100, 50, "image/png", []color.NRGBA{red, green, blue, nothing}},
			{"a GIF becomes a JPEG", asGIF, nil, nil, jpg, 400, 200, "image/jpeg", []color.NRGBA{red, green, blue, white}},
			{"a WebP becomes a PNG when it is made smaller", asWebP, to(10), nil, nil, 10, 5, "image/png", []color.NRGBA{red, red, red, red}},
			{"a WebP becomes a JPEG", asWebP, nil, nil, jpg, 40, 20, "image/jpeg", []color.NRGBA{red, red, red, red}},
		} {
			t.Run(c.says, func(t *testing.T) {
				img, mediaType := s.on(t).show(c.m, c.width, c.height, c.format)
				if img.Bounds() != image.Rect(0, 0, c.w, c.h) || mediaType != c.mediaType {
					t.Errorf("got %s, %v", mediaType, img.Bounds())
				}
				quarters(t, img, c.quarters...)
			})
		}
		t.Run("however a camera was held, the picture is upright", func(t *testing.T) {
			s := s.on(t)
			for orientation, want := range map[uint16][]color.NRGBA{
				1: {red, green, blue, white}, 2: {green, red, white, blue}, 3: {white, blue, green, red}, 4: {blue, white, red, green},
				5: {red, blue, green, white}, 6: {blue, red, white, green}, 7: {white, green, blue, red}, 8: {green, white, red, blue},
			} {
				for _, order := range []binary.ByteOrder{littleEndian, bigEndian} {
					onWhite := drawing(80, 40)
					for y := 20; y < 40; y++ {
						for x := 40; x < 80; x++ {
							onWhite.SetNRGBA(x, y, white)
						}
					}
					m := s.upload(s.draft("Held").ID, noted(onWhite.jpeg(), orientation, order))
					img, _ := s.show(m, to(30), to(30), nil)
					size := image.Rect(0, 0, 30, 15)
					if orientation >= 5 {
						size = image.Rect(0, 0, 15, 30)
					}
					if img.Bounds() != size {
						t.Errorf("%d: got %v", orientation, img.Bounds())
					}
					quarters(t, img, want...)
				}
			}
		})
		t.Run("what browsers have they are not sent again", func(t *testing.T) {
			s := s.on(t)
			name, _, _ := strings.Cut(asPNG.Token, ".")
			for _, url := range []string{"/media/" + asPNG.Token, "/media/" + name + "/50x0.jpg"} {
				tag := s.get(t.Context(), http.MethodGet, url).Header.Get("ETag")
				for _, known := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
					res := s.get(t.Context(), http.MethodGet, url, "If-None-Match", known)
					if res.StatusCode != http.StatusNotModified || len(body(t, res)) > 0 || res.Header.Get("ETag") != tag || res.Header.Get("Cache-Control") == "" {
						t.Errorf("%s: %s, %v", known, res.Status, res.Header)
					}
				}
				if res := s.get(t.Context(), http.MethodGet, url, "If-None-Match", `"other"`); res.StatusCode != http.StatusOK {
					t.Errorf("got %s", res.Status)
				}
			}
		})
		t.Run("different pictures have different tags", func(t *testing.T) {
			s := s.on(t)
			name, _, _ := strings.Cut(asPNG.Token, ".")
			other, _, _ := strings.Cut(asJPEG.Token, ".")
			tags := map[string]string{}
			for _, url := range []string{name + ".png", name + ".jpg", name + "/50x0.jpg", name + "/50x0.png", name + "/51x0.png", other + ".jpg", other + "/50x0.jpg"} {
				tag := s.get(t.Context(), http.MethodGet, "/media/"+url).Header.Get("ETag")
				if tags[tag] != "" {
					t.Errorf("%s and %s", tags[tag], url)
				}
				tags[tag] = url
			}
		})
		t.Run("HEAD has the head, and a range is a part", func(t *testing.T) {
			s := s.on(t)
			url := "/media/" + asJPEG.Token
			whole := body(t, s.get(t.Context(), http.MethodGet, url))
			head := s.get(t.Context(), http.MethodHead, url)
			if head.StatusCode != http.StatusOK || len(body(t, head)) > 0 || head.Header.Get("Content-Length") != fmt.Sprint(len(whole)) || head.Header.Get("ETag") == "" {
				t.Errorf("%s, %v", head.Status, head.Header)
			}
			part := s.get(t.Context(), http.MethodGet, url, "Range", "bytes=2-5")
			if part.StatusCode != http.StatusPartialContent || !bytes.Equal(body(t, part), whole[2:6]) {
				t.Errorf("got %s", part.Status)
			}
		})
		t.Run("everything else is not there", func(t *testing.T) {
			s := s.on(t)
			name, _, _ := strings.Cut(asPNG.Token, ".")
			webpName, _, _ := strings.Cut(asWebP.Token, ".")
			stranger := strings.Repeat("a", 26)
			for _, path := range []string{
				"", name, name + ".", name + ".gif", name + ".webp", name + ".svg", name + ".PNG", name + ".png.png", name + ".png/", name + "/", "/" + name + ".png",
				name + "/.png", name + "/x.png", name + "/0x0.png", name + "/1x.png", name + "/x1.png", name + "/01x1.png", name + "/+1x1.png", name + "/-1x1.png",
				name + "/2049x1.png", name + "/1x2049.png", name + "/99999999999999999999x1.png", name + "/1x1x1.png", name + "/1x1", name + "/1x1.gif", name + "/1x1.webp",
				name + "/1x1.png/", name + "/1x1.png/x", name + "/ 1x1.png", webpName + ".gif", webpName + "/1x1.webp",
				strings.ToUpper(name) + ".png", name[:25] + ".png", name + "a.png", stranger + ".png", stranger + "/1x1.png", "../" + name + ".png", "%00.png", "\x00.png",
			} {
				r := httptest.NewRequest(http.MethodGet, "/media/x", nil)
				r.URL.Path = "/media/" + path
				rec := httptest.NewRecorder()
				s.ServePicture(rec, r)
				if h := rec.Result().Header; rec.Code != http.StatusNotFound || rec.Body.String() != "404 page not found\n" || h.Get("Cache-Control") != "no-store" || h.Get("ETag") != "" || h.Get("X-Content-Type-Options") != "nosniff" {
					t.Errorf("%q: %d, %v", path, rec.Code, h)
				}
			}
		})
		t.Run("a picture cannot be written to", func(t *testing.T) {
			s := s.on(t)
			res := s.get(t.Context(), http.MethodPost, "/media/"+asPNG.Token)
			if res.StatusCode != http.StatusMethodNotAllowed || res.Header.Get("Allow") != "GET, HEAD" {
				t.Errorf("%s, %v", res.Status, res.Header)
			}
		})
		t.Run("a stricter policy of the edge stays", func(t *testing.T) {
			s := s.on(t)
			rec := httptest.NewRecorder()
			rec.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
			s.ServePicture(rec, httptest.NewRequest(http.MethodGet, "/media/"+asPNG.Token, nil))
			if got := rec.Result().Header.Get("Content-Security-Policy"); got != "default-src 'none'; sandbox" {
				t.Errorf("got %s", got)
			}
		})
	})
}

func TestPicturesAreMadeOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		p := s.draft("Popular")
		ask := func(t *testing.T, times int, urls ...string) int {
			t.Helper()
			ctx, count := database.WithCounter(t.Context())
			var wg sync.WaitGroup
			for i := range times {
				wg.Go(func() {
					if res := s.on(t).get(ctx, http.MethodGet, urls[i%len(urls)]); res.StatusCode != http.StatusOK {
						t.Errorf("%s: %s", urls[i%len(urls)], res.Status)
					}
				})
			}
			wg.Wait()
			return count.Statements()
		}
		name := func(m *ent.Media) string {
			name, _, _ := strings.Cut(m.Token, ".")
			return "/media/" + name
		}
		t.Run("for all who ask at the same time, and kept for those who come later", func(t *testing.T) {
			m := s.upload(p.ID, drawing(1000, 1000).png())
			if n := ask(t, 40, name(m)+"/100x0.jpg"); n != 40+1 {
				t.Errorf("%d statements", n)
			}
			if n := ask(t, 40, name(m)+"/100x0.jpg"); n != 40 {
				t.Errorf("%d statements", n)
			}
		})
		t.Run("for all sizes that come to the same", func(t *testing.T) {
			m := s.upload(p.ID, drawing(1000, 999).png())
			if n := ask(t, 30, name(m)+"/100x0.png", name(m)+"/100x500.png", name(m)+"/100x100.png"); n != 30+1 {
				t.Errorf("%d statements", n)
			}
			if n := ask(t, 30, name(m)+".png", name(m)+"/1000x0.png", name(m)+"/2048x2048.png"); n != 30+1 {
				t.Errorf("%d statements", n)
			}
		})
		t.Run("also when the first who asked has gone", func(t *testing.T) {
			m := s.upload(p.ID, drawing(900, 900).png())
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if res := s.on(t).get(ctx, http.MethodGet, name(m)+"/90x0.jpg"); len(body(t, res)) > 0 {
				t.Errorf("got %s", res.Status)
			}
			ask(t, 1, name(m)+"/90x0.jpg")
		})
	})
}

func TestDamagedPictures(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		p := s.draft("Damaged")
		file := s.db.Client.Picture.Create().SetSha256([]byte("x")).SetFormat("png").SetData(drawing(50, 50).png()[:60]).SaveX(s.system)
		name := strings.Repeat("a", 26)
		s.db.Client.Media.Create().SetProductID(p.ID).SetPictureID(file.ID).SetToken(name + ".png").SetWidth(50).SetHeight(50).ExecX(s.system)
		var log bytes.Buffer
		s.WithLogger(slog.New(slog.NewTextHandler(&log, nil)))
		res := s.get(t.Context(), http.MethodGet, "/media/"+name+"/10x0.png")
		if res.StatusCode != http.StatusInternalServerError || res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("ETag") != "" {
			t.Errorf("%s, %v", res.Status, res.Header)
		}
		if got := string(body(t, res)); strings.Contains(got, "png") {
			t.Errorf("it tells %q", got)
		}
		if !strings.Contains(log.String(), "decode png") {
			t.Errorf("logged %q", log.String())
		}
	})
}

func TestPictureURL(t *testing.T) {
	t.Parallel()
	jpg, pngs := to(catalog.JPEG), to(catalog.PNG)
	for _, c := range []struct {
		token         string
		width, height *int
		format        *catalog.MediaFormat
		want          string
	}{
		{"abc.jpg", nil, nil, nil, "/media/abc.jpg"},
		{"abc.webp", nil, nil, nil, "/media/abc.webp"},
		{"abc.webp", nil, nil, jpg, "/media/abc.jpg"},
		{"abc.jpg", nil, nil, pngs, "/media/abc.png"},
		{"abc.jpg", to(1), nil, nil, "/media/abc/1x0.jpg"},
		{"abc.png", nil, to(2048), nil, "/media/abc/0x2048.png"},
		{"abc.gif", to(10), to(20), nil, "/media/abc/10x20.png"},
		{"abc.gif", to(10), to(20), jpg, "/media/abc/10x20.jpg"},
		{"abc.jpg", to(10), to(20), pngs, "/media/abc/10x20.png"},
		{"abc", nil, nil, nil, "/media/abc.png"},
	} {
		if got, err := catalog.PictureURL(c.token, c.width, c.height, c.format); err != nil || got != c.want {
			t.Errorf("got %s, %v, want %s", got, err, c.want)
		}
	}
	for _, n := range []int{0, -1, 2049, 1 << 40} {
		for _, sides := range [][2]*int{{&n, nil}, {nil, &n}, {to(5), &n}} {
			_, err := catalog.PictureURL("abc.jpg", sides[0], sides[1], nil)
			if code, _ := fault.CodeOf(err); code != fault.BadUserInput {
				t.Errorf("%d: got %v", n, err)
			}
		}
	}
}
