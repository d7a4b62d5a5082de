package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"galley/ent/schema/rule"
	"galley/internal/viewer"
)

// Role is a named set of permissions.
type Role struct{ ent.Schema }

func (Role) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, versioned{}} }

func (Role) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").Unique().MaxRuneLen(100),
		field.String("description").Default("").MaxRuneLen(500),
		field.JSON("permissions", []viewer.Permission{}),
	}
}

func (Role) Annotations() []schema.Annotation { return []schema.Annotation{node{IsNode: true}} }

func (Role) Policy() ent.Policy {
	return rule.Policy{Read: rule.Permitted(viewer.StaffRead), Write: rule.Permitted(viewer.StaffWrite)}
}

// UserRole is a role that one of the staff has.
type UserRole struct{ ent.Schema }

func (UserRole) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, created{}} }

func (UserRole) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("user_id").Immutable(),
		field.Int64("role_id").Immutable(),
	}
}

func (UserRole) Edges() []ent.Edge {
	return []ent.Edge{owner("user", User.Type), owner("role", Role.Type)}
}

func (UserRole) Indexes() []ent.Index {
	return []ent.Index{index.Fields("user_id", "role_id").Unique(), index.Fields("role_id")}
}

func (UserRole) Policy() ent.Policy {
	return rule.Policy{Read: rule.Permitted(viewer.StaffRead), Write: rule.Permitted(viewer.StaffWrite)}
}

// APIKey is a machine's access, with permissions of its own. Its secret is stored as a SHA-256.
type APIKey struct{ ent.Schema }

func (APIKey) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, created{}} }

func (APIKey) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").MaxRuneLen(100),
		field.Bytes("token_hash").Unique().Immutable().Sensitive(),
		field.String("hint").MaxLen(12).Immutable().Comment("how it begins, to tell keys apart"),
		field.JSON("permissions", []viewer.Permission{}).Immutable(),
		field.Int64("created_by").Immutable().Comment("the account, which may be gone"),
		field.Time("expires_at").Optional().Nillable().Immutable(),
		field.Time("revoked_at").Optional().Nillable(),
		field.Time("used_at").Optional().Nillable(),
	}
}

func (APIKey) Indexes() []ent.Index { return []ent.Index{index.Fields("created_at", "id")} }

func (APIKey) Annotations() []schema.Annotation { return []schema.Annotation{node{IsNode: true}} }

func (APIKey) Policy() ent.Policy {
	return rule.Policy{Read: rule.Permitted(viewer.StaffRead), Write: rule.Permitted(viewer.StaffWrite)}
}
