package lifecycle

import (
	"context"

	"galley/ent"
	"galley/ent/orderevent"
)

// The kinds of jobs that write letters about orders: see package fulfil.
const (
	LetterPlaced    = "order.placed"
	LetterCancelled = "order.cancelled"
	LetterExpired   = "order.expired"
	LetterShipped   = "order.shipped"
	LetterTracking  = "order.tracking"
	LetterDelivered = "order.delivered"
	LetterRefunded  = "order.refunded"
)

// letters are those that tell of a line of the timeline, each once for each line.
var letters = map[orderevent.Kind]string{
	orderevent.KindCONFIRMED: LetterPlaced, orderevent.KindCANCELLED: LetterCancelled, orderevent.KindEXPIRED: LetterExpired,
	orderevent.KindFULFILLED: LetterShipped, orderevent.KindTRACKING_UPDATED: LetterTracking, orderevent.KindDELIVERED: LetterDelivered,
	orderevent.KindPAYMENT_REFUNDED: LetterRefunded,
}

// Letter is the payload of such a job.
type Letter struct {
	Order      int64 `json:"order,string"`
	Fulfilment int64 `json:"fulfilment,omitempty,string"`
	Amount     int64 `json:"amount,omitempty"`
}

// write asks for a letter: once, if the transaction is committed.
func (w *Workflow) write(ctx context.Context, tx *ent.Tx, kind string, about Letter) error {
	_, err := w.jobs.Add(ctx, tx, kind, about)
	return err
}
