package fulfil

import (
	"context"
	"strings"

	"galley/ent"
	"galley/ent/orderevent"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/lifecycle"
	"galley/internal/nodeid"
)

// maxNote is how long a note may be.
const maxNote = 2000

// NoteAdd writes a note of the staff's into an order's timeline: for themselves, or for the shopper too.
func (w *Workflow) NoteAdd(ctx context.Context, in NoteInput) (*database.Outcome, error) {
	text := strings.TrimSpace(in.Text)
	return w.mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		o, err := byStaff(ctx, tx, in.Order.KeyOf(nodeid.Order))
		if err != nil {
			return 0, err
		}
		var c fault.Collector
		c.Add(text != "", Invalid, "Write something", "text")
		needPlain(&c, "A note", text, maxNote, "text")
		if err := c.Err(); err != nil {
			return 0, err
		}
		return o.ID, w.orders.Note(ctx, tx, o.ID, lifecycle.Event{Kind: orderevent.KindNOTE, Private: !in.Public, Text: text})
	})
}
