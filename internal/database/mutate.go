package database

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"galley/ent"
	"galley/ent/idempotencykey"
	"galley/internal/fault"
	"galley/internal/viewer"
)

// Request is a mutation that its client may send again.
type Request struct {
	Scope string // whose key it is
	Key   string // the client's
	Hash  []byte // of the field and its coerced arguments
}

// stored is how the key is kept: as its SHA-256, since a guest's cart token is derived from it.
func (r Request) stored() string {
	sum := sha256.Sum256([]byte(r.Key))
	return hex.EncodeToString(sum[:])
}

type requestKey struct{}

// WithRequest makes the mutation under this context safe to send again.
func WithRequest(ctx context.Context, r Request) context.Context {
	return context.WithValue(ctx, requestKey{}, &r)
}

// RequestFrom is what WithRequest put into the context, or nil.
func RequestFrom(ctx context.Context) *Request {
	r, _ := ctx.Value(requestKey{}).(*Request)
	return r
}

// rejection carries user errors out of InTx, so that the transaction is rolled back.
type rejection struct{ Outcome }

func (rejection) Error() string { return "rejected" }

// Mutate runs a mutation in a transaction of its own. fn returns the key of the row that it
// changed, or fault.Rejected with what its caller has to mend; then nothing of it stays. Under an
// idempotency key the outcome is stored in the same transaction, and a replay returns it; so a COMMIT
// whose answer was lost is simply asked for again.
func (db *DB) Mutate(ctx context.Context, fn func(ctx context.Context, tx *ent.Tx) (int64, error)) (*Outcome, error) {
	request := RequestFrom(ctx)
	var outcome Outcome
	again := func(err error) bool {
		return retryable(err) || request != nil && errors.Is(err, ErrOutcomeUnknown)
	}
	err := db.repeat(ctx, txTimeout, again, func(ctx context.Context, tx *ent.Tx) (err error) {
		if request == nil {
			outcome, err = db.run(ctx, tx, fn)
			if err == nil && len(outcome.UserErrors) > 0 {
				return rejection{outcome}
			}
			return err
		}
		outcome, err = db.once(ctx, tx, *request, fn)
		return err
	})
	if r, ok := errors.AsType[rejection](err); ok {
		return &r.Outcome, nil
	}
	if err != nil {
		return nil, err
	}
	return &outcome, nil
}

func (db *DB) run(ctx context.Context, tx *ent.Tx, fn func(context.Context, *ent.Tx) (int64, error)) (Outcome, error) {
	var key int64
	err := db.watched(ctx, tx, func(ctx context.Context) (err error) {
		key, err = fn(ctx, tx)
		return err
	})
	if r, ok := errors.AsType[fault.Rejected](err); ok {
		return Outcome{UserErrors: r}, nil
	}
	return Outcome{Key: key}, err
}

// once runs fn unless the request's key has an outcome already. The key is claimed first: of two
// equal requests at once, the second waits for the first, and replays it.
func (db *DB) once(ctx context.Context, tx *ent.Tx, r Request, fn func(context.Context, *ent.Tx) (int64, error)) (Outcome, error) {
	system := viewer.AsSystem(ctx)
	id, err := db.NextKey()
	if err != nil {
		return Outcome{}, err
	}
	claimed, err := claim(system, tx, id, r)
	if err != nil {
		return Outcome{}, err
	}
	if !claimed {
		return replay(system, tx, r)
	}
	if _, err := tx.ExecContext(ctx, "SAVEPOINT mutation"); err != nil {
		return Outcome{}, fmt.Errorf("set savepoint: %w", err)
	}
	outcome, err := db.run(ctx, tx, fn)
	if err != nil {
		return Outcome{}, err
	}
	if len(outcome.UserErrors) > 0 {
		if _, err := tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT mutation"); err != nil {
			return Outcome{}, fmt.Errorf("undo rejected mutation: %w", err)
		}
	}
	stored, err := json.Marshal(outcome)
	if err != nil {
		return Outcome{}, fmt.Errorf("encode outcome: %w", err)
	}
	return outcome, tx.IdempotencyKey.Update().Where(idempotencykey.ID(id)).SetOutcome(stored).Exec(system)
}

// claim tells whether the key is this request's. The row itself is the answer, on both engines: of a key that is taken
// already none comes back.
func claim(ctx context.Context, tx *ent.Tx, id int64, r Request) (bool, error) {
	err := tx.IdempotencyKey.Create().SetID(id).SetScope(r.Scope).SetKey(r.stored()).SetRequest(r.Hash).
		OnConflictColumns(idempotencykey.FieldScope, idempotencykey.FieldKey).DoNothing().Exec(ctx)
	if err != nil && !isNoRows(err) {
		return false, fmt.Errorf("claim idempotency key: %w", err)
	}
	return err == nil, nil
}

// errForgotten says that a key was removed after it was found taken, because its time was over: asked anew, it is free.
var errForgotten = errors.New("the idempotency key is forgotten")

// replay reads a stored outcome. It writes too: or its answer could confirm a commit that a standby
// never received.
func replay(ctx context.Context, tx *ent.Tx, r Request) (Outcome, error) {
	stored, err := tx.IdempotencyKey.Query().
		Where(idempotencykey.Scope(r.Scope), idempotencykey.Key(r.stored())).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return Outcome{}, errForgotten
	case err != nil:
		return Outcome{}, fmt.Errorf("read idempotency key: %w", err)
	}
	if string(stored.Request) != string(r.Hash) {
		return Outcome{}, fault.New(fault.IdempotencyKeyReused, "This idempotency key was used for another request")
	}
	if err := tx.IdempotencyKey.Update().Where(idempotencykey.ID(stored.ID)).AddReplays(1).Exec(ctx); err != nil {
		return Outcome{}, fmt.Errorf("count replay: %w", err)
	}
	var outcome Outcome
	if err := json.Unmarshal(stored.Outcome, &outcome); err != nil {
		return Outcome{}, fmt.Errorf("decode outcome: %w", err)
	}
	return outcome, nil
}
