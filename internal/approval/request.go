package approval

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"galley/ent"
	"galley/ent/approval"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

// Request is a change that is to wait.
type Request struct {
	Kind    approval.Kind
	Object  int64  // the key of what it changes
	Version *int   // that its object was read in
	Input   any    // of the mutation
	Field   string // of the SDL's ApprovalRequestInput that Input is
	Reason  string
}

// Request keeps a change that needs a second person, for whoever may make it otherwise. The change itself is
// tried: it must come to APPROVAL_NEEDED, and to nothing else.
func (w *Workflow) Request(ctx context.Context, r Request) (*database.Outcome, error) {
	v := viewer.From(ctx)
	switch v.Kind {
	case viewer.Staff, viewer.APIKey:
	case viewer.Anonymous, viewer.Guest:
		return nil, fault.New(fault.Unauthenticated, "This needs a sign-in")
	default:
		return nil, fault.New(fault.Forbidden, "You may not do this")
	}
	r.Reason = strings.TrimSpace(r.Reason)
	input, err := json.Marshal(r.Input)
	if err != nil {
		return nil, fmt.Errorf("encode input: %w", err)
	}
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		var c fault.Collector
		c.Add(fault.IsText(r.Reason, 500), Invalid, "A reason is plain text of at most 500 characters", "reason")
		c.Add(r.Version != nil, Invalid, "Tell the version that you have read", r.Field, "expectedVersion")
		if err := c.Err(); err != nil {
			return 0, err
		}
		if err := needed(w.changes[r.Kind](ctx, tx, input), r.Field); err != nil {
			return 0, err
		}
		a, err := tx.Approval.Create().SetKind(r.Kind).SetObjectID(r.Object).SetInput(input).SetReason(r.Reason).
			SetRequestedBy(cmp.Or(v.APIKeyID, v.UserID)).SetExpiresAt(w.db.Now().Add(Wait)).Save(viewer.AsSystem(ctx))
		if err != nil {
			return 0, fmt.Errorf("keep request: %w", err)
		}
		return a.ID, nil
	})
}

// needed turns what came of a change into what its request comes to: nil, if it needs a second person.
func needed(err error, field string) error {
	rejected, ok := errors.AsType[fault.Rejected](err)
	switch {
	case err == nil:
		return fault.Reject(NotNeeded, "This needs nobody else: do it", field)
	case !ok:
		return err
	case len(rejected) == 1 && rejected[0].Code == Needed:
		return nil
	}
	return impossible(rejected, field)
}

// impossible are a workflow's user errors as those of an approval.
func impossible(rejected fault.Rejected, field string) fault.Rejected {
	errs := slices.Clone(rejected)
	for i, e := range errs {
		errs[i] = fault.UserError{Code: Invalid, Field: append([]string{field}, e.Field...), Message: e.Message}
	}
	return errs
}

// CancelInput is the SDL's ApprovalCancelInput.
type CancelInput struct{ ID nodeid.ID }

// Cancel takes a request back. Only who asked may.
func (w *Workflow) Cancel(ctx context.Context, in CancelInput) (*database.Outcome, error) {
	v := viewer.From(ctx)
	by := cmp.Or(v.APIKeyID, v.UserID)
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		a, err := w.target(ctx, tx, in.ID.KeyOf(nodeid.Approval))
		switch {
		case err != nil:
			return 0, err
		case a.RequestedBy != by:
			return 0, fault.New(fault.Forbidden, "You may not do this: somebody else has asked for it")
		}
		return a.ID, w.settle(ctx, tx, a, approval.StatusWITHDRAWN, by, "")
	})
}
