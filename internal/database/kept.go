package database

import (
	"context"
	stdsql "database/sql"
	"errors"
)

// keptMost is how many statements stay prepared: more texts than a shop has.
const keptMost = 500

// kept are the prepared statements of SQLite's writer, by their texts: to parse one costs as much as to run it. One is
// asked again only after its rows were read, as on PostgreSQL, where package guard refuses anything else.
type kept map[string]*stdsql.Stmt

// prepare finds a statement, or makes it. SQLite itself makes it anew where tables have changed since.
func (k kept) prepare(ctx context.Context, conn *stdsql.Conn, query string) (*stdsql.Stmt, error) {
	if s := k[query]; s != nil {
		return s, nil
	}
	if len(k) >= keptMost {
		if err := k.close(); err != nil {
			return nil, err
		}
	}
	s, err := conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	k[query] = s
	return s, nil
}

// close forgets all statements. Rows that are still being read keep theirs.
func (k kept) close() error {
	var err error
	for _, s := range k {
		err = errors.Join(err, s.Close())
	}
	clear(k)
	return err
}
