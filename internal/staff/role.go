package staff

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"entgo.io/ent/dialect/sql/sqlgraph"

	"galley/ent"
	"galley/ent/role"
	"galley/ent/userrole"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

// mostRoles keeps the list of roles one that people can read.
const mostRoles = 100

// RoleCreate makes a role. Nobody has it yet, but it can be given to many: its maker holds what it grants.
func (w *Workflow) RoleCreate(ctx context.Context, in RoleCreateInput) (*database.Outcome, error) {
	v, err := mayWrite(ctx)
	if err != nil {
		return nil, err
	}
	if err := MayMove(v, nil, in.Permissions); err != nil {
		return nil, err
	}
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		var c fault.Collector
		name, description := clean(in.Name), clean(in.Description)
		checkName(&c, name)
		checkDescription(&c, description)
		if err := c.Err(); err != nil {
			return 0, err
		}
		there, err := tx.Role.Query().Count(viewer.AsSystem(ctx))
		if err != nil {
			return 0, fmt.Errorf("count roles: %w", err)
		}
		if there >= mostRoles {
			return 0, fault.Reject(TooMany, "A shop has at most 100 roles")
		}
		r, err := tx.Role.Create().SetName(name).SetDescription(description).SetPermissions(viewer.InOrder(in.Permissions)).Save(ctx)
		if err != nil {
			return 0, unlessTaken(err, "create role")
		}
		return r.ID, nil
	})
}

// RoleUpdate changes a role, and with its permissions what all may do who have it.
func (w *Workflow) RoleUpdate(ctx context.Context, in RoleUpdateInput) (*database.Outcome, error) {
	v, err := mayWrite(ctx)
	if err != nil {
		return nil, err
	}
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		update := func() error { return w.updateRole(ctx, tx, v, in) }
		if in.Permissions == nil {
			return in.ID.Key, update()
		}
		return in.ID.Key, KeepAdministrator(ctx, w.db, tx, "id", update)
	})
}

func (w *Workflow) updateRole(ctx context.Context, tx *ent.Tx, v viewer.Viewer, in RoleUpdateInput) error {
	r, err := w.holdRole(ctx, tx, in.ID)
	if err != nil {
		return err
	}
	if err := fault.Expect(r.Version, in.ExpectedVersion); err != nil {
		return err
	}
	name, description, permissions := r.Name, r.Description, viewer.InOrder(r.Permissions)
	if in.Name != nil {
		name = clean(*in.Name)
	}
	if in.Description != nil {
		description = clean(*in.Description)
	}
	if in.Permissions != nil {
		permissions = viewer.InOrder(in.Permissions)
	}
	var c fault.Collector
	checkName(&c, name)
	checkDescription(&c, description)
	if err := c.Err(); err != nil {
		return err
	}
	if err := MayMove(v, r.Permissions, permissions); err != nil {
		return err
	}
	moved := !slices.Equal(permissions, viewer.InOrder(r.Permissions))
	if !moved && name == r.Name && description == r.Description {
		return nil
	}
	err = tx.Role.Update().Where(role.ID(r.ID), role.Version(r.Version)).AddVersion(1).
		SetName(name).SetDescription(description).SetPermissions(permissions).Exec(ctx)
	if err != nil {
		return unlessTaken(err, "update role")
	}
	if !moved {
		return nil
	}
	holders, err := holdersOf(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	return w.sessions.Renew(ctx, tx, holders...)
}

// RoleDelete removes a role, and takes it from all who have it.
func (w *Workflow) RoleDelete(ctx context.Context, in RoleDeleteInput) (*database.Outcome, error) {
	v, err := mayWrite(ctx)
	if err != nil {
		return nil, err
	}
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		return in.ID.Key, KeepAdministrator(ctx, w.db, tx, "id", func() error { return w.deleteRole(ctx, tx, v, in) })
	})
}

func (w *Workflow) deleteRole(ctx context.Context, tx *ent.Tx, v viewer.Viewer, in RoleDeleteInput) error {
	r, err := w.holdRole(ctx, tx, in.ID)
	if err != nil {
		return err
	}
	if err := fault.Expect(r.Version, in.ExpectedVersion); err != nil {
		return err
	}
	if err := MayMove(v, r.Permissions, nil); err != nil {
		return err
	}
	holders, err := holdersOf(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	if _, err := tx.UserRole.Delete().Where(userrole.RoleID(r.ID)).Exec(ctx); err != nil {
		return fmt.Errorf("take role: %w", err)
	}
	if err := tx.Role.DeleteOneID(r.ID).Exec(ctx); err != nil {
		return fmt.Errorf("delete role: %w", err)
	}
	return w.sessions.Renew(ctx, tx, holders...)
}

// holdRole reads a role that the viewer may see, and keeps it as it is, and from being given, until the
// transaction ends. SQLite has one writer.
func (w *Workflow) holdRole(ctx context.Context, tx *ent.Tx, id nodeid.ID) (*ent.Role, error) {
	query := tx.Role.Query().Where(role.ID(id.KeyOf(nodeid.Role)))
	if w.db.Postgres() {
		query.ForUpdate()
	}
	r, err := query.Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return nil, fault.New(fault.NotFound, "There is no such role")
	case err != nil:
		return nil, fmt.Errorf("hold role: %w", err)
	}
	return r, nil
}

func holdersOf(ctx context.Context, tx *ent.Tx, roleID int64) (ids []int64, err error) {
	err = tx.UserRole.Query().Where(userrole.RoleID(roleID)).Select(userrole.FieldUserID).Scan(viewer.AsSystem(ctx), &ids)
	if err != nil {
		return nil, fmt.Errorf("read who has the role: %w", err)
	}
	return ids, nil
}

func clean(s string) string { return strings.TrimSpace(s) }

func checkDescription(c *fault.Collector, description string) {
	c.Add(fault.IsText(description, longestDescription), Invalid, "A description has at most 500 characters", "description")
}

// unlessTaken names what failed, or says that another role has the name, whoever came first.
func unlessTaken(err error, doing string) error {
	if sqlgraph.IsUniqueConstraintError(err) {
		return fault.Reject(NameTaken, "There is a role of this name", "name")
	}
	return fmt.Errorf("%s: %w", doing, err)
}
