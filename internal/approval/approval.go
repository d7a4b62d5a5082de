// Package approval keeps some changes of the staff waiting for a second person.
//
// The workflow that makes a change asks here, by PriceChange, OrderCancellation and Refund, whether it may go on; who is
// told that it may not asks for it by Request, and a second person makes it by Approve: the same workflow runs
// again, with what it checks, in the transaction that decides.
package approval

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"galley/ent"
	"galley/ent/approval"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/viewer"
)

// Needed is the reason for which a workflow rejects a change that waits for a second person.
const Needed fault.Reason = "APPROVAL_NEEDED"

// What can be wrong with an approval: the SDL's ApprovalErrorCode.
const (
	Invalid    fault.Reason = "INVALID"
	NotNeeded  fault.Reason = "NOT_NEEDED"
	Decided    fault.Reason = "DECIDED"
	Expired    fault.Reason = "EXPIRED"
	OwnRequest fault.Reason = "OWN_REQUEST"
)

// Wait is how long a change waits.
const Wait = 7 * 24 * time.Hour

// Change makes a change of one kind, as whoever is asking, within a transaction. It is given the input of the
// mutation.
type Change func(ctx context.Context, tx *ent.Tx, input json.RawMessage) error

// Of makes a Change of a workflow's own function.
func Of[In any](run func(ctx context.Context, tx *ent.Tx, in In) (*database.Outcome, error)) Change {
	return func(ctx context.Context, tx *ent.Tx, input json.RawMessage) error {
		var in In
		if err := json.Unmarshal(input, &in); err != nil {
			return fmt.Errorf("decode input: %w", err)
		}
		_, err := run(ctx, tx, in)
		return err
	}
}

// Workflow keeps rules, and changes that wait.
type Workflow struct {
	db      *database.DB
	changes map[approval.Kind]Change
}

// New makes the workflow of a shop that knows how to make these changes.
func New(db *database.DB, changes map[approval.Kind]Change) *Workflow {
	return &Workflow{db: db, changes: changes}
}

// Status is the SDL's ApprovalStatus: what is stored, and that nobody decided in time.
type Status string

// What can become of a change.
const (
	StatusPending   = Status(approval.StatusPENDING)
	StatusApproved  = Status(approval.StatusAPPROVED)
	StatusRefused   = Status(approval.StatusREFUSED)
	StatusWithdrawn = Status(approval.StatusWITHDRAWN)
	StatusExpired   = Status("EXPIRED")
)

// StatusAt is what has become of a change by a moment.
func StatusAt(a *ent.Approval, now time.Time) Status {
	if a.Status == approval.StatusPENDING && !now.Before(a.ExpiresAt) {
		return StatusExpired
	}
	return Status(a.Status)
}

// target reads a change that the viewer sees and that still waits.
func (w *Workflow) target(ctx context.Context, tx *ent.Tx, key int64) (*ent.Approval, error) {
	a, err := tx.Approval.Query().Where(approval.ID(key)).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return nil, fault.New(fault.NotFound, "There is no such request")
	case err != nil:
		return nil, fmt.Errorf("read approval: %w", err)
	}
	return a, nil
}

// settle writes what becomes of a change that waits. Of many at once one gets past it.
func (w *Workflow) settle(ctx context.Context, tx *ent.Tx, a *ent.Approval, as approval.Status, by int64, note string) error {
	now := w.db.Now()
	switch StatusAt(a, now) {
	case StatusPending:
	case StatusExpired:
		return fault.Reject(Expired, "It has waited too long: ask for it again", "id")
	default:
		return decided()
	}
	n, err := tx.Approval.Update().Where(approval.ID(a.ID), approval.StatusEQ(approval.StatusPENDING)).
		SetStatus(as).SetDecidedBy(by).SetDecidedAt(now).SetNote(note).AddVersion(1).Save(viewer.AsSystem(ctx))
	switch {
	case err != nil:
		return fmt.Errorf("settle approval: %w", err)
	case n == 0:
		return decided()
	}
	return nil
}

func decided() error {
	return fault.Reject(Decided, "It was decided, or taken back, before", "id")
}
