package session

import (
	"context"
	"fmt"

	"galley/ent"
	"galley/ent/userrole"
	"galley/internal/viewer"
)

// PermissionsOf are what an account may do, by itself and by its roles; nothing, unless it is one of the staff.
func PermissionsOf(ctx context.Context, tx *ent.Tx, u *ent.User) ([]viewer.Permission, error) {
	if !u.Staff {
		return viewer.InOrder(), nil
	}
	roles, err := tx.UserRole.Query().Where(userrole.UserID(u.ID)).QueryRole().All(viewer.AsSystem(ctx))
	if err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	lists := [][]viewer.Permission{u.Permissions}
	for _, r := range roles {
		lists = append(lists, r.Permissions)
	}
	return viewer.InOrder(lists...), nil
}
