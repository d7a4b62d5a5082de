package database

import (
	"context"
	stdsql "database/sql"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

// groups is an empty SQLite file whose groups end only by members and limit, so that a slow machine
// changes nothing.
func groups(t testing.TB) (*split, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "groups.db")
	s, err := openSplit(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	s.writer.age = time.Hour
	for _, statement := range []string{
		"CREATE TABLE notes (text TEXT PRIMARY KEY, filling BLOB)",
		"CREATE TABLE remarks (note TEXT REFERENCES notes (text) DEFERRABLE INITIALLY DEFERRED)",
	} {
		if _, err := s.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	return s, path
}

// short is the context of a request's transaction, which may share a group.
func short(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), txTimeout-time.Second)
	t.Cleanup(cancel)
	return ctx
}

func begin(t testing.TB, s *split) *member {
	t.Helper()
	m, err := s.writer.begin(short(t))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func note(t testing.TB, m *member, text string) {
	t.Helper()
	if _, err := m.ExecContext(m.ctx, "INSERT INTO notes (text) VALUES (?)", text); err != nil {
		t.Error(err)
	}
}

// queue begins a transaction behind whoever has the turn, and returns when it waits.
func queue(t testing.TB, s *split, ctx context.Context, fn func(m *member) error) <-chan error { //nolint:revive // a test's T comes first
	t.Helper()
	return SQLiteWriter{s.writer}.Queue(t, func() error {
		m, err := s.writer.begin(ctx)
		if err != nil {
			return err
		}
		return fn(m)
	})
}

func noting(t testing.TB, text string) func(m *member) error {
	return func(m *member) error {
		note(t, m, text)
		return m.Commit()
	}
}

// notes is what a reader sees.
func notes(t testing.TB, s *split) map[string]bool {
	t.Helper()
	rows, err := s.QueryContext(t.Context(), "SELECT text FROM notes")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	found := map[string]bool{}
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		found[text] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

func expect(t testing.TB, s *split, want ...string) {
	t.Helper()
	found := notes(t, s)
	for _, text := range want {
		if !found[text] {
			t.Errorf("%q is not there", text)
		}
	}
	if len(found) != len(want) {
		t.Errorf("there is %v instead of %v", found, want)
	}
}

// commits counts the COMMITs in a write-ahead log: the frames that state the database's size.
func commits(t testing.TB, path string) (n int) {
	t.Helper()
	const header, frameHeader, page = 32, 24, 4096
	log, err := os.ReadFile(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	for i := header; i+frameHeader+page <= len(log); i += frameHeader + page {
		if binary.BigEndian.Uint32(log[i+4:]) != 0 {
			n++
		}
	}
	return n
}

func TestTransactionsThatWaitShareACommit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ limit, want int }{
		"all of them":           {limit: 64, want: 1},
		"as many as are let in": {limit: 4, want: 3},
		"or each has its own":   {limit: 1, want: 9},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, path := groups(t)
			s.writer.limit = c.limit
			before := commits(t, path)
			first := begin(t, s)
			var results []<-chan error
			for _, text := range []string{"b", "c", "d", "e", "f", "g", "h", "i"} {
				results = append(results, queue(t, s, short(t), noting(t, text)))
			}
			note(t, first, "a")
			if err := first.Commit(); err != nil {
				t.Fatal(err)
			}
			for _, result := range results {
				if err := Await(t, result); err != nil {
					t.Error(err)
				}
			}
			expect(t, s, "a", "b", "c", "d", "e", "f", "g", "h", "i")
			if got := commits(t, path) - before; got != c.want {
				t.Errorf("%d commits instead of %d", got, c.want)
			}
		})
	}
}

func TestAGroupTakesNobodyInWhenItIsOld(t *testing.T) {
	t.Parallel()
	s, path := groups(t)
	s.writer.age = 0
	before := commits(t, path)
	first := begin(t, s)
	second := queue(t, s, short(t), noting(t, "b"))
	note(t, first, "a")
	if err := errors.Join(first.Commit(), Await(t, second)); err != nil {
		t.Fatal(err)
	}
	if got := commits(t, path) - before; got != 2 {
		t.Errorf("%d commits", got)
	}
}

func TestNothingIsToldOrSeenBeforeTheGroupIsCommitted(t *testing.T) {
	t.Parallel()
	s, _ := groups(t)
	first := begin(t, s)
	note(t, first, "a")
	holding, release := make(chan struct{}), make(chan struct{})
	second := queue(t, s, short(t), func(m *member) error {
		close(holding)
		<-release
		return m.Commit()
	})
	told := make(chan error, 1)
	go func() { told <- first.Commit() }()
	<-holding
	expect(t, s)
	select {
	case err := <-told:
		t.Errorf("the first was told %v while the group is open", err)
	default:
	}
	close(release)
	if err := errors.Join(Await(t, told), Await(t, second)); err != nil {
		t.Fatal(err)
	}
	expect(t, s, "a")
}

func TestOneThatRollsBackUndoesItselfAlone(t *testing.T) {
	t.Parallel()
	s, _ := groups(t)
	first := begin(t, s)
	second := queue(t, s, short(t), func(m *member) error {
		note(t, m, "b")
		return m.Rollback()
	})
	third := queue(t, s, short(t), func(m *member) error {
		note(t, m, "c")
		if _, err := m.ExecContext(m.ctx, "INSERT INTO notes (text) VALUES ('a')"); sqliteCode(err) != sqlite3.SQLITE_CONSTRAINT {
			t.Errorf("a row twice: %v", err)
		}
		note(t, m, "d") // a statement that fails undoes nothing but itself
		return m.Commit()
	})
	note(t, first, "a")
	if err := errors.Join(first.Commit(), Await(t, second), Await(t, third)); err != nil {
		t.Fatal(err)
	}
	expect(t, s, "a", "c", "d")
	if err := errors.Join(first.Commit(), first.Rollback()); !errors.Is(err, stdsql.ErrTxDone) {
		t.Errorf("a transaction ended twice: %v", err)
	}
	if _, err := first.ExecContext(t.Context(), "DELETE FROM notes"); !errors.Is(err, stdsql.ErrTxDone) {
		t.Errorf("a statement after the end: %v", err)
	}
}

func TestNobodyIsToldOfASuccessWhenTheCommitFails(t *testing.T) {
	t.Parallel()
	s, _ := groups(t)
	first := begin(t, s)
	second := queue(t, s, short(t), func(m *member) error {
		// SQLite looks at a deferred key at COMMIT only.
		if _, err := m.ExecContext(m.ctx, "INSERT INTO remarks (note) VALUES ('none')"); err != nil {
			t.Error(err)
		}
		return m.Commit()
	})
	third := queue(t, s, short(t), func(m *member) error {
		note(t, m, "c")
		return m.Rollback()
	})
	note(t, first, "a")
	if err := first.Commit(); sqliteCode(err) != sqlite3.SQLITE_CONSTRAINT {
		t.Errorf("the first was told %v", err)
	}
	if err := Await(t, second); sqliteCode(err) != sqlite3.SQLITE_CONSTRAINT {
		t.Errorf("the second was told %v", err)
	}
	if err := Await(t, third); !errors.Is(err, errUndone) {
		t.Errorf("the third saw rows that were undone, and was told %v", err)
	}
	expect(t, s)
	if err := noting(t, "next")(begin(t, s)); err != nil {
		t.Fatal(err)
	}
	expect(t, s, "next")
}

// fill makes the file full: what the transaction does next does not fit.
func fill(t testing.TB, m *member) error {
	t.Helper()
	if _, err := m.ExecContext(m.ctx, "PRAGMA max_page_count = 1"); err != nil { // no fewer than there are
		t.Error(err)
	}
	_, err := m.ExecContext(m.ctx, "INSERT INTO notes VALUES ('filling', zeroblob(1000000))")
	if sqliteCode(err) != sqlite3.SQLITE_FULL {
		t.Errorf("a full file: %v", err)
	}
	return err
}

func TestWhatUndoesTheGroupIsTheOthersReasonToRunAgain(t *testing.T) {
	t.Parallel()
	s, _ := groups(t)
	first := begin(t, s)
	second := queue(t, s, short(t), func(m *member) error {
		_ = fill(t, m)
		// SQLite has undone all of it by now: alone, this statement would be committed at once.
		if _, err := m.ExecContext(m.ctx, "INSERT INTO notes (text) VALUES ('half')"); !errors.Is(err, errLost) {
			t.Errorf("a statement after the loss: %v", err)
		}
		return m.Commit()
	})
	third := queue(t, s, short(t), noting(t, "c"))
	note(t, first, "a")
	if err := first.Commit(); !retryable(err) || !Unreachable(err) {
		t.Errorf("the first was told %v", err)
	}
	if err := Await(t, second); !errors.Is(err, errLost) || retryable(err) {
		t.Errorf("the second was told %v", err)
	}
	if err := Await(t, third); err != nil {
		t.Errorf("the third was told %v", err)
	}
	expect(t, s, "c")
}
