package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"galley/ent/schema/rule"
)

// Confirmation is a letter's secret that shows who reads an e-mail address: it opens an account, verifies
// or changes an address, or resets a password. A sign-up has no account before it is confirmed.
type Confirmation struct{ ent.Schema }

func (Confirmation) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, created{}} }

func (Confirmation) Fields() []ent.Field {
	return []ent.Field{
		field.Enum("purpose").Values("SIGN_UP", "VERIFY", "RESET", "CHANGE").Immutable(),
		field.Int64("user_id").Optional().Nillable().Immutable(),
		field.String("email").MaxLen(254).Immutable(),
		field.Bytes("token_hash").Optional().Unique().Sensitive().Comment("absent until the letter is written"),
		field.String("name").Default("").Immutable().Comment("of a sign-up"),
		field.String("password_hash").Default("").Immutable().Sensitive().Comment("of a sign-up"),
		field.Time("expires_at"),
		field.Time("used_at").Optional().Nillable(),
	}
}

func (Confirmation) Edges() []ent.Edge {
	return []ent.Edge{edge.To("user", User.Type).Field("user_id").Unique().Immutable()}
}

func (Confirmation) Indexes() []ent.Index {
	return []ent.Index{index.Fields("user_id"), index.Fields("email"), index.Fields("expires_at")}
}

func (Confirmation) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"purpose_known":    oneOf("purpose", "SIGN_UP", "VERIFY", "RESET", "CHANGE"),
		"of_whose_account": "purpose = 'SIGN_UP' OR user_id IS NOT NULL",
	})}
}

func (Confirmation) Policy() ent.Policy {
	return rule.Policy{Read: rule.SystemOnly, Write: rule.SystemOnly}
}

// Identity is somebody's account at an OpenID Connect issuer, by which they sign in to theirs here.
type Identity struct{ ent.Schema }

func (Identity) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, created{}} }

func (Identity) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("user_id").Immutable(),
		field.String("issuer").MaxLen(500).Immutable(),
		field.String("subject").MaxLen(255).Immutable(),
		field.String("email").Default("").MaxLen(254).Comment("as the issuer told it last"),
		field.Time("used_at").Optional().Nillable(),
	}
}

func (Identity) Edges() []ent.Edge { return []ent.Edge{owner("user", User.Type)} }

func (Identity) Indexes() []ent.Index {
	return []ent.Index{index.Fields("issuer", "subject").Unique(), index.Fields("user_id")}
}

func (Identity) Annotations() []schema.Annotation { return []schema.Annotation{node{IsNode: true}} }

func (Identity) Policy() ent.Policy {
	return rule.Policy{Read: rule.Identities, Write: rule.SystemOnly}
}

// IdentityFlow is a sign-in by OpenID Connect under way: the browser is at the issuer.
type IdentityFlow struct{ ent.Schema }

func (IdentityFlow) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, created{}} }

func (IdentityFlow) Fields() []ent.Field {
	return []ent.Field{
		field.Bytes("token_hash").Unique().Immutable().Sensitive().Comment("of the secret that the client keeps meanwhile"),
		field.String("provider").MaxLen(50).Immutable(),
		field.String("redirect_uri").MaxLen(2000).Immutable(),
		field.String("nonce").MaxLen(100).Immutable().Sensitive(),
		field.Bytes("verifier").Immutable().Sensitive().Comment("PKCE's, sealed"),
		field.Int64("user_id").Optional().Nillable().Immutable().Comment("the account to link, if somebody is signed in"),
		field.Time("expires_at").Immutable(),
		field.Time("used_at").Optional().Nillable(),
	}
}

func (IdentityFlow) Edges() []ent.Edge {
	return []ent.Edge{edge.To("user", User.Type).Field("user_id").Unique().Immutable()}
}

func (IdentityFlow) Indexes() []ent.Index {
	return []ent.Index{index.Fields("expires_at"), index.Fields("user_id")}
}

func (IdentityFlow) Policy() ent.Policy {
	return rule.Policy{Read: rule.SystemOnly, Write: rule.SystemOnly}
}
