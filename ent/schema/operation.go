package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"galley/ent/schema/rule"
)

// IdempotencyKey is a mutation that a client may ask for again: its outcome was stored in the
// transaction that made it.
type IdempotencyKey struct{ ent.Schema }

func (IdempotencyKey) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, created{}} }

func (IdempotencyKey) Fields() []ent.Field {
	return []ent.Field{
		field.String("scope").Immutable().MaxLen(200).Comment("the account, the cart, or an anonymous caller's field"),
		field.String("key").Immutable().MaxLen(64).Comment("SHA-256 of the client's key, in hexadecimal"),
		field.Bytes("request").Immutable().Comment("SHA-256 of the field and its arguments"),
		field.Bytes("outcome").Optional().Comment("the payload as JSON: ids and user errors, never tokens"),
		field.Int("replays").Default(0),
	}
}

func (IdempotencyKey) Indexes() []ent.Index {
	return []ent.Index{index.Fields("scope", "key").Unique(), index.Fields("created_at")}
}

func (IdempotencyKey) Policy() ent.Policy {
	return rule.Policy{Read: rule.SystemOnly, Write: rule.SystemOnly}
}

// Instance is a lease on one of the 1,023 numbers that keep the keys of several processes apart.
type Instance struct{ ent.Schema }

func (Instance) Fields() []ent.Field {
	return []ent.Field{
		key(),
		field.String("holder").MaxLen(64),
		field.Time("expires_at"),
	}
}

func (Instance) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{"number_in_range": "id BETWEEN 1 AND 1023"})}
}

func (Instance) Policy() ent.Policy {
	return rule.Policy{Read: rule.SystemOnly, Write: rule.SystemOnly}
}
