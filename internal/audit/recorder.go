package audit

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/attempt"
	"galley/ent/cart"
	"galley/ent/cartline"
	"galley/ent/confirmation"
	"galley/ent/credential"
	"galley/ent/fulfilment"
	"galley/ent/fulfilmentline"
	"galley/ent/idempotencykey"
	"galley/ent/identityflow"
	"galley/ent/job"
	"galley/ent/orderevent"
	"galley/ent/paymentevent"
	"galley/ent/picture"
	"galley/ent/productterm"
	"galley/ent/refreshtoken"
	"galley/ent/session"
	"galley/ent/signingkey"
	"galley/ent/user"
	"galley/internal/database"
	"galley/internal/viewer"
)

// unseen are the tables of which nothing is noted: one's own basket, which changes all day long, and what
// follows from a change that is noted; parcels, timelines and ledgers tell themselves who did what.
var unseen = []string{
	attempt.Table, cart.Table, cartline.Table, confirmation.Table, fulfilment.Table, fulfilmentline.Table, idempotencykey.Table, identityflow.Table, job.Table,
	orderevent.Table, paymentevent.Table, picture.Table, productterm.Table, refreshtoken.Table, session.Table, signingkey.Table,
}

type actionKey struct{}

// WithAction says which mutation runs in the context.
func WithAction(ctx context.Context, mutation string) context.Context {
	return context.WithValue(ctx, actionKey{}, mutation)
}

// Watch notes every change that a mutation of staff or of an API key makes, in its transaction. What
// shoppers do costs nothing: nobody watches.
func Watch(db *database.DB) {
	db.Watch(func(ctx context.Context, tx *ent.Tx) database.Watcher {
		action, _ := ctx.Value(actionKey{}).(string)
		if kind := viewer.Actor(ctx).Kind; action == "" || kind != viewer.Staff && kind != viewer.APIKey {
			return nil
		}
		return &recorder{tx: tx, engine: db.Dialect(), action: action, changes: map[object]*change{}}
	})
}

// object is a row.
type object struct {
	table string
	key   int64
}

// recorder collects the changes of one transaction, a row's in one place, however often it is written.
type recorder struct {
	tx      *ent.Tx
	engine  string
	action  string
	changes map[object]*change
	order   []object // in which they were touched first
	events  []Event
}

// mutation is what all generated mutations of rows with a key have in common.
type mutation interface {
	ent.Mutation
	Table() string
	Match(*sql.Selector)
	ID() (int64, bool)
}

// Mutate looks at the rows before they are changed. How they are afterwards is read at the end, so that what
// a savepoint took back is no change.
func (r *recorder) Mutate(ctx context.Context, made ent.Mutation, next ent.Mutator) (ent.Value, error) {
	m, ok := made.(mutation)
	if !ok || slices.Contains(unseen, m.Table()) {
		return next.Mutate(ctx, made)
	}
	var keys []int64
	if !m.Op().Is(ent.OpCreate) {
		var err error
		if keys, err = r.touch(ctx, m.Table(), m.Op().Is(ent.OpDelete|ent.OpDeleteOne), m.Match); err != nil {
			return nil, err
		}
	}
	v, err := next.Mutate(ctx, m)
	if err != nil {
		return v, err
	}
	if key, ok := m.ID(); ok && m.Op().Is(ent.OpCreate) {
		keys = []int64{key}
		r.see(object{m.Table(), key}, nil)
	}
	for _, name := range m.Fields() {
		if slices.Contains(ent.Sensitive[m.Table()], name) && (!m.Op().Is(ent.OpCreate) || m.Table() == credential.Table) {
			r.hide(m.Table(), keys, strings.TrimSuffix(name, "_hash"))
		}
	}
	return v, nil
}

// see remembers how a row was, unless it was touched before.
func (r *recorder) see(o object, before row) {
	if _, known := r.changes[o]; !known {
		r.changes[o] = &change{before: before}
		r.order = append(r.order, o)
	}
}

// hide remembers that something was written that must not be shown.
func (r *recorder) hide(table string, keys []int64, name string) {
	for _, key := range keys {
		c := r.changes[object{table, key}]
		c.hidden = append(c.hidden, name)
	}
}

// touch reads rows that are about to be changed, and keeps others from changing them until then: what an
// order takes meanwhile is not put down to the staff. It returns their keys.
func (r *recorder) touch(ctx context.Context, table string, deleted bool, match func(*sql.Selector)) ([]int64, error) {
	strength := sql.LockNoKeyUpdate
	if deleted {
		strength = sql.LockUpdate
	}
	found, err := r.read(ctx, table, func(s *sql.Selector) {
		match(s)
		s.OrderBy(s.C("id"))
		database.Locked(strength)(s)
	})
	if err != nil {
		return nil, err
	}
	keys := make([]int64, len(found))
	for i, f := range found {
		keys[i] = f.key
		r.see(object{table, f.key}, f.row)
	}
	return keys, nil
}

// Touch tells that a statement which Ent does not write is about to change rows of a table.
func Touch(ctx context.Context, table string, keys []int64) error {
	r, ok := database.WatcherFrom(ctx).(*recorder)
	if !ok {
		return nil
	}
	_, err := r.touch(ctx, table, false, database.AnyOf("id", keys))
	return err
}

// Done notes what has changed.
func (r *recorder) Done(ctx context.Context) error {
	after, err := r.after(ctx)
	if err != nil {
		return err
	}
	differences := map[object]*difference{}
	var order []object
	for _, o := range r.order {
		d := r.changes[o].differ(after[o])
		if d == nil {
			continue
		}
		if o.table == credential.Table { // a password is its account's
			if len(d.hidden) == 0 {
				continue
			}
			o, d = object{user.Table, d.owner}, &difference{after: row{}, hidden: d.hidden}
		}
		if known, ok := differences[o]; ok {
			known.add(d)
			continue
		}
		differences[o] = d
		order = append(order, o)
	}
	var entries []*ent.AuditEntryCreate
	for _, e := range r.events {
		o := object{e.Table, e.Key}
		noted, err := entry(ctx, r.tx, e, differences[o])
		if err != nil {
			return err
		}
		entries = append(entries, noted)
		delete(differences, o)
	}
	for _, o := range order {
		d := differences[o]
		if d == nil {
			continue // an event has told it
		}
		changed, err := entry(ctx, r.tx, Event{Action: r.action, Table: o.table, Key: o.key}, d)
		if err != nil {
			return err
		}
		entries = append(entries, changed)
	}
	return write(ctx, r.tx, entries)
}

// batch bounds the parameters of a statement.
const batch = 500

func write(ctx context.Context, tx *ent.Tx, entries []*ent.AuditEntryCreate) error {
	for some := range slices.Chunk(entries, batch) {
		if err := tx.AuditEntry.CreateBulk(some...).Exec(viewer.AsSystem(ctx)); err != nil {
			return fmt.Errorf("write audit log: %w", err)
		}
	}
	return nil
}

// after reads how the rows are now.
func (r *recorder) after(ctx context.Context) (map[object]row, error) {
	keys := map[string][]int64{}
	var tables []string
	for _, o := range r.order {
		if keys[o.table] == nil {
			tables = append(tables, o.table)
		}
		keys[o.table] = append(keys[o.table], o.key)
	}
	after := map[object]row{}
	for _, table := range tables {
		found, err := r.read(ctx, table, database.AnyOf("id", keys[table]))
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			after[object{table, f.key}] = f.row
		}
	}
	return after, nil
}
