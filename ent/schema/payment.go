package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"galley/ent/schema/rule"
	"galley/internal/money"
	"galley/internal/viewer"
)

// Payment is money asked for an order. Its amounts are what its events in the ledger add up to.
type Payment struct{ ent.Schema }

func (Payment) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, versioned{}} }

func (Payment) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("order_id").Immutable(),
		field.Enum("method").Values("MANUAL", "CASH_ON_DELIVERY", "CARD").Immutable(),
		field.String("gateway").Default("manual").MaxLen(20).Immutable().Comment("who takes the money: payment.Gateway's name"),
		field.Enum("status").Values("PENDING", "REQUIRES_ACTION", "AUTHORISED", "CAPTURED", "FAILED", "VOIDED", "REFUNDED").Default("PENDING"),
		field.Int64("due_amount").GoType(money.Minor(0)).Immutable(),
		field.Int64("authorised_amount").GoType(money.Minor(0)).Default(0),
		field.Int64("captured_amount").GoType(money.Minor(0)).Default(0),
		field.Int64("refunded_amount").GoType(money.Minor(0)).Default(0),
		currency(),
		field.String("reference").Default("").MaxLen(255).Comment("the provider's name for it"),
		field.String("instrument").Default("").MaxLen(255).Immutable().Comment("the provider's token of a card, which names it and cannot be spent elsewhere"),
		field.String("return_url").Default("").MaxLen(2000).Immutable().Comment("where a redirect comes back to"),
		field.String("client_secret").Default("").MaxLen(500).Sensitive().Comment("what the provider's script in the browser goes on with"),
		field.String("redirect_url").Default("").MaxLen(2000).Comment("where the shopper confirms it"),
		field.String("error").Default("").MaxRuneLen(500).Comment("why it failed, for the shopper"),
	}
}

func (Payment) Edges() []ent.Edge { return []ent.Edge{owner("order", Order.Type)} }

func (Payment) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("order_id"), index.Fields("gateway", "reference"), index.Fields("status", "updated_at", "id"),
	}
}

func (Payment) Annotations() []schema.Annotation {
	return []schema.Annotation{node{IsNode: true}, checks(map[string]string{
		"status_known":        oneOf("status", "PENDING", "REQUIRES_ACTION", "AUTHORISED", "CAPTURED", "FAILED", "VOIDED", "REFUNDED"),
		"amount_not_negative": "due_amount >= 0 AND authorised_amount >= 0 AND captured_amount >= 0 AND refunded_amount >= 0",
		"refunds_captured":    "refunded_amount <= captured_amount",
	})}
}

func (Payment) Policy() ent.Policy { return rule.Policy{Read: rule.Payments, Write: rule.SystemOnly} }

// PaymentStep is something asked of a provider: once, under a key that is made of the step's own. What is asked for
// counts from the moment of asking, so that two at once never ask for more than there is.
type PaymentStep struct{ ent.Schema }

func (PaymentStep) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, versioned{}} }

func (PaymentStep) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("payment_id").Immutable(),
		field.Enum("kind").Values("AUTHORISE", "CAPTURE", "REFUND", "VOID").Immutable(),
		field.Int64("amount").GoType(money.Minor(0)).Immutable(),
		currency(),
		field.Enum("status").Values("PENDING", "SUCCEEDED", "FAILED").Default("PENDING"),
		field.String("reference").Default("").MaxLen(255).Comment("the provider's name for it: a refund's"),
		field.String("reason").Default("").MaxRuneLen(500).Immutable(),
		field.String("error").Default("").MaxRuneLen(500),
		field.Int64("actor_id").Optional().Nillable().Immutable().Comment("the member of staff who asked"),
	}
}

func (PaymentStep) Edges() []ent.Edge { return []ent.Edge{owner("payment", Payment.Type)} }

func (PaymentStep) Indexes() []ent.Index {
	return []ent.Index{index.Fields("payment_id", "id"), index.Fields("status", "updated_at", "id")}
}

func (PaymentStep) Annotations() []schema.Annotation {
	return []schema.Annotation{node{IsNode: true}, checks(map[string]string{
		"kind_known":          oneOf("kind", "AUTHORISE", "CAPTURE", "REFUND", "VOID"),
		"status_known":        oneOf("status", "PENDING", "SUCCEEDED", "FAILED"),
		"amount_not_negative": "amount >= 0",
	})}
}

func (PaymentStep) Policy() ent.Policy {
	return rule.Policy{Read: rule.PaymentParts, Write: rule.SystemOnly}
}

// PaymentEvent is a line of the ledger: something that happened to a payment at its provider, told by an answer, a
// webhook, a sweep or staff, once whoever told it and however often.
type PaymentEvent struct{ ent.Schema }

func (PaymentEvent) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, created{}} }

func (PaymentEvent) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("payment_id").Immutable(),
		field.String("gateway").MaxLen(20).Immutable(),
		field.String("fact").MaxLen(255).Immutable().Comment("names what happened, alike in every telling: payment.Fact"),
		field.Enum("kind").Values("ACTION_REQUIRED", "AUTHORISED", "CAPTURED", "REFUNDED", "VOIDED", "FAILED").Immutable(),
		field.Int64("amount").GoType(money.Minor(0)).Immutable(),
		currency(),
		field.Enum("source").Values("ANSWER", "WEBHOOK", "SWEEP", "STAFF").Immutable(),
		field.Time("occurred_at").Immutable().Comment("by the provider's clock"),
	}
}

func (PaymentEvent) Edges() []ent.Edge { return []ent.Edge{owner("payment", Payment.Type)} }

func (PaymentEvent) Indexes() []ent.Index {
	return []ent.Index{index.Fields("payment_id", "id"), index.Fields("gateway", "fact").Unique()}
}

func (PaymentEvent) Annotations() []schema.Annotation {
	return []schema.Annotation{node{IsNode: true}, checks(map[string]string{
		"kind_known":          oneOf("kind", "ACTION_REQUIRED", "AUTHORISED", "CAPTURED", "REFUNDED", "VOIDED", "FAILED"),
		"source_known":        oneOf("source", "ANSWER", "WEBHOOK", "SWEEP", "STAFF"),
		"amount_not_negative": "amount >= 0",
	})}
}

func (PaymentEvent) Policy() ent.Policy {
	return rule.Policy{Read: rule.Permitted(viewer.OrderRead), Write: rule.SystemOnly}
}
