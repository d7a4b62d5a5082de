// Package schema declares the shop's entities: fields, edges, indexes, CHECKs and policies.
package schema

import (
	"strings"

	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/mixin"

	"galley/internal/money"
)

// keyed gives an entity a key made by the application (design: no sequence to contend for). The
// CHECK is there because SQLite gives a forgotten key a number of its own.
type keyed struct{ mixin.Schema }

func (keyed) Fields() []ent.Field { return []ent.Field{key()} }

func (keyed) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{"id_made_by_application": "id > 0"})}
}

// key is a primary key that no engine counts up: Ent reads that from the field alone.
func key() ent.Field {
	no := false
	return field.Int64("id").Immutable().Annotations(entsql.Annotation{Incremental: &no})
}

// created notes when a row was made; the database client's hook sets it from its clock.
type created struct{ mixin.Schema }

func (created) Fields() []ent.Field {
	return []ent.Field{field.Time("created_at").Immutable()}
}

// versioned notes when a row was last changed, and counts its changes, so that two people who edit
// it at once do not overwrite each other.
type versioned struct{ mixin.Schema }

func (versioned) Fields() []ent.Field {
	return []ent.Field{
		field.Time("created_at").Immutable(),
		field.Time("updated_at"),
		field.Int("version").Default(1),
	}
}

// node marks the entities that are types of the graph with an id.
type node struct{ IsNode bool }

// Name is what templates find the annotation by.
func (node) Name() string { return "Node" }

// checks declares table-level CHECKs: Ent ignores those of fields.
func checks(c map[string]string) schema.Annotation { return entsql.Checks(c) }

// oneOf is the CHECK of an enum column.
func oneOf(column string, values ...string) string {
	return column + " IN ('" + strings.Join(values, "','") + "')"
}

func currency() ent.Field {
	return field.String("currency").GoType(money.Currency("")).MaxLen(3).Immutable()
}
