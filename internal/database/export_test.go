package database

import (
	"context"
	"testing"
	"time"
)

// Patience is how long a test waits for what must come.
const Patience = time.Minute

// Replay answers a request whose key is taken.
var Replay = replay

// Await is what comes, in time.
func Await(t testing.TB, result <-chan error) error {
	t.Helper()
	select {
	case err := <-result:
		return err
	case <-time.After(Patience):
		t.Fatal("no answer")
		return nil
	}
}

// SQLiteWriter is what tests outside of the package do to SQLite's writer.
type SQLiteWriter struct{ *writer }

// SQLiteWriterOf is a database's writer.
func SQLiteWriterOf(db *DB) SQLiteWriter { return SQLiteWriter{db.driver.(*split).writer} }

// EndGroups says at how many members and which age a group ends.
func (w SQLiteWriter) EndGroups(members int, age time.Duration) { w.limit, w.age = members, age }

// Limit makes the file full at a number of pages.
func (w SQLiteWriter) Limit(pages string) error { return w.run("PRAGMA max_page_count = " + pages) }

// Hold takes the turn, and returns what gives it back.
func (w SQLiteWriter) Hold(ctx context.Context) (release func() error, err error) {
	m, err := w.begin(ctx)
	if err != nil {
		return nil, err
	}
	return m.Rollback, nil
}

// Queue runs fn, and returns when it waits for the turn.
func (w SQLiteWriter) Queue(t testing.TB, fn func() error) <-chan error {
	t.Helper()
	before, result := w.turns.waiting(), make(chan error, 1)
	go func() { result <- fn() }()
	for deadline := time.Now().Add(Patience); w.turns.waiting() == before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nobody waits for the turn")
		}
	}
	return result
}
