package database

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"galley/ent"
	"galley/ent/instance"
	"galley/internal/fault"
	"galley/internal/snowflake"
	"galley/internal/viewer"
)

const (
	// leaseTime outlives the longest transaction: on SQLite nothing else is written meanwhile, renewals
	// included.
	leaseTime  = 15 * time.Minute
	renewEvery = time.Minute
	// leaseRest keeps a number out of use after its holder has left: it may have borrowed keys from
	// the milliseconds to come.
	leaseRest = 5 * time.Second
)

// keys makes keys while its instance number is leased.
type keys struct {
	mu        sync.Mutex
	generator *snowflake.Generator
	now       func() time.Time
	number    int64
	holder    string
	expires   time.Time // zero: the number is fixed
}

func (k *keys) fix(number int, now func() time.Time) {
	k.generator, k.now, k.number = snowflake.New(number, now), now, int64(number)
}

func (k *keys) ready() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.generator != nil
}

func (k *keys) next() (int64, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.generator == nil || !k.expires.IsZero() && k.now().After(k.expires) {
		return 0, fault.New(fault.Unavailable, "The shop cannot take anything new right now")
	}
	return k.generator.Next(), nil
}

// lease takes a free instance number and renews it until the context ends.
func (db *DB) lease(ctx context.Context) error {
	holder := make([]byte, 16)
	if _, err := io.ReadFull(db.random, holder); err != nil {
		return fmt.Errorf("name instance: %w", err)
	}
	db.keys.holder = hex.EncodeToString(holder)
	for range 20 {
		taken, err := db.Client.Instance.Query().All(ctx)
		if err != nil {
			return fmt.Errorf("read instances: %w", err)
		}
		number, free := pick(taken, db.Now())
		if !free {
			return fmt.Errorf("all %d instance numbers are in use", snowflake.Instances-1)
		}
		won, err := db.take(ctx, number)
		if err != nil {
			return fmt.Errorf("lease instance number: %w", err)
		}
		if won {
			go db.renew(ctx)
			return nil
		}
	}
	return fmt.Errorf("lease instance number: others were faster each time")
}

// pick chooses any number that nobody holds.
func pick(taken []*ent.Instance, now time.Time) (int64, bool) {
	held := make(map[int64]bool)
	for _, t := range taken {
		held[t.ID] = t.ExpiresAt.After(now)
	}
	start := rand.IntN(snowflake.Instances) //nolint:gosec // no secret
	for i := range snowflake.Instances {
		number := int64((start + i) % snowflake.Instances)
		if number != 0 && !held[number] {
			return number, true
		}
	}
	return 0, false
}

// take holds a number by a compare-and-set: of two processes, one sees its own name there.
func (db *DB) take(ctx context.Context, number int64) (bool, error) {
	now := db.Now()
	err := db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		_, err := tx.Instance.Delete().Where(instance.ID(number), instance.ExpiresAtLTE(now)).Exec(ctx)
		if err != nil {
			return err
		}
		err = tx.Instance.Create().SetID(number).SetHolder(db.keys.holder).SetExpiresAt(now.Add(leaseTime)).
			OnConflictColumns(instance.FieldID).DoNothing().Exec(ctx)
		if isNoRows(err) {
			return nil
		}
		return err
	})
	if err != nil {
		return false, err
	}
	won, err := db.Client.Instance.Query().Where(instance.ID(number), instance.Holder(db.keys.holder)).Exist(ctx)
	if !won || err != nil {
		return false, err
	}
	db.keys.mu.Lock()
	defer db.keys.mu.Unlock()
	db.keys.fix(int(number), db.now)
	db.keys.expires = now.Add(leaseTime)
	return true, nil
}

func (db *DB) renew(ctx context.Context) {
	tick := time.NewTicker(renewEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		until := db.Now().Add(leaseTime)
		n, err := db.Client.Instance.Update().SetExpiresAt(until).
			Where(instance.ID(db.keys.number), instance.Holder(db.keys.holder)).Save(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil || n == 0:
			db.log.Error("could not renew the lease on the instance number", "error", err)
		default:
			db.keys.mu.Lock()
			db.keys.expires = until
			db.keys.mu.Unlock()
		}
	}
}

// release gives the number back, after a rest.
func (db *DB) release() error {
	if db.keys.expires.IsZero() {
		return nil
	}
	ctx, cancel := context.WithTimeout(viewer.AsSystem(context.Background()), 2*time.Second)
	defer cancel()
	err := db.Client.Instance.Update().SetExpiresAt(db.Now().Add(leaseRest)).
		Where(instance.ID(db.keys.number), instance.Holder(db.keys.holder)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("give the instance number back: %w", err)
	}
	return nil
}
