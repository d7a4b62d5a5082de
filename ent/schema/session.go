package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"galley/ent/schema/rule"
)

// Session is a sign-in, presented by a browser's cookie or by tokens. What a client holds is stored as
// its SHA-256.
type Session struct{ ent.Schema }

func (Session) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, created{}} }

func (Session) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("user_id").Immutable(),
		field.Enum("presentation").Values("COOKIE", "TOKEN").Default("COOKIE").Immutable(),
		field.Bytes("token_hash").Optional().Unique().Sensitive().Comment("of a cookie; tokens have rows of their own"),
		field.Bytes("previous_hash").Optional().Unique().Sensitive().Comment("of the cookie before this one, while answers with it may be under way"),
		field.Time("previous_until").Optional().Nillable(),
		field.Bool("renew").Default(false).Comment("its account may do something else than before: a new cookie is due"),
		field.String("address").Default("").MaxLen(45).Comment("the client's, when it was used last"),
		field.String("user_agent").Default("").MaxLen(500),
		field.Time("used_at").Optional().Nillable(),
		field.Time("expires_at"),
		field.Time("revoked_at").Optional().Nillable(),
	}
}

func (Session) Edges() []ent.Edge { return []ent.Edge{owner("user", User.Type)} }

func (Session) Indexes() []ent.Index {
	return []ent.Index{index.Fields("user_id"), index.Fields("expires_at")}
}

func (Session) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"presentation_known": oneOf("presentation", "COOKIE", "TOKEN"),
		"cookie_has_hash":    "presentation <> 'COOKIE' OR token_hash IS NOT NULL",
	}), node{IsNode: true}}
}

func (Session) Policy() ent.Policy {
	return rule.Policy{Read: rule.Sessions, Write: rule.SystemOnly}
}

// RefreshToken is a token that opens the next ten minutes of a session, once.
type RefreshToken struct{ ent.Schema }

func (RefreshToken) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, created{}} }

func (RefreshToken) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("session_id").Immutable(),
		field.Bytes("token_hash").Unique().Immutable().Sensitive(),
		field.Bytes("nonce").Sensitive().Immutable().Comment("with the token itself, what its successor is derived from"),
		field.Time("used_at").Optional().Nillable(),
	}
}

func (RefreshToken) Edges() []ent.Edge {
	withSession := entsql.OnDelete(entsql.Cascade) // whoever clears sessions need not know of tokens
	return []ent.Edge{edge.To("session", Session.Type).Field("session_id").Unique().Required().Immutable().Annotations(withSession)}
}

func (RefreshToken) Indexes() []ent.Index { return []ent.Index{index.Fields("session_id")} }

func (RefreshToken) Policy() ent.Policy {
	return rule.Policy{Read: rule.SystemOnly, Write: rule.SystemOnly}
}

// SigningKey is a pair of keys that access tokens are signed with. The private one is sealed.
type SigningKey struct{ ent.Schema }

func (SigningKey) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, created{}} }

func (SigningKey) Fields() []ent.Field {
	return []ent.Field{
		field.String("kid").Unique().Immutable().MaxLen(64),
		field.Bytes("public_key").Immutable(),
		field.Bytes("private_key").Sensitive().Comment("sealed, see internal/secret"),
		field.Enum("status").Values("NEXT", "CURRENT", "PREVIOUS").Comment("published, signing, still accepted"),
		field.Time("since").Comment("when it came to this status"),
	}
}

func (SigningKey) Indexes() []ent.Index {
	one := entsql.IndexWhere("status <> 'PREVIOUS'") // one next and one current key, however many processes make them at once
	return []ent.Index{index.Fields("status").Unique().Annotations(one)}
}

func (SigningKey) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{"status_known": oneOf("status", "NEXT", "CURRENT", "PREVIOUS")})}
}

func (SigningKey) Policy() ent.Policy {
	return rule.Policy{Read: rule.SystemOnly, Write: rule.SystemOnly}
}

// Attempt counts what somebody may not try often: one row for each limit and whom it limits. Until
// full_at passes by more than the limit's window the next try is refused (GCRA).
type Attempt struct{ ent.Schema }

func (Attempt) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}} }

func (Attempt) Fields() []ent.Field {
	return []ent.Field{
		field.String("subject").Unique().Immutable().MaxLen(120).Comment("the limit and a hash of whom it limits"),
		field.Time("full_at").Comment("the theoretical arrival time of GCRA"),
	}
}

func (Attempt) Indexes() []ent.Index { return []ent.Index{index.Fields("full_at")} }

func (Attempt) Policy() ent.Policy {
	return rule.Policy{Read: rule.SystemOnly, Write: rule.SystemOnly}
}
