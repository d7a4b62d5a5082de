package account

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"galley/ent"
	"galley/ent/user"
	"galley/internal/audit"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/session"
	"galley/internal/viewer"
)

// largestExport bounds what an export takes of the process's memory.
const largestExport = 16 << 20

// errTooLarge is the error of an export that does not fit.
var errTooLarge = errors.New("the export is too large")

// AccountExport writes down all that the shop keeps about the viewer's own account and its owner, as JSON.
func (w *Workflow) AccountExport(ctx context.Context) (*ExportPayload, error) {
	if database.RequestFrom(ctx) != nil {
		return nil, fault.New(fault.BadUserInput, "An export is written anew each time: send it without @idempotent")
	}
	id, err := owner(ctx)
	if err != nil {
		return nil, err
	}
	k, err := w.known(ctx, "u.id = $1", id)
	switch {
	case err != nil:
		return nil, err
	case k.id == 0:
		return nil, session.Ended()
	}
	if err := w.attempts.Count(ctx, exports(k.email)); err != nil {
		return nil, err
	}
	err = w.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		return audit.Note(ctx, tx, audit.Event{Action: "accountExport", Table: user.Table, Key: id})
	})
	if err != nil {
		return nil, err
	}
	out := &document{}
	e := exporter{client: w.db.Client, user: id, out: out}
	switch err := e.write(viewer.AsSystem(ctx)); {
	case errors.Is(err, errTooLarge):
		return nil, fault.Wrap(fault.Unavailable, "This is too much for one answer: ask the shop for it", err)
	case err != nil:
		return nil, err
	}
	text := out.String()
	return &ExportPayload{JSON: &text}, nil
}

// document is JSON that is written piece by piece, up to a bound.
type document struct {
	bytes.Buffer
	rows int // of the list that is being written
}

func (d *document) value(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode export: %w", err)
	}
	if d.Len()+len(text) > largestExport {
		return errTooLarge
	}
	d.Write(text)
	return nil
}

// row writes the next entry of a list.
func (d *document) row(v any) error {
	if d.rows++; d.rows > 1 {
		d.WriteByte(',')
	}
	return d.value(v)
}

// list writes a list of what rows writes, under a name.
func (d *document) list(name string, rows func() error) error {
	d.rows = 0
	d.WriteString(`,"` + name + `":[`)
	if err := rows(); err != nil {
		return fmt.Errorf("export %s: %w", name, err)
	}
	d.WriteByte(']')
	return nil
}
