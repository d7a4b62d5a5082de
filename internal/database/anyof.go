package database

import (
	"encoding/json"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/lib/pq"
)

// AnyOf is the predicate column = any of these keys. The keys are one parameter, so that one text
// serves lists of all sizes; one key has another text, whose plan PostgreSQL keeps (it plans arrays anew).
func AnyOf(column string, keys []int64) func(*sql.Selector) {
	return func(s *sql.Selector) { s.Where(AnyOfExpr(s.Dialect(), s.C(column), keys)) }
}

// AnyOfExpr is AnyOf for an expression.
func AnyOfExpr(engine, expr string, keys []int64) *sql.Predicate {
	return sql.P(func(b *sql.Builder) {
		b.WriteString(expr)
		if len(keys) == 1 {
			b.WriteString(" = ").Arg(keys[0])
			return
		}
		if engine == dialect.Postgres {
			b.WriteString(" = ANY(").Arg(pq.Array(keys)).WriteString(")")
			return
		}
		text, err := json.Marshal(keys)
		if err != nil { // whole numbers always encode
			panic(err)
		}
		b.WriteString(" IN (SELECT value FROM json_each(").Arg(string(text)).WriteString("))")
	})
}
