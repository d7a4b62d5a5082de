package schema

import (
	"encoding/json"

	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"galley/ent/schema/rule"
	"galley/internal/viewer"
)

// AuditEntry says who did what to which object, when and from where. It refers to nothing, so that
// nothing's end takes it along, and nobody changes it.
type AuditEntry struct{ ent.Schema }

func (AuditEntry) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, created{}} }

func (AuditEntry) Fields() []ent.Field {
	return []ent.Field{
		field.String("action").MaxLen(100).Immutable().Comment("the mutation, or what happened"),
		field.Enum("actor_kind").Values("ANONYMOUS", "GUEST", "SHOPPER", "STAFF", "API_KEY", "SYSTEM").Immutable(),
		field.Int64("actor_id").Optional().Nillable().Immutable().Comment("the account, or the API key"),
		field.String("object_kind").Default("").MaxLen(50).Immutable().Comment("the table"),
		field.Int64("object_id").Optional().Nillable().Immutable(),
		field.JSON("before", json.RawMessage{}).Optional().Immutable().Comment("the columns that changed, as they were"),
		field.JSON("after", json.RawMessage{}).Optional().Immutable(),
		field.String("address").Default("").MaxLen(45).Immutable(),
		field.String("user_agent").Default("").MaxLen(500).Immutable(),
		field.String("request_id").Default("").MaxLen(128).Immutable(),
	}
}

func (AuditEntry) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("created_at", "id"),
		index.Fields("action", "created_at", "id"),
		index.Fields("actor_id", "created_at", "id"),
		index.Fields("object_kind", "object_id", "created_at", "id"),
	}
}

func (AuditEntry) Annotations() []schema.Annotation {
	return []schema.Annotation{node{IsNode: true}, checks(map[string]string{
		"actor_known": oneOf("actor_kind", "ANONYMOUS", "GUEST", "SHOPPER", "STAFF", "API_KEY", "SYSTEM"),
	})}
}

func (AuditEntry) Policy() ent.Policy {
	return rule.Policy{Read: rule.Permitted(viewer.AuditRead), Write: rule.SystemOnly}
}

// ApprovalRule says which changes of the staff wait for a second person.
type ApprovalRule struct{ ent.Schema }

func (ApprovalRule) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, versioned{}} }

func (ApprovalRule) Fields() []ent.Field {
	return []ent.Field{
		field.Enum("kind").Values("PRICE_CHANGE", "ORDER_CANCELLATION", "REFUND").Immutable(),
		field.Int("threshold").Comment("what is allowed without: hundredths of a percent, or minor units of the shop's currency"),
		field.Bool("active").Default(true),
	}
}

func (ApprovalRule) Indexes() []ent.Index { return []ent.Index{index.Fields("kind").Unique()} }

func (ApprovalRule) Annotations() []schema.Annotation {
	return []schema.Annotation{node{IsNode: true}, checks(map[string]string{
		"kind_known":             oneOf("kind", "PRICE_CHANGE", "ORDER_CANCELLATION", "REFUND"),
		"threshold_not_negative": "threshold >= 0",
	})}
}

func (ApprovalRule) Policy() ent.Policy {
	return rule.Policy{Read: rule.Permitted(viewer.ApprovalRead), Write: rule.Permitted(viewer.ApprovalWrite)}
}

// Approval is a change that waits, or waited, for a second person.
type Approval struct{ ent.Schema }

func (Approval) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, versioned{}} }

func (Approval) Fields() []ent.Field {
	return []ent.Field{
		field.Enum("kind").Values("PRICE_CHANGE", "ORDER_CANCELLATION", "REFUND").Immutable(),
		field.Int64("object_id").Immutable().Comment("of the variant, or of the order"),
		field.JSON("input", json.RawMessage{}).Immutable().Comment("the mutation's"),
		field.String("reason").Default("").MaxRuneLen(500).Immutable(),
		field.Int64("requested_by").Immutable().Comment("the account, or the API key"),
		field.Enum("status").Values("PENDING", "APPROVED", "REFUSED", "WITHDRAWN").Default("PENDING"),
		field.Int64("decided_by").Optional().Nillable(),
		field.Time("decided_at").Optional().Nillable(),
		field.String("note").Default("").MaxRuneLen(500),
		field.Time("expires_at").Immutable(),
	}
}

func (Approval) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("status", "created_at", "id"), index.Fields("created_at", "id"), index.Fields("object_id", "created_at", "id"),
	}
}

func (Approval) Annotations() []schema.Annotation {
	return []schema.Annotation{node{IsNode: true}, checks(map[string]string{
		"kind_known":   oneOf("kind", "PRICE_CHANGE", "ORDER_CANCELLATION", "REFUND"),
		"status_known": oneOf("status", "PENDING", "APPROVED", "REFUSED", "WITHDRAWN"),
		"two_persons":  "status <> 'APPROVED' OR decided_by IS NOT NULL AND decided_by <> requested_by",
	})}
}

func (Approval) Policy() ent.Policy {
	return rule.Policy{Read: rule.Approvals, Write: rule.SystemOnly}
}
