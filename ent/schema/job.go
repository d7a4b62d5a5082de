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

// Job is work to be done after the transaction that asked for it, at least once.
type Job struct{ ent.Schema }

func (Job) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}, created{}} }

func (Job) Fields() []ent.Field {
	return []ent.Field{
		field.String("kind").MaxLen(50).Immutable(),
		field.JSON("payload", json.RawMessage{}).Optional().Immutable().Sensitive().Comment("keys and addresses, never secrets"),
		field.Enum("status").Values("WAITING", "DONE", "DEAD").Default("WAITING"),
		field.Time("run_at").Comment("not before; while it is leased, the end of the lease"),
		field.Int("attempt").Default(0).Comment("counts leases, and fences: who holds an older one has lost the job"),
		field.Time("leased_at").Optional().Nillable().Comment("set while somebody works on it"),
		field.String("error").Default("").Comment("of the last attempt"),
		field.Time("finished_at").Optional().Nillable(),
	}
}

func (Job) Indexes() []ent.Index {
	return []ent.Index{index.Fields("status", "run_at", "id"), index.Fields("created_at", "id")}
}

func (Job) Annotations() []schema.Annotation {
	return []schema.Annotation{node{IsNode: true}, checks(map[string]string{"status_known": oneOf("status", "WAITING", "DONE", "DEAD")})}
}

func (Job) Policy() ent.Policy {
	return rule.Policy{Read: rule.Permitted(viewer.JobRead), Write: rule.SystemOnly}
}

// Schedule is when recurring work was asked for last, so that one of many processes asks for it.
type Schedule struct{ ent.Schema }

func (Schedule) Mixin() []ent.Mixin { return []ent.Mixin{keyed{}} }

func (Schedule) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").Unique().Immutable().MaxLen(50),
		field.Time("due_at").Comment("when it is to be asked for next"),
	}
}

func (Schedule) Policy() ent.Policy {
	return rule.Policy{Read: rule.Permitted(viewer.JobRead), Write: rule.SystemOnly}
}
