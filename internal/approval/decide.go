package approval

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"galley/ent"
	"galley/ent/apikey"
	"galley/ent/approval"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

// DecideInput is the SDL's ApprovalDecideInput.
type DecideInput struct {
	ID   nodeid.ID
	Note string
}

// approvedKey marks the context of a change that a second person is just making.
type approvedKey struct{}

// Approve makes a change that waits. Whoever approves must be allowed to make it: it is made as theirs.
func (w *Workflow) Approve(ctx context.Context, in DecideInput) (*database.Outcome, error) {
	return w.decide(ctx, in, approval.StatusAPPROVED)
}

// Refuse decides against it.
func (w *Workflow) Refuse(ctx context.Context, in DecideInput) (*database.Outcome, error) {
	return w.decide(ctx, in, approval.StatusREFUSED)
}

func (w *Workflow) decide(ctx context.Context, in DecideInput, as approval.Status) (*database.Outcome, error) {
	v, err := mayDecide(ctx)
	if err != nil {
		return nil, err
	}
	note := strings.TrimSpace(in.Note)
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		a, err := w.target(ctx, tx, in.ID.KeyOf(nodeid.Approval))
		if err != nil {
			return 0, err
		}
		if !fault.IsText(note, 500) {
			return 0, fault.Reject(Invalid, "A note is plain text of at most 500 characters", "note")
		}
		if err := second(ctx, tx, a, v); err != nil {
			return 0, err
		}
		if err := w.settle(ctx, tx, a, as, v.UserID, note); err != nil || as != approval.StatusAPPROVED {
			return a.ID, err
		}
		err = w.changes[a.Kind](context.WithValue(ctx, approvedKey{}, true), tx, a.Input)
		if rejected, ok := errors.AsType[fault.Rejected](err); ok {
			return 0, impossible(rejected, "id")
		}
		return a.ID, err
	})
}

// mayDecide is the viewer, who must be a person that may be the second.
func mayDecide(ctx context.Context) (viewer.Viewer, error) {
	v := viewer.From(ctx)
	switch {
	case v.Kind == viewer.Anonymous || v.Kind == viewer.Guest:
		return v, fault.New(fault.Unauthenticated, "This needs a sign-in")
	case !v.Has(viewer.ApprovalWrite):
		return v, fault.New(fault.Forbidden, "You may not do this")
	case v.UserID == 0:
		return v, fault.New(fault.Forbidden, "You may not do this with an API key: it is for people")
	}
	return v, nil
}

// second refuses the first person: who asked, and whose API key did.
func second(ctx context.Context, tx *ent.Tx, a *ent.Approval, v viewer.Viewer) error {
	own := a.RequestedBy == v.UserID
	if !own {
		var err error
		own, err = tx.APIKey.Query().Where(apikey.ID(a.RequestedBy), apikey.CreatedBy(v.UserID)).Exist(viewer.AsSystem(ctx))
		if err != nil {
			return fmt.Errorf("read API key: %w", err)
		}
	}
	if own {
		return fault.Reject(OwnRequest, "Who asks for a change does not decide on it", "id")
	}
	return nil
}
