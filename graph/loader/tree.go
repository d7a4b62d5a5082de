package loader

import (
	"context"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/schema/rule"
	"galley/internal/database"
)

// maxDepth ends a walk over the category tree, should somebody have made a circle in the database.
const maxDepth = 50

// subtree is the statement of all categories at or below some, each with the one that it was
// reached from: (root, id). roots narrows the categories to those where it begins.
func subtree(ctx context.Context, engine string, roots func(*sql.Selector)) *sql.Selector {
	d := sql.Dialect(engine)
	start := d.Table("categories")
	step := d.Table("categories").As("c")
	reached := d.Table("tree").As("t")
	walk := d.Select(start.C("id"), start.C("id")).AppendSelectExpr(sql.Raw("1")).From(start)
	roots(walk)
	below := d.Select(reached.C("root"), step.C("id")).AppendSelectExpr(sql.Raw(reached.C("depth")+" + 1")).
		From(step).Join(reached).On(step.C("parent_id"), reached.C("id")).
		Where(sql.LT(reached.C("depth"), maxDepth))
	visible(ctx, walk, below)
	walk.UnionAll(below)
	return d.Select("root", "id").From(sql.Table("tree")).
		Prefix(sql.WithRecursive("tree", "root", "id", "depth").As(walk))
}

const startColumn = "path_start"

// joinPath makes a statement of categories the ways from the top of the tree to each of these.
func joinPath(ctx context.Context, s *sql.Selector, ends []int64) {
	engine := s.Dialect()
	d := sql.Dialect(engine)
	start := d.Table("categories")
	step := d.Table("categories").As("c")
	reached := d.Table("up").As("t")
	walk := d.Select(start.C("id"), start.C("id"), start.C("parent_id")).AppendSelectExpr(sql.Raw("1")).From(start)
	database.AnyOf("id", ends)(walk)
	above := d.Select(reached.C("start"), step.C("id"), step.C("parent_id")).AppendSelectExpr(sql.Raw(reached.C("depth")+" + 1")).
		From(step).Join(reached).On(step.C("id"), reached.C("parent_id")).
		Where(sql.LT(reached.C("depth"), maxDepth))
	visible(ctx, walk, above)
	walk.UnionAll(above)
	way := d.Select("start", "id", "depth").From(sql.Table("up")).
		Prefix(sql.WithRecursive("up", "start", "id", "parent_id", "depth").As(walk)).As("way")
	s.Join(way).On(s.C("id"), way.C("id"))
	s.AppendSelectAs(way.C("start"), startColumn)
	s.OrderExpr(sql.Expr(way.C("depth") + " DESC"))
}

// visible narrows the steps of a walk to categories that the viewer may see: it is no Ent query.
func visible(ctx context.Context, steps ...*sql.Selector) {
	for _, s := range steps {
		rule.Rows(rule.Categories).Apply(ctx, s)
	}
}

func pathStart(c *ent.Category) int64 { return dynamic(c.Value, startColumn) }

// dynamic reads a whole number that a statement selected besides the row's own columns.
func dynamic(value func(string) (ent.Value, error), column string) int64 {
	v, err := value(column)
	if err != nil {
		return 0
	}
	n, _ := v.(int64)
	return n
}
