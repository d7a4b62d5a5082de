package guard_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/lib/pq"

	"galley/internal/database/guard"
)

// keptBy is how many statements a pool's one connection keeps.
func keptBy(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM pg_prepared_statements`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestStatementsStayPrepared(t *testing.T) {
	t.Parallel()
	one := func(t *testing.T, parameters string) *shop {
		shop := open(t, parameters)
		shop.SetMaxOpenConns(1)
		return shop
	}
	run := func(t *testing.T, shop *shop, statement string, args ...any) {
		t.Helper()
		if _, err := shop.ExecContext(t.Context(), statement, args...); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	t.Run("each once, however often it runs", func(t *testing.T) {
		t.Parallel()
		shop := one(t, "")
		for i := range 3 {
			run(t, shop, `INSERT INTO effects VALUES ($1)`, i)
			run(t, shop, `UPDATE effects SET note = $1`, i)
			run(t, shop, `DELETE FROM effects WHERE note = $1`, i)
			run(t, shop, `SELECT $1::int`, i)
			run(t, shop, ` WITH x AS (SELECT 1) SELECT $1::int`, i)
		}
		if n := keptBy(t, shop.DB); n != 5 {
			t.Errorf("%d statements", n)
		}
	})
	t.Run("no others", func(t *testing.T) {
		t.Parallel()
		shop := one(t, "")
		run(t, shop, `INSERT INTO effects VALUES ('x')`)
		run(t, shop, `CREATE TABLE made (id int)`)
		run(t, shop, `SELECT $1::text `+strings.Repeat(" ", 20000), "long")
		if err := inTx(copyIn)(t.Context(), shop.DB); err != nil {
			t.Error(err)
		}
		if n := keptBy(t, shop.DB); n != 0 {
			t.Errorf("%d statements", n)
		}
	})
	t.Run("and not too many of them, those that were used last", func(t *testing.T) {
		t.Parallel()
		shop := one(t, "")
		for i := range 200 {
			run(t, shop, fmt.Sprintf(`SELECT $1::int + %d`, i), i)
			run(t, shop, `SELECT $1::text`, "often")
		}
		if n := keptBy(t, shop.DB); n != 128 {
			t.Errorf("%d statements", n)
		}
		var often int
		err := shop.QueryRowContext(t.Context(), `SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT $1::text' AND generic_plans + custom_plans = 200`).Scan(&often)
		if err != nil || often != 1 {
			t.Errorf("what is used often was thrown out: %d, %v", often, err)
		}
	})
	t.Run("but none behind a pooler", func(t *testing.T) {
		t.Parallel()
		shop := one(t, "&binary_parameters=yes")
		run(t, shop, `INSERT INTO effects VALUES ($1)`, "x")
		if n := keptBy(t, shop.DB); n != 0 {
			t.Errorf("%d statements", n)
		}
	})
	t.Run("and one that fails stays so too", func(t *testing.T) {
		t.Parallel()
		shop := one(t, "")
		for range 3 {
			_, err := shop.ExecContext(t.Context(), `INSERT INTO effects VALUES ($1)`, "forbidden")
			if e, ok := errors.AsType[*pq.Error](err); !ok || e.Code != "23514" {
				t.Errorf("got %v", err)
			}
		}
		if n := keptBy(t, shop.DB); n != 1 {
			t.Errorf("%d statements", n)
		}
	})
	t.Run("and do not mix up the rows of two of them", func(t *testing.T) {
		t.Parallel()
		shop := one(t, "")
		tx, err := shop.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = tx.Rollback() }()
		rows, err := tx.QueryContext(t.Context(), `SELECT generate_series(1, $1)`, 1000)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = rows.Close() }()
		if _, err := tx.ExecContext(t.Context(), `SELECT $1::int`, 1); err == nil {
			t.Error("a statement ran among the rows of another")
		}
		n := 0
		for rows.Next() {
			n++
		}
		if err := rows.Err(); err != nil || n != 1000 {
			t.Errorf("%d rows, %v", n, err)
		}
	})
}

func TestTablesChangeUnderAPreparedStatement(t *testing.T) {
	t.Parallel()
	read := func(ctx context.Context, tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT * FROM effects WHERE note = $1`, "x")
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		return rows.Err()
	}
	outside := func(ctx context.Context, db *sql.DB) error {
		rows, err := db.QueryContext(ctx, `SELECT * FROM effects WHERE note = $1`, "x")
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		return rows.Err()
	}
	const connections = 8
	// warm prepares the statement on all connections of the pool, at once.
	warm := func(t *testing.T, shop *shop) error {
		t.Helper()
		var ready, done sync.WaitGroup
		ready.Add(connections)
		errs := make([]error, connections)
		for i := range errs {
			done.Go(func() {
				errs[i] = inTx(func(ctx context.Context, tx *sql.Tx) error {
					ready.Done()
					ready.Wait()
					return read(ctx, tx)
				})(t.Context(), shop.DB)
			})
		}
		done.Wait()
		return errors.Join(errs...)
	}
	fill := func(t *testing.T) *shop {
		t.Helper()
		shop := open(t, "")
		shop.SetMaxOpenConns(connections)
		shop.SetMaxIdleConns(connections)
		if err := warm(t, shop); err != nil {
			t.Fatal(err)
		}
		return shop
	}
	t.Run("outside a transaction nobody notices", func(t *testing.T) {
		t.Parallel()
		shop := fill(t)
		for range 3 {
			shop.do(t, `ALTER TABLE effects ADD COLUMN IF NOT EXISTS more int`)
			if err := outside(t.Context(), shop.DB); err != nil {
				t.Error(err)
			}
			shop.do(t, `ALTER TABLE effects DROP COLUMN more`)
			if err := outside(t.Context(), shop.DB); err != nil {
				t.Error(err)
			}
		}
	})
	t.Run("one transaction fails, and none after it, on whichever connection", func(t *testing.T) {
		t.Parallel()
		shop := fill(t)
		shop.do(t, `ALTER TABLE effects ADD COLUMN more int`)
		if err := inTx(read)(t.Context(), shop.DB); !errors.Is(err, guard.ErrStale) {
			t.Errorf("got %v", err)
		}
		if err := warm(t, shop); err != nil {
			t.Errorf("after it: %v", err)
		}
	})
	t.Run("so it is with statements that the server forgot", func(t *testing.T) {
		t.Parallel()
		shop := fill(t)
		shop.SetMaxOpenConns(1)
		if err := exec(`DEALLOCATE ALL`)(t.Context(), shop.DB); err != nil {
			t.Fatal(err)
		}
		if err := outside(t.Context(), shop.DB); err != nil {
			t.Errorf("outside a transaction: %v", err)
		}
		if err := exec(`DEALLOCATE ALL`)(t.Context(), shop.DB); err != nil {
			t.Fatal(err)
		}
		if err := inTx(read)(t.Context(), shop.DB); !errors.Is(err, guard.ErrStale) {
			t.Errorf("in a transaction: %v", err)
		}
		if err := inTx(read)(t.Context(), shop.DB); err != nil {
			t.Errorf("in the next: %v", err)
		}
	})
	t.Run("what is not supported is another matter", func(t *testing.T) {
		t.Parallel()
		shop := fill(t)
		shop.do(t, `CREATE FUNCTION unsupported(text) RETURNS int LANGUAGE plpgsql AS
			$$ BEGIN RAISE 'not supported' USING ERRCODE = 'feature_not_supported'; END $$`)
		err := inTx(func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `SELECT unsupported($1)`, "x")
			return err
		})(t.Context(), shop.DB)
		if e, ok := errors.AsType[*pq.Error](err); !ok || e.Code != "0A000" || errors.Is(err, guard.ErrStale) {
			t.Errorf("got %v", err)
		}
	})
}
