package loader

import (
	"context"
	"encoding/json"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"galley/ent/schema/rule"
	"galley/graph/connection"
	"galley/internal/database"
)

// edge describes a connection of many parents, such as the orders of users.
type edge[T any] struct {
	name   string // of the edge; with its arguments it names the loader
	table  string
	rows   rule.Rows                                     // the row rule of the table
	parent func(s *sql.Selector, parents []int64) string // narrows to the parents' rows; the expression of the parent
	value  func(row T) int64                             // the row's parent, of the column connection.Parent
	all    func(ctx context.Context, modify func(*sql.Selector)) ([]T, error)
	count  func(ctx context.Context, modify func(*sql.Selector), into any) error
}

// pages is one page of many parents: an edge with its arguments.
type pages[T any] struct {
	page  *connection.Page[T]
	rows  Loader[[]T]
	count Loader[int]
}

// pagesOf finds the loaders of an edge with these arguments, or makes them.
func pagesOf[T any](e edge[T], l *Loaders, args connection.Args, sort connection.Sort[T], where func(*sql.Selector), arguments ...any) (pages[T], error) {
	p, err := connection.NewPage(args, sort)
	if err != nil {
		return pages[T]{}, err
	}
	name, err := json.Marshal([]any{e.name, args, sort.Name, sort.Desc, arguments})
	if err != nil {
		return pages[T]{}, fmt.Errorf("name loader: %w", err)
	}
	return shared(l, string(name), func() pages[T] {
		return pages[T]{
			page: p,
			rows: many(l.source, e.value, func(ctx context.Context, parents []int64) ([]T, error) {
				return e.all(ctx, func(s *sql.Selector) {
					inner := e.inner(ctx, s.Dialect())
					where(inner)
					p.PerParent(s, inner, e.parent(inner, parents))
				})
			}),
			count: batch(l.source, func(ctx context.Context, parents []int64) (map[int64]int, error) {
				return e.counts(ctx, where, parents)
			}),
		}
	}), nil
}

// of is one parent's page; the same page of other parents comes in the same statement.
func (p pages[T]) of(ctx context.Context, parent int64) (*connection.Connection[T], error) {
	rows, err := Load(ctx, p.rows, parent)
	if err != nil {
		return nil, err
	}
	return p.page.Connection(rows, func(ctx context.Context) (int, error) { return Load(ctx, p.count, parent) }), nil
}

// inner is a statement on the edge's table under its row rule: it does not go through Ent.
func (e edge[T]) inner(ctx context.Context, engine string) *sql.Selector {
	s := sql.Dialect(engine).Select().From(sql.Table(e.table))
	e.rows.Apply(ctx, s)
	return s
}

// counts counts the rows of each parent in one statement.
func (e edge[T]) counts(ctx context.Context, where func(*sql.Selector), parents []int64) (map[int64]int, error) {
	var found []struct {
		Parent int64 `sql:"page_parent"`
		Count  int   `sql:"page_count"`
	}
	err := e.count(ctx, func(s *sql.Selector) {
		where(s)
		parent := e.parent(s, parents)
		s.SelectExpr(sql.Raw(parent+" AS page_parent"), sql.Raw("COUNT(*) AS page_count"))
		s.GroupBy(parent)
	}, &found)
	if err != nil {
		return nil, err
	}
	counts := make(map[int64]int, len(found))
	for _, f := range found {
		counts[f.Parent] = f.Count
	}
	return counts, nil
}

// shared finds the loader of this name, or makes it.
func shared[L any](l *Loaders, name string, create func() L) L {
	l.mu.Lock()
	defer l.mu.Unlock()
	if found, ok := l.pages[name]; ok {
		return found.(L)
	}
	created := create()
	l.pages[name] = created
	return created
}

// column is the parent function of an edge whose rows hold their parent's key.
func column(name string) func(*sql.Selector, []int64) string {
	return func(s *sql.Selector, parents []int64) string {
		database.AnyOf(name, parents)(s)
		return s.C(name)
	}
}
