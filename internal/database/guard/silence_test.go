package guard_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"galley/internal/database/databasetest"
	"galley/internal/database/guard"
)

// TestSilenceEnds has a network that loses everything without a word, cancellations included. What waits
// for an answer must give up with its context; without the bound it would wait for ever.
func TestSilenceEnds(t *testing.T) {
	t.Parallel()
	const unheard, silenced, stalled = databasetest.Unheard, databasetest.Silenced, databasetest.Stalled
	for _, c := range []struct {
		name    string
		text    string
		message databasetest.Message
		point   databasetest.Point
		run     func(context.Context, *sql.DB) error
		want    error
		ran     int
	}{
		{"an INSERT that nobody hears", "INSERT", databasetest.Query, unheard, exec(`INSERT INTO effects VALUES ('x')`), guard.ErrOutcomeUnknown, 0},
		{"an INSERT", "INSERT", databasetest.Query, silenced, exec(`INSERT INTO effects VALUES ('x')`), guard.ErrOutcomeUnknown, 1},
		{"an INSERT with parameters", "INSERT", databasetest.Bind, silenced, exec(`INSERT INTO effects VALUES ($1)`, "x"), guard.ErrOutcomeUnknown, 1},
		{"the preparation of an INSERT", "INSERT", databasetest.Parse, silenced, exec(`INSERT INTO effects VALUES ($1)`, "x"), context.DeadlineExceeded, 0},
		{"an INSERT that the application prepared", "INSERT", databasetest.Bind, silenced, prepareAndRun, guard.ErrOutcomeUnknown, 1},
		{"its preparation", "INSERT", databasetest.Parse, silenced, prepareAndRun, context.DeadlineExceeded, 0},
		{"an INSERT in a transaction", "INSERT", databasetest.Bind, silenced, inTx(note), context.DeadlineExceeded, 0},
		{"a COPY", "COPY", databasetest.Query, silenced, inTx(copyIn), context.DeadlineExceeded, 0},
		{"a COMMIT that nobody hears", "COMMIT", databasetest.Query, unheard, inTx(note), guard.ErrOutcomeUnknown, 0},
		{"COMMIT", "COMMIT", databasetest.Query, silenced, inTx(note), guard.ErrOutcomeUnknown, 1},
		{"BEGIN", "BEGIN", databasetest.Query, silenced, inTx(note), context.DeadlineExceeded, 0},
		{"a SELECT", "count", databasetest.Query, silenced, query(`SELECT count(*) FROM effects`), context.DeadlineExceeded, 0},
		{"a SELECT with parameters", "count", databasetest.Bind, silenced, query(`SELECT count(*) FROM effects WHERE note = $1`, "x"), context.DeadlineExceeded, 0},
		{"Ping", ";", databasetest.Query, silenced, func(ctx context.Context, db *sql.DB) error { return db.PingContext(ctx) }, context.DeadlineExceeded, 0},
		{"rows that come", "generate_series", databasetest.Query, stalled, readAll, context.DeadlineExceeded, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			shop := open(t, "&connect_timeout=300") // is about connections, not about statements
			hit := shop.proxy.Break(databasetest.Fault{Text: c.text, Message: c.message, Point: c.point})
			ctx, cancel := deadlineAfter(t, hit)
			defer cancel()
			if err := inTime(t, func() error { return c.run(ctx, shop.DB) }); !errors.Is(err, c.want) {
				t.Errorf("%v instead of %v", err, c.want)
			}
			shop.proxy.Heal() // the server hears that the connections are gone
			if n := shop.effects(t); n != c.ran {
				t.Errorf("it ran %d times instead of %d", n, c.ran)
			}
		})
	}
}

func TestSilenceEndsWithoutADeadlineToo(t *testing.T) {
	t.Parallel()
	t.Run("of a COMMIT", func(t *testing.T) {
		t.Parallel()
		shop := open(t, "")
		shop.proxy.Break(databasetest.Fault{Text: "COMMIT", Point: databasetest.Silenced})
		err := inTime(t, func() error { return inTx(note)(context.Background(), shop.DB) })
		if !errors.Is(err, guard.ErrOutcomeUnknown) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("of a ROLLBACK, which is done anyway", func(t *testing.T) {
		t.Parallel()
		shop := open(t, "")
		tx, err := shop.BeginTx(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := note(t.Context(), tx); err != nil {
			t.Fatal(err)
		}
		shop.proxy.Break(databasetest.Fault{Text: "ROLLBACK", Point: databasetest.Unheard})
		if err := inTime(t, tx.Rollback); err != nil {
			t.Errorf("got %v", err)
		}
	})
	t.Run("of a server that takes connections and says nothing", func(t *testing.T) {
		t.Parallel()
		shop := open(t, "")
		silent := shop.proxy.Break(databasetest.Fault{Text: ";", Point: databasetest.Unheard})
		patient, usual := guarded(t, shop.address+"&connect_timeout=300"), guarded(t, shop.address)
		ask := func(db *sql.DB) {
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			if err := inTime(t, func() error { return db.PingContext(ctx) }); err == nil {
				t.Error("silence is an answer")
			}
		}
		for heard := false; !heard; { // on a busy machine not the first time
			ask(shop.DB)
			select {
			case <-silent:
				heard = true
			default:
			}
		}
		ask(patient)
		if err := inTime(t, func() error { return usual.PingContext(context.Background()) }); !errors.Is(err, guard.ErrNoConnection) {
			t.Errorf("got %v", err)
		}
	})
}

// TestACancelledStatement has a server that hears of it: nothing is unknown then.
func TestACancelledStatement(t *testing.T) {
	t.Parallel()
	for name, statement := range map[string]func(context.Context, *sql.DB) error{
		"plain":           exec(`INSERT INTO effects SELECT pg_sleep(60)::text`),
		"with parameters": exec(`INSERT INTO effects SELECT pg_sleep($1)::text`, 60),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := open(t, "")
			shop.SetMaxOpenConns(1)
			before := shop.pid(t)
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				defer cancel()
				shop.awaitSleeper(t)
			}()
			err := inTime(t, func() error { return statement(ctx, shop.DB) })
			if !errors.Is(err, context.Canceled) || errors.Is(err, guard.ErrOutcomeUnknown) {
				t.Errorf("got %v", err)
			}
			if n := shop.effects(t); n != 0 {
				t.Errorf("it happened %d times", n)
			}
			if shop.pid(t) == before { // a cancellation that comes late would hit what runs next
				t.Error("the connection was used again")
			}
		})
	}
}

// awaitSleeper waits until a statement sleeps.
func (s *shop) awaitSleeper(t *testing.T) {
	for t.Context().Err() == nil {
		var n int
		err := s.direct.QueryRowContext(t.Context(),
			`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`).Scan(&n)
		if err != nil || n > 0 {
			return
		}
	}
}

func readAll(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(ctx, `SELECT generate_series(1, 10000)`)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() { // only how they end matters
	}
	return rows.Err()
}

// deadlineAfter is a context that ends some time after a fault has hit.
func deadlineAfter(t *testing.T, hit <-chan struct{}) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() {
		select {
		case <-hit:
			cancel(context.DeadlineExceeded)
		case <-ctx.Done():
		}
	}()
	return deadline{ctx}, func() { cancel(context.Canceled) }
}

// deadline is a context that ended because its time was over.
type deadline struct{ context.Context }

func (d deadline) Err() error { return context.Cause(d.Context) }
