package database

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"galley/ent"
)

func isNoRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }

// stamp gives new rows their keys and times from the database's generator and clock, and notes when
// a row was changed.
func (db *DB) stamp(next ent.Mutator) ent.Mutator {
	return ent.MutateFunc(func(ctx context.Context, m ent.Mutation) (ent.Value, error) {
		if m.Op().Is(ent.OpCreate) {
			if err := db.stampNew(m); err != nil {
				return nil, err
			}
		}
		if row, ok := m.(interface {
			UpdatedAt() (time.Time, bool)
			SetUpdatedAt(time.Time)
		}); ok {
			if _, set := row.UpdatedAt(); !set {
				row.SetUpdatedAt(db.Now())
			}
		}
		return next.Mutate(ctx, m)
	})
}

func (db *DB) stampNew(m ent.Mutation) error {
	if row, ok := m.(interface {
		ID() (int64, bool)
		SetID(int64)
	}); ok {
		if _, set := row.ID(); !set {
			key, err := db.NextKey()
			if err != nil {
				return err
			}
			row.SetID(key)
		}
	}
	if row, ok := m.(interface {
		CreatedAt() (time.Time, bool)
		SetCreatedAt(time.Time)
	}); ok {
		if _, set := row.CreatedAt(); !set {
			row.SetCreatedAt(db.Now())
		}
	}
	return nil
}
