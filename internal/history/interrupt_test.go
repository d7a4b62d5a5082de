package history_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/history"
)

// TestMain is also the program that TestKilled kills: an import that does so itself, at a step.
func TestMain(m *testing.M) {
	if url := os.Getenv("GALLEY_TEST_DIE_ON"); url != "" {
		fmt.Fprintln(os.Stderr, "not killed:", importAndDie(url, os.Getenv("GALLEY_TEST_DIE_AT")))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// importAndDie imports a file until a step has been shown so often, such as orders:2; with a + at the
// end the import goes on meanwhile, so that it dies wherever it is.
func importAndDie(url, at string) error {
	db, err := database.Open(context.Background(), database.Options{URL: url, Instance: 2})
	if err != nil {
		return err
	}
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		return err
	}
	at, goOn := strings.CutSuffix(at, "+")
	shown := map[string]int{}
	o := history.Options{Currency: "GBP", Rejected: os.DevNull, Progress: func(step string, _, _ int64) {
		shown[step]++
		if fmt.Sprintf("%s:%d", step, shown[step]) != at {
			return
		}
		if goOn {
			go func() { _ = self.Kill() }()
			return
		}
		_ = self.Kill()
		select {}
	}}
	if _, err := history.Import(context.Background(), db, several(), o.WithLittleMemory()); err != nil {
		return err
	}
	if goOn {
		select {} // the signal is on its way
	}
	return errors.New("it came to its end")
}

func TestAnImportThatWasKilledGoesOn(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			whole := databasetest.New(t, engine)
			mustImport(t, whole, several(), options(t).WithLittleMemory())
			want := state(t, whole)
			for _, at := range []string{"products:1+", "customers:1", "orders:1+", "orders:2"} {
				t.Run("killed at "+at, func(t *testing.T) {
					url := databasetest.URL(t, engine)
					child := exec.CommandContext(t.Context(), os.Args[0]) //nolint:gosec // ourselves
					child.Env = append(os.Environ(), "GALLEY_TEST_DIE_ON="+url, "GALLEY_TEST_DIE_AT="+at)
					output, err := child.CombinedOutput()
					if err == nil || len(output) > 0 {
						t.Fatalf("%v: %s", err, output)
					}
					db, err := database.Open(t.Context(), database.Options{URL: url, Instance: 1})
					if err != nil {
						t.Fatal(err)
					}
					defer func() { _ = db.Close() }()
					wholeOrders(t, db)
					mustImport(t, db, several(), options(t).WithLittleMemory())
					compare(t, state(t, db), want)
				})
			}
		})
	}
}

// several is a file of as many batches: two of products and four of orders.
func several() history.Source { return history.Source{Reader: behindHeader(&invented{rows: 2000})} }

// wholeOrders makes sure that each order that is there is there with all that belongs to it.
func wholeOrders(t *testing.T, db *database.DB) {
	t.Helper()
	ctx := databasetest.System(t.Context())
	sums := map[int64]int64{}
	for _, l := range db.Client.OrderLine.Query().AllX(ctx) {
		sums[l.OrderID] += int64(l.TotalAmount)
	}
	paid := map[int64]int64{}
	for _, p := range db.Client.Payment.Query().AllX(ctx) {
		paid[p.OrderID] += int64(p.DueAmount)
	}
	for _, o := range db.Client.Order.Query().AllX(ctx) {
		if total := int64(o.TotalAmount); sums[o.ID] != total || paid[o.ID] != total {
			t.Errorf("order %s of %d has lines of %d and payments of %d", o.Number, total, sums[o.ID], paid[o.ID])
		}
	}
}

func TestAnImportThatWasInterruptedGoesOn(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for _, step := range []string{"reading", "products", "orders"} {
			ctx, cancel := context.WithCancel(t.Context())
			o := options(t)
			o.Progress = func(s string, _, _ int64) {
				if s == step {
					cancel()
				}
			}
			_, err := history.Import(ctx, db, several(), o.WithLittleMemory())
			if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "interrupted") {
				t.Errorf("interrupted while %s: %v", step, err)
			}
		}
		if r := mustImport(t, db, several(), options(t).WithLittleMemory()); r.Orders.Same == 0 || r.Orders.New+r.Orders.Same != 200 {
			t.Errorf("got %+v", r)
		}
		wholeOrders(t, db)
	})
}

func TestTheListOfRejectedRowsNeedsAPlace(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Rejected = filepath.Join(t.TempDir(), "missing", "rejected.csv")
	db := databasetest.New(t, databasetest.SQLite)
	if _, err := history.Import(t.Context(), db, sample(t), o); err == nil || !strings.Contains(err.Error(), "list rejected rows") {
		t.Errorf("got %v", err)
	}
	if db.Client.Product.Query().ExistX(databasetest.System(t.Context())) {
		t.Error("something was imported")
	}
}
