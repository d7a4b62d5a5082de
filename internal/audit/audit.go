// Package audit notes who did what to which object, when and from where, in the transaction that did it.
package audit

import (
	"context"
	"fmt"

	"galley/ent"
	"galley/ent/auditentry"
	"galley/internal/origin"
	"galley/internal/viewer"
)

// Event is something that happened to an account or to the shop's own keys, whoever did it.
type Event struct {
	Action string // such as signIn, passwordChange
	Table  string // of the object, such as users
	Key    int64  // of the object
	Actor  *viewer.Viewer
}

// Note writes an event into the log, in the transaction in which it happens. The actor is who asked for the
// operation, unless the event names another: who signs in has not been somebody before.
func Note(ctx context.Context, tx *ent.Tx, e Event) error {
	actor := viewer.Actor(ctx)
	if e.Actor != nil {
		actor = *e.Actor
	}
	from := origin.From(ctx)
	create := tx.AuditEntry.Create().SetAction(e.Action).SetActorKind(kindOf(actor)).
		SetObjectKind(e.Table).SetObjectID(e.Key).SetUserAgent(from.UserAgent).SetRequestID(from.RequestID)
	if from.Address.IsValid() {
		create.SetAddress(from.Address.String())
	}
	switch {
	case actor.APIKeyID != 0:
		create.SetActorID(actor.APIKeyID)
	case actor.UserID != 0:
		create.SetActorID(actor.UserID)
	}
	if err := create.Exec(viewer.AsSystem(ctx)); err != nil {
		return fmt.Errorf("note %s: %w", e.Action, err)
	}
	return nil
}

func kindOf(v viewer.Viewer) auditentry.ActorKind {
	switch v.Kind {
	case viewer.Guest:
		return auditentry.ActorKindGUEST
	case viewer.Shopper:
		return auditentry.ActorKindSHOPPER
	case viewer.Staff:
		return auditentry.ActorKindSTAFF
	case viewer.APIKey:
		return auditentry.ActorKindAPI_KEY
	case viewer.System:
		return auditentry.ActorKindSYSTEM
	}
	return auditentry.ActorKindANONYMOUS
}
