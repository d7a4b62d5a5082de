package picture

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"
)

func TestPaintAll(t *testing.T) {
	t.Parallel()
	wanted := []Picture{{"mug", "red", dots}, {"teddy", "blue", plain}, {"mug", "pink", plain}, {"wreath", "green", plain}, {"clock", "red", plain}}
	t.Run("gives all pictures in their order", func(t *testing.T) {
		t.Parallel()
		var got []Picture
		err := PaintAll(t.Context(), wanted, func(p Picture, data []byte) error {
			got = append(got, p)
			if alone, err := NewPainter().PNG(p); err != nil || !bytes.Equal(alone, data) {
				t.Errorf("%s has other bytes than when drawn alone, %v", p.Key(), err)
			}
			return nil
		})
		if err != nil || !slices.Equal(got, wanted) {
			t.Errorf("got %v, %v", got, err)
		}
	})
	t.Run("stops where the caller does", func(t *testing.T) {
		t.Parallel()
		full := errors.New("the disk is full")
		calls := 0
		err := PaintAll(t.Context(), wanted, func(Picture, []byte) error { calls++; return full })
		if !errors.Is(err, full) || calls != 1 {
			t.Errorf("%d calls, %v", calls, err)
		}
	})
	t.Run("stops at what cannot be drawn", func(t *testing.T) {
		t.Parallel()
		err := PaintAll(t.Context(), []Picture{{"unicorn", "red", plain}}, func(Picture, []byte) error { return nil })
		if err == nil {
			t.Error("drew a unicorn")
		}
	})
	t.Run("stops when its time is over", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		err := PaintAll(ctx, wanted, func(Picture, []byte) error { cancel(); return nil })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("has nothing to do without pictures", func(t *testing.T) {
		t.Parallel()
		if err := PaintAll(t.Context(), nil, nil); err != nil {
			t.Error(err)
		}
	})
}
