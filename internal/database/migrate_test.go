package database_test

import (
	"sync"
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
					if err := db.Migrate(t.Context()); err != nil {
						t.Error(err)
					}
					if err := db.Start(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		})
	}
}
