package session

import (
	"context"
	"fmt"

	"galley/ent"
	"galley/ent/predicate"
	"galley/ent/session"
	"galley/internal/audit"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/live"
	"galley/internal/nodeid"
	"galley/internal/origin"
	"galley/internal/viewer"
)

// SignOutPayload is the SDL's payload of the same name.
type SignOutPayload struct {
	SignedOut  bool
	UserErrors []fault.UserError
}

// RevokeInput is the SDL's SessionRevokeInput.
type RevokeInput struct{ ID nodeid.ID }

// SignOut ends the session that the request came with. The rest of the operation runs as anonymous.
func (w *Workflow) SignOut(ctx context.Context) (*SignOutPayload, error) {
	id := viewer.From(ctx).SessionID
	if id == 0 {
		return &SignOutPayload{}, nil
	}
	outcome, err := w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		return w.end(ctx, tx, "signOut", id)
	})
	if err != nil {
		return nil, err
	}
	leave(ctx)
	return &SignOutPayload{SignedOut: outcome.Key != 0}, nil
}

// Revoke ends one of the viewer's own sessions.
func (w *Workflow) Revoke(ctx context.Context, in RevokeInput) (*database.Outcome, error) {
	if viewer.From(ctx).UserID == 0 {
		return nil, fault.New(fault.Unauthenticated, "This needs a sign-in")
	}
	id := in.ID.KeyOf(nodeid.Session)
	outcome, err := w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		key, err := w.end(ctx, tx, "sessionRevoke", id)
		if key == 0 && err == nil {
			err = fault.New(fault.NotFound, "There is no such session")
		}
		return key, err
	})
	if err == nil && id == viewer.From(ctx).SessionID {
		leave(ctx)
	}
	return outcome, err
}

// RevokeOthers ends all of the viewer's own sessions but the one that the request came with. The outcome's
// key is how many.
func (w *Workflow) RevokeOthers(ctx context.Context) (*database.Outcome, error) {
	v := viewer.From(ctx)
	if v.UserID == 0 {
		return nil, fault.New(fault.Unauthenticated, "This needs a sign-in")
	}
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		n, err := w.endWhere(ctx, tx, v.UserID, session.IDNEQ(v.SessionID), session.ExpiresAtGT(w.db.Now()))
		if n == 0 || err != nil {
			return 0, err
		}
		return n, audit.Note(ctx, tx, audit.Event{Action: "sessionsRevokeOthers", Table: "users", Key: v.UserID})
	})
}

// end ends a session of the viewer's own, and returns its key, or 0 if there is none that stands.
func (w *Workflow) end(ctx context.Context, tx *ent.Tx, action string, id int64) (int64, error) {
	ended, err := w.endWhere(ctx, tx, viewer.From(ctx).UserID, session.ID(id), session.ExpiresAtGT(w.db.Now()))
	if ended == 0 || err != nil {
		return 0, err
	}
	return id, audit.Note(ctx, tx, audit.Event{Action: action, Table: session.Table, Key: id})
}

// endWhere ends sessions of an account, and tells those that watch.
func (w *Workflow) endWhere(ctx context.Context, tx *ent.Tx, userID int64, which ...predicate.Session) (int64, error) {
	n, err := tx.Session.Update().Where(session.UserID(userID), session.RevokedAtIsNil()).Where(which...).SetRevokedAt(w.db.Now()).Save(viewer.AsSystem(ctx))
	if err != nil {
		return 0, fmt.Errorf("end sessions: %w", err)
	}
	w.live.AfterCommit(tx, live.Account(userID))
	return int64(n), nil
}

// leave goes on as anonymous, and takes the browser's cookie away.
func leave(ctx context.Context) {
	viewer.Become(ctx, viewer.Viewer{})
	if c := origin.From(ctx).Cookie; c != nil {
		c.Clear()
	}
}

// EndAll ends all sessions of an account. Hold the account first: a sign-in at the same time
// comes before, and ends too, or after, and sees what has changed.
func (w *Workflow) EndAll(ctx context.Context, tx *ent.Tx, userID int64) error {
	_, err := w.endWhere(ctx, tx, userID)
	return err
}

// EndOthers ends all sessions of an account but one. Hold the account first.
func (w *Workflow) EndOthers(ctx context.Context, tx *ent.Tx, userID, keep int64) error {
	_, err := w.endWhere(ctx, tx, userID, session.IDNEQ(keep))
	return err
}

// Renew has the cookies of accounts take new secrets, because they may do something else than before, and tells those that
// watch. Tokens live for ten minutes, and what they may do is read each time.
func (w *Workflow) Renew(ctx context.Context, tx *ent.Tx, userIDs ...int64) error {
	if len(userIDs) == 0 {
		return nil
	}
	err := tx.Session.Update().Where(database.AnyOf(session.FieldUserID, userIDs), session.PresentationEQ(Cookie), session.RevokedAtIsNil()).
		SetRenew(true).Exec(viewer.AsSystem(ctx))
	if err != nil {
		return fmt.Errorf("renew sessions: %w", err)
	}
	for _, id := range userIDs {
		w.live.AfterCommit(tx, live.Account(id))
	}
	return nil
}
