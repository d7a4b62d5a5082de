package database

import (
	"fmt"
	"testing"
)

func TestStatementsOfTheWriterStayPrepared(t *testing.T) {
	t.Parallel()
	s, _ := groups(t)
	const insert = "INSERT INTO notes (text) VALUES (?)"
	m := begin(t, s)
	note(t, m, "first")
	made := s.writer.kept[insert]
	note(t, m, "second")
	if err := m.Commit(); err != nil {
		t.Fatal(err)
	}
	m = begin(t, s)
	note(t, m, "third")
	if made == nil || s.writer.kept[insert] != made {
		t.Error("the same text is prepared again")
	}

	t.Run("what has changed since is seen", func(t *testing.T) {
		const all = "SELECT * FROM notes WHERE text = ?"
		for want := 2; want < 5; want++ {
			if columns := columnsOf(t, m, all, "first"); len(columns) != want {
				t.Errorf("got %v", columns)
			}
			if _, err := m.ExecContext(m.ctx, fmt.Sprintf("ALTER TABLE notes ADD COLUMN more%d", want)); err != nil {
				t.Fatal(err)
			}
		}
	})
	t.Run("there are never more than so many, and those that were let go of are made again", func(t *testing.T) {
		for i := range keptMost + 10 {
			if _, err := m.ExecContext(m.ctx, fmt.Sprintf("DELETE FROM notes WHERE text = 'none %d'", i)); err != nil {
				t.Fatal(err)
			}
			if len(s.writer.kept) > keptMost {
				t.Fatalf("%d are kept", len(s.writer.kept))
			}
		}
		note(t, m, "fourth")
		if s.writer.kept[insert] == made {
			t.Error("nothing was let go of")
		}
	})
	t.Run("a text that is wrong is not kept", func(t *testing.T) {
		const wrong = "SELECT FROM"
		if _, err := m.ExecContext(m.ctx, wrong); err == nil || s.writer.kept[wrong] != nil {
			t.Errorf("got %v", err)
		}
	})
	if err := m.Commit(); err != nil {
		t.Error(err)
	}
}

// columnsOf asks for a row, and tells its columns.
func columnsOf(t *testing.T, m *member, query string, args ...any) []string {
	t.Helper()
	rows, err := m.QueryContext(m.ctx, query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil || !rows.Next() || rows.Err() != nil {
		t.Errorf("no row: %v, %v", err, rows.Err())
	}
	return columns
}
