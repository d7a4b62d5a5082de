package database

import (
	"encoding/json"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/lib/pq"
)

// AnyOfText is the predicate column = any of these texts; its own text serves lists of all sizes.
func AnyOfText(column string, texts []string) func(*sql.Selector) {
	return func(s *sql.Selector) {
		s.Where(sql.P(func(b *sql.Builder) {
			b.WriteString(s.C(column))
			if s.Dialect() == dialect.Postgres {
				b.WriteString(" = ANY(").Arg(pq.Array(texts)).WriteString(")")
				return
			}
			text, err := json.Marshal(texts)
			if err != nil { // text always encodes
				panic(err)
			}
			b.WriteString(" IN (SELECT value FROM json_each(").Arg(string(text)).WriteString("))")
		}))
	}
}
