package audit

import (
	"encoding/json"
	"maps"
	"slices"
)

// change is what becomes of a row: how it was before the transaction, nil if it was not, and the names of
// what was written that must not be shown.
type change struct {
	before row
	hidden []string
}

// difference is what the log says of a row.
type difference struct {
	before, after row // the columns that changed; nil where there was, or is, no row
	hidden        []string
	owner         int64 // the account that a credential is of
}

// differ compares how a row was with how it is. Nil means that nothing of it changed.
func (c *change) differ(after row) *difference {
	switch {
	case c.before == nil && after == nil:
		return nil // made, and gone again
	case c.before == nil:
		return &difference{after: after.telling(), hidden: c.hidden, owner: after.owner()}
	case after == nil:
		return &difference{before: c.before.telling(), owner: c.before.owner()}
	}
	d := difference{before: row{}, after: row{}, hidden: c.hidden, owner: after.owner()}
	for name, value := range c.before.telling() {
		if string(value) != string(after[name]) {
			d.before[name], d.after[name] = value, after[name]
		}
	}
	if len(d.after) == 0 && len(d.hidden) == 0 {
		return nil
	}
	return &d
}

// add takes in what happened to the same object in another table.
func (d *difference) add(other *difference) {
	if d.before == nil && other.before != nil {
		d.before = row{}
	}
	maps.Copy(d.before, other.before)
	maps.Copy(d.after, other.after)
	d.hidden = append(d.hidden, other.hidden...)
}

// text is the difference as it is stored.
func (d *difference) text() (before, after json.RawMessage, err error) {
	if d.before != nil {
		if before, err = json.Marshal(d.before); err != nil {
			return nil, nil, err
		}
	}
	if d.after == nil {
		return before, nil, nil
	}
	shown := maps.Clone(d.after)
	for _, name := range d.hidden {
		shown[name] = json.RawMessage(`"changed"`)
	}
	after, err = json.Marshal(shown)
	return before, after, err
}

// bookkeeping are the columns that change with every change, and say nothing of it.
var bookkeeping = []string{"id", "updated_at", "version"}

// telling is the row without its bookkeeping.
func (r row) telling() row {
	r = maps.Clone(r)
	maps.DeleteFunc(r, func(name string, _ json.RawMessage) bool { return slices.Contains(bookkeeping, name) })
	return r
}

// owner is the account that the row says it is of.
func (r row) owner() (key int64) {
	_ = json.Unmarshal(r["user_id"], &key) // not every row says
	return key
}
