package session

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/user"
	"galley/internal/database"
	"galley/internal/fault"
)

// Hold reads an account that the viewer may see, and keeps it as it is until the transaction ends: of two
// changes that depend on its state, the second waits for the first. Under sql.LockNoKeyUpdate rows that refer
// to it may still be made.
func Hold(ctx context.Context, tx *ent.Tx, id int64, strength sql.LockStrength) (*ent.User, error) {
	query := tx.User.Query().Where(user.ID(id))
	query.Modify(database.Locked(strength))
	u, err := query.Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return nil, fault.New(fault.NotFound, "There is no such account")
	case err != nil:
		return nil, fmt.Errorf("hold account: %w", err)
	}
	return u, nil
}
