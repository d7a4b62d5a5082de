package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"

	"galley/ent/schema/rule"
)

// Verification is when a rule of the invariant was last checked, and how many rows broke it: whichever process
// checked, each can tell.
type Verification struct{ ent.Schema }

func (Verification) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}} }

func (Verification) Fields() []ent.Field {
	return []ent.Field{
		field.String("rule").Unique().Immutable().MaxLen(50),
		field.Int64("violations"),
		field.Time("checked_at"),
	}
}

func (Verification) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{"violations_not_negative": "violations >= 0"})}
}

func (Verification) Policy() ent.Policy {
	return rule.Policy{Read: rule.SystemOnly, Write: rule.SystemOnly}
}
