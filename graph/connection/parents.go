package connection

import (
	"fmt"

	"entgo.io/ent/dialect/sql"
	"github.com/lib/pq"
)

const (
	// Parent is what a statement of many parents calls the column that holds a row's parent.
	Parent = "page_parent"
	// ParentKey is the expression of the parent in what Lateral is given.
	ParentKey = `"parents"."key"`
)

// Lateral narrows a statement to the same page of each of many parents, on PostgreSQL. inner selects
// one parent's rows, under the same rules as the statement itself, and runs for each: an index in
// the page's order ends it after as many rows as the page has.
func (p *Page[T]) Lateral(s *sql.Selector, inner *sql.Selector, parents []int64) {
	p.Select(inner)
	inner.Select("*") // the planner leaves out what the statement does not read
	p.order(s)
	s.AppendSelect(s.C(Parent))
	pages := sql.Dialect(s.Dialect()).Select("page.*").AppendSelectExprAs(sql.Raw(ParentKey), Parent).
		FromExpr(sql.ExprFunc(func(b *sql.Builder) {
			b.WriteString("UNNEST(").Arg(pq.Array(parents)).WriteString(`::bigint[]) AS "parents"("key") CROSS JOIN LATERAL (`)
			b.Join(inner)
			b.WriteString(`) AS "page"`)
		}))
	s.From(pages.As(s.TableName()))
}

// Numbered narrows a statement to the same page of each of many parents, on engines without LATERAL:
// rows are numbered within their parent. inner selects the rows of all of them, under the same rules
// as the statement itself, and parent is the expression of a row's parent there.
func (p *Page[T]) Numbered(s *sql.Selector, inner *sql.Selector, parent string) {
	p.bound(inner)
	inner.Select(inner.C("id"))
	inner.AppendSelectExprAs(sql.Expr(parent), "parent")
	inner.AppendSelectExprAs(sql.Expr(fmt.Sprintf("ROW_NUMBER() OVER (PARTITION BY %s ORDER BY %s)", parent, p.orderBy(inner))), "place")
	top := inner.As("top")
	s.Join(top).On(s.C("id"), top.C("id"))
	s.Where(sql.P(func(b *sql.Builder) {
		b.WriteString(fmt.Sprintf("%s > %d AND %s <= %d", top.C("place"), p.offset, top.C("place"), p.offset+p.limit+1))
	}))
	s.AppendSelectAs(top.C("parent"), Parent)
	s.OrderExpr(sql.Expr(top.C("place")))
}
