// Package connection builds Relay connections: pages of rows with stable cursors.
// https://relay.dev/graphql/connections.htm
package connection

import (
	"context"
	"sync"
)

// Connection is a page of rows.
type Connection[T any] struct {
	rows             []T
	cursor           func(T) string
	hasNext, hasPrev bool
	count            func(context.Context) (int, error)

	counted sync.Once
	total   int
	failed  error
}

// Edge is a row with its cursor.
type Edge[T any] struct {
	Node   T
	cursor func(T) string
}

// Cursor is the row's place in the list. It is made when it is asked for.
func (e *Edge[T]) Cursor() string { return e.cursor(e.Node) }

// PageInfo says where a page begins and ends.
type PageInfo struct {
	HasNextPage, HasPreviousPage bool
	StartCursor, EndCursor       *string
}

// Nodes are the page's rows.
func (c *Connection[T]) Nodes() []T { return c.rows }

// Edges are the page's rows with their cursors.
func (c *Connection[T]) Edges() []Edge[T] {
	edges := make([]Edge[T], len(c.rows))
	for i, row := range c.rows {
		edges[i] = Edge[T]{Node: row, cursor: c.cursor}
	}
	return edges
}

// PageInfo says where the page begins and ends.
func (c *Connection[T]) PageInfo() PageInfo {
	info := PageInfo{HasNextPage: c.hasNext, HasPreviousPage: c.hasPrev}
	if n := len(c.rows); n > 0 {
		first, last := c.cursor(c.rows[0]), c.cursor(c.rows[n-1])
		info.StartCursor, info.EndCursor = &first, &last
	}
	return info
}

// TotalCount is the number of rows on all pages. It costs a statement, when it is asked for, however often and by how many at
// once: under aliases, or in a part that is deferred.
func (c *Connection[T]) TotalCount(ctx context.Context) (int, error) {
	c.counted.Do(func() { c.total, c.failed = c.count(ctx) })
	return c.total, c.failed
}
