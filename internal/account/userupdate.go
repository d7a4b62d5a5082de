package account

import (
	"context"
	"fmt"
	"slices"

	"galley/ent"
	"galley/ent/user"
	"galley/ent/userrole"
	"galley/internal/database"
	"galley/internal/email"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/session"
	"galley/internal/staff"
	"galley/internal/viewer"
)

// UserUpdate changes somebody's account. Nobody grants or takes a permission that they do not hold,
// nor becomes, by e-mail or password, an account that may do more than they may.
func (w *Workflow) UserUpdate(ctx context.Context, in UserUpdateInput) (*database.Outcome, error) {
	return w.update(ctx, in, "active")
}

// update is UserUpdate; active names the field of the input by which an account is closed.
func (w *Workflow) update(ctx context.Context, in UserUpdateInput, active string) (*database.Outcome, error) {
	v, err := mayWrite(ctx)
	if err != nil {
		return nil, err
	}
	ch, err := w.change(ctx, in)
	if err != nil {
		return nil, err
	}
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		update := func() error { return w.updateHeld(ctx, tx, v, in, ch, active) }
		if ch.staff == nil && ch.active == nil && ch.permissions == nil {
			return in.ID.Key, update()
		}
		return in.ID.Key, staff.KeepAdministrator(ctx, w.db, tx, "id", update)
	})
}

func (w *Workflow) updateHeld(ctx context.Context, tx *ent.Tx, v viewer.Viewer, in UserUpdateInput, ch change, active string) error {
	u, err := w.hold(ctx, tx, in.ID.KeyOf(nodeid.User))
	if err != nil {
		return err
	}
	if err := fault.Expect(u.Version, in.ExpectedVersion); err != nil {
		return err
	}
	if ch.rejected != nil {
		return ch.rejected
	}
	held, err := session.PermissionsOf(ctx, tx, u)
	if err != nil {
		return err
	}
	after, err := ch.decide(v, u, held, active)
	if err != nil || !ch.changes(u, after) {
		return err
	}
	return w.apply(ctx, tx, u, ch, after)
}

// change is what UserUpdate was asked for: normalised, checked, the password hashed.
type change struct {
	email         *string
	hash          string // of the new password, if there is one
	profile       profile
	staff, active *bool
	permissions   *[]viewer.Permission
	rejected      error // what has to be mended first
}

func (w *Workflow) change(ctx context.Context, in UserUpdateInput) (change, error) {
	ch := change{
		staff: in.Staff, active: in.Active,
		profile: profile{in.Name, in.Phone, in.Country}.clean(),
	}
	var c fault.Collector
	if in.Email != nil {
		address, ok := email.Normalise(*in.Email)
		c.Add(ok, Invalid, malformed, "email")
		ch.email = &address
	}
	if in.Password != nil {
		w.passwords.check(&c, *in.Password, "password")
	}
	ch.profile.check(&c)
	if list, ok := in.Permissions.ValueOK(); ok && list != nil {
		list = viewer.InOrder(list)
		ch.permissions = &list
	}
	if ch.rejected = c.Err(); ch.rejected != nil || in.Password == nil {
		return ch, nil
	}
	var err error
	ch.hash, err = w.hashes.hash(ctx, *in.Password)
	return ch, err
}

// standing is what an account may do by itself: roles are not changed here.
type standing struct {
	staff, active bool
	permissions   []viewer.Permission
}

func standingOf(u *ent.User) standing {
	s := standing{staff: u.Staff, active: u.Active, permissions: []viewer.Permission{}}
	if u.Staff {
		s.permissions = viewer.InOrder(u.Permissions)
	}
	return s
}

// decide works out what the account may do after the change, and whether the viewer may bring that
// about. Held is all that it may do before, roles included: they go with a place among the staff.
func (ch change) decide(v viewer.Viewer, u *ent.User, held []viewer.Permission, active string) (standing, error) {
	before := standingOf(u)
	after := before
	if ch.staff != nil {
		after.staff = *ch.staff
	}
	if ch.active != nil {
		after.active = *ch.active
	}
	switch {
	case ch.permissions != nil:
		after.permissions = *ch.permissions
	case !after.staff:
		after.permissions = viewer.InOrder()
	}
	if !after.staff && len(after.permissions) > 0 {
		return after, fault.Reject(Invalid, "Permissions are for staff", "permissions")
	}
	if err := staff.MayMove(v, before.permissions, after.permissions); err != nil {
		return after, err
	}
	becomes := ch.hash != "" || ch.email != nil && *ch.email != u.Email
	if becomes || before.active != after.active || before.staff && !after.staff {
		if err := mayTakeOver(v, held); err != nil {
			return after, err
		}
	}
	if v.UserID == u.ID {
		return after, keepOwn(before, after, active)
	}
	return after, nil
}

// keepOwn refuses to close or demote the account that one is signed in with.
func keepOwn(before, after standing, active string) error {
	var c fault.Collector
	c.Add(after.active, OwnAccount, "You cannot close the account that you are signed in with", active)
	c.Add(after.staff || !before.staff, OwnAccount, "You cannot leave the staff yourself", "staff")
	c.Add(!slices.ContainsFunc(before.permissions, func(p viewer.Permission) bool {
		return !slices.Contains(after.permissions, p)
	}), OwnAccount, "You cannot take a permission from yourself", "permissions")
	return c.Err()
}

// changes tells whether anything that is given differs from what is there. A password that is given
// does: what is stored of the old one does not tell.
func (ch change) changes(u *ent.User, after standing) bool {
	before := standingOf(u)
	return ch.hash != "" || differs(ch.email, u.Email) || ch.profile.changes(u) ||
		after.staff != before.staff || after.active != before.active || !slices.Equal(after.permissions, before.permissions)
}

// apply writes a change that was decided, and ends the account's sessions where it must.
func (w *Workflow) apply(ctx context.Context, tx *ent.Tx, u *ent.User, ch change, after standing) error {
	update := tx.User.Update().Where(user.ID(u.ID), user.Version(u.Version)).AddVersion(1).SetNillableEmail(ch.email).
		SetStaff(after.staff).SetActive(after.active).SetPermissions(after.permissions)
	if differs(ch.email, u.Email) {
		update.ClearEmailVerifiedAt() // its owner has shown to read another
	}
	ch.profile.fill(update.Mutation())
	switch err := update.Exec(ctx); {
	case isEmailTaken(err):
		return emailTaken()
	case err != nil:
		return fmt.Errorf("update account: %w", err)
	}
	if ch.hash != "" {
		if err := setPassword(ctx, tx, u.ID, ch.hash); err != nil {
			return err
		}
	}
	if after.staff != u.Staff {
		if _, err := tx.UserRole.Delete().Where(userrole.UserID(u.ID)).Exec(viewer.AsSystem(ctx)); err != nil {
			return fmt.Errorf("take roles: %w", err)
		}
	}
	if ch.hash != "" || !after.active {
		return w.sessions.EndAll(ctx, tx, u.ID)
	}
	if after.staff != u.Staff || !slices.Equal(after.permissions, standingOf(u).permissions) {
		return w.sessions.Renew(ctx, tx, u.ID)
	}
	return nil
}
