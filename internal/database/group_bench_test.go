package database_test

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"galley/ent"
	"galley/internal/database"
	"galley/internal/database/databasetest"
)

// BenchmarkWrites commits transactions of two statements, synchronous=FULL, on the disk of GOTMPDIR
// or TMPDIR: grouped, and each by itself.
func BenchmarkWrites(b *testing.B) {
	for _, callers := range []int{1, 16, 64} {
		for name, limit := range map[string]int{"alone": 1, "grouped": 64} {
			b.Run(fmt.Sprintf("callers=%d/%s", callers, name), func(b *testing.B) {
				db, ctx := file(b, databasetest.URL(b, databasetest.SQLite))
				w := database.SQLiteWriterOf(db)
				w.EndGroups(limit, 10*time.Millisecond)
				if err := w.Limit("4294967294"); err != nil {
					b.Fatal(err)
				}
				var next atomic.Int64
				var wg sync.WaitGroup
				b.ResetTimer()
				for range callers {
					wg.Go(func() {
						for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
							if err := db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
								if err := categorise(ctx, tx, strconv.FormatInt(i, 10)); err != nil {
									return err
								}
								return categorise(ctx, tx, "and "+strconv.FormatInt(i, 10))
							}); err != nil {
								b.Error(err)
							}
						}
					})
				}
				wg.Wait()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "transactions/s")
			})
		}
	}
}
