package staff

import (
	"context"
	"fmt"
	"slices"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/role"
	"galley/ent/user"
	"galley/ent/userrole"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/session"
	"galley/internal/viewer"
)

// UserRolesSet gives one of the staff these roles, and no others.
func (w *Workflow) UserRolesSet(ctx context.Context, in UserRolesSetInput) (*database.Outcome, error) {
	v, err := mayWrite(ctx)
	if err != nil {
		return nil, err
	}
	if len(in.Roles) > mostRoles {
		return nil, fault.Newf(fault.BadUserInput, "At most %d roles at once", mostRoles)
	}
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		return in.User.Key, KeepAdministrator(ctx, w.db, tx, "user", func() error { return w.setRoles(ctx, tx, v, in) })
	})
}

func (w *Workflow) setRoles(ctx context.Context, tx *ent.Tx, v viewer.Viewer, in UserRolesSetInput) error {
	u, err := session.Hold(ctx, tx, in.User.KeyOf(nodeid.User), sql.LockNoKeyUpdate)
	if err != nil {
		return err
	}
	if err := fault.Expect(u.Version, in.ExpectedVersion); err != nil {
		return err
	}
	wanted, err := w.holdRoles(ctx, tx, in.Roles)
	if err != nil {
		return err
	}
	if !u.Staff && len(wanted) > 0 {
		return fault.Reject(NotStaff, "Roles are for staff", "roles")
	}
	has, err := tx.UserRole.Query().Where(userrole.UserID(u.ID)).QueryRole().All(ctx)
	if err != nil {
		return fmt.Errorf("read roles: %w", err)
	}
	taken, given := without(has, wanted), without(wanted, has)
	for _, r := range slices.Concat(taken, given) {
		if err := MayMove(v, r.Permissions, nil); err != nil {
			return err
		}
	}
	if len(taken) == 0 && len(given) == 0 {
		return nil
	}
	if v.UserID == u.ID && demotes(u, has, wanted) {
		return fault.Reject(OwnAccount, "You cannot take a permission from yourself", "roles")
	}
	return w.move(ctx, tx, u, taken, given)
}

// demotes tells whether an account may do less with other roles than with those that it has.
func demotes(u *ent.User, has, wanted []*ent.Role) bool {
	before, after := viewer.InOrder(held(u, has)...), viewer.InOrder(held(u, wanted)...)
	return slices.ContainsFunc(before, func(p viewer.Permission) bool { return !slices.Contains(after, p) })
}

func held(u *ent.User, roles []*ent.Role) [][]viewer.Permission {
	lists := [][]viewer.Permission{u.Permissions}
	for _, r := range roles {
		lists = append(lists, r.Permissions)
	}
	return lists
}

// without are the roles of a list that are not in another.
func without(roles, others []*ent.Role) []*ent.Role {
	return slices.DeleteFunc(slices.Clone(roles), func(r *ent.Role) bool {
		return slices.ContainsFunc(others, func(o *ent.Role) bool { return o.ID == r.ID })
	})
}

// move takes and gives roles. The account's version counts what it may do, too.
func (w *Workflow) move(ctx context.Context, tx *ent.Tx, u *ent.User, taken, given []*ent.Role) error {
	if len(taken) > 0 {
		_, err := tx.UserRole.Delete().Where(userrole.UserID(u.ID), database.AnyOf(userrole.FieldRoleID, idsOf(taken))).Exec(ctx)
		if err != nil {
			return fmt.Errorf("take roles: %w", err)
		}
	}
	err := tx.UserRole.MapCreateBulk(given, func(create *ent.UserRoleCreate, i int) {
		create.SetUserID(u.ID).SetRoleID(given[i].ID)
	}).Exec(ctx)
	if err != nil {
		return fmt.Errorf("give roles: %w", err)
	}
	// Who may give roles need not be one who may change accounts otherwise.
	err = tx.User.Update().Where(user.ID(u.ID), user.Version(u.Version)).AddVersion(1).Exec(viewer.AsSystem(ctx))
	if err != nil {
		return fmt.Errorf("count change of account: %w", err)
	}
	return w.sessions.Renew(ctx, tx, u.ID)
}

func idsOf(roles []*ent.Role) []int64 {
	ids := make([]int64, len(roles))
	for i, r := range roles {
		ids[i] = r.ID
	}
	return ids
}

// holdRoles reads roles, and keeps their permissions as they are until the transaction ends.
func (w *Workflow) holdRoles(ctx context.Context, tx *ent.Tx, ids []nodeid.ID) ([]*ent.Role, error) {
	keys := make([]int64, len(ids))
	for i, id := range ids {
		keys[i] = id.KeyOf(nodeid.Role)
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	query := tx.Role.Query().Where(database.AnyOf(role.FieldID, keys)).Order(role.ByID())
	query.Modify(database.Locked(sql.LockShare))
	roles, err := query.All(ctx)
	if err != nil {
		return nil, fmt.Errorf("hold roles: %w", err)
	}
	if len(roles) < len(keys) {
		return nil, fault.New(fault.NotFound, "There is no such role")
	}
	return roles, nil
}
