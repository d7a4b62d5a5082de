package guard_test

import (
	"database/sql"
	"testing"

	"galley/internal/database/databasetest"
	"galley/internal/database/guard"
)

// BenchmarkPointQuery compares a row by its key: on bare lib/pq, with statements that stay prepared, and
// with binary_parameters=yes.
func BenchmarkPointQuery(b *testing.B) {
	address := databasetest.URL(b, databasetest.Postgres)
	bare, err := sql.Open("postgres", address)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := bare.ExecContext(b.Context(), `CREATE TABLE rows (id bigint PRIMARY KEY, name text, price bigint);
		INSERT INTO rows SELECT i, 'row ' || i, i FROM generate_series(1, 10000) AS i; ANALYZE rows`); err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		db   *sql.DB
	}{
		{"lib/pq", bare},
		{"kept prepared", pool(b, address)},
		{"binary_parameters", pool(b, address+"&binary_parameters=yes")},
	} {
		c.db.SetMaxOpenConns(1)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := range b.N {
				var id, price int64
				var name string
				err := c.db.QueryRowContext(b.Context(), `SELECT id, name, price FROM rows WHERE id = $1`, 1+i%10000).Scan(&id, &name, &price)
				if err != nil {
					b.Fatal(err)
				}
			}
		})
		if err := c.db.Close(); err != nil {
			b.Error(err)
		}
	}
}

func pool(b *testing.B, address string) *sql.DB {
	b.Helper()
	connector, err := guard.New(address)
	if err != nil {
		b.Fatal(err)
	}
	return sql.OpenDB(connector)
}
