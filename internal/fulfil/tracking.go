package fulfil

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"galley/ent"
	"galley/ent/fulfilment"
	"galley/ent/orderevent"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/lifecycle"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

// tracking is how a parcel is found again. Any of it may be empty.
type tracking struct{ carrier, number, url string }

func (t tracking) trimmed() tracking {
	return tracking{strings.TrimSpace(t.carrier), strings.TrimSpace(t.number), strings.TrimSpace(t.url)}
}

func (t tracking) check(c *fault.Collector) {
	c.Add(fault.IsLine(t.carrier, 100), Invalid, "A carrier is one line of at most 100 characters", "carrier")
	c.Add(fault.IsLine(t.number, 100), Invalid, "A tracking number is one line of at most 100 characters", "trackingNumber")
	c.Add(t.url == "" || isPage(t.url), Invalid, "A tracking address begins with https:// or http://, and has at most 2000 characters", "trackingUrl")
}

// isPage tells whether letters may link to an address.
func isPage(s string) bool {
	u, err := url.Parse(s)
	return err == nil && len(s) <= 2000 && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil && u.String() == s
}

// TrackingUpdate tells where a parcel is to be looked for, if that was wrong or not known when it was sent.
func (w *Workflow) TrackingUpdate(ctx context.Context, in TrackingInput) (*database.Outcome, error) {
	return w.mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		f, o, err := parcel(ctx, tx, in.ID.KeyOf(nodeid.Fulfilment))
		if err != nil {
			return 0, err
		}
		if in.ExpectedVersion != nil && *in.ExpectedVersion != f.Version {
			return 0, fault.Changed()
		}
		t := tracking{or(in.Carrier, f.Carrier), or(in.TrackingNumber, f.TrackingNumber), or(in.TrackingURL, f.TrackingURL)}.trimmed()
		var c fault.Collector
		t.check(&c)
		if err := c.Err(); err != nil {
			return 0, err
		}
		if t == (tracking{f.Carrier, f.TrackingNumber, f.TrackingURL}) {
			return f.ID, nil // nothing to tell anybody
		}
		err = tx.Fulfilment.Update().Where(fulfilment.ID(f.ID)).SetCarrier(t.carrier).SetTrackingNumber(t.number).SetTrackingURL(t.url).AddVersion(1).
			Exec(viewer.AsSystem(ctx))
		if err != nil {
			return 0, fmt.Errorf("update fulfilment: %w", err)
		}
		return f.ID, w.orders.Note(ctx, tx, o.ID, lifecycle.Event{Kind: orderevent.KindTRACKING_UPDATED, Data: &lifecycle.Data{Fulfilment: f.ID}})
	})
}

// or is what was told, or what was there before.
func or(told *string, before string) string {
	if told != nil {
		return *told
	}
	return before
}

// parcel reads a parcel under its order, which it holds.
func parcel(ctx context.Context, tx *ent.Tx, key int64) (*ent.Fulfilment, *ent.Order, error) {
	none := fault.New(fault.NotFound, "There is no such fulfilment")
	f, err := tx.Fulfilment.Query().Where(fulfilment.ID(key)).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return nil, nil, none
	case err != nil:
		return nil, nil, fmt.Errorf("read fulfilment: %w", err)
	}
	o, err := byStaff(ctx, tx, f.OrderID)
	if err != nil {
		return nil, nil, err
	}
	// What was read before the order was held may have changed meanwhile.
	if f, err = tx.Fulfilment.Get(viewer.AsSystem(ctx), key); err != nil {
		return nil, nil, fmt.Errorf("read fulfilment: %w", err)
	}
	return f, o, nil
}
