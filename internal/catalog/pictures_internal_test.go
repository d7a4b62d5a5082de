package catalog

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"galley/internal/fault"
)

// What pictures bounds cannot be seen from outside without much memory or time.
func TestPictures(t *testing.T) {
	t.Parallel()
	of := func(n int) func(context.Context) ([]byte, error) {
		return func(context.Context) ([]byte, error) { return make([]byte, n), nil }
	}
	t.Run("what is kept is bounded in bytes, the latest stay", func(t *testing.T) {
		t.Parallel()
		p := newPictures()
		const each = keptBytes / 10
		for i := range int64(50) {
			if _, err := p.get(t.Context(), pictureKey{picture: i}, of(each)); err != nil {
				t.Fatal(err)
			}
		}
		if p.bytes > keptBytes || p.bytes != p.kept.Len()*each || p.kept.Len() != 10 {
			t.Errorf("%d bytes of %d pictures", p.bytes, p.kept.Len())
		}
		if _, ok := p.lookup(pictureKey{picture: 49}); !ok {
			t.Error("the latest is gone")
		}
	})
	t.Run("what is kept is bounded in number", func(t *testing.T) {
		t.Parallel()
		p := newPictures()
		for i := range int64(keptPictures + 10) {
			p.keep(pictureKey{picture: i}, []byte("x"))
		}
		p.keep(pictureKey{picture: keptPictures}, []byte("yy"))
		if p.kept.Len() != keptPictures || p.bytes != keptPictures+1 {
			t.Errorf("%d bytes of %d pictures", p.bytes, p.kept.Len())
		}
	})
	t.Run("what is very large is not kept", func(t *testing.T) {
		t.Parallel()
		p := newPictures()
		if data, err := p.get(t.Context(), pictureKey{}, of(keptBytes/8+1)); err != nil || len(data) != keptBytes/8+1 || p.bytes != 0 {
			t.Errorf("got %d bytes, %v; %d kept", len(data), err, p.bytes)
		}
	})
	t.Run("what fails is not kept, and a panic is a failure", func(t *testing.T) {
		t.Parallel()
		p := newPictures()
		if _, err := p.get(t.Context(), pictureKey{}, func(context.Context) ([]byte, error) { panic("boom") }); err == nil || !strings.Contains(err.Error(), "boom") {
			t.Errorf("got %v", err)
		}
		if data, err := p.get(t.Context(), pictureKey{}, of(1)); err != nil || len(data) != 1 {
			t.Errorf("got %v, %v", data, err)
		}
	})
	t.Run("the largest pictures are decoded one at a time", func(t *testing.T) {
		t.Parallel()
		p := newPictures()
		var inside, most atomic.Int64
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				leave, err := p.enter(t.Context(), MaxSide, MaxPixels/MaxSide)
				if err != nil {
					t.Error(err)
					return
				}
				most.Store(max(most.Load(), inside.Add(1)))
				time.Sleep(time.Millisecond)
				inside.Add(-1)
				leave()
			})
		}
		wg.Wait()
		if most.Load() != 1 {
			t.Errorf("%d at once", most.Load())
		}
	})
	t.Run("who waits too long is told to come again", func(t *testing.T) {
		t.Parallel()
		p := newPictures()
		leave, err := p.enter(t.Context(), MaxSide, MaxPixels)
		if err != nil {
			t.Fatal(err)
		}
		defer leave()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		_, err = p.enter(ctx, 1, 1)
		if code, _ := fault.CodeOf(err); code != fault.Unavailable || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

func TestSizes(t *testing.T) {
	t.Parallel()
	t.Run("a picture that is made has no more pixels than a square of the longest side", func(t *testing.T) {
		t.Parallel()
		for _, c := range [][2]int{{6000, 6600}, {12_000, 3333}, {3333, 12_000}, {12_000, 1}, {2049, 2049}, {2048, 2048}, {10, 20}} {
			w, h := bounded(c[0], c[1])
			if w < 1 || h < 1 || w > c[0] || h > c[1] || w*h > MaxMade*MaxMade+w {
				t.Errorf("%v: %d x %d", c, w, h)
			}
			if c[0]*c[1] <= MaxMade*MaxMade && (w != c[0] || h != c[1]) {
				t.Errorf("%v: %d x %d", c, w, h)
			}
		}
	})
	t.Run("whatever the box, a picture fits, as large as it can be", func(t *testing.T) {
		t.Parallel()
		for w := 1; w < 60; w += 7 {
			for h := 1; h < 60; h += 5 {
				for bw := range 70 {
					for bh := range 70 {
						gw, gh := fit(w, h, bw, bh)
						limitW, limitH := w, h
						if bw > 0 {
							limitW = min(bw, w)
						}
						if bh > 0 {
							limitH = min(bh, h)
						}
						if gw < 1 || gh < 1 || gw > limitW || gh > limitH || gw != limitW && gh != limitH {
							t.Fatalf("%dx%d into %dx%d: %dx%d", w, h, bw, bh, gw, gh)
						}
					}
				}
			}
		}
	})
}

func TestChoose(t *testing.T) {
	t.Parallel()
	original := func(name string) stored {
		f, _ := formatNamed(name)
		return stored{id: 1, format: f, width: 7000, height: 5000}
	}
	t.Run("a picture without a size in its own format is its file, however large", func(t *testing.T) {
		t.Parallel()
		for name, ending := range map[string]string{"png": "png", "jpeg": "jpg", "gif": "gif", "webp": "webp"} {
			key, mediaType, ok := original(name).choose(wish{ending: ending})
			if want := (pictureKey{picture: 1, format: name}); !ok || key != want || mediaType != "image/"+name {
				t.Errorf("%s: got %+v, %s, %v", name, key, mediaType, ok)
			}
		}
	})
	t.Run("a picture in another format has as many pixels as we make", func(t *testing.T) {
		t.Parallel()
		key, mediaType, ok := original("png").choose(wish{ending: "jpg"})
		if !ok || key.width == 0 || key.width*key.height > MaxMade*MaxMade+key.width || mediaType != "image/jpeg" {
			t.Errorf("got %+v, %s, %v", key, mediaType, ok)
		}
	})
}
