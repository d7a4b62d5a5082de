package guard

import (
	"context"
	"database/sql/driver"
)

// stmt is a statement that the application prepared by itself, or a COPY.
type stmt struct {
	driver.Stmt
	conn  *conn
	query string
}

// PrepareContext prepares a statement. lib/pq makes COPY … FROM STDIN of one, inside a transaction.
func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	o := c.start(ctx, "")
	made, err := c.pqConn.PrepareContext(ctx, query)
	if err := o.end(err); err != nil {
		return nil, err
	}
	return &stmt{made, c, query}, nil
}

// Prepare is there because driver.Conn has it; database/sql calls PrepareContext.
func (c *conn) Prepare(query string) (driver.Stmt, error) {
	return c.PrepareContext(context.Background(), query)
}

// ExecContext runs the statement, or takes a row of a COPY.
func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	o := s.conn.start(ctx, s.query)
	if inner, ok := s.Stmt.(driver.StmtExecContext); ok {
		result, err := inner.ExecContext(ctx, args)
		return result, o.end(err)
	}
	row := make([]driver.Value, len(args))
	for i, arg := range args {
		row[i] = arg.Value
	}
	result, err := s.Stmt.Exec(row) //nolint:staticcheck // all that lib/pq's COPY has
	return result, o.end(err)
}

// QueryContext runs the statement for its rows.
func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	inner, ok := s.Stmt.(driver.StmtQueryContext)
	if !ok {
		return s.Stmt.Query(nil) //nolint:staticcheck // a COPY says that it has none
	}
	o := s.conn.start(ctx, s.query)
	found, err := inner.QueryContext(ctx, args)
	return o.rows(found, err)
}

// Close forgets the statement, or ends a COPY.
func (s *stmt) Close() error {
	o := s.conn.start(context.Background(), "")
	if !s.conn.inTx { // a transaction has its own bound, and a COPY may take until then
		defer s.conn.link.within(s.conn.connector.limits.closing)()
	}
	return o.end(s.Stmt.Close())
}
