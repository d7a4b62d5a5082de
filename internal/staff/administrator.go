package staff

import (
	"context"
	"fmt"
	"slices"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/user"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/viewer"
)

// KeepAdministrator makes a change that may leave the shop without an administrator, and refuses it if it
// does: an open account of the staff that holds every permission, by itself or by its roles, and is not to be
// deleted. Where there was none before, nothing is refused. Call it before the transaction holds any row, so
// that two administrators cannot remove each other. Field is where the input names who or what is changed.
func KeepAdministrator(ctx context.Context, db *database.DB, tx *ent.Tx, field string, change func() error) error {
	before, err := holdAdministrators(ctx, db, tx)
	if err != nil {
		return err
	}
	if err := change(); err != nil || len(before) == 0 {
		return err
	}
	after, err := administrators(ctx, tx)
	if err != nil {
		return err
	}
	if len(after) == 0 {
		return fault.Reject(LastAdministrator, "The shop would be without an administrator: make another one first", field)
	}
	return nil
}

// holdAdministrators keeps the shop's administrators as they are until the transaction ends. Whoever
// changes what they may do holds them all, and so waits for others who do. SQLite has one writer.
func holdAdministrators(ctx context.Context, db *database.DB, tx *ent.Tx) ([]int64, error) {
	var held []int64
	for {
		found, err := administrators(ctx, tx)
		if err != nil || !db.Postgres() || !slices.ContainsFunc(found, func(id int64) bool { return !slices.Contains(held, id) }) {
			return found, err
		}
		// Others may have changed who is one while this waits: it looks again.
		query := tx.User.Query().Where(database.AnyOf(user.FieldID, found)).Order(user.ByID())
		query.Modify(database.Locked(sql.LockNoKeyUpdate))
		if _, err := query.All(viewer.AsSystem(ctx)); err != nil {
			return nil, fmt.Errorf("hold administrators: %w", err)
		}
		held = found
	}
}

// administrators are the accounts that may do everything, by their ids in order.
func administrators(ctx context.Context, tx *ent.Tx) (ids []int64, err error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT u.id, u.permissions, r.permissions
		FROM users u LEFT JOIN user_roles ur ON ur.user_id = u.id LEFT JOIN roles r ON r.id = ur.role_id
		WHERE u.staff AND u.active AND u.delete_after IS NULL`)
	if err != nil {
		return nil, fmt.Errorf("find administrators: %w", err)
	}
	defer func() { _ = rows.Close() }()
	held := map[int64]viewer.PermissionList{}
	for rows.Next() {
		var (
			id   int64
			list viewer.PermissionList
		)
		if err := rows.Scan(&id, &list, &list); err != nil {
			return nil, fmt.Errorf("read administrators: %w", err)
		}
		held[id] = append(held[id], list...)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("find administrators: %w", err)
	}
	for id, list := range held {
		if len(viewer.InOrder(list)) == len(viewer.Permissions()) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, nil
}
