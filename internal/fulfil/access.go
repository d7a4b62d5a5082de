package fulfil

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"galley/ent"
	"galley/ent/order"
	"galley/internal/attempt"
	"galley/internal/email"
	"galley/internal/fault"
	"galley/internal/job"
	"galley/internal/lifecycle"
	"galley/internal/mail"
	"galley/internal/token"
	"galley/internal/viewer"
)

// accessJob is the kind of job that writes to who wants to see an order again.
const accessJob = "order.access"

// access is the payload of such a job: what somebody typed, true or not.
type access struct {
	Number string `json:"number"`
	Email  string `json:"email"`
}

// AccessPayload is the SDL's OrderAccessPayload.
type AccessPayload struct {
	Email      *string
	UserErrors []fault.UserError
}

// AccessRequest has a letter with the order's link sent to the address that it was ordered under. It does not look
// whether there is such an order: whoever asks learns nothing.
func (w *Workflow) AccessRequest(ctx context.Context, in AccessInput) (*AccessPayload, error) {
	number := strings.ToUpper(strings.TrimSpace(in.Number))
	address, ok := email.Normalise(in.Email)
	var c fault.Collector
	c.Add(ok, Invalid, "This is not an e-mail address", "email")
	c.Add(number != "" && order.NumberValidator(number) == nil && fault.IsLine(number, 20), Invalid, "This is not an order's number", "number")
	if rejected, ok := c.Err().(fault.Rejected); ok { //nolint:errorlint // it is made here
		return &AccessPayload{UserErrors: rejected}, nil
	}
	if err := w.attempts.Count(ctx, attempt.Letters(ctx, address)...); err != nil {
		return nil, err
	}
	outcome, err := w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		return w.jobs.Add(ctx, tx, accessJob, access{number, address})
	})
	if err != nil {
		return nil, err
	}
	return &AccessPayload{Email: &address, UserErrors: outcome.UserErrors}, nil
}

// writeAccess writes to who has ordered, if it was they who asked; to others nothing.
func (w *Workflow) writeAccess(ctx context.Context, j job.Job) error {
	var asked access
	if err := json.Unmarshal(j.Payload, &asked); err != nil {
		return fmt.Errorf("read job: %w", err)
	}
	o, err := w.db.Client.Order.Query().Where(order.Number(asked.Number), order.Email(asked.Email)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read order: %w", err)
	}
	return w.tell(ctx, j, o, mail.OrderAccess, mail.OrderData{Number: o.Number})
}

// issue is the token that opens an order, and makes it valid where it is not: the order is older than tokens, or the
// shop's key is another by now.
func (w *Workflow) issue(ctx context.Context, o *ent.Order) (string, error) {
	text := lifecycle.AccessToken(w.secrets, o.ID, o.Email)
	if hash := token.Hash(text); !bytes.Equal(hash, o.AccessHash) {
		err := w.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
			return tx.Order.Update().Where(order.ID(o.ID), order.Email(o.Email)).SetAccessHash(hash).Exec(viewer.AsSystem(ctx))
		})
		if err != nil {
			return "", fmt.Errorf("issue order token: %w", err)
		}
	}
	return text, nil
}
