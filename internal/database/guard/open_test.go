package guard_test

import (
	"database/sql"
	"testing"
	"time"

	"galley/internal/database/databasetest"
	"galley/internal/database/guard"
)

// shop is a database with a table of effects, reached through a proxy and without one.
type shop struct {
	*sql.DB
	proxy   *databasetest.Proxy
	direct  *sql.DB
	address string // by way of the proxy
}

// open makes one. Parameters are added to the address, as in "&binary_parameters=yes".
func open(t *testing.T, parameters string) *shop {
	t.Helper()
	address := databasetest.URL(t, databasetest.Postgres)
	proxy := databasetest.NewProxy(t, address)
	s := &shop{proxy: proxy, direct: guarded(t, address), address: proxy.Address(t, address) + parameters}
	s.connect(t)
	s.do(t, `CREATE TABLE effects (note text, CHECK (note <> 'forbidden'))`)
	s.do(t, `CREATE FUNCTION take_note() RETURNS text LANGUAGE sql AS 'INSERT INTO effects VALUES (''taken'') RETURNING note'`)
	return s
}

// connect gives the shop a pool without connections.
func (s *shop) connect(t *testing.T) {
	t.Helper()
	s.DB = guarded(t, s.address)
}

func guarded(t *testing.T, address string) *sql.DB {
	t.Helper()
	connector, err := guard.New(address)
	if err != nil {
		t.Fatal(err)
	}
	connector.Hasten()
	db := sql.OpenDB(connector)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// do runs a statement that nothing breaks.
func (s *shop) do(t *testing.T, statement string) {
	t.Helper()
	if _, err := s.direct.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// effects is how many there are.
func (s *shop) effects(t *testing.T) (n int) {
	t.Helper()
	if err := s.direct.QueryRowContext(t.Context(), `SELECT count(*) FROM effects`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// pid tells the pool's one connection from another.
func (s *shop) pid(t *testing.T) (pid int) {
	t.Helper()
	if err := s.QueryRowContext(t.Context(), `SELECT pg_backend_pid()`).Scan(&pid); err != nil {
		t.Fatal(err)
	}
	return pid
}

// inTime returns what f does, or fails if f waits for ever.
func inTime(t *testing.T, f func() error) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- f() }()
	select {
	case err := <-done:
		return err
	case <-time.After(time.Minute):
		t.Fatal("still waiting after a minute")
		return nil
	}
}
