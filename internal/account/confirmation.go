package account

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"galley/ent"
	"galley/ent/confirmation"
	"galley/ent/predicate"
	"galley/internal/fault"
	"galley/internal/token"
	"galley/internal/viewer"
)

const (
	tokenPrefix = "gv_"
	tokenBytes  = 32

	// How many hours the link of a letter works.
	resetHours  = 1
	verifyHours = 24
)

// secretOf is the secret of a confirmation's letter. It is derived from the key, so that a letter that has to be
// sent again is the same one, and nothing stored gives it away.
func (w *Workflow) secretOf(key int64) string {
	return token.Derive(tokenPrefix, string(w.secrets.Derive("confirmation", strconv.FormatInt(key, 10))), tokenBytes)
}

// issue makes the secret of a confirmation that has been asked for valid, from now on for some hours.
func (w *Workflow) issue(ctx context.Context, tx *ent.Tx, key int64, hours int) (string, error) {
	text := w.secretOf(key)
	err := tx.Confirmation.Update().Where(confirmation.ID(key), confirmation.UsedAtIsNil()).
		SetTokenHash(token.Hash(text)).SetExpiresAt(w.db.Now().Add(time.Duration(hours) * time.Hour)).Exec(ctx)
	if err != nil {
		return "", fmt.Errorf("issue confirmation: %w", err)
	}
	return text, nil
}

// find looks up what a letter's secret confirms, for one of these purposes: nil for every secret that confirms
// nothing, or nothing any more.
func (w *Workflow) find(ctx context.Context, text string, purposes ...confirmation.Purpose) (*ent.Confirmation, error) {
	if err := w.attempts.Count(ctx, tokens(ctx, text)...); err != nil {
		return nil, err
	}
	if !token.Valid(tokenPrefix, text, tokenBytes) {
		return nil, nil
	}
	c, err := w.db.Client.Confirmation.Query().
		Where(confirmation.TokenHash(token.Hash(text)), confirmation.PurposeIn(purposes...), valid(w.db.Now())).
		Only(viewer.AsSystem(ctx))
	if err != nil && !ent.IsNotFound(err) {
		return nil, fmt.Errorf("find confirmation: %w", err)
	}
	return c, nil
}

// use uses a confirmation up: of many at once, one does. Hold the account first, if it has one.
func (w *Workflow) use(ctx context.Context, tx *ent.Tx, c *ent.Confirmation) error {
	now := w.db.Now()
	used, err := tx.Confirmation.Update().Where(confirmation.ID(c.ID), valid(now)).SetUsedAt(now).Save(viewer.AsSystem(ctx))
	switch {
	case err != nil:
		return fmt.Errorf("use confirmation: %w", err)
	case used == 0:
		return noToken()
	}
	return nil
}

// void makes the letters useless that are under way to an account: what they were to prove has changed.
func (w *Workflow) void(ctx context.Context, tx *ent.Tx, userID int64) error {
	err := tx.Confirmation.Update().Where(confirmation.UserID(userID), confirmation.UsedAtIsNil()).
		SetUsedAt(w.db.Now()).Exec(viewer.AsSystem(ctx))
	if err != nil {
		return fmt.Errorf("void confirmations: %w", err)
	}
	return nil
}

// holdConfirmed holds the account that a confirmation is about, if it still is what the letter was about.
func (w *Workflow) holdConfirmed(ctx context.Context, tx *ent.Tx, c *ent.Confirmation) (*ent.User, error) {
	u, err := w.hold(viewer.AsSystem(ctx), tx, *c.UserID)
	if code, _ := fault.CodeOf(err); code == fault.NotFound || err == nil && !u.Active {
		return nil, noToken()
	}
	if err == nil && c.Purpose != confirmation.PurposeCHANGE && c.Email != u.Email {
		return nil, noToken()
	}
	return u, err
}

func noToken() error {
	return fault.Reject(TokenInvalid, "This link has been used, has expired, or is none of ours: ask for another", "token")
}

// valid is the predicate of confirmations that may be used.
func valid(now time.Time) predicate.Confirmation {
	return confirmation.And(confirmation.UsedAtIsNil(), confirmation.ExpiresAtGT(now))
}
