package loader

import (
	"context"

	"galley/graph/connection"
	"galley/internal/fault"
	"galley/internal/nodeid"
)

// Node is the graph's interface of everything that has an id. It is empty in Go: Ent's types carry
// the id under another name.
type Node interface{ IsNode() }

// Node fetches anything by its id; nil where there is nothing, or nothing for the viewer.
func (l *Loaders) Node(ctx context.Context, id nodeid.ID) (Node, error) {
	nodes, err := l.Nodes(ctx, []*nodeid.ID{&id})
	if err != nil {
		return nil, err
	}
	return nodes[0], nil
}

// Nodes fetches many things by their ids, in one statement for each type among them.
func (l *Loaders) Nodes(ctx context.Context, ids []*nodeid.ID) ([]Node, error) {
	if len(ids) > connection.MaxPage {
		return nil, fault.Newf(fault.BadUserInput, "At most %d ids at once", connection.MaxPage)
	}
	keys := map[nodeid.Kind][]int64{}
	for _, id := range ids {
		keys[id.Kind] = append(keys[id.Kind], id.Key)
	}
	found := make(map[nodeid.ID]Node, len(ids))
	for _, kind := range nodeid.Kinds() {
		if err := l.nodesOf(ctx, kind, keys[kind], found); err != nil {
			return nil, err
		}
	}
	nodes := make([]Node, len(ids))
	for i, id := range ids {
		nodes[i] = found[*id]
	}
	return nodes, nil
}

func (l *Loaders) nodesOf(ctx context.Context, kind nodeid.Kind, keys []int64, into map[nodeid.ID]Node) error {
	switch kind {
	case nodeid.User:
		return nodesBy(ctx, l, &l.User, kind, keys, into)
	case nodeid.Address:
		return nodesBy(ctx, l, &l.Address, kind, keys, into)
	case nodeid.Session:
		return nodesBy(ctx, l, &l.Session, kind, keys, into)
	case nodeid.Identity:
		return nodesBy(ctx, l, &l.Identity, kind, keys, into)
	case nodeid.Category:
		return nodesBy(ctx, l, &l.Category, kind, keys, into)
	case nodeid.Product:
		return nodesBy(ctx, l, &l.Product, kind, keys, into)
	case nodeid.Variant:
		return nodesBy(ctx, l, &l.Variant, kind, keys, into)
	case nodeid.Media:
		return nodesBy(ctx, l, &l.Media, kind, keys, into)
	case nodeid.StockMovement:
		return nodesBy(ctx, l, &l.StockMovement, kind, keys, into)
	case nodeid.Cart:
		return nodesBy(ctx, l, &l.Cart, kind, keys, into)
	case nodeid.CartLine:
		return nodesBy(ctx, l, &l.CartLine, kind, keys, into)
	case nodeid.Order:
		return nodesBy(ctx, l, &l.Order, kind, keys, into)
	case nodeid.OrderLine:
		return nodesBy(ctx, l, &l.OrderLine, kind, keys, into)
	case nodeid.Payment:
		return nodesBy(ctx, l, &l.Payment, kind, keys, into)
	case nodeid.PaymentStep:
		return nodesBy(ctx, l, &l.PaymentStep, kind, keys, into)
	case nodeid.PaymentEvent:
		return nodesBy(ctx, l, &l.PaymentEvent, kind, keys, into)
	case nodeid.Fulfilment:
		return nodesBy(ctx, l, &l.Fulfilment, kind, keys, into)
	case nodeid.OrderEvent:
		return nodesBy(ctx, l, &l.OrderEvent, kind, keys, into)
	case nodeid.Job:
		return nodesBy(ctx, l, &l.Job, kind, keys, into)
	case nodeid.Role:
		return nodesBy(ctx, l, &l.Role, kind, keys, into)
	case nodeid.APIKey:
		return nodesBy(ctx, l, &l.APIKey, kind, keys, into)
	case nodeid.AuditEntry:
		return nodesBy(ctx, l, &l.AuditEntry, kind, keys, into)
	case nodeid.Approval:
		return nodesBy(ctx, l, &l.Approval, kind, keys, into)
	case nodeid.ApprovalRule:
		return nodesBy(ctx, l, &l.ApprovalRule, kind, keys, into)
	}
	return nil
}

// nodesBy leaves out missing rows: an interface that holds a nil pointer is not null.
func nodesBy[T any, P interface {
	*T
	Node
}](ctx context.Context, l *Loaders, by *Loader[P], kind nodeid.Kind, keys []int64, into map[nodeid.ID]Node) error {
	rows, err := by.now(ctx, unique(keys))
	if err != nil {
		return err
	}
	var there []P
	for key, row := range rows {
		if row != nil {
			into[kind.ID(key)] = row
			there = append(there, row)
		}
	}
	l.ahead(ctx, there)
	return nil
}
