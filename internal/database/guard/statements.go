package guard

import (
	"container/list"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
)

const (
	mostStatements = 128       // of a connection, on the server too
	longestText    = 16 * 1024 // what is longer costs more memory than round trips
)

// pqStmt is what lib/pq's prepared statement can do.
type pqStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// statements are what a connection keeps prepared: those that were used last. nil keeps none.
type statements struct {
	byText map[string]*list.Element
	order  *list.List // of *keptStatement, the latest first
}

type keptStatement struct {
	text string
	stmt pqStmt
}

func newStatements() *statements {
	return &statements{byText: map[string]*list.Element{}, order: list.New()}
}

// take tells whether a statement is worth to be kept prepared: one of those with a plan. Without
// parameters lib/pq needs one round trip anyway.
func (s *statements) take(query string, args []driver.NamedValue) bool {
	if s == nil || len(args) == 0 || len(query) > longestText {
		return false
	}
	switch firstWord(query) {
	case "select", "insert", "update", "delete", "with":
		return true
	}
	return false
}

// firstWord is a statement's verb, in small letters, or empty where a comment or the like comes first.
func firstWord(query string) string {
	query = strings.TrimLeft(query, space+"(")
	for i := range len(query) {
		if c := query[i] | 0x20; c < 'a' || c > 'z' {
			return strings.ToLower(query[:i])
		}
	}
	return strings.ToLower(query)
}

func (s *statements) find(text string) pqStmt {
	e, ok := s.byText[text]
	if !ok {
		return nil
	}
	s.order.MoveToFront(e)
	return e.Value.(*keptStatement).stmt
}

func (s *statements) keep(text string, stmt pqStmt) {
	s.byText[text] = s.order.PushFront(&keptStatement{text, stmt})
}

func (s *statements) forget(text string) {
	if e, ok := s.byText[text]; ok {
		s.order.Remove(e)
		delete(s.byText, text)
	}
}

// makeRoom closes the statement that was not used for longest, if there are too many.
func (s *statements) makeRoom() error {
	if s.order.Len() < mostStatements {
		return nil
	}
	oldest := s.order.Back().Value.(*keptStatement)
	s.forget(oldest.text)
	return oldest.stmt.Close()
}

// errReading is what lib/pq says too, but not for prepared statements.
var errReading = errors.New("rows are still being read on this connection")

// kept finds a prepared statement, or prepares it.
func (c *conn) kept(ctx context.Context, query string) (pqStmt, error) {
	if s := c.statements.find(query); s != nil {
		return s, nil
	}
	if err := c.statements.makeRoom(); err != nil {
		return nil, err
	}
	made, err := c.pqConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s, ok := made.(pqStmt)
	if !ok {
		return nil, fmt.Errorf("lib/pq prepared a %T", made)
	}
	c.statements.keep(query, s)
	return s, nil
}

// prepared runs an operation as a kept statement. If its tables have changed since, it is prepared
// anew; a transaction is lost by then, and has to run again.
func prepared[T any](o *operation, use func(pqStmt) (T, error)) (result T, err error) {
	c, query := o.conn, o.query
	if c.reading {
		return result, errReading
	}
	for again := true; ; again = false {
		o.query = "" // preparing changes nothing
		s, err := c.kept(o.ctx, query)
		if err != nil {
			return result, err
		}
		o.query, o.sent = query, c.link.sent.Load()
		result, err = use(s)
		changed, unknown := stale(err)
		switch {
		case changed:
			c.statements.forget(query)
			c.connector.plans.CompareAndSwap(c.plans, c.plans+1)
		case unknown:
			c.statements = newStatements() // the server has forgotten all of them
		default:
			return result, err
		}
		if c.inTx {
			return result, fmt.Errorf("%w: %w", ErrStale, err)
		}
		if !again {
			return result, err
		}
	}
}
