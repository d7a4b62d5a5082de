package connection

import (
	"fmt"

	"entgo.io/ent/dialect/sql"
)

// Parent is what PerParent calls the column that holds a row's parent.
const Parent = "page_parent"

// PerParent narrows a statement to the same page of each of many parents, in one statement: rows are
// numbered within their parent. inner selects from the table under the same rules as the statement
// itself, and parent is the expression of a row's parent there.
func (p *Page[T]) PerParent(s *sql.Selector, inner *sql.Selector, parent string) {
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
