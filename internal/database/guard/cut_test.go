package guard_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"testing"

	"github.com/lib/pq"

	"galley/internal/database/databasetest"
	"galley/internal/database/guard"
)

// cut is what becomes of a statement: how often it ran, and with which error.
type cut struct {
	ran int
	err error
}

var (
	points = []databasetest.Point{databasetest.Before, databasetest.Halfway, databasetest.Unanswered, databasetest.Answering}

	// write is a statement that may have happened.
	write = []cut{{0, guard.ErrOutcomeUnknown}, {0, guard.ErrOutcomeUnknown}, {1, guard.ErrOutcomeUnknown}, {1, guard.ErrOutcomeUnknown}}
	// undone is a statement of a transaction that cannot be committed any more.
	undone = []cut{{0, guard.ErrNoConnection}, {0, guard.ErrNoConnection}, {0, guard.ErrNoConnection}, {0, guard.ErrNoConnection}}
	// read is a statement that was repeated, unseen, and wrote nothing.
	read = []cut{{0, nil}, {0, nil}, {0, nil}, {0, nil}}
	// once is a statement of which only the preparations were repeated.
	once = []cut{{1, nil}, {1, nil}, {1, nil}, {1, nil}}
)

func exec(statement string, args ...any) func(context.Context, *sql.DB) error {
	return func(ctx context.Context, db *sql.DB) error {
		_, err := db.ExecContext(ctx, statement, args...)
		return err
	}
}

// query reads the one value that a statement returns.
func query(statement string, args ...any) func(context.Context, *sql.DB) error {
	return func(ctx context.Context, db *sql.DB) error {
		var value string
		return db.QueryRowContext(ctx, statement, args...).Scan(&value)
	}
}

// inTx runs statements in a transaction.
func inTx(statements ...func(context.Context, *sql.Tx) error) func(context.Context, *sql.DB) error {
	return func(ctx context.Context, db *sql.DB) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }()
		for _, statement := range statements {
			if err := statement(ctx, tx); err != nil {
				return err
			}
		}
		return tx.Commit()
	}
}

func note(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO effects VALUES ($1)`, "in a transaction")
	return err
}

func copyIn(ctx context.Context, tx *sql.Tx) error {
	into, err := tx.PrepareContext(ctx, `COPY effects (note) FROM STDIN`)
	if err != nil {
		return err
	}
	defer func() { _ = into.Close() }()
	if _, err := into.ExecContext(ctx, "copied"); err != nil {
		return err
	}
	_, err = into.ExecContext(ctx)
	return err
}

func prepareAndRun(ctx context.Context, db *sql.DB) error {
	s, err := db.PrepareContext(ctx, `INSERT INTO effects VALUES ($1)`)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	_, err = s.ExecContext(ctx, "prepared")
	return err
}

func TestNothingRunsTwice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		text    string
		message databasetest.Message
		run     func(context.Context, *sql.DB) error
		want    []cut
	}{
		{"an INSERT", "INSERT", databasetest.Query, exec(`INSERT INTO effects VALUES ('plain')`), write},
		{"an INSERT with parameters", "INSERT", databasetest.Bind, exec(`INSERT INTO effects VALUES ($1)`, "kept"), write},
		{"the preparation of an INSERT", "INSERT", databasetest.Parse, exec(`INSERT INTO effects VALUES ($1)`, "kept"), once},
		{"an INSERT that returns rows", "INSERT", databasetest.Query, query(`INSERT INTO effects VALUES ('returned') RETURNING note`), write},
		{"an INSERT with parameters that returns rows", "INSERT", databasetest.Bind, query(`INSERT INTO effects VALUES ($1) RETURNING note`, "returned"), write},
		{"a SELECT around an INSERT", "WITH", databasetest.Query, query(`WITH made AS (INSERT INTO effects VALUES ('made') RETURNING note) SELECT note FROM made`), write},
		{"a SELECT of a function that writes", "take_note", databasetest.Query, query(`SELECT take_note()`), write},
		{"a statement that the application prepared", "INSERT", databasetest.Bind, prepareAndRun, write},
		{"its preparation", "INSERT", databasetest.Parse, prepareAndRun, once},
		{"BEGIN", "BEGIN", databasetest.Query, inTx(note), once},
		{"an INSERT in a transaction", "INSERT", databasetest.Bind, inTx(note), undone},
		{"the preparation of an INSERT in a transaction", "INSERT", databasetest.Parse, inTx(note), undone},
		{"the second INSERT of a transaction", "second", databasetest.Query, inTx(note, func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO effects VALUES ('second')`)
			return err
		}), undone},
		{"a COPY", "COPY", databasetest.Query, inTx(copyIn), undone},
		{"COMMIT", "COMMIT", databasetest.Query, inTx(note), write},
		{"COMMIT of a COPY", "COMMIT", databasetest.Query, inTx(copyIn), write},
		{"a SELECT", "count", databasetest.Query, query(`SELECT count(*) FROM effects`), read},
		{"a SELECT with parameters", "count", databasetest.Bind, query(`SELECT count(*) FROM effects WHERE note = $1`, "x"), read},
		{"the preparation of a SELECT", "count", databasetest.Parse, query(`SELECT count(*) FROM effects WHERE note = $1`, "x"), read},
		{"Ping", ";", databasetest.Query, func(ctx context.Context, db *sql.DB) error { return db.PingContext(ctx) }, undone},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			shop := open(t, "")
			for i, point := range points {
				t.Run(point.String(), func(t *testing.T) {
					shop.do(t, `TRUNCATE effects`)
					shop.connect(t) // what another point left prepared is gone
					hit := shop.proxy.Break(databasetest.Fault{Text: c.text, Message: c.message, Point: point})
					err := inTime(t, func() error { return c.run(t.Context(), shop.DB) })
					select {
					case <-hit:
					default:
						t.Fatal("the fault did not hit")
					}
					if n := shop.effects(t); n != c.want[i].ran {
						t.Errorf("it ran %d times instead of %d", n, c.want[i].ran)
					}
					if !errors.Is(err, c.want[i].err) {
						t.Errorf("%v instead of %v", err, c.want[i].err)
					}
					if errors.Is(err, driver.ErrBadConn) {
						t.Errorf("database/sql would repeat it: %v", err)
					}
					if err := shop.PingContext(t.Context()); err != nil {
						t.Errorf("the pool did not recover: %v", err)
					}
				})
			}
		})
	}
}

func TestRowsThatWereCutAreNotRowsThatEnded(t *testing.T) {
	t.Parallel()
	for _, args := range [][]any{nil, {10000}} {
		t.Run(fmt.Sprint(args), func(t *testing.T) {
			t.Parallel()
			shop := open(t, "")
			statement, message := `SELECT generate_series(1, 10000)`, databasetest.Query
			if args != nil {
				statement, message = `SELECT generate_series(1, $1)`, databasetest.Bind
			}
			shop.proxy.Break(databasetest.Fault{Text: "generate_series", Message: message, Point: databasetest.Answering})
			rows, err := shop.QueryContext(t.Context(), statement, args...)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = rows.Close() }()
			n := 0
			for rows.Next() {
				n++
			}
			if err := rows.Err(); !errors.Is(err, guard.ErrNoConnection) || n == 10000 {
				t.Errorf("%d rows, and %v", n, err)
			}
		})
	}
}

func TestAConnectionThatWasClosedWhileIdleIsNotUsed(t *testing.T) {
	t.Parallel()
	shop := open(t, "")
	if err := shop.PingContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	shop.proxy.Heal() // closes what is open
	if _, err := shop.ExecContext(t.Context(), `INSERT INTO effects VALUES ('after')`); err != nil {
		t.Errorf("it was used: %v", err)
	}
	if n := shop.effects(t); n != 1 {
		t.Errorf("it ran %d times", n)
	}
}

// TestAConnectionThatTheServerEnds has a server say so with a code alone: in another language lib/pq
// does not see that the error is a fatal one.
func TestAConnectionThatTheServerEnds(t *testing.T) {
	t.Parallel()
	shop := open(t, "")
	shop.SetMaxOpenConns(1)
	var pids [2]int
	for i := range pids {
		pids[i] = shop.pid(t)
		err := exec(`DO $$ BEGIN RAISE 'terminating connection' USING ERRCODE = 'admin_shutdown'; END $$`)(t.Context(), shop.DB)
		if pq.As(err, "57P01") == nil {
			t.Errorf("got %v", err)
		}
	}
	if pids[0] == pids[1] {
		t.Error("the connection was used again")
	}
}

func TestWhatWasNotSentDidNotHappen(t *testing.T) {
	t.Parallel()
	shop := open(t, "")
	conn, err := shop.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	shop.proxy.Break(databasetest.Fault{Text: "INSERT", Point: databasetest.Before})
	for _, unknown := range []bool{true, false} { // the second one finds the connection cut
		_, err := conn.ExecContext(t.Context(), `INSERT INTO effects VALUES ('x')`)
		if err == nil || errors.Is(err, guard.ErrOutcomeUnknown) != unknown {
			t.Errorf("got %v", err)
		}
	}
}
