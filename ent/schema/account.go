package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"galley/ent/schema/rule"
	"galley/internal/viewer"
)

// User is an account: a shopper's, or one of the staff's.
type User struct{ ent.Schema }

func (User) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, versioned{}} }

func (User) Fields() []ent.Field {
	return []ent.Field{
		field.String("email").Unique().MaxLen(254).Comment("normalised: lower case, no blanks"),
		field.String("name").Default(""),
		field.String("phone").Default(""),
		field.String("country").Default("").Comment("ISO 3166-1 alpha-2, where known"),
		field.Bytes("name_key").Comment("the name as it is sorted, alike on both engines"),
		field.Bool("staff").Default(false),
		field.JSON("permissions", []viewer.Permission{}).Optional(),
		field.Bool("active").Default(true),
		field.Time("email_verified_at").Optional().Nillable().Comment("when its owner has shown to read what is sent there"),
		field.Time("delete_after").Optional().Nillable().Comment("its owner asked for it to be deleted; the end of the grace period"),
	}
}

func (User) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("created_at", "id"),
		index.Fields("name_key", "id"),
		index.Fields("staff", "created_at", "id"),
	}
}

func (User) Annotations() []schema.Annotation { return []schema.Annotation{node{IsNode: true}} }

func (User) Policy() ent.Policy {
	return rule.Policy{Read: rule.Users, Write: rule.Permitted(viewer.UserWrite)}
}

// Credential is what a user signs in with. It stands apart from User, so that no query of users
// loads a hash.
type Credential struct{ ent.Schema }

func (Credential) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, created{}} }

func (Credential) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("user_id").Immutable(),
		field.String("password_hash").Sensitive(),
	}
}

func (Credential) Indexes() []ent.Index { return []ent.Index{index.Fields("user_id").Unique()} }

func (Credential) Edges() []ent.Edge { return []ent.Edge{owner("user", User.Type)} }

func (Credential) Policy() ent.Policy {
	return rule.Policy{Read: rule.SystemOnly, Write: rule.SystemOnly}
}

// Address is an entry of an account's address book.
type Address struct{ ent.Schema }

func (Address) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, created{}} }

func (Address) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("user_id").Immutable(),
		field.String("name"),
		field.String("company").Default(""),
		field.String("line1"),
		field.String("line2").Default(""),
		field.String("city"),
		field.String("region").Default(""),
		field.String("postal_code").Default(""),
		field.String("country").MaxLen(2),
		field.String("phone").Default(""),
		field.Bool("default_shipping").Default(false),
		field.Bool("default_billing").Default(false),
	}
}

func (Address) Edges() []ent.Edge { return []ent.Edge{owner("user", User.Type)} }

func (Address) Indexes() []ent.Index { return []ent.Index{index.Fields("user_id")} }

func (Address) Annotations() []schema.Annotation { return []schema.Annotation{node{IsNode: true}} }

func (Address) Policy() ent.Policy {
	return rule.Policy{Read: rule.Addresses, Write: func(v viewer.Viewer) rule.Predicate {
		v.Permissions = nil // staff read address books, and leave them to their owners
		return rule.Addresses(v)
	}}
}

// owner is the required edge to the row that a row belongs to, bound to its column.
func owner(name string, t any) ent.Edge {
	return edge.To(name, t).Field(name + "_id").Unique().Required().Immutable()
}
