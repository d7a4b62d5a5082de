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
	// OtherKey is the expression of one of others in what Merged is given.
	OtherKey = `"others"."id"`
)

// Lateral narrows a statement to the same page of each of many parents, on PostgreSQL. one is the page
// of the parent that ParentKey holds, and runs for each of them: it ends where the page does.
func (p *Page[T]) Lateral(s *sql.Selector, one *sql.Selector, parents []int64) {
	p.order(s)
	s.AppendSelect(s.C(Parent))
	all := sql.Dialect(s.Dialect()).Select("page.*").AppendSelectExprAs(sql.Raw(ParentKey), Parent).
		FromExpr(sql.ExprFunc(func(b *sql.Builder) {
			b.WriteString("UNNEST(").Arg(pq.Array(parents)).WriteString(`::bigint[]) AS "parents"("key") CROSS JOIN LATERAL `)
			b.Wrap(func(b *sql.Builder) { b.Join(one) }).WriteString(` AS "page"`)
		}))
	s.From(all.As(s.TableName()))
}

// One makes a statement of all rows of one parent the statement of its page.
func (p *Page[T]) One(rows *sql.Selector) *sql.Selector {
	p.Select(rows)
	return rows.Select("*") // the planner leaves out what nobody reads
}

// Merged is One for a parent whose rows are those of several others, by which an index has them: from
// each come as many as the page may need. others selects these, and rows the rows of the one whose
// id OtherKey holds.
func (p *Page[T]) Merged(others, rows *sql.Selector) *sql.Selector {
	d := sql.Dialect(rows.Dialect())
	p.bound(rows)
	p.order(rows)
	rows.Select("*").Limit(p.offset + p.limit + 1)
	page := d.Select("rows.*").FromExpr(sql.ExprFunc(func(b *sql.Builder) {
		b.Wrap(func(b *sql.Builder) { b.Join(others) }).WriteString(` AS "others" CROSS JOIN LATERAL `)
		b.Wrap(func(b *sql.Builder) { b.Join(rows) }).WriteString(` AS "rows"`)
	}))
	page.OrderExpr(sql.Expr(p.orderBy(d.Select().From(d.Table("rows")))))
	p.cut(page)
	return page
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
