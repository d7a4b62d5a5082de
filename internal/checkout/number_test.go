package checkout_test

import (
	"bytes"
	"io"
	"sync"
	"testing"
	"time"

	"galley/internal/database"
	"galley/internal/database/databasetest"
)

// dice throws what a test wants, and then always the same.
type dice struct {
	mu     sync.Mutex
	throws []byte
}

func (d *dice) Read(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, _ := io.ReadFull(bytes.NewReader(d.throws), p)
	d.throws = d.throws[n:]
	clear(p[n:])
	return len(p), nil
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			random := new(dice)
			db, err := database.Open(t.Context(), database.Options{
				URL: databasetest.URL(t, engine), Now: time.Now, Random: random, Instance: 1,
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
			s := open(t, db)
			order := func(throws string) string {
				ctx := s.shopper()
				id := s.fill(ctx, of(s.variant(), 1))
				random.throws = []byte(throws)
				return s.placed(s.checkouts.Complete(ctx, plain(id))).Number
			}
			t.Run("a number is 40 random bits", func(t *testing.T) {
				if n := order("galley"[:5]); n != "CXGP-RV35" {
					t.Errorf("got %s", n)
				}
			})
			t.Run("where a number is taken, the next one is tried", func(t *testing.T) {
				if n := order("galle" + "galle" + "house"); n == "CXGP-RV35" || n == "0000-0000" {
					t.Errorf("got %s", n)
				}
			})
			t.Run("without a free number nothing is ordered", func(t *testing.T) {
				if n := order(""); n != "0000-0000" {
					t.Fatalf("got %s", n)
				}
				ctx, v := s.shopper(), s.variant()
				id := s.fill(ctx, of(v, 1))
				before := s.count()
				if out, err := s.checkouts.Complete(ctx, plain(id)); err == nil {
					t.Errorf("got %+v", out)
				}
				if s.count() != before || s.left(v) != 10 {
					t.Error("something was ordered")
				}
			})
		})
	}
}
