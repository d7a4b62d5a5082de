package migration_test

import (
	"database/sql"
	"encoding/json"
	"io/fs"
	"slices"
	"testing"

	"galley/internal/database/databasetest"
)

// TestWhoMightDoEverythingStillMay holds what versions 3 and 4 do to permissions that were given before there were those of
// payments and prices, and of the schema. They are written as the program writes them, which is as bytes.
func TestWhoMightDoEverythingStillMay(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, engine databasetest.Engine, pool *sql.DB, files fs.FS) {
		m := migrator(t, engine, pool, files)
		if _, err := m.UpTo(t.Context(), 2); err != nil {
			t.Fatal(err)
		}
		for id, had := range []string{`["CATALOG_READ","CATALOG_WRITE","ORDER_WRITE"]`, `["CATALOG_READ","STAFF_WRITE"]`, `["CATALOG_READ"]`, `[]`} {
			statement := "INSERT INTO roles (id, created_at, updated_at, name, permissions) VALUES ($1, $2, $2, $3, $4)"
			if _, err := pool.ExecContext(t.Context(), statement, id+1, "2026-01-01T00:00:00Z", had, []byte(had)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := m.UpTo(t.Context(), 4); err != nil {
			t.Fatal(err)
		}
		for id, want := range [][]string{
			{"CATALOG_READ", "CATALOG_WRITE", "ORDER_WRITE", "PAYMENT_WRITE", "PRICING_READ", "PRICING_WRITE"}, {"CATALOG_READ", "STAFF_WRITE", "SCHEMA_READ"}, {"CATALOG_READ"}, {},
		} {
			var text []byte
			if err := pool.QueryRowContext(t.Context(), "SELECT permissions FROM roles WHERE id = $1", id+1).Scan(&text); err != nil {
				t.Fatal(err)
			}
			var got []string
			if err := json.Unmarshal(text, &got); err != nil || !slices.Equal(got, want) {
				t.Errorf("%d: %s, %v; want %v", id+1, text, err, want)
			}
		}
	})
}
