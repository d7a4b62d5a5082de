package backup

import (
	"errors"
	"fmt"
	"slices"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"

	"galley/ent/migrate"
)

// kind is how a column's values are written.
type kind string

const (
	whole   kind = "int"
	boolean kind = "bool"
	text    kind = "text"
	object  kind = "json" // as text
	binary  kind = "bytes"
	instant kind = "time" // in microseconds since 1970
)

var kinds = map[field.Type]kind{
	field.TypeInt: whole, field.TypeInt8: whole, field.TypeInt16: whole, field.TypeInt32: whole, field.TypeInt64: whole,
	field.TypeBool: boolean, field.TypeString: text, field.TypeEnum: text, field.TypeJSON: object,
	field.TypeBytes: binary, field.TypeTime: instant,
}

// ordered describes Ent's tables, each after those that it refers to.
func ordered(tables []*schema.Table) (found []tableHeader, err error) {
	done := map[*schema.Table]bool{}
	for len(found) < len(tables) {
		before := len(found)
		for _, t := range tables {
			ready := !slices.ContainsFunc(t.ForeignKeys, func(k *schema.ForeignKey) bool {
				return k.RefTable != t && !done[k.RefTable]
			})
			if done[t] || !ready {
				continue
			}
			described, err := describe(t)
			if err != nil {
				return nil, err
			}
			found, done[t] = append(found, described), true
		}
		if len(found) == before {
			return nil, errors.New("tables refer to each other in a circle")
		}
	}
	return found, nil
}

func describe(t *schema.Table) (tableHeader, error) {
	found := tableHeader{Table: t.Name}
	if len(t.PrimaryKey) != 1 || t.PrimaryKey[0] != t.Columns[0] || t.Columns[0].Name != "id" {
		return found, fmt.Errorf("a backup needs the key of %s to be its first column, id", t.Name)
	}
	for _, c := range t.Columns {
		k, ok := kinds[c.Type]
		if !ok {
			return found, fmt.Errorf("a backup does not know the type of %s.%s: %s", t.Name, c.Name, c.Type)
		}
		found.Columns = append(found.Columns, column{c.Name, k})
	}
	return found, nil
}

func embedded(engine string) bool { return engine == dialect.SQLite }

// folder is the engine's name in words and paths.
func folder(engine string) string { return migrate.Folder(engine) }
