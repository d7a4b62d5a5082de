package loader

import (
	"context"

	"entgo.io/ent/dialect/sql"
	"github.com/99designs/gqlgen/graphql"

	"galley/ent"
	"galley/ent/auditentry"
	"galley/graph/connection"
	"galley/internal/database"
	"galley/internal/nodeid"
)

// AuditLogFilter is the SDL's input of the same name.
type AuditLogFilter struct {
	Actor     *nodeid.ID
	Action    []string
	Object    *nodeid.ID
	CreatedAt *DateRange
}

// AuditLog is a page of the audit log, the latest first.
func (l *Loaders) AuditLog(ctx context.Context, args connection.Args, filter *AuditLogFilter) (*connection.AuditEntryConnection, error) {
	p, err := connection.NewPage(args, connection.Sort[*ent.AuditEntry]{
		Name: "CREATED", Column: auditentry.FieldCreatedAt, Kind: connection.Time, Desc: true,
		Value: func(e *ent.AuditEntry) any { return e.CreatedAt },
		Key:   func(e *ent.AuditEntry) int64 { return e.ID },
	})
	if err != nil {
		return nil, err
	}
	q := l.source.Client.AuditEntry.Query().Where(filter.where())
	count := q.Clone()
	q.Modify(p.Select)
	rows, err := q.Select(l.of(auditentry.Table, p.Columns()...)...).All(ctx)
	if err != nil {
		return nil, err
	}
	l.ahead(ctx, rows)
	return p.Connection(rows, count.Count), nil
}

func (f *AuditLogFilter) where() func(*sql.Selector) {
	if f == nil {
		return nowhere
	}
	var all []func(*sql.Selector)
	if f.Actor != nil {
		all = append(all, auditentry.ActorID(f.Actor.Key))
	}
	if f.Action != nil {
		all = append(all, auditentry.ActionIn(f.Action...))
	}
	if f.Object != nil {
		all = append(all, auditentry.ObjectKind(tableOf(f.Object.Kind)), auditentry.ObjectID(f.Object.Key))
	}
	return and(append(all, f.CreatedAt.where(auditentry.FieldCreatedAt)...))
}

func tableOf(kind nodeid.Kind) string {
	for table, k := range ent.NodeKinds {
		if k == kind {
			return table
		}
	}
	return ""
}

// ActorIDOf is the graph's id of who did what an entry says, or nil.
func ActorIDOf(e *ent.AuditEntry) *nodeid.ID {
	if e.ActorID == nil {
		return nil
	}
	kind := nodeid.User
	if e.ActorKind == auditentry.ActorKindAPI_KEY {
		kind = nodeid.APIKey
	}
	id := kind.ID(*e.ActorID)
	return &id
}

// ObjectIDOf is the graph's id of what an entry is about, or nil.
func ObjectIDOf(e *ent.AuditEntry) *nodeid.ID {
	kind, known := ent.NodeKinds[e.ObjectKind]
	if !known || e.ObjectID == nil {
		return nil
	}
	id := kind.ID(*e.ObjectID)
	return &id
}

// objectsOfAuditEntries are what entries are about, of whatever type: the entries say which, and then it is a
// statement for each type among them.
func objectsOfAuditEntries(ctx context.Context, l *Loaders, keys []int64) (map[int64]Node, error) {
	entries, err := l.source.Client.AuditEntry.Query().Where(database.AnyOf(auditentry.FieldID, keys)).
		Select(auditentry.FieldID, auditentry.FieldObjectKind, auditentry.FieldObjectID).All(ctx)
	if err != nil {
		return nil, err
	}
	wanted := map[nodeid.Kind][]int64{}
	for _, e := range entries {
		if id := ObjectIDOf(e); id != nil {
			wanted[id.Kind] = append(wanted[id.Kind], id.Key)
		}
	}
	found := map[nodeid.ID]Node{}
	for _, kind := range nodeid.Kinds() {
		if err := l.nodesOf(ctx, kind, wanted[kind], found); err != nil {
			return nil, err
		}
	}
	objects := make(map[int64]Node, len(entries))
	for _, e := range entries {
		if id := ObjectIDOf(e); id != nil {
			objects[e.ID] = found[*id]
		}
	}
	return objects, nil
}

func (w walk) ofAuditEntries(ctx context.Context, rows []*ent.AuditEntry, f graphql.CollectedField) {
	switch f.Name {
	case "actor":
		toOne(ctx, w, rows, actorOf, &w.User, f)
	case "object":
		f.IsNonDeferrable = true                                                // whoever deferred it waits for this
		below := graphql.WithFieldContext(ctx, &graphql.FieldContext{Field: f}) // what is read ahead is below this field
		_, _ = w.ObjectOfAuditEntry.now(below, keysOf(rows, func(r *ent.AuditEntry) int64 { return r.ID }))
	}
}

func actorOf(e *ent.AuditEntry) int64 { return optional(e.ActorID) }
