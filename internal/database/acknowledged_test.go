package database_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"galley/ent"
	"galley/ent/category"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
)

// file opens a shop on SQLite, and makes its file full at 4 MB.
func file(t testing.TB, url string) (*database.DB, context.Context) {
	t.Helper()
	ctx := databasetest.System(t.Context())
	db, err := database.Open(ctx, database.Options{URL: url, Instance: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Client.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS fillings (content BLOB)"); err != nil {
		t.Fatal(err)
	}
	if err := database.SQLiteWriterOf(db).Limit("1024"); err != nil {
		t.Fatal(err)
	}
	return db, ctx
}

func categorise(ctx context.Context, tx *ent.Tx, name string) error {
	return tx.Category.Create().SetName(name).SetSlug(name).Exec(ctx)
}

// full does what does not fit into the file.
func full(ctx context.Context, tx *ent.Tx) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO fillings VALUES (zeroblob(5000000))")
	return err
}

func TestInTxRunsTheInnocentAgain(t *testing.T) {
	t.Parallel()
	db, ctx := file(t, databasetest.URL(t, databasetest.SQLite))
	w := database.SQLiteWriterOf(db)
	w.EndGroups(64, time.Hour)
	if err := db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error { return categorise(ctx, tx, "first") }); err != nil {
		t.Fatal(err)
	}
	release, err := w.Hold(ctx)
	if err != nil {
		t.Fatal(err)
	}
	// behind the holder, in this order: one that works, one that is rejected for what it saw, and the culprit
	line := func(fn func(ctx context.Context, tx *ent.Tx) error) <-chan error {
		return w.Queue(t, func() error { return db.InTx(ctx, fn) })
	}
	var worked, seen int
	works := line(func(ctx context.Context, tx *ent.Tx) error {
		worked++
		if worked > 1 {
			return categorise(ctx, tx, "again")
		}
		return categorise(ctx, tx, "undone")
	})
	sees := line(func(ctx context.Context, tx *ent.Tx) error {
		seen++
		if n := tx.Category.Query().Where(category.Name("undone")).CountX(ctx); n > 0 {
			return fault.Reject("TAKEN", "seen")
		}
		return nil
	})
	culprit := line(func(ctx context.Context, tx *ent.Tx) error {
		return full(ctx, tx)
	})
	if err := release(); err != nil {
		t.Fatal(err)
	}
	if err := database.Await(t, culprit); !database.Unreachable(err) {
		t.Errorf("the culprit was told %v", err)
	}
	if err := database.Await(t, works); err != nil || worked != 2 {
		t.Errorf("the innocent ran %d times, and was told %v", worked, err)
	}
	if err := database.Await(t, sees); err != nil || seen != 2 {
		t.Errorf("who saw what was undone ran %d times, and was told %v", seen, err)
	}
	names := db.Client.Category.Query().Order(category.ByName()).Select(category.FieldName).StringsX(ctx)
	if !slices.Equal(names, []string{"again", "first"}) {
		t.Errorf("there is %v", names)
	}
}

// What is acknowledged and what is there are the same, whatever goes wrong for whom.
func TestWhatIsAcknowledgedIsThere(t *testing.T) {
	t.Parallel()
	url := databasetest.URL(t, databasetest.SQLite)
	db, ctx := file(t, url)
	var mu sync.Mutex
	acknowledged, refused, retried := map[string]bool{}, 0, 0
	var wg sync.WaitGroup
	for client := range 16 {
		chance := rand.New(rand.NewPCG(1, uint64(client)))
		wg.Go(func() {
			for i := range 25 {
				name, fate, ran := fmt.Sprintf("c%d-%d", client, i), chance.IntN(10), 0
				bound := 14 * time.Second // less than what has a group of its own
				if fate == 3 {
					bound = time.Duration(chance.IntN(40)) * time.Millisecond
				}
				err := attempt(ctx, db, bound, name, fate, &ran)
				mu.Lock()
				if err == nil {
					acknowledged[name] = true
				} else {
					refused++
				}
				if ran > 1 {
					retried++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db, ctx = file(t, url)
	found := map[string]bool{}
	for _, name := range db.Client.Category.Query().Select(category.FieldName).StringsX(ctx) {
		found[name] = true
	}
	if !maps.Equal(found, acknowledged) {
		t.Errorf("%d are acknowledged and %d are there", len(acknowledged), len(found))
	}
	t.Logf("%d acknowledged, %d refused, %d ran again", len(acknowledged), refused, retried)
	if len(acknowledged) == 0 || refused == 0 {
		t.Error("nothing was tried")
	}
}

// attempt writes a row under a name, unless its fate is against it.
func attempt(ctx context.Context, db *database.DB, bound time.Duration, name string, fate int, ran *int) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	return db.InTxWithin(ctx, bound, func(ctx context.Context, tx *ent.Tx) error {
		*ran++
		if err := categorise(ctx, tx, name); err != nil {
			return err
		}
		switch fate {
		case 0:
			return errors.New("rolled back")
		case 1:
			panic("in a transaction")
		case 2:
			return full(ctx, tx)
		case 3: // interrupted, at some point
			_, err := tx.ExecContext(ctx, `UPDATE categories SET position = (WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 20000) SELECT max(n) FROM c) WHERE slug = $1`, name)
			return err
		case 4:
			return categorise(ctx, tx, name) // twice
		}
		return nil
	})
}
