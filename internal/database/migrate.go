package database

import (
	"context"
	"fmt"

	"galley/ent"
)

// Migrate makes the tables, columns and indexes that this version needs. It drops nothing.
func (db *DB) Migrate(ctx context.Context) error {
	client := ent.NewClient(ent.Driver(db.driver.migrator()))
	if err := client.Schema.Create(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}
