package database

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"galley/ent"
)

// BenchmarkWrites commits transactions of two statements, synchronous=FULL, on the disk of GOTMPDIR
// or TMPDIR: grouped, and each by itself.
func BenchmarkWrites(b *testing.B) {
	for _, callers := range []int{1, 16, 64} {
		for name, limit := range map[string]int{"alone": 1, "grouped": groupMembers} {
			b.Run(fmt.Sprintf("callers=%d/%s", callers, name), func(b *testing.B) {
				db, ctx := file(b, filepath.Join(b.TempDir(), "shop.db"))
				w := db.driver.(*split).writer
				w.limit = limit
				if err := w.run("PRAGMA max_page_count = 4294967294"); err != nil {
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
