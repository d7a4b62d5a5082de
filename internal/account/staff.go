package account

import (
	"context"

	"galley/ent"
	"galley/internal/database"
	"galley/internal/staff"
)

// UserCreate opens an account for somebody else.
func (w *Workflow) UserCreate(ctx context.Context, in UserCreateInput) (*database.Outcome, error) {
	v, err := mayWrite(ctx)
	if err != nil {
		return nil, err
	}
	if err := staff.MayMove(v, nil, in.Permissions); err != nil {
		return nil, err
	}
	d, err := w.prepare(ctx, draft{
		email: in.Email, password: in.Password, staff: in.Staff, permissions: in.Permissions,
		profile: profile{&in.Name, &in.Phone, &in.Country},
	})
	if err != nil {
		return nil, err
	}
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		if d.rejected != nil {
			return 0, d.rejected
		}
		return create(ctx, tx, d)
	})
}

// UserDeactivate closes an account: it cannot sign in, and its sessions end.
func (w *Workflow) UserDeactivate(ctx context.Context, in UserDeactivateInput) (*database.Outcome, error) {
	closed := false
	update := UserUpdateInput{ID: in.ID, ExpectedVersion: in.ExpectedVersion, Active: &closed}
	return w.update(ctx, update, "id")
}
