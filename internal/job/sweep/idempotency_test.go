package sweep_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"galley/ent"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/job/sweep"
)

// TestAnIdempotencyKeyCountsForADay asks under one key until a day has passed, and longer.
func TestAnIdempotencyKeyCountsForADay(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			began := time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)
			var passed atomic.Int64
			at := func(d time.Duration) { passed.Store(int64(d)) }
			db := databasetest.Open(t, engine, func() time.Time { return began.Add(time.Duration(passed.Load())) })
			ctx := databasetest.System(t.Context())
			runs := 0
			ask := func(request string) (*database.Outcome, error) {
				return db.Mutate(database.WithRequest(ctx, database.Request{Scope: "test", Key: "key", Hash: []byte(request)}),
					func(ctx context.Context, tx *ent.Tx) (int64, error) {
						runs++
						c, err := tx.Category.Create().SetName("Mugs").SetSlug(fmt.Sprint("mugs-", runs)).Save(ctx)
						if err != nil {
							return 0, err
						}
						return c.ID, nil
					})
			}
			is := func(when string, first *database.Outcome, times int) *database.Outcome {
				t.Helper()
				if err := sweep.Sweep(ctx, db); err != nil {
					t.Fatal(err)
				}
				out, err := ask("x")
				if err != nil || len(out.UserErrors) > 0 || runs != times || first != nil && (out.Key == first.Key) != (times == 1) {
					t.Fatalf("%s: %+v, %v after %d runs; first %+v", when, out, err, runs, first)
				}
				if _, err := ask("another"); !isReused(err) {
					t.Errorf("%s, of another request: %v", when, err)
				}
				return out
			}
			first := is("at once", nil, 1)
			at(24*time.Hour - time.Microsecond)
			is("a moment before a day has passed", first, 1)
			at(24 * time.Hour)
			is("when a day has passed", first, 1)
			at(24*time.Hour + time.Microsecond)
			if out, err := ask("x"); err != nil || out.Key != first.Key || runs != 1 {
				t.Errorf("before the sweep comes by: %+v, %v", out, err)
			}
			is("a moment after", first, 2)
			at(48 * time.Hour)
			is("the new key counts for a day too", first, 2)
			if n := db.Client.Category.Query().CountX(ctx); n != 2 {
				t.Errorf("%d categories are made", n)
			}
		})
	}
}

// TestAKeyThatIsSweptIsThereOrFree asks under keys while they are removed: one runs anew or all are told what was, and none
// hears of an error.
func TestAKeyThatIsSweptIsThereOrFree(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			var days atomic.Int64
			db := databasetest.Open(t, engine, func() time.Time {
				return time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC).AddDate(0, 0, int(days.Load()))
			})
			ctx := databasetest.System(t.Context())
			anew := 0
			for round := range 8 {
				var runs atomic.Int64
				ask := func() {
					under := database.WithRequest(ctx, database.Request{Scope: "test", Key: fmt.Sprint(round), Hash: []byte("x")})
					if _, err := db.Mutate(under, func(context.Context, *ent.Tx) (int64, error) { return runs.Add(1), nil }); err != nil {
						t.Error(err)
					}
				}
				ask()
				days.Add(2)
				var all sync.WaitGroup
				for range 4 {
					all.Go(ask)
				}
				all.Go(func() {
					if err := sweep.Sweep(ctx, db); err != nil {
						t.Error(err)
					}
				})
				all.Wait()
				if runs.Load() > 2 {
					t.Errorf("one key ran %d times", runs.Load())
				}
				anew += int(runs.Load()) - 1
			}
			t.Logf("%d of 8 ran anew", anew)
		})
	}
}

func isReused(err error) bool {
	code, _ := fault.CodeOf(err)
	return code == fault.IdempotencyKeyReused
}
