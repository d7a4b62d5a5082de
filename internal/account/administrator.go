package account

import (
	"context"
	"fmt"

	"galley/ent"
	"galley/ent/user"
	"galley/internal/audit"
	"galley/internal/database"
	"galley/internal/viewer"
)

// AdministratorCreateInput is a new administrator, as the command takes it.
type AdministratorCreateInput struct {
	Email, Name, Password string
}

// AdministratorCreate opens an account that may do everything. It is for who has the database anyway, so it asks
// nobody, and takes their word for the e-mail address.
func (w *Workflow) AdministratorCreate(ctx context.Context, in AdministratorCreateInput) (*database.Outcome, error) {
	ctx = viewer.AsSystem(ctx)
	d, err := w.prepare(ctx, draft{
		email: in.Email, password: &in.Password, staff: true, permissions: viewer.Permissions(), profile: profile{name: &in.Name},
	})
	if err != nil {
		return nil, err
	}
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		if d.rejected != nil {
			return 0, d.rejected
		}
		id, err := create(ctx, tx, d)
		if err != nil {
			return 0, err
		}
		if err := tx.User.Update().Where(user.ID(id)).SetEmailVerifiedAt(w.db.Now()).Exec(ctx); err != nil {
			return 0, fmt.Errorf("verify e-mail: %w", err)
		}
		return id, audit.Note(ctx, tx, audit.Event{Action: "administratorCreate", Table: user.Table, Key: id})
	})
}
