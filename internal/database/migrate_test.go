package database_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"galley/internal/database"
	"galley/internal/database/databasetest"
)

func TestFourOpenAndMigrateAnEmptyDatabaseAtOnce(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			url := databasetest.Empty(t, engine)
			var wg sync.WaitGroup
			var applied atomic.Int64
			for range 4 {
				wg.Go(func() {
					db, err := database.Open(t.Context(), database.Options{URL: url})
					if err != nil {
						t.Error(err)
						return
					}
					defer func() {
						if err := db.Close(); err != nil {
							t.Error(err)
						}
					}()
					done, err := db.Migrate(t.Context())
					if err != nil {
						t.Error(err)
					}
					if len(done) > 0 {
						applied.Add(1)
					}
					if err := db.Start(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if applied.Load() != 1 {
				t.Errorf("%d of them applied something", applied.Load())
			}
		})
	}
}
