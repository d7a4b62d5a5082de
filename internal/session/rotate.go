package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"galley/ent"
	"galley/ent/signingkey"
	"galley/internal/audit"
	"galley/internal/secret"
	"galley/internal/viewer"
)

const (
	// rotateEvery is how long a key signs.
	rotateEvery = 30 * 24 * time.Hour
	// keepPrevious is how long a key that signs no more is still published. Its tokens end much sooner.
	keepPrevious = 24 * time.Hour
)

// errRotated is for who rotates at the same time as somebody else.
var errRotated = errors.New("somebody else has just rotated the signing keys")

// Prepare makes the shop's signing keys ready for this process's secret keys: what a former one has sealed is sealed
// with the first, what everybody can open is replaced, and what nobody here can open is an error.
func (w *Workflow) Prepare(ctx context.Context) error {
	err := w.db.InTx(viewer.AsSystem(ctx), func(ctx context.Context, tx *ent.Tx) error {
		s, err := w.readKeys(ctx, tx.SigningKey)
		if err != nil {
			return err
		}
		for _, k := range s.rows {
			if err := w.prepare(ctx, tx, k); err != nil {
				return err
			}
		}
		if s, err = w.readKeys(ctx, tx.SigningKey); err == nil {
			_, err = w.makeMissing(ctx, tx, s)
		}
		return err
	})
	if err == nil {
		_, err = w.keySetWithin(ctx, 0)
	}
	return err
}

func (w *Workflow) prepare(ctx context.Context, tx *ent.Tx, k *ent.SigningKey) error {
	seed, err := w.secrets.Open(sealedAs(k.Kid), k.PrivateKey)
	switch {
	case err == nil && w.secrets.Current(k.PrivateKey):
		return nil
	case err == nil:
		err = tx.SigningKey.Update().Where(signingkey.ID(k.ID)).SetPrivateKey(w.secrets.Seal(sealedAs(k.Kid), seed)).Exec(ctx)
	case errors.Is(err, secret.ErrUnknownKey) && secret.Development().Current(k.PrivateKey):
		_, err = tx.SigningKey.Delete().Where(signingkey.ID(k.ID)).Exec(ctx)
	case k.Status == signingkey.StatusPREVIOUS: // it signs no more
		return nil
	default:
		return unopened(k, err)
	}
	if err != nil {
		return fmt.Errorf("prepare signing key %s: %w", k.Kid, err)
	}
	return nil
}

// unopened says what to do about a key that this process cannot open.
func unopened(k *ent.SigningKey, err error) error {
	return fmt.Errorf("GALLEY_SECRET_KEY: signing key %s: %w. Put the key that was used before behind the new one and a comma; if it is lost, galley keys replace makes new signing keys", k.Kid, err)
}

// Keys lists the signing keys, the youngest first.
func (w *Workflow) Keys(ctx context.Context) ([]*ent.SigningKey, error) {
	s, err := w.readKeys(ctx, w.db.Client.SigningKey)
	if err != nil {
		return nil, err
	}
	return s.rows, nil
}

// Rotate has the next key sign, and makes another next one. Nobody is signed out: what was signed before is
// still taken, and the next key has been published before it signs.
func (w *Workflow) Rotate(ctx context.Context) error {
	return w.db.InTx(viewer.AsSystem(ctx), func(ctx context.Context, tx *ent.Tx) error { return w.rotate(ctx, tx, 0) })
}

// rotateKeys is the kind of job that asks for RotateIfDue.
const rotateKeys = "session.rotate_keys"

// RotateIfDue rotates once the current key has signed for thirty days. Any process may ask at any time.
func (w *Workflow) RotateIfDue(ctx context.Context) error {
	s, err := w.keySetWithin(ctx, readAgain)
	if err != nil {
		return err
	}
	if k := s.with(signingkey.StatusCURRENT); k == nil || w.db.Now().Sub(k.Since) < rotateEvery {
		return nil
	}
	err = w.db.InTx(viewer.AsSystem(ctx), func(ctx context.Context, tx *ent.Tx) error {
		return w.rotate(ctx, tx, rotateEvery)
	})
	if errors.Is(err, errRotated) {
		return nil
	}
	return err
}

// rotate is Rotate for a key that has signed for so long: of many who rotate at once, one does.
func (w *Workflow) rotate(ctx context.Context, tx *ent.Tx, age time.Duration) error {
	s, err := w.readKeys(ctx, tx.SigningKey)
	if err == nil {
		s, err = w.makeMissing(ctx, tx, s)
	}
	if err != nil {
		return err
	}
	current, next := s.with(signingkey.StatusCURRENT), s.with(signingkey.StatusNEXT)
	if w.db.Now().Sub(current.Since) < age {
		return errRotated
	}
	if _, err := w.open(next); err != nil { // before it is the one that everybody needs
		return unopened(next, errors.Unwrap(err))
	}
	for _, step := range []struct {
		key    *ent.SigningKey
		status signingkey.Status
	}{{current, signingkey.StatusPREVIOUS}, {next, signingkey.StatusCURRENT}} {
		moved, err := tx.SigningKey.Update().Where(signingkey.ID(step.key.ID), signingkey.StatusEQ(step.key.Status)).
			SetStatus(step.status).SetSince(w.db.Now()).Save(ctx)
		switch {
		case err != nil:
			return fmt.Errorf("rotate signing keys: %w", err)
		case moved == 0:
			return errRotated
		}
	}
	if err := w.makeKey(ctx, tx, signingkey.StatusNEXT); err != nil {
		return err
	}
	_, err = tx.SigningKey.Delete().
		Where(signingkey.StatusEQ(signingkey.StatusPREVIOUS), signingkey.SinceLTE(w.db.Now().Add(-keepPrevious))).Exec(ctx)
	if err != nil {
		return fmt.Errorf("remove former signing keys: %w", err)
	}
	return audit.Note(ctx, tx, audit.Event{Action: "keysRotate", Table: signingkey.Table, Key: next.ID})
}

// Replace makes all signing keys anew, because one has leaked or cannot be opened any more. Access tokens that are out
// there are refused within a minute; clients refresh them, and nobody has to sign in.
func (w *Workflow) Replace(ctx context.Context) error {
	return w.db.InTx(viewer.AsSystem(ctx), func(ctx context.Context, tx *ent.Tx) error {
		s, err := w.readKeys(ctx, tx.SigningKey)
		if err != nil {
			return err
		}
		for _, k := range s.rows {
			if w.secrets.Current(secret.Development().Seal("", nil)) && !w.secrets.Current(k.PrivateKey) {
				return fmt.Errorf("GALLEY_SECRET_KEY: %w, and none is set here", secret.ErrUnknownKey) // the shop has one
			}
		}
		if _, err := tx.SigningKey.Delete().Exec(ctx); err != nil {
			return fmt.Errorf("remove signing keys: %w", err)
		}
		if s, err = w.makeMissing(ctx, tx, &keySet{}); err != nil {
			return err
		}
		return audit.Note(ctx, tx, audit.Event{Action: "keysReplace", Table: signingkey.Table, Key: s.with(signingkey.StatusCURRENT).ID})
	})
}
