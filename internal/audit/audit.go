// Package audit notes who did what to which object, when and from where, in the transaction that did it.
package audit

import (
	"cmp"
	"context"
	"fmt"

	"galley/ent"
	"galley/ent/auditentry"
	"galley/internal/database"
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

// As is the actor of what an account's owner does who is not signed in, or not yet.
func As(u *ent.User) *viewer.Viewer {
	if u.Staff {
		return &viewer.Viewer{Kind: viewer.Staff, UserID: u.ID}
	}
	return &viewer.Viewer{Kind: viewer.Shopper, UserID: u.ID}
}

// Note writes an event into the log, in the transaction in which it happens. The actor is who asked for the
// operation, unless the event names another: who signs in has not been somebody before. Where all changes of
// the transaction are watched, the event's entry says what became of its object.
func Note(ctx context.Context, tx *ent.Tx, e Event) error {
	if r, ok := database.WatcherFrom(ctx).(*recorder); ok {
		r.events = append(r.events, e)
		return nil
	}
	create, err := entry(ctx, tx, e, nil)
	if err != nil {
		return err
	}
	return write(ctx, tx, []*ent.AuditEntryCreate{create})
}

// Forget takes what is personal out of the log when an account is gone: the values that entries about it have,
// and from where it did what it did. What it did to the shop stays.
func Forget(ctx context.Context, tx *ent.Tx, userID int64) error {
	for _, statement := range []string{
		`UPDATE audit_entries SET before = NULL, after = NULL WHERE object_kind = 'users' AND object_id = $1`,
		`UPDATE audit_entries SET address = '', user_agent = '' WHERE actor_id = $1 OR object_kind = 'users' AND object_id = $1`,
	} {
		if _, err := tx.ExecContext(ctx, statement, userID); err != nil {
			return fmt.Errorf("forget account in the audit log: %w", err)
		}
	}
	return nil
}

// entry is an event, and what changed, as a row to come.
func entry(ctx context.Context, tx *ent.Tx, e Event, d *difference) (*ent.AuditEntryCreate, error) {
	actor := viewer.Actor(ctx)
	if e.Actor != nil {
		actor = *e.Actor
	}
	from := origin.From(ctx)
	create := tx.AuditEntry.Create().SetAction(e.Action).SetActorKind(kindOf(actor)).
		SetObjectKind(e.Table).SetUserAgent(from.UserAgent).SetRequestID(from.RequestID)
	if e.Key != 0 {
		create.SetObjectID(e.Key)
	}
	if from.Address.IsValid() {
		create.SetAddress(from.Address.String())
	}
	if by := cmp.Or(actor.APIKeyID, actor.UserID); by != 0 {
		create.SetActorID(by)
	}
	if d == nil {
		return create, nil
	}
	before, after, err := d.text()
	if err != nil {
		return nil, fmt.Errorf("encode change of %s: %w", e.Table, err)
	}
	if before != nil {
		create.SetBefore(before)
	}
	if after != nil {
		create.SetAfter(after)
	}
	return create, nil
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
