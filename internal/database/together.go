package database

import (
	"context"
	stdsql "database/sql"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"galley/ent"
)

// Together sends what fn writes under its context as one statement on PostgreSQL, when fn returns; SQLite, which is no
// round trip away, takes one after the other. So none may depend on another: no row is touched by two of them, none
// sees what another wrote, and how many rows each of them found is not told. Reads are sent at once. Foreign keys are
// looked at when all is done, so rows may refer to each other.
func (db *DB) Together(ctx context.Context, tx *ent.Tx, fn func(context.Context) error) error {
	if !db.Postgres() {
		return fn(ctx)
	}
	b := new(bundle)
	if err := fn(context.WithValue(ctx, bundleKey{}, b)); err != nil {
		return err
	}
	if len(b.parts) == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, b.statement(), b.args...)
	return err
}

type bundleKey struct{}

// bundle is the statements that are sent together.
type bundle struct {
	parts []string
	args  []any
}

func bundleFrom(ctx context.Context) *bundle {
	b, _ := ctx.Value(bundleKey{}).(*bundle)
	return b
}

var parameter = regexp.MustCompile(`\$[0-9]+`)

// add takes a statement. Its parameters go on where those before it end; all values are parameters, so a dollar stands
// for nothing else.
func (b *bundle) add(query string, args []any) stdsql.Result {
	before := len(b.args)
	b.parts = append(b.parts, parameter.ReplaceAllStringFunc(query, func(p string) string {
		n, err := strconv.Atoi(p[1:])
		if err != nil { // it is digits
			panic(err)
		}
		return "$" + strconv.Itoa(before+n)
	}))
	b.args = append(b.args, args...)
	return unknownRows{}
}

// statement is all of them: the last one, with the others before it.
func (b *bundle) statement() string {
	var s strings.Builder
	last := len(b.parts) - 1
	for i, part := range b.parts[:last] {
		lead := ", "
		if i == 0 {
			lead = "WITH "
		}
		fmt.Fprintf(&s, "%spart%d AS (%s)", lead, i+1, part)
	}
	if last > 0 {
		s.WriteString(" ")
	}
	return s.String() + b.parts[last]
}

// unknownRows is the result of a statement that is still to be sent: who compares and sets takes it for a race lost.
type unknownRows struct{}

func (unknownRows) LastInsertId() (int64, error) { return 0, nil }
func (unknownRows) RowsAffected() (int64, error) { return 0, nil }
