package connection

import (
	"context"
	"fmt"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"

	"galley/internal/fault"
)

// MaxPage is the most that one page holds; defaultPage what it holds unless told.
const (
	MaxPage     = 100
	defaultPage = 20
	maxOffset   = 1_000_000
)

// Args are the arguments of a connection.
type Args struct {
	First  *int    `json:",omitempty"`
	After  *string `json:",omitempty"`
	Last   *int    `json:",omitempty"`
	Before *string `json:",omitempty"`
	Offset *int    `json:",omitempty"`
}

// Kind is what rows are sorted by.
type Kind int

// The kinds of sort values.
const (
	Int Kind = iota
	Time
	Bytes
)

// Sort is an order of rows that no two share: by a value, then by key, both in one direction.
type Sort[T any] struct {
	Name   string // stands in cursors
	Column string // what the value is called in SQL; of the table unless Table is told
	Table  string
	Kind   Kind
	Desc   bool
	Value  func(T) any // int64, time.Time or []byte
	Key    func(T) int64
}

// Reversed is the order the other way round, if reverse.
func (s Sort[T]) Reversed(reverse bool) Sort[T] {
	s.Desc = s.Desc != reverse
	return s
}

func (s Sort[T]) name() string {
	if s.Desc {
		return s.Name + "-"
	}
	return s.Name + "+"
}

// Page is a part of a sorted list.
type Page[T any] struct {
	sort          Sort[T]
	limit, offset int
	backward      bool
	after, before *cursor
}

// NewPage reads a connection's arguments.
func NewPage[T any](a Args, sort Sort[T]) (*Page[T], error) {
	p := &Page[T]{sort: sort, limit: defaultPage}
	if a.First != nil && a.Last != nil {
		return nil, fault.New(fault.BadUserInput, "A page has first or last, not both")
	}
	if a.Offset != nil && (a.Last != nil || a.After != nil || a.Before != nil) {
		return nil, fault.New(fault.BadUserInput, "Offset goes with first alone")
	}
	for _, n := range []*int{a.First, a.Last} {
		if n == nil {
			continue
		}
		if *n < 0 || *n > MaxPage {
			return nil, fault.Newf(fault.BadUserInput, "A page holds 0 to %d entries", MaxPage)
		}
		p.limit = *n
	}
	p.backward = a.Last != nil
	if a.Offset != nil {
		if *a.Offset < 0 || *a.Offset > maxOffset {
			return nil, fault.Newf(fault.BadUserInput, "Offset is 0 to %d", maxOffset)
		}
		p.offset = *a.Offset
	}
	var err error
	if a.After != nil {
		if p.after, err = parseCursor(*a.After, sort.name()); err != nil {
			return nil, err
		}
	}
	if a.Before != nil {
		if p.before, err = parseCursor(*a.Before, sort.name()); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Select narrows a statement to the page, and one row more, which tells whether there is a next.
func (p *Page[T]) Select(s *sql.Selector) {
	p.bound(s)
	p.order(s)
	p.cut(s)
}

func (p *Page[T]) cut(s *sql.Selector) {
	s.Limit(p.limit + 1)
	if p.offset > 0 {
		s.Offset(p.offset)
	}
}

// bound keeps what lies between the cursors.
func (p *Page[T]) bound(s *sql.Selector) {
	if p.after != nil {
		s.Where(p.beyond(s, p.after, p.sort.Desc))
	}
	if p.before != nil {
		s.Where(p.beyond(s, p.before, !p.sort.Desc))
	}
}

// beyond compares (value, key) with a cursor's as one.
func (p *Page[T]) beyond(s *sql.Selector, c *cursor, less bool) *sql.Predicate {
	op := ">"
	if less {
		op = "<"
	}
	// The columns are named now: the statement may become a part of another, under another name.
	compare := fmt.Sprintf("(%s, %s) %s ", p.column(s), s.C("id"), op)
	return sql.P(func(b *sql.Builder) {
		b.WriteString(compare)
		b.Wrap(func(b *sql.Builder) { b.Arg(p.arg(c)).Comma().Arg(c.Key) })
	})
}

func (p *Page[T]) arg(c *cursor) any {
	switch p.sort.Kind {
	case Time:
		return time.UnixMicro(c.Int).UTC()
	case Bytes:
		return slices.Clip(append([]byte{}, c.Bytes...)) // never nil: NULL compares with nothing
	default:
		return c.Int
	}
}

func (p *Page[T]) column(s *sql.Selector) string {
	if p.sort.Table != "" {
		return sql.Dialect(s.Dialect()).Table(p.sort.Table).C(p.sort.Column)
	}
	return s.C(p.sort.Column)
}

// Columns are those of the table that cursors are made of.
func (p *Page[T]) Columns() []string {
	if p.sort.Table != "" {
		return nil
	}
	return []string{p.sort.Column}
}

func (p *Page[T]) order(s *sql.Selector) {
	s.OrderExpr(sql.Expr(p.orderBy(s)))
}

func (p *Page[T]) orderBy(s *sql.Selector) string {
	direction := "ASC"
	if p.sort.Desc != p.backward {
		direction = "DESC"
	}
	return fmt.Sprintf("%s %s, %s %s", p.column(s), direction, s.C("id"), direction)
}

// Connection makes a connection of the rows that Select found; count finds how many there are
// on all pages.
func (p *Page[T]) Connection(rows []T, count func(context.Context) (int, error)) *Connection[T] {
	more := len(rows) > p.limit
	if more {
		rows = rows[:p.limit]
	}
	c := &Connection[T]{cursor: p.cursor, count: count}
	if p.backward {
		rows = slices.Clone(rows)
		slices.Reverse(rows)
		c.hasNext, c.hasPrev = p.before != nil, more
	} else {
		c.hasNext, c.hasPrev = more, p.after != nil || p.offset > 0
	}
	c.rows = rows
	return c
}

func (p *Page[T]) cursor(row T) string {
	c := cursor{Sort: p.sort.name(), Key: p.sort.Key(row)}
	c.set(p.sort.Value(row))
	return c.String()
}
