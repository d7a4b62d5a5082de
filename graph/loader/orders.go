package loader

import (
	"context"
	"strings"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/order"
	"galley/ent/schema/rule"
	"galley/graph/connection"
	"galley/internal/money"
	"galley/internal/nodeid"
)

func orderSort(key OrderSort, reverse bool) connection.Sort[*ent.Order] {
	s := connection.Sort[*ent.Order]{
		Name: string(OrdersByPlacing), Column: order.FieldPlacedAt, Kind: connection.Time,
		Value: func(o *ent.Order) any { return o.PlacedAt },
		Key:   func(o *ent.Order) int64 { return o.ID },
	}
	if key == OrdersByTotal {
		s.Name, s.Column, s.Kind = string(key), order.FieldTotalAmount, connection.Int
		s.Value = func(o *ent.Order) any { return int64(o.TotalAmount) }
	}
	return s.Reversed(reverse)
}

// Orders is a page of all orders that the viewer may see.
func (l *Loaders) Orders(ctx context.Context, args connection.Args, filter *OrderFilter, key OrderSort, reverse bool) (*connection.OrderConnection, error) {
	where, err := filter.where(l.source.Currency)
	if err != nil {
		return nil, err
	}
	p, err := connection.NewPage(args, orderSort(key, reverse))
	if err != nil {
		return nil, err
	}
	q := l.source.Client.Order.Query().Where(where)
	count := q.Clone()
	q.Modify(p.Select)
	rows, err := q.Select(l.of(order.Table, p.Columns()...)...).All(ctx)
	if err != nil {
		return nil, err
	}
	l.ahead(ctx, rows)
	return p.Connection(rows, count.Count), nil
}

// OrdersOfUser is a page of an account's orders.
func (l *Loaders) OrdersOfUser(ctx context.Context, userID int64, args connection.Args, filter *OrderFilter, key OrderSort, reverse bool) (*connection.OrderConnection, error) {
	p, err := l.ordersOfUsers(args, filter, key, reverse)
	if err != nil {
		return nil, err
	}
	return p.of(ctx, userID)
}

func (l *Loaders) ordersOfUsers(args connection.Args, filter *OrderFilter, key OrderSort, reverse bool) (*pages[*ent.Order], error) {
	where, err := filter.where(l.source.Currency)
	if err != nil {
		return nil, err
	}
	e := edge[*ent.Order]{
		name: "User.orders", table: order.Table, rows: rule.Orders,
		parents: column(order.FieldUserID),
		value:   func(o *ent.Order) int64 { return dynamic(o.Value, connection.Parent) },
		all: func(ctx context.Context, modify func(*sql.Selector), columns []string) ([]*ent.Order, error) {
			q := l.source.Client.Order.Query()
			q.Modify(modify)
			return q.Select(columns...).All(ctx)
		},
		count: func(ctx context.Context, modify func(*sql.Selector), into any) error {
			return l.source.Client.Order.Query().Modify(modify).Scan(ctx, into)
		},
	}
	return pagesOf(e, l, args, orderSort(key, reverse), where, filter)
}

// OrderByNumber is the order with a number, or nil.
func (l *Loaders) OrderByNumber(ctx context.Context, number string) (*ent.Order, error) {
	row, err := l.source.Client.Order.Query().Where(order.Number(strings.ToUpper(strings.TrimSpace(number)))).Select(l.of(order.Table)...).Only(ctx)
	return found(ctx, l, row, err)
}

func (f *OrderFilter) where(currency money.Currency) (func(*sql.Selector), error) {
	if f == nil {
		return nowhere, nil
	}
	all := []func(*sql.Selector){beginning(f.Query, func(text string) func(*sql.Selector) {
		return order.Or(order.NumberHasPrefix(strings.ToUpper(text)), order.EmailHasPrefix(strings.ToLower(text)))
	})}
	if f.Status != nil {
		all = append(all, order.StatusIn(f.Status...))
	}
	if f.FulfilmentStatus != nil {
		all = append(all, order.FulfilmentIn(f.FulfilmentStatus...))
	}
	if f.Customer != nil {
		all = append(all, order.UserID(f.Customer.KeyOf(nodeid.User)))
	}
	if f.Country != nil {
		all = append(all, order.Country(strings.ToUpper(*f.Country)))
	}
	all = append(all, f.PlacedAt.where(order.FieldPlacedAt)...)
	total, err := f.Total.where(order.FieldTotalAmount, currency)
	if err != nil {
		return nil, err
	}
	return and(append(all, total...)), nil
}

// NewestPaymentOf is the payment that was asked for last of an order, or nil.
func (l *Loaders) NewestPaymentOf(ctx context.Context, orderID int64) (*ent.Payment, error) {
	if orderID == 0 {
		return nil, nil //nolint:nilnil // null is the answer
	}
	payments, err := l.PaymentsOfOrder.Load(ctx, orderID)
	if err != nil || len(payments) == 0 {
		return nil, err
	}
	return payments[len(payments)-1], nil
}
