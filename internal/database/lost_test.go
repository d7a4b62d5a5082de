package database_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"galley/ent"
	"galley/ent/category"
	"galley/internal/database"
	"galley/internal/database/databasetest"
)

var cuts = []databasetest.Point{databasetest.Before, databasetest.Halfway, databasetest.Unanswered, databasetest.Answering}

// proxied opens a fresh PostgreSQL by way of a proxy, and without one.
func proxied(t *testing.T) (*databasetest.Proxy, *database.DB, *database.DB) {
	t.Helper()
	address := databasetest.URL(t, databasetest.Postgres)
	proxy := databasetest.NewProxy(t, address)
	open := func(address string, instance int) *database.DB {
		db, err := database.Open(t.Context(), database.Options{URL: address, Instance: instance})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return db
	}
	return proxy, open(proxy.Address(t, address), 1), open(address, 2)
}

// both makes two categories under a name, which are there together or not at all.
func both(name string) func(context.Context, *ent.Tx) (int64, error) {
	return func(ctx context.Context, tx *ent.Tx) (int64, error) {
		if _, err := create(name+"-below")(ctx, tx); err != nil {
			return 0, err
		}
		return create(name)(ctx, tx)
	}
}

// found is how many of the categories of a name are there.
func found(t *testing.T, db *database.DB, name string) int {
	t.Helper()
	n, err := db.Client.Category.Query().Where(category.NameIn(name, name+"-below")).Count(databasetest.System(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestEachStatementIsCut cuts each statement of a mutation at each point, one after the other.
func TestEachStatementIsCut(t *testing.T) {
	t.Parallel()
	for _, keyed := range []bool{true, false} {
		t.Run(fmt.Sprintf("under a key: %v", keyed), func(t *testing.T) {
			t.Parallel()
			proxy, db, direct := proxied(t)
			statements, unknown := 0, 0
			for _, point := range cuts {
				for skip := 0; ; skip++ {
					name := fmt.Sprintf("%s-%d", point, skip)
					ctx := databasetest.System(t.Context())
					if keyed {
						ctx = database.WithRequest(ctx, database.Request{Scope: "test", Key: name, Hash: []byte("x")})
					}
					hit := proxy.Break(databasetest.Fault{Skip: skip, Point: point})
					out, err := db.Mutate(ctx, both(name))
					switch {
					case err == nil && found(t, direct, name) == 2 && out.Key != 0:
					case !keyed && errors.Is(err, database.ErrOutcomeUnknown):
						unknown++
						want := map[databasetest.Point]int{databasetest.Unanswered: 2, databasetest.Answering: 2}[point]
						if n := found(t, direct, name); n != want {
							t.Errorf("%s: %d of 2 rows are there, not %d", name, n, want)
						}
					default:
						t.Errorf("%s: %d of 2 rows are there, %v", name, found(t, direct, name), err)
					}
					if keyed && err == nil {
						if again, err := db.Mutate(ctx, both("never")); err != nil || again.Key != out.Key {
							t.Errorf("%s: sent again it answered %+v, %v", name, again, err)
						}
					}
					if isOpen(hit) {
						break // there are no more statements
					}
					statements++
				}
			}
			if statements < 16 || !keyed && unknown < len(cuts) {
				t.Errorf("%d statements were cut, and the outcome of %d was unknown", statements, unknown)
			}
		})
	}
}

func isOpen(c <-chan struct{}) bool {
	select {
	case <-c:
		return false
	default:
		return true
	}
}

// TestWritersOnABadNetwork has many write while connection after connection is cut.
func TestWritersOnABadNetwork(t *testing.T) {
	t.Parallel()
	proxy, db, direct := proxied(t)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for i := 0; ; i++ {
			select {
			case <-proxy.Break(databasetest.Fault{Skip: 11 + i%7, Point: cuts[i%len(cuts)]}):
			case <-stop:
				proxy.Heal()
				return
			}
		}
	}()
	const writers, each = 8, 20
	errs := make([][]error, writers)
	var wg sync.WaitGroup
	for w := range writers {
		errs[w] = make([]error, each)
		wg.Go(func() {
			for i := range each {
				ctx, name := databasetest.System(t.Context()), fmt.Sprintf("%d-%d", w, i)
				if w%2 == 0 {
					ctx = database.WithRequest(ctx, database.Request{Scope: "test", Key: name, Hash: []byte("x")})
				}
				_, errs[w][i] = db.Mutate(ctx, both(name))
			}
		})
	}
	wg.Wait()
	close(stop)
	<-stopped
	acknowledged, unknown, failed := 0, 0, 0
	for w := range writers {
		for i, err := range errs[w] {
			name := fmt.Sprintf("%d-%d", w, i)
			n := found(t, direct, name)
			switch {
			case err == nil:
				acknowledged++
				if n != 2 {
					t.Errorf("%s was acknowledged, and %d of 2 rows are there", name, n)
				}
			case errors.Is(err, database.ErrOutcomeUnknown):
				unknown++
				if n != 0 && n != 2 {
					t.Errorf("%s is half there", name)
				}
			default:
				failed++
				if n != 0 {
					t.Errorf("%s failed, and %d rows are there: %v", name, n, err)
				}
			}
		}
	}
	t.Logf("%d acknowledged, %d unknown, %d failed", acknowledged, unknown, failed)
	if acknowledged < writers*each/2 {
		t.Errorf("only %d of %d were acknowledged", acknowledged, writers*each)
	}
}

func TestARaceIsRunAgainAndAMistakeIsNot(t *testing.T) {
	t.Parallel()
	_, db, _ := proxied(t)
	for code, want := range map[string]int{
		"40001": 6, "40P01": 6, "55P03": 6, "XX000": 6, "53300": 9, "57P01": 9, "08006": 9,
		"23505": 1, "42601": 1, "57014": 1, "P0001": 1, "40003": 1,
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			runs := 0
			err := db.InTx(databasetest.System(t.Context()), func(ctx context.Context, tx *ent.Tx) error {
				runs++
				_, err := tx.ExecContext(ctx, fmt.Sprintf(`DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '%s'; END $$`, code))
				return err
			})
			if err == nil || runs != want {
				t.Errorf("it ran %d times instead of %d: %v", runs, want, err)
			}
			if errors.Is(err, database.ErrOutcomeUnknown) != (code == "40003") { // statement completion unknown
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestTablesChangeBetweenTransactions(t *testing.T) {
	t.Parallel()
	_, db, direct := proxied(t)
	ctx := databasetest.System(t.Context())
	for _, statement := range []string{"SELECT 1", "ALTER TABLE categories ADD COLUMN more int", "ALTER TABLE categories DROP COLUMN more"} {
		if _, err := direct.Client.ExecContext(ctx, statement); err != nil {
			t.Fatal(err)
		}
		err := db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
			rows, err := tx.QueryContext(ctx, "SELECT * FROM categories WHERE id = $1", 1)
			if err != nil {
				return err
			}
			defer func() { _ = rows.Close() }()
			for rows.Next() {
				continue
			}
			return rows.Err()
		})
		if err != nil {
			t.Errorf("after %s: %v", statement, err)
		}
	}
}
