// Package verify tells whether a shop keeps what must hold of it at every moment: no piece sold twice or lost, no money
// taken twice or kept, no paid order forgotten. It reads the rows alone, and trusts none of the code that wrote them.
package verify

import (
	"context"
	"fmt"
	"time"

	"galley/ent"
	"galley/internal/database"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

// Grace is how long the shop may take for what it does a moment later: to let go of money, or to send a letter.
const Grace = time.Hour

const (
	longest = 9 * time.Minute // within a job's time
	shown   = 10              // rows of a rule that are told
)

// Report says what was found, rule by rule.
type Report struct {
	At    time.Time     `json:"at"`
	Took  time.Duration `json:"-"`
	Rules []Finding     `json:"rules"`
}

// Finding is what came of one rule.
type Finding struct {
	Rule       string    `json:"rule"`
	Says       string    `json:"says"`
	Violations int64     `json:"violations"`
	Examples   []Example `json:"examples,omitempty"` // the first of them
}

// Example is a row that breaks a rule.
type Example struct {
	ID   nodeid.ID `json:"id"`
	Text string    `json:"text"`
}

// Violations counts those of all rules.
func (r *Report) Violations() (n int64) {
	for _, f := range r.Rules {
		n += f.Violations
	}
	return n
}

// Shop checks all rules on one snapshot of the database, while the shop goes on: the engine does the sums, and of what is
// wrong a few rows are read. What the shop owes since less than the grace is not wrong yet.
func Shop(ctx context.Context, db *database.DB, grace time.Duration) (*Report, error) {
	var r *Report
	err := db.Snapshot(viewer.AsSystem(ctx), longest, func(ctx context.Context, tx *ent.Tx) (err error) {
		r, err = look(ctx, tx, db.Now(), grace)
		return err
	})
	return r, err
}

// look checks all rules in a transaction.
func look(ctx context.Context, tx *ent.Tx, now time.Time, grace time.Duration) (*Report, error) {
	r := &Report{At: now}
	began := time.Now()
	for _, rule := range rules {
		found, err := rule.check(ctx, tx, now, grace)
		if err != nil {
			return nil, fmt.Errorf("verify %s: %w", rule.name, err)
		}
		r.Rules = append(r.Rules, found)
	}
	r.Took = time.Since(began)
	return r, nil
}

// check asks for the rows that break a rule.
func (r rule) check(ctx context.Context, tx *ent.Tx, now time.Time, grace time.Duration) (Finding, error) {
	f := Finding{Rule: r.name, Says: r.says}
	var args []any
	if r.since != nil {
		args = append(args, r.since(now, grace))
	}
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(
		"SELECT id, note, COUNT(*) OVER () FROM (%s) AS broken ORDER BY id LIMIT %d", r.broken, shown), args...)
	if err != nil {
		return f, err
	}
	defer func() { _ = rows.Close() }() // its error is the one of rows.Err
	for rows.Next() {
		var (
			key  int64
			text string
		)
		if err := rows.Scan(&key, &text, &f.Violations); err != nil {
			return f, err
		}
		f.Examples = append(f.Examples, Example{r.of.ID(key), text})
	}
	return f, rows.Err()
}
