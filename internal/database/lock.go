package database

import (
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
)

// Locked has a statement lock the rows that it reads until the transaction ends, or those of some tables alone. SQLite has
// one writer, who needs no locks.
func Locked(strength sql.LockStrength, tables ...string) func(*sql.Selector) {
	return func(s *sql.Selector) {
		if s.Dialect() == dialect.Postgres {
			s.For(strength, sql.WithLockTables(tables...))
		}
	}
}
