// Package attempt counts what somebody may not try often, such as passwords, in the database: however many
// processes there are, they count together.
package attempt

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"galley/ent"
	"galley/ent/attempt"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/origin"
	"galley/internal/secret"
	"galley/internal/viewer"
)

// Limit allows so many attempts at once, and one more each time that Every has passed.
type Limit struct {
	Name  string
	Burst int
	Every time.Duration
}

// Try is an attempt under a limit, and whom the limit limits.
type Try struct {
	Limit
	Who string
}

// By is an attempt of whoever is meant.
func (l Limit) By(who ...string) Try { return Try{l, strings.Join(who, "\x00")} }

// Counter counts the attempts of a shop.
type Counter struct {
	db      *database.DB
	secrets *secret.Ring
}

// New makes the counter of a shop. What it stores of whom it counts tells nothing without the ring's key.
func New(db *database.DB, secrets *secret.Ring) *Counter { return &Counter{db, secrets} }

// Address is the network that a request comes from, as limits count it.
func Address(ctx context.Context) string { return origin.From(ctx).Network() }

// errRefused rolls back: of attempts that are refused none counts, so that whoever goes on all the same
// uses up no limit that others share.
var errRefused = errors.New("too many attempts")

// Count counts an attempt under all of its limits, before it is made. Where one of them is used up nothing
// is counted, and the answer is RATE_LIMITED.
func (c *Counter) Count(ctx context.Context, tries ...Try) error {
	var after time.Duration
	err := c.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		now := c.db.Now()
		counted, err := c.write(ctx, tx, now, +1, tries)
		if err != nil || counted == len(tries) {
			return err
		}
		if after, err = c.wait(ctx, tx, now, tries); err != nil {
			return err
		}
		return errRefused
	})
	if errors.Is(err, errRefused) {
		return fault.Limited("Too many attempts: try again later", after)
	}
	return err
}

// GiveBack undoes Count, in the transaction of an attempt that was no guess.
func (c *Counter) GiveBack(ctx context.Context, tx *ent.Tx, tries ...Try) error {
	_, err := c.write(ctx, tx, c.db.Now(), -1, tries)
	return err
}

// write moves each limit on or back by one attempt, in one statement, and tells how many it moved. The rule is
// GCRA's: full_at is when the limit is as good as new; it may be ahead by as many attempts as are allowed at once.
func (c *Counter) write(ctx context.Context, tx *ent.Tx, now time.Time, n time.Duration, tries []Try) (int, error) {
	var rows, bounds strings.Builder
	arguments := []any{now}
	byName := func(a, b Try) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Who, b.Who)) }
	for i, t := range slices.SortedFunc(slices.Values(tries), byName) { // everybody locks rows in this order
		key, err := c.db.NextKey()
		if err != nil {
			return 0, err
		}
		at, bound := len(arguments), time.Duration(t.Burst)-max(n, 0)
		arguments = append(arguments, key, c.subject(t), now.Add(n*t.Every), now.Add(bound*t.Every))
		if i > 0 {
			rows.WriteString(", ")
		}
		fmt.Fprintf(&rows, "($%d, $%d, $%d)", at+1, at+2, at+3)
		fmt.Fprintf(&bounds, " WHEN $%d THEN CAST($%d AS timestamptz)", at+2, at+4)
	}
	result, err := tx.ExecContext(ctx, `
		INSERT INTO attempts (id, subject, full_at) VALUES `+rows.String()+`
		ON CONFLICT (subject) DO UPDATE SET full_at = CASE
			WHEN attempts.full_at <= CAST($1 AS timestamptz) THEN excluded.full_at
			ELSE attempts.full_at + (excluded.full_at - CAST($1 AS timestamptz)) END
		WHERE attempts.full_at <= CASE attempts.subject`+bounds.String()+` END`, arguments...)
	if err != nil {
		return 0, fmt.Errorf("count attempts: %w", err)
	}
	moved, err := result.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("count attempts: %w", err)
	}
	return int(moved), nil
}

// wait is how long it takes until none of the limits refuses.
func (c *Counter) wait(ctx context.Context, tx *ent.Tx, now time.Time, tries []Try) (longest time.Duration, err error) {
	for _, t := range tries {
		row, err := tx.Attempt.Query().Where(attempt.Subject(c.subject(t))).Only(viewer.AsSystem(ctx))
		if err != nil {
			return 0, fmt.Errorf("read attempts: %w", err)
		}
		longest = max(longest, row.FullAt.Sub(now)-time.Duration(t.Burst-1)*t.Every)
	}
	return longest, nil
}

// subject is the limit, and who it limits as nobody can read it.
func (c *Counter) subject(t Try) string {
	mac := c.secrets.Derive("attempt", t.Name+"\x00"+t.Who)
	return t.Name + ":" + base64.RawURLEncoding.EncodeToString(mac[:18])
}
