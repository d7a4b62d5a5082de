package guard_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"testing"
	"time"

	"github.com/lib/pq"
)

// TestValues has each kind of value go in and come out, with and without a pooler's parameters.
func TestValues(t *testing.T) {
	t.Parallel()
	for name, parameters := range map[string]string{"usual": "", "for poolers": "&binary_parameters=yes"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := open(t, parameters)
			shop.do(t, `CREATE TABLE kinds (j jsonb, none jsonb, b bytea, i bigint, f float8, ok bool, at timestamptz, t text, ids bigint[])`)
			at := time.Date(2026, 11, 21, 9, 30, 0, 123456000, time.UTC)
			_, err := shop.ExecContext(t.Context(), `INSERT INTO kinds VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
				json.RawMessage(`{"a": 1}`), json.RawMessage(nil), []byte{0, 1, 0xff, '\\'}, int64(1)<<40, 0.5, true, at, "é\\x", pq.Array([]int64{1, 2}))
			if err != nil {
				t.Fatal(err)
			}
			var (
				j    []byte
				none sql.NullString
				b    []byte
				i    int64
				f    float64
				ok   bool
				got  time.Time
				text string
				ids  []int64
			)
			err = shop.QueryRowContext(t.Context(), `SELECT j, none, b, i, f, ok, at, t, ids FROM kinds WHERE i = $1`, int64(1)<<40).
				Scan(&j, &none, &b, &i, &f, &ok, &got, &text, pq.Array(&ids))
			if err != nil {
				t.Fatal(err)
			}
			if string(j) != `{"a": 1}` || none.Valid || !bytes.Equal(b, []byte{0, 1, 0xff, '\\'}) || i != 1<<40 || f != 0.5 || !ok ||
				!got.Equal(at) || text != "é\\x" || len(ids) != 2 {
				t.Errorf("got %s %v %v %d %v %v %v %q %v", j, none, b, i, f, ok, got, text, ids)
			}
		})
	}
}

func TestCopy(t *testing.T) {
	t.Parallel()
	for name, parameters := range map[string]string{"usual": "", "for poolers": "&binary_parameters=yes"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := open(t, parameters)
			const many = 20_000
			err := inTx(note, func(ctx context.Context, tx *sql.Tx) error {
				into, err := tx.PrepareContext(ctx, `COPY effects (note) FROM STDIN`)
				if err != nil {
					return err
				}
				defer func() { _ = into.Close() }()
				for i := range many {
					if _, err := into.ExecContext(ctx, i); err != nil {
						return err
					}
				}
				result, err := into.ExecContext(ctx)
				if err != nil {
					return err
				}
				if n, err := result.RowsAffected(); err != nil || n != many {
					t.Errorf("%d rows, %v", n, err)
				}
				return nil
			}, note)(t.Context(), shop.DB)
			if err != nil {
				t.Fatal(err)
			}
			if n := shop.effects(t); n != many+2 {
				t.Errorf("%d rows", n)
			}
		})
	}
	t.Run("that breaks a rule ends its transaction", func(t *testing.T) {
		t.Parallel()
		shop := open(t, "")
		err := inTx(func(ctx context.Context, tx *sql.Tx) error {
			into, err := tx.PrepareContext(ctx, `COPY effects (note) FROM STDIN`)
			if err != nil {
				return err
			}
			defer func() { _ = into.Close() }()
			if _, err := into.ExecContext(ctx, "forbidden"); err != nil {
				return err
			}
			_, err = into.ExecContext(ctx)
			return err
		})(t.Context(), shop.DB)
		if pq.As(err, "23514") == nil {
			t.Errorf("got %v", err)
		}
		if n := shop.effects(t); n != 0 {
			t.Errorf("%d rows", n)
		}
	})
}
