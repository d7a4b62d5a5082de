package backup_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"galley/ent"
	"galley/internal/database"
	"galley/internal/database/backup"
	"galley/internal/database/databasetest"
	"galley/internal/postal"
)

// writerFunc is called with each piece of a file.
type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// random is text that gets smaller by no more than half.
func random(n int) string {
	return hex.EncodeToString(noise(n / 2))
}

// noise is bytes that do not get smaller.
func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// addLine adds a line to an order and its total.
func addLine(ctx context.Context, tx *ent.Tx, order int64, position int) error {
	err := tx.OrderLine.Create().SetOrderID(order).SetPosition(position).SetTitle("Pen").SetSku("PEN").SetQuantity(1).
		SetUnitPriceAmount(7).SetTotalAmount(7).SetCurrency("GBP").Exec(ctx)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, fmt.Sprintf("UPDATE orders SET total_amount = total_amount + 7 WHERE id = %d", order))
	return err
}

func TestABackupWhileTheShopIsOpenIsOneMoment(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			whileOpen(t, engine)
		})
	}
}

func open(t *testing.T, url string) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), database.Options{URL: url, Instance: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// whileOpen changes orders and their lines whenever the backup writes something.
func whileOpen(t *testing.T, engine databasetest.Engine) {
	t.Helper()
	url := databasetest.URL(t, engine)
	db := open(t, url)
	ctx := databasetest.System(t.Context())
	var orders []int64
	position := 0
	change := func(ctx context.Context, tx *ent.Tx) error {
		position++
		for _, id := range orders {
			if err := addLine(ctx, tx, id, position); err != nil {
				return err
			}
		}
		return nil
	}
	for i := range 8 { // long rows, so that the backup writes while it reads them
		o := db.Client.Order.Create().SetNumber(fmt.Sprint("A", i)).SetEmail("a@b.example").SetSubtotalAmount(0).SetTotalAmount(0).
			SetCurrency("GBP").SetPlacedAt(time.Now()).SetShippingAddress(&postal.Address{Name: random(200_000)}).SaveX(ctx)
		orders = append(orders, o.ID)
	}
	if err := db.InTx(ctx, change); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	changed := 0
	_, err := backup.Write(t.Context(), url, "test", writerFunc(func(p []byte) (int, error) {
		if changed++; changed <= 5 {
			if err := db.InTx(ctx, change); err != nil {
				return 0, err
			}
		}
		return file.Write(p)
	}))
	if err != nil || changed < 5 {
		t.Fatalf("%d changes, %v", changed, err)
	}
	target := databasetest.Empty(t, engine)
	if _, err := backup.Restore(t.Context(), target, &file); err != nil {
		t.Fatal(err)
	}
	restored := databasetest.Connect(t, target)
	var wrong, lines int
	err = restored.QueryRowContext(t.Context(), `SELECT count(*) FROM orders o
			WHERE total_amount <> (SELECT COALESCE(sum(total_amount), 0) FROM order_lines l WHERE l.order_id = o.id)`).Scan(&wrong)
	if err != nil || wrong != 0 {
		t.Errorf("%d orders do not equal the sum of their lines, %v", wrong, err)
	}
	if err := restored.QueryRowContext(t.Context(), "SELECT count(*) FROM order_lines").Scan(&lines); err != nil || lines != len(orders) {
		t.Errorf("%d lines, %v: nothing was changed meanwhile", lines, err)
	}
}

// Not parallel: it measures the memory of the process.
func TestMemoryDoesNotGrowWithTheShop(t *testing.T) { //nolint:paralleltest // see above
	const pictures, size, most = 48, 1 << 20, 20 << 20
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			url := databasetest.URL(t, engine)
			db := open(t, url)
			ctx := databasetest.System(t.Context())
			for i := range pictures {
				db.Client.Picture.Create().SetSha256([]byte{byte(i)}).SetFormat("png").SetData(noise(size)).SaveX(ctx)
			}
			base, peak, calls := live(), uint64(0), 0
			sample := func() {
				if calls++; calls%32 == 0 {
					peak = max(peak, live())
				}
			}
			piped, in := io.Pipe()
			go func() {
				_, err := backup.Write(t.Context(), url, "test", writerFunc(func(p []byte) (int, error) {
					sample()
					return in.Write(p)
				}))
				_ = in.CloseWithError(err)
			}()
			report, err := backup.Restore(t.Context(), databasetest.Empty(t, engine), piped)
			if err != nil || report.Bytes < pictures*size {
				t.Fatalf("%+v, %v", report, err)
			}
			if calls < 250 || peak > base+most {
				t.Errorf("%d MB more were in use, after %d writes", (peak-base)>>20, calls)
			}
		})
	}
}

// live is how much memory is in use.
func live() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestWriteRefuses(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run("a database without a shop on "+string(engine), func(t *testing.T) {
			t.Parallel()
			_, err := backup.Write(t.Context(), databasetest.Empty(t, engine), "test", io.Discard)
			if err == nil || !strings.Contains(err.Error(), "holds no shop") {
				t.Errorf("got %v", err)
			}
		})
	}
}
