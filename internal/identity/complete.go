package identity

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"

	"galley/ent"
	"galley/ent/identityflow"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/session"
	"galley/internal/token"
	"galley/internal/viewer"
)

// longestCode is far more than issuers write.
const longestCode = 4096

// errFlow is the one answer to whatever does not belong together, whoever's fault it is.
var errFlow = fault.Reject(FlowInvalid, "This sign-in is over or does not belong together: begin again")

// Complete takes what a provider sent a person back with, and signs them in, or links their accounts. While the provider
// is asked no transaction is open, and the flow is used up: a code is good for one answer.
func (w *Workflow) Complete(ctx context.Context, in CompleteInput) (*CompletePayload, error) {
	if database.RequestFrom(ctx) != nil {
		return nil, fault.New(fault.BadUserInput, "A sign-in makes a new session each time: send it without @idempotent")
	}
	if err := w.count(ctx); err != nil {
		return nil, err
	}
	entered, err := w.complete(ctx, in)
	if r, ok := errors.AsType[fault.Rejected](err); ok {
		return &CompletePayload{UserErrors: r}, nil
	}
	if err != nil {
		return nil, err
	}
	payload := &CompletePayload{UserID: entered.account}
	if o := entered.session; o != nil {
		w.sessions.Present(ctx, o)
		payload.Token, payload.TokenExpiresAt, payload.RefreshToken, payload.ExpiresAt = o.Token, o.TokenExpiresAt, o.RefreshToken, &o.ExpiresAt
	}
	return payload, nil
}

// entered is who came in.
type entered struct {
	account int64
	session *session.Opened // nil where an account was linked
}

func (w *Workflow) complete(ctx context.Context, in CompleteInput) (entered, error) {
	// What was sent to a person's browser by somebody else does not use their flow up.
	if len(in.Code) > longestCode || !token.Valid(flowPrefix, in.Flow, flowBytes) || subtle.ConstantTimeCompare([]byte(in.State), []byte(stateOf(in.Flow))) != 1 {
		return entered{}, errFlow
	}
	f, i, err := w.take(ctx, in)
	if err != nil {
		return entered{}, err
	}
	d, err := i.discover(ctx)
	if err != nil {
		return entered{}, w.silent(ctx, i, err)
	}
	if d.namesItself && in.Iss == nil {
		return entered{}, errFlow
	}
	p, err := i.redeem(ctx, d, f, in.Code)
	if errors.Is(err, errDistrusted) {
		w.log.WarnContext(ctx, "a sign-in provider's answer is not good", "provider", i.Name, "error", briefly(err))
		return entered{}, errFlow
	}
	if err != nil {
		return entered{}, w.silent(ctx, i, err)
	}
	return w.admit(ctx, f, p, in.Presentation)
}

// take uses a flow up, and returns it with its issuer. Only the account that it links may take it.
func (w *Workflow) take(ctx context.Context, in CompleteInput) (f flow, i *issuer, err error) {
	viewing, hash := viewer.From(ctx).UserID, token.Hash(in.Flow)
	err = w.db.InTx(viewer.AsSystem(ctx), func(ctx context.Context, tx *ent.Tx) error {
		now := w.db.Now()
		row, err := tx.IdentityFlow.Query().
			Where(identityflow.TokenHash(hash), identityflow.UsedAtIsNil(), identityflow.ExpiresAtGT(now)).Only(ctx)
		switch {
		case ent.IsNotFound(err):
			return errFlow
		case err != nil:
			return fmt.Errorf("find sign-in: %w", err)
		case row.UserID != nil && *row.UserID != viewing:
			return errFlow
		}
		i = w.issuers[row.Provider]
		if i == nil || in.Iss != nil && *in.Iss != i.setting.Issuer {
			return errFlow // the provider left the settings, or another one answers in its place
		}
		verifier, err := w.secrets.Open(sealedFor(hash), row.Verifier)
		if err != nil {
			return fmt.Errorf("take sign-in: %w", err)
		}
		taken, err := tx.IdentityFlow.Update().Where(identityflow.ID(row.ID), identityflow.UsedAtIsNil()).SetUsedAt(now).Save(ctx)
		switch {
		case err != nil:
			return fmt.Errorf("take sign-in: %w", err)
		case taken == 0:
			return errFlow
		}
		f = flow{nonce: row.Nonce, verifier: string(verifier), redirectURI: row.RedirectURI}
		if row.UserID != nil {
			f.account = *row.UserID
		}
		return nil
	})
	return f, i, err
}

// silent logs why an issuer gave no answer, and says so to the client without the reason.
func (w *Workflow) silent(ctx context.Context, i *issuer, err error) error {
	w.log.ErrorContext(ctx, "a sign-in provider does not answer", "provider", i.Name, "error", briefly(err))
	return fault.Wrap(fault.Unavailable, "The sign-in provider does not answer: try again", err)
}
