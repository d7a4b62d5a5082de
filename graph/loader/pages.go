package loader

import (
	"context"
	"encoding/json"
	"fmt"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"galley/ent/schema/rule"
	"galley/graph/connection"
	"galley/internal/database"
)

// edge describes a connection of many parents, such as the orders of users.
type edge[T any] struct {
	name    string // of the edge; with its arguments it names the loader
	table   string
	rows    rule.Rows // the row rule of the table
	parents parents
	value   func(row T) int64 // the row's parent, of the column connection.Parent
	all     func(ctx context.Context, modify func(*sql.Selector), columns []string) ([]T, error)
	count   func(ctx context.Context, modify func(*sql.Selector), into any) error
}

// parents tells how the rows of an edge find their parent.
type parents struct {
	ofMany func(ctx context.Context, s *sql.Selector, keys []int64) string // narrows to the rows of these; the expression of a row's parent
	column string                                                          // holds the parent's key, or that of one of below
	below  func(ctx context.Context, engine, key string) *sql.Selector     // the ids of those whose rows are a parent's too; nil where that is itself alone
}

// pages is one page of many parents: an edge with its arguments.
type pages[T any] struct {
	page  *connection.Page[T]
	rows  Loader[[]T]
	count Loader[int]
}

// pagesOf finds the loaders of an edge with these arguments, or makes them.
func pagesOf[T any](e edge[T], l *Loaders, args connection.Args, sort connection.Sort[T], where func(*sql.Selector), arguments ...any) (*pages[T], error) {
	p, err := connection.NewPage(args, sort)
	if err != nil {
		return nil, err
	}
	name, err := json.Marshal([]any{e.name, args, sort.Name, sort.Desc, arguments})
	if err != nil {
		return nil, fmt.Errorf("name loader: %w", err)
	}
	return shared(l, string(name), func() *pages[T] {
		made := &pages[T]{page: p}
		made.rows.serve(l, many(e.value, func(ctx context.Context, l *Loaders, keys []int64) ([]T, error) {
			return e.all(ctx, func(s *sql.Selector) { e.perParent(ctx, s, p, where, keys) }, l.of(e.table, p.Columns()...))
		}))
		made.count.serve(l, func(ctx context.Context, _ *Loaders, keys []int64) (map[int64]int, error) {
			return e.counts(ctx, where, keys)
		})
		return made
	}), nil
}

// of is one parent's page; the same page of other parents comes in the same statement.
func (p *pages[T]) of(ctx context.Context, parent int64) (*connection.Connection[T], error) {
	rows, err := p.rows.Load(ctx, parent)
	if err != nil {
		return nil, err
	}
	return p.page.Connection(rows, func(ctx context.Context) (int, error) { return p.count.Load(ctx, parent) }), nil
}

// perParent narrows a statement to the page of each parent. What it narrows by is a statement of its
// own, under the row rule: it does not go through Ent.
func (e edge[T]) perParent(ctx context.Context, s *sql.Selector, p *connection.Page[T], where func(*sql.Selector), keys []int64) {
	inner := sql.Dialect(s.Dialect()).Select().From(sql.Table(e.table))
	e.rows.Apply(ctx, inner)
	where(inner)
	if s.Dialect() == dialect.Postgres {
		p.Lateral(s, e.page(ctx, p, inner), keys)
		return
	}
	p.Numbered(s, inner, e.parents.ofMany(ctx, inner, keys))
}

// page makes a statement of the edge's rows that of one parent's page.
func (e edge[T]) page(ctx context.Context, p *connection.Page[T], rows *sql.Selector) *sql.Selector {
	if e.parents.below == nil {
		is(e.parents.column, connection.ParentKey)(rows)
		return p.One(rows)
	}
	is(e.parents.column, connection.OtherKey)(rows)
	return p.Merged(e.parents.below(ctx, rows.Dialect(), connection.ParentKey), rows)
}

// counts counts the rows of each parent in one statement.
func (e edge[T]) counts(ctx context.Context, where func(*sql.Selector), keys []int64) (map[int64]int, error) {
	var found []struct {
		Parent int64 `sql:"page_parent"`
		Count  int   `sql:"page_count"`
	}
	err := e.count(ctx, func(s *sql.Selector) {
		where(s)
		parent := e.parents.ofMany(ctx, s, keys)
		s.SelectExpr(sql.Raw(parent+" AS page_parent"), sql.Raw("COUNT(*) AS page_count"))
		s.GroupBy(parent)
	}, &found)
	if err != nil {
		return nil, err
	}
	counts := make(map[int64]int, len(keys))
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
	if l.pages == nil {
		l.pages = make(map[string]any)
	}
	created := create()
	l.pages[name] = created
	return created
}

// column is how rows find their parent that hold its key.
func column(name string) parents {
	return parents{
		column: name,
		ofMany: func(_ context.Context, s *sql.Selector, keys []int64) string {
			database.AnyOf(name, keys)(s)
			return s.C(name)
		},
	}
}

// is is the predicate of a column that is what an expression holds.
func is(column, expr string) func(*sql.Selector) {
	return func(s *sql.Selector) {
		equal := s.C(column) + " = " + expr
		s.Where(sql.P(func(b *sql.Builder) { b.WriteString(equal) }))
	}
}
