package stock

import (
	"context"
	"fmt"
	"strings"

	"galley/ent"
	"galley/ent/stockmovement"
	"galley/ent/variant"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/live"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

// Adjust adds pieces to a variant's stock or takes some away, and notes why and by whom.
func (w *Workflow) Adjust(ctx context.Context, in AdjustInput) (*database.Outcome, error) {
	by := viewer.From(ctx)
	if err := viewer.Need(ctx, viewer.StockWrite); err != nil {
		return nil, err
	}
	in.Note = strings.TrimSpace(in.Note)
	key := in.Variant.KeyOf(nodeid.Variant)
	return w.mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		visible, err := tx.Variant.Query().Where(variant.ID(key)).Exist(ctx)
		if err != nil {
			return 0, fmt.Errorf("read variant: %w", err)
		}
		if !visible {
			return 0, fault.New(fault.NotFound, "There is no such variant")
		}
		if err := in.check(); err != nil {
			return 0, err
		}
		return key, w.adjust(viewer.AsSystem(ctx), tx, key, by, in)
	})
}

// adjust writes what was decided: those who keep stock may not change the rest of a variant.
func (w *Workflow) adjust(ctx context.Context, tx *ent.Tx, key int64, by viewer.Viewer, in AdjustInput) error {
	changed, err := tx.Variant.Update().
		Where(variant.ID(key), variant.AvailableGTE(-in.Quantity), variant.AvailableLTE(MaxAvailable-in.Quantity)).
		AddAvailable(in.Quantity).Save(ctx)
	if err != nil {
		return fmt.Errorf("adjust stock: %w", err)
	}
	switch {
	case changed == 1:
	case in.Quantity < 0:
		return fault.Reject(InsufficientStock, "Fewer pieces are left than would be taken", "quantity")
	default:
		return fault.Reject(Invalid, fmt.Sprintf("A variant has at most %d pieces", MaxAvailable), "quantity")
	}
	movement := tx.StockMovement.Create().
		SetVariantID(key).SetQuantity(in.Quantity).SetReason(in.Reason).SetNote(in.Note)
	if by.UserID != 0 {
		movement.SetActorID(by.UserID)
	}
	if err := movement.Exec(ctx); err != nil {
		return fmt.Errorf("note stock movement: %w", err)
	}
	w.live.AfterCommit(tx, live.Stock(key))
	return nil
}

func (in AdjustInput) check() error {
	var c fault.Collector
	c.Add(in.Quantity != 0, Invalid, "Say how many pieces came or went", "quantity")
	c.Add(-MaxAdjustment <= in.Quantity && in.Quantity <= MaxAdjustment, Invalid,
		fmt.Sprintf("At most %d pieces come or go at once", MaxAdjustment), "quantity")
	c.Add(forStaff(in.Reason), Invalid, "The shop itself sets this reason", "reason")
	c.Add(fault.IsText(in.Note, 500), Invalid, "A note is plain text of at most 500 characters", "note")
	return c.Err()
}

// forStaff tells the reasons that people give from those that orders do.
func forStaff(r stockmovement.Reason) bool {
	switch r {
	case stockmovement.ReasonRECEIVED, stockmovement.ReasonCORRECTION, stockmovement.ReasonDAMAGED,
		stockmovement.ReasonRETURNED:
		return true
	}
	return false
}
