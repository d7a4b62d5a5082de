package picture

import (
	"bytes"
	"image"
	"image/png"
	"slices"
	"testing"
)

func TestEachMotifIsDrawn(t *testing.T) {
	t.Parallel()
	empty := newCanvas(96)
	empty.Palette = palettes()["red"]
	empty.scene()
	for name, m := range motifs() {
		t.Run("a "+name+" is more than a background", func(t *testing.T) {
			t.Parallel()
			bare := drawn(t, Picture{name, "red", plain})
			changed := 0
			for i := 0; i < len(bare.Pix); i += 4 {
				if !bytes.Equal(bare.Pix[i:i+4], empty.img.Pix[i:i+4]) {
					changed++
				}
			}
			if share := 100 * changed / (96 * 96); share < 5 || share > 80 {
				t.Errorf("it covers %d %% of the picture", share)
			}
			if spotted := drawn(t, Picture{name, "red", dots}); m.patterned == bytes.Equal(bare.Pix, spotted.Pix) {
				t.Errorf("it is said to wear patterns: %v; its picture says otherwise", m.patterned)
			}
			if blue := drawn(t, Picture{name, "blue", plain}); bytes.Equal(bare.Pix, blue.Pix) {
				t.Error("red and blue look the same")
			}
		})
	}
}

func drawn(t *testing.T, p Picture) *image.RGBA {
	t.Helper()
	img, err := Draw(p, 96)
	if err != nil {
		t.Fatal(err)
	}
	rgba, ok := img.(*image.RGBA)
	if !ok {
		t.Fatalf("a picture is a %T", img)
	}
	return rgba
}

func TestEachPatternLooksItsOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, pattern := range []string{plain, dots, hearts, stars, flowers, stripes, checks, skulls} {
		pix := string(drawn(t, Picture{"mug", "red", pattern}).Pix)
		if other, taken := seen[pix]; taken {
			t.Errorf("%s looks like %s", pattern, other)
		}
		seen[pix] = pattern
	}
}

func TestPNG(t *testing.T) {
	t.Parallel()
	mug := Picture{"mug", "red", dots}
	painter := NewPainter()
	first, err := painter.PNG(mug)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("is a picture of the usual size and of few bytes", func(t *testing.T) {
		t.Parallel()
		img, err := png.Decode(bytes.NewReader(first))
		if err != nil {
			t.Fatal(err)
		}
		if img.Bounds() != image.Rect(0, 0, Size, Size) || len(first) > 20_000 {
			t.Errorf("%v, %d bytes", img.Bounds(), len(first))
		}
	})
	t.Run("has the same bytes each time, whatever was drawn before", func(t *testing.T) {
		t.Parallel()
		painter := NewPainter()
		for _, p := range []Picture{{"bunting", "blue", stripes}, {"wreath", "green", plain}, mug} {
			again, err := painter.PNG(p)
			if err != nil {
				t.Fatal(err)
			}
			if p == mug && !bytes.Equal(first, again) {
				t.Error("the bytes differ")
			}
		}
	})
	t.Run("looks like the drawing", func(t *testing.T) {
		t.Parallel()
		exact, err := Draw(mug, Size)
		if err != nil {
			t.Fatal(err)
		}
		reduced, err := png.Decode(bytes.NewReader(first))
		if err != nil {
			t.Fatal(err)
		}
		worst := uint32(0)
		for y := 0; y < Size; y += 5 {
			for x := y % 3; x < Size; x += 3 {
				r, g, b, _ := exact.At(x, y).RGBA()
				r2, g2, b2, _ := reduced.At(x, y).RGBA()
				worst = max(worst, apart(r, r2), apart(g, g2), apart(b, b2))
			}
		}
		if worst>>8 > 24 {
			t.Errorf("a colour is off by %d of 255", worst>>8)
		}
	})
	t.Run("refuses what cannot be drawn", func(t *testing.T) {
		t.Parallel()
		for _, p := range []Picture{{"unicorn", "red", plain}, {"mug", "plaid", plain}} {
			if _, err := NewPainter().PNG(p); err == nil {
				t.Errorf("drew %+v", p)
			}
		}
	})
}

func apart(a, b uint32) uint32 { return max(a, b) - min(a, b) }

func TestPictureWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		picture  Picture
		key, alt string
	}{
		{Picture{"mug", "red", plain}, "mug-red", "Drawing: mug, red"},
		{Picture{"hot water bottle", "pink", hearts}, "hot-water-bottle-pink-hearts", "Drawing: hot water bottle, pink with hearts"},
	} {
		if got := c.picture.Key(); got != c.key {
			t.Errorf("the key is %q, want %q", got, c.key)
		}
		if got := c.picture.Alt(); got != c.alt {
			t.Errorf("the text is %q, want %q", got, c.alt)
		}
	}
}

func BenchmarkPNG(b *testing.B) {
	painter := NewPainter()
	var all []Picture
	for name := range motifs() {
		all = append(all, Picture{name, "red", dots})
	}
	slices.SortFunc(all, func(x, y Picture) int { return bytes.Compare([]byte(x.Motif), []byte(y.Motif)) })
	b.ReportAllocs()
	count, size := 0, 0
	for b.Loop() {
		data, err := painter.PNG(all[count%len(all)])
		if err != nil {
			b.Fatal(err)
		}
		count++
		size += len(data)
	}
	b.ReportMetric(float64(size)/float64(count), "bytes/picture")
}
