// Package rule holds the row rules: which rows are yours?
//
// Each rule is one predicate on columns. An entity's policy uses it, and so does every statement
// that does not go through a plain Ent query, so that nothing can walk past it.
package rule

import (
	"context"

	"entgo.io/ent"
	"entgo.io/ent/dialect/sql"

	"galley/internal/fault"
	"galley/internal/viewer"
)

// Predicate narrows a selection to some of its rows. A nil predicate stands for all rows.
type Predicate func(*sql.Selector)

// Rows tells which rows of an entity a viewer may touch.
type Rows func(viewer.Viewer) Predicate

// None is the predicate of those who may touch no row.
func None(s *sql.Selector) { s.Where(sql.False()) }

// SystemOnly is the rule of what only workflows touch, after they have decided.
func SystemOnly(v viewer.Viewer) Predicate {
	if v.Kind == viewer.System {
		return nil
	}
	return None
}

// Permitted is the rule of what those with a permission may touch, and nobody else.
func Permitted(p viewer.Permission) Rows {
	return func(v viewer.Viewer) Predicate {
		if v.Has(p) {
			return nil
		}
		return None
	}
}

// Policy is an entity's policy: which rows may be read, which may be changed or deleted. Who may
// change every row may create some; others create through a workflow's system step.
type Policy struct {
	Read, Write Rows
}

// EvalQuery narrows a query to the rows of the viewer.
func (p Policy) EvalQuery(ctx context.Context, q ent.Query) error {
	if rows := p.Read(viewer.From(ctx)); rows != nil {
		q.(filtered).WhereP(rows)
	}
	return nil
}

// EvalMutation narrows an update or a deletion to the rows of the viewer.
func (p Policy) EvalMutation(ctx context.Context, m ent.Mutation) error {
	v := viewer.From(ctx)
	if v.Kind == viewer.System {
		return nil
	}
	rows := p.Write(v)
	switch {
	case rows == nil:
		return nil
	case m.Op().Is(ent.OpCreate):
		return fault.New(fault.Forbidden, "You may not do this")
	}
	m.(filtered).WhereP(rows)
	return nil
}

// filtered is what generated queries and mutations have in common.
type filtered interface {
	WhereP(...func(*sql.Selector))
}

// Apply narrows a selection outside an Ent query by a rule.
func (r Rows) Apply(ctx context.Context, s *sql.Selector) {
	if p := r(viewer.From(ctx)); p != nil {
		p(s)
	}
}

// within is the predicate of rows whose parent row is the viewer's. It asks row by row: SQLite would list all that the
// viewer may see first, such as every product on sale, for one line of a cart.
func within(column, parents string, rows Predicate) Predicate {
	return func(s *sql.Selector) {
		d := sql.Dialect(s.Dialect())
		parent := d.Table(parents)
		t := d.Select(parent.C("id")).From(parent).Where(sql.ColumnsEQ(parent.C("id"), s.C(column)))
		rows(t)
		s.Where(sql.Exists(t))
	}
}

// childOf is the rule of an entity whose rows follow those of its parent.
func childOf(column, parents string, parent Rows) Rows {
	return func(v viewer.Viewer) Predicate {
		if rows := parent(v); rows != nil {
			return within(column, parents, rows)
		}
		return nil
	}
}
