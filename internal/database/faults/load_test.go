//go:build faults

package faults

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"galley/ent"
	"galley/ent/category"
	"galley/internal/database"
	"galley/internal/viewer"
)

// open opens a database as the shop does, and makes its tables.
func open(t *testing.T, url string, instance int) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), database.Options{URL: url, Instance: instance})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func migrated(t *testing.T, url string) *database.DB {
	t.Helper()
	db := open(t, url, 1)
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

// load are writers on a database, and what they were told.
type load struct {
	acknowledged atomic.Int64
	stop         context.CancelFunc
	done         sync.WaitGroup

	mu       sync.Mutex
	outcomes map[string]error
}

const writers = 8

// start starts the writers: some in plain transactions, some by mutations, some of these under a key.
// Each writes two rows that belong together, a user with JSON among them, and reads them again.
func start(t *testing.T, db *database.DB) *load {
	ctx, stop := context.WithCancel(viewer.AsSystem(context.WithoutCancel(t.Context())))
	l := &load{stop: stop, outcomes: map[string]error{}}
	for w := range writers {
		l.done.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				name := fmt.Sprintf("%d-%d", w, i)
				err := put(ctx, db, name, w%3)
				l.mu.Lock()
				l.outcomes[name] = err
				l.mu.Unlock()
				if err == nil {
					l.acknowledged.Add(1)
				}
			}
		})
	}
	return l
}

func put(ctx context.Context, db *database.DB, name string, manner int) error {
	rows := func(ctx context.Context, tx *ent.Tx) (int64, error) {
		c, err := tx.Category.Create().SetName(name).SetSlug(name).Save(ctx)
		if err != nil {
			return 0, err
		}
		err = tx.User.Create().SetEmail(name + "@customers.example").SetNameKey([]byte{0, 0xff}).
			SetPermissions([]viewer.Permission{viewer.OrderRead}).Exec(ctx)
		return c.ID, err
	}
	if manner == 0 {
		return db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
			_, err := rows(ctx, tx)
			return err
		})
	}
	if manner == 1 {
		ctx = database.WithRequest(ctx, database.Request{Scope: "test", Key: name, Hash: []byte("x")})
	}
	_, err := db.Mutate(ctx, rows)
	return err
}

// until waits for so many more acknowledged writes: the database works.
func (l *load) until(t *testing.T, more int64) {
	t.Helper()
	enough := l.acknowledged.Load() + more
	eventually(t, fmt.Sprintf("%d more writes were acknowledged", more), func() bool { return l.acknowledged.Load() >= enough })
}

// counts are what became of the writes.
type counts struct{ acknowledged, unknown, failed, lost, half, wrong int }

// end stops the writers, and compares what they were told with what is there.
func (l *load) end(t *testing.T, db *database.DB) (n counts) {
	t.Helper()
	l.stop()
	l.done.Wait()
	ctx := viewer.AsSystem(t.Context())
	there := map[string]int{}
	for _, name := range db.Client.Category.Query().Select(category.FieldName).StringsX(ctx) {
		there[name]++
	}
	for _, u := range db.Client.User.Query().AllX(ctx) {
		if len(u.Permissions) != 1 || len(u.NameKey) != 2 {
			t.Errorf("a user is not as it was written: %v", u)
		}
		name := u.Email[:len(u.Email)-len("@customers.example")]
		there[name]++
	}
	for name, err := range l.outcomes {
		rows := there[name]
		switch {
		case err == nil:
			n.acknowledged++
			if rows != 2 {
				n.lost++
			}
		case errors.Is(err, database.ErrOutcomeUnknown):
			n.unknown++
			if rows != 0 && rows != 2 {
				n.half++
			}
		default:
			n.failed++
			t.Logf("%s: %v", name, err)
			if rows != 0 {
				n.wrong++
			}
		}
		if rows > 2 {
			n.wrong++
		}
	}
	t.Logf("%d acknowledged, %d unknown, %d failed; %d lost, %d half there, %d there that failed or doubled",
		n.acknowledged, n.unknown, n.failed, n.lost, n.half, n.wrong)
	if n.lost > 0 || n.half > 0 || n.wrong > 0 {
		t.Error("the database and its answers differ")
	}
	return n
}
