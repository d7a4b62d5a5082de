package loader

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/apikey"
	"galley/ent/role"
	"galley/ent/schema/rule"
	"galley/ent/user"
	"galley/ent/userrole"
	"galley/graph/connection"
	"galley/internal/database"
	"galley/internal/textkey"
	"galley/internal/viewer"
)

var (
	rolesByID = one(func(r *ent.Role) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Role, error) {
		return l.source.Client.Role.Query().Where(database.AnyOf(role.FieldID, keys)).Select(l.of(role.Table)...).All(ctx)
	})
	apiKeys = one(func(r *ent.APIKey) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.APIKey, error) {
		return l.source.Client.APIKey.Query().Where(database.AnyOf(apikey.FieldID, keys)).Select(l.of(apikey.Table)...).All(ctx)
	})

	rolesOfUsers = many(roleHolder, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Role, error) {
		q := l.source.Client.Role.Query()
		q.Modify(func(s *sql.Selector) {
			has := sql.Dialect(s.Dialect()).Select().From(sql.Table(userrole.Table))
			database.AnyOf(userrole.FieldUserID, keys)(has)
			rule.Permitted(viewer.StaffRead).Apply(ctx, has)
			held := has.Select(has.C(userrole.FieldUserID), has.C(userrole.FieldRoleID)).As("held")
			s.Join(held).On(s.C(role.FieldID), held.C(userrole.FieldRoleID))
			s.AppendSelectAs(held.C(userrole.FieldUserID), holderColumn)
		})
		roles, err := q.Select(l.of(role.Table, role.FieldName)...).All(ctx)
		return byName(roles), err
	})
)

const holderColumn = "held_by"

func roleHolder(r *ent.Role) int64 { return dynamic(r.Value, holderColumn) }

// byName sorts roles as people look for them.
func byName(roles []*ent.Role) []*ent.Role {
	slices.SortFunc(roles, func(a, b *ent.Role) int {
		return cmp.Or(bytes.Compare(textkey.Key(a.Name), textkey.Key(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return roles
}

// Roles are all roles by name; there are not many.
func (l *Loaders) Roles(ctx context.Context) ([]*ent.Role, error) {
	roles, err := l.source.Client.Role.Query().Select(l.of(role.Table, role.FieldName)...).All(ctx)
	return byName(roles), err
}

// hasRole narrows accounts to those that have a role, for who may know.
func hasRole(ctx context.Context, roleID int64) func(*sql.Selector) {
	return func(s *sql.Selector) {
		has := sql.Dialect(s.Dialect()).Select(userrole.FieldUserID).From(sql.Table(userrole.Table))
		has.Where(sql.EQ(has.C(userrole.FieldRoleID), roleID))
		rule.Permitted(viewer.StaffRead).Apply(ctx, has)
		s.Where(sql.In(s.C(user.FieldID), has))
	}
}

// permissionsOfUsers are what accounts may do that the viewer may see, by themselves and by their roles: who
// sees an account sees that, without seeing roles.
func permissionsOfUsers(ctx context.Context, l *Loaders, keys []int64) (map[int64][]viewer.Permission, error) {
	var rows []struct {
		ID     int64
		Direct viewer.PermissionList `sql:"direct"`
		Role   viewer.PermissionList `sql:"by_role"`
	}
	q := l.source.Client.User.Query().Where(database.AnyOf(user.FieldID, keys), user.Staff(true))
	err := q.Modify(func(s *sql.Selector) {
		d := sql.Dialect(s.Dialect())
		has, roles := d.Table(userrole.Table).As("has"), d.Table(role.Table).As("role")
		s.LeftJoin(has).On(s.C(user.FieldID), has.C(userrole.FieldUserID))
		s.LeftJoin(roles).On(has.C(userrole.FieldRoleID), roles.C(role.FieldID))
		s.Select(s.C(user.FieldID)).AppendSelectAs(s.C(user.FieldPermissions), "direct").AppendSelectAs(roles.C(role.FieldPermissions), "by_role")
	}).Scan(ctx, &rows)
	held := make(map[int64][]viewer.Permission, len(keys))
	for _, key := range keys {
		held[key] = viewer.InOrder()
	}
	for _, row := range rows {
		held[row.ID] = viewer.InOrder(held[row.ID], row.Direct, row.Role)
	}
	return held, err
}

// APIKeys is a page of all API keys, the latest first.
func (l *Loaders) APIKeys(ctx context.Context, args connection.Args) (*connection.APIKeyConnection, error) {
	p, err := connection.NewPage(args, connection.Sort[*ent.APIKey]{
		Name: "CREATED", Column: apikey.FieldCreatedAt, Kind: connection.Time, Desc: true,
		Value: func(k *ent.APIKey) any { return k.CreatedAt },
		Key:   func(k *ent.APIKey) int64 { return k.ID },
	})
	if err != nil {
		return nil, err
	}
	q := l.source.Client.APIKey.Query()
	count := q.Clone()
	q.Modify(p.Select)
	rows, err := q.Select(l.of(apikey.Table, p.Columns()...)...).All(ctx)
	if err != nil {
		return nil, err
	}
	l.ahead(ctx, rows)
	return p.Connection(rows, count.Count), nil
}
