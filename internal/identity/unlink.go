package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"galley/ent"
	"galley/ent/credential"
	"galley/ent/identity"
	"galley/internal/audit"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/session"
	"galley/internal/viewer"
)

// Unlink parts an identity from the viewer's own account, unless nothing else opens that.
func (w *Workflow) Unlink(ctx context.Context, in UnlinkInput) (*database.Outcome, error) {
	id, err := owner(ctx)
	if err != nil {
		return nil, err
	}
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		// Of two identities that are unlinked at once, the second finds that the first is gone.
		if _, err := w.hold(ctx, tx, id); errors.As(err, new(fault.Rejected)) {
			return 0, session.Ended() // it was closed
		} else if err != nil {
			return 0, err
		}
		system, key := viewer.AsSystem(ctx), in.ID.KeyOf(nodeid.Identity)
		mine, err := tx.Identity.Query().Where(identity.UserID(id)).IDs(system)
		if err != nil {
			return 0, fmt.Errorf("find identities: %w", err)
		}
		if !slices.Contains(mine, key) {
			return 0, fault.New(fault.NotFound, "There is no such identity")
		}
		password, err := tx.Credential.Query().Where(credential.UserID(id)).Exist(system)
		switch {
		case err != nil:
			return 0, fmt.Errorf("find credential: %w", err)
		case !password && len(mine) == 1:
			return 0, fault.Reject(LastSignIn, "Nothing else opens this account: set a password first", "id")
		}
		if err := tx.Identity.DeleteOneID(key).Exec(system); err != nil {
			return 0, fmt.Errorf("unlink identity: %w", err)
		}
		return key, audit.Note(ctx, tx, audit.Event{Action: "identityUnlink", Table: identity.Table, Key: key})
	})
}
