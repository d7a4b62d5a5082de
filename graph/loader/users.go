package loader

import (
	"context"
	"slices"

	"entgo.io/ent/dialect/sql"
	"github.com/99designs/gqlgen/graphql"

	"galley/ent"
	"galley/ent/user"
	"galley/graph/connection"
	"galley/internal/nodeid"
	"galley/internal/textkey"
	"galley/internal/viewer"
)

func userSort(key UserSort, reverse bool) connection.Sort[*ent.User] {
	s := connection.Sort[*ent.User]{
		Name: string(UsersByCreation), Column: user.FieldCreatedAt, Kind: connection.Time,
		Value: func(u *ent.User) any { return u.CreatedAt },
		Key:   func(u *ent.User) int64 { return u.ID },
	}
	if key == UsersByName {
		s.Name, s.Column, s.Kind = string(key), user.FieldNameKey, connection.Bytes
		s.Value = func(u *ent.User) any { return u.NameKey }
	}
	return s.Reversed(reverse)
}

// Me is the viewer's account, or nil. Whoever found out who is asking has just seen its row: unless one
// of its columns is asked for, it is not read again.
func (l *Loaders) Me(ctx context.Context) (*ent.User, error) {
	key := viewer.From(ctx).UserID
	if key == 0 || l.columns == nil || !onlyLeads(ctx) {
		return Lookup(ctx, &l.User, key)
	}
	me := &ent.User{ID: key}
	l.ahead(ctx, []*ent.User{me})
	return me, nil
}

// onlyLeads tells whether the context's field is asked for its id and edges alone.
func onlyLeads(ctx context.Context) bool {
	field := graphql.GetFieldContext(ctx).Field
	below := graphql.CollectFields(graphql.GetOperationContext(ctx), field.Selections, []string{"User", "Node"})
	return !slices.ContainsFunc(below, func(f graphql.CollectedField) bool {
		return f.Name != "id" && f.Name != "__typename" && !leads(f.Definition)
	})
}

// Users is a page of all accounts that the viewer may see.
func (l *Loaders) Users(ctx context.Context, args connection.Args, filter *UserFilter, key UserSort, reverse bool) (*connection.UserConnection, error) {
	p, err := connection.NewPage(args, userSort(key, reverse))
	if err != nil {
		return nil, err
	}
	q := l.source.Client.User.Query().Where(filter.where(ctx))
	count := q.Clone()
	q.Modify(p.Select)
	rows, err := q.Select(l.of(user.Table, p.Columns()...)...).All(ctx)
	if err != nil {
		return nil, err
	}
	l.ahead(ctx, rows)
	return p.Connection(rows, count.Count), nil
}

func (f *UserFilter) where(ctx context.Context) func(*sql.Selector) {
	if f == nil {
		return nowhere
	}
	all := []func(*sql.Selector){beginning(f.Query, func(text string) func(*sql.Selector) {
		begins := textkey.Fold(text)
		if begins == "" { // accents alone
			return nothing
		}
		return user.Or(user.EmailHasPrefix(begins), wordHasPrefix(user.FieldNameKey, begins))
	})}
	if f.Staff != nil {
		all = append(all, user.Staff(*f.Staff))
	}
	if f.Active != nil {
		all = append(all, user.Active(*f.Active))
	}
	if f.Role != nil {
		all = append(all, hasRole(ctx, f.Role.KeyOf(nodeid.Role)))
	}
	return and(append(all, f.CreatedAt.where(user.FieldCreatedAt)...))
}
