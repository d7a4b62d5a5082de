package settlement

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"galley/ent"
	"galley/ent/payment"
	"galley/ent/paymentevent"
	"galley/internal/fault"
	"galley/internal/job"
	gateway "galley/internal/payment"
	"galley/internal/viewer"
)

// Notify takes a webhook of a gateway. A forged one is payment.ErrForged, and costs no statement; any other error has
// the provider send it again. One about a payment that is not known, because its answer is still under way, is kept.
func (w *Workflow) Notify(ctx context.Context, name string, header http.Header, body []byte) error {
	g, ok := w.Gateways[name]
	if !ok {
		return fault.New(fault.NotFound, "There is no such gateway")
	}
	notices, err := g.Notice(header, body)
	if err != nil {
		return fmt.Errorf("read notice: %w", err)
	}
	ctx = viewer.AsSystem(ctx)
	for _, n := range notices {
		err := w.hear(ctx, g, n)
		if errors.Is(err, errUnknown) {
			err = w.keep(ctx, g, n)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

var errUnknown = errors.New("no payment is known under this reference")

// hear settles what a notice says.
func (w *Workflow) hear(ctx context.Context, g gateway.Gateway, n gateway.Notice) error {
	if len(n.Facts) == 0 {
		return nil
	}
	p, err := w.Database.Client.Payment.Query().Where(payment.Gateway(g.Name()), payment.Reference(n.Reference)).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return errUnknown
	case err != nil:
		return fmt.Errorf("find payment: %w", err)
	}
	return w.tell(ctx, g, p, news{source: paymentevent.SourceWEBHOOK, answer: gateway.Answer{Facts: n.Facts}})
}

// kept is the payload of a job that hears a notice later.
type kept struct {
	Gateway string         `json:"gateway"`
	Notice  gateway.Notice `json:"notice"`
}

// keep has a job hear a notice.
func (w *Workflow) keep(ctx context.Context, g gateway.Gateway, n gateway.Notice) error {
	return w.Database.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		_, err := w.Jobs.Add(ctx, tx, noticeJob, kept{g.Name(), n})
		return err
	})
}

// hearings is how often a notice that was kept is heard: within some minutes the answer that names its payment is there,
// or it is of a payment that another program has asked the provider for. What came of ours a sweep looks up anyway.
const hearings = 6

// notice is the job that hears a notice which was kept.
func (w *Workflow) notice(ctx context.Context, j job.Job) error {
	var what kept
	if err := json.Unmarshal(j.Payload, &what); err != nil {
		return fmt.Errorf("read job: %w", err)
	}
	g, ok := w.Gateways[what.Gateway]
	if !ok {
		return fmt.Errorf("this process knows no gateway %q", what.Gateway)
	}
	err := w.hear(ctx, g, what.Notice)
	if errors.Is(err, errUnknown) && j.Attempt >= hearings {
		w.Logger.WarnContext(ctx, "a provider told of a payment that is none of the shop's", "gateway", what.Gateway, "reference", what.Notice.Reference)
		return nil
	}
	return err
}
