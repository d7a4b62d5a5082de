package staff

import (
	"context"
	"fmt"
	"strings"
	"time"

	"galley/ent"
	"galley/ent/apikey"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/token"
	"galley/internal/viewer"
)

const (
	keyPrefix = "gk_"
	keyBytes  = 32
	keyHint   = len(keyPrefix) + 6 // letters that tell keys apart, and 30 bits of 256

	// used is how exactly a key's last use is known: it costs a write.
	used = time.Minute
)

// IsAPIKey tells whether a bearer token is meant to be an API key.
func IsAPIKey(bearer string) bool { return strings.HasPrefix(bearer, keyPrefix) }

// APIKeyCreate makes a key for a machine. It may do what its maker may, and no more; what becomes of its
// maker does not matter to it. The payload is the only one to ever have the secret.
func (w *Workflow) APIKeyCreate(ctx context.Context, in APIKeyCreateInput) (*APIKeyCreatePayload, error) {
	v, err := mayWrite(ctx)
	if err != nil {
		return nil, err
	}
	if v.Kind == viewer.APIKey { // or a stolen one outlives its end
		return nil, fault.New(fault.Forbidden, "You may not do this: a person makes API keys")
	}
	if database.RequestFrom(ctx) != nil {
		return nil, fault.New(fault.BadUserInput, "An API key is shown once: send this without @idempotent")
	}
	if err := MayMove(v, nil, in.Permissions); err != nil {
		return nil, err
	}
	secret, err := token.New(w.db.Random(), keyPrefix, keyBytes)
	if err != nil {
		return nil, err
	}
	outcome, err := w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		var c fault.Collector
		name := clean(in.Name)
		checkName(&c, name)
		c.Add(in.ExpiresAt == nil || in.ExpiresAt.After(w.db.Now()), Invalid, "This moment has passed", "expiresAt")
		if err := c.Err(); err != nil {
			return 0, err
		}
		create := tx.APIKey.Create().SetName(name).SetTokenHash(token.Hash(secret)).SetHint(secret[:keyHint]).
			SetPermissions(viewer.InOrder(in.Permissions)).SetCreatedBy(v.UserID)
		if in.ExpiresAt != nil {
			create.SetExpiresAt(in.ExpiresAt.Truncate(time.Microsecond)) // PostgreSQL would round it
		}
		key, err := create.Save(ctx)
		if err != nil {
			return 0, fmt.Errorf("create API key: %w", err)
		}
		return key.ID, nil
	})
	switch {
	case err != nil:
		return nil, err
	case len(outcome.UserErrors) > 0:
		return &APIKeyCreatePayload{UserErrors: outcome.UserErrors}, nil
	}
	return &APIKeyCreatePayload{Key: outcome.Key, Secret: &secret}, nil
}

// APIKeyRevoke ends a key, at once and for good.
func (w *Workflow) APIKeyRevoke(ctx context.Context, in APIKeyRevokeInput) (*database.Outcome, error) {
	v, err := mayWrite(ctx)
	if err != nil {
		return nil, err
	}
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		key, err := tx.APIKey.Query().Where(apikey.ID(in.ID.KeyOf(nodeid.APIKey))).Only(ctx)
		switch {
		case ent.IsNotFound(err):
			return 0, fault.New(fault.NotFound, "There is no such API key")
		case err != nil:
			return 0, fmt.Errorf("find API key: %w", err)
		}
		if err := MayMove(v, key.Permissions, nil); err != nil {
			return 0, err
		}
		err = tx.APIKey.Update().Where(apikey.ID(key.ID), apikey.RevokedAtIsNil()).SetRevokedAt(w.db.Now()).Exec(ctx)
		if err != nil {
			return 0, fmt.Errorf("revoke API key: %w", err)
		}
		return key.ID, nil
	})
}

// Authenticate finds out which machine brings a key: one statement for each request, and a second one at most
// once a minute. All keys that open nothing get the same answer.
func (w *Workflow) Authenticate(ctx context.Context, secret string) (viewer.Viewer, error) {
	if !token.Valid(keyPrefix, secret, keyBytes) {
		return viewer.Viewer{}, notAKey()
	}
	now := w.db.Now()
	key, err := w.db.Client.APIKey.Query().Where(
		apikey.TokenHash(token.Hash(secret)), apikey.RevokedAtIsNil(), apikey.Or(apikey.ExpiresAtIsNil(), apikey.ExpiresAtGT(now)),
	).Select(apikey.FieldID, apikey.FieldPermissions, apikey.FieldUsedAt).Only(viewer.AsSystem(ctx))
	switch {
	case ent.IsNotFound(err):
		return viewer.Viewer{}, notAKey()
	case err != nil:
		return viewer.Viewer{}, fmt.Errorf("find API key: %w", err)
	}
	if key.UsedAt == nil || !key.UsedAt.Add(used).After(now) {
		w.noteUse(ctx, key.ID, now)
	}
	return viewer.Viewer{Kind: viewer.APIKey, APIKeyID: key.ID, Permissions: viewer.InOrder(key.Permissions)}, nil
}

// noteUse writes down when a key was used. A database that takes no writes still answers reads.
func (w *Workflow) noteUse(ctx context.Context, id int64, now time.Time) {
	const patience = 2 * time.Second
	err := w.db.InTxWithin(ctx, patience, func(ctx context.Context, tx *ent.Tx) error {
		return tx.APIKey.Update().Where(apikey.ID(id), apikey.Or(apikey.UsedAtIsNil(), apikey.UsedAtLTE(now.Add(-used)))).
			SetUsedAt(now).Exec(viewer.AsSystem(ctx))
	})
	if err != nil {
		w.log.WarnContext(ctx, "the use of an API key was not noted", "key", id, "error", err)
	}
}

func notAKey() error {
	return fault.New(fault.Unauthenticated, "This API key opens nothing: it is unknown, has expired, or was revoked")
}
