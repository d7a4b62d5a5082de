// Package viewer says who is asking. A viewer is put into the context once, at the edge; access
// directives and row rules read it from there.
package viewer

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"sync/atomic"

	"galley/internal/fault"
)

// Kind is the kind of a viewer.
type Kind int

// The kinds of viewers. The zero value may see what is public, and nothing else.
const (
	Anonymous Kind = iota
	Guest          // holds the token of a guest's cart, and of the orders placed from it
	Shopper
	Staff
	APIKey
	System // jobs, importers, and the writes of workflows
)

// String names the kind, for logs.
func (k Kind) String() string {
	return [...]string{"anonymous", "guest", "shopper", "staff", "api key", "system"}[k]
}

// Permission is a value of the SDL's enum Permission.
type Permission string

// What staff and API keys may be allowed to do.
const (
	CatalogRead  Permission = "CATALOG_READ"
	CatalogWrite Permission = "CATALOG_WRITE"
	StockRead    Permission = "STOCK_READ"
	StockWrite   Permission = "STOCK_WRITE"
	UserRead     Permission = "USER_READ"
	UserWrite    Permission = "USER_WRITE"
	OrderRead    Permission = "ORDER_READ"
	OrderWrite   Permission = "ORDER_WRITE"
	PaymentWrite Permission = "PAYMENT_WRITE"
	PricingRead  Permission = "PRICING_READ"
	PricingWrite Permission = "PRICING_WRITE"

	StaffRead     Permission = "STAFF_READ"
	StaffWrite    Permission = "STAFF_WRITE"
	AuditRead     Permission = "AUDIT_READ"
	ApprovalRead  Permission = "APPROVAL_READ"
	ApprovalWrite Permission = "APPROVAL_WRITE"
	JobRead       Permission = "JOB_READ"
	JobWrite      Permission = "JOB_WRITE"
	SchemaRead    Permission = "SCHEMA_READ"
)

// Permissions lists all of them, in the SDL's order.
func Permissions() []Permission {
	return []Permission{
		CatalogRead, CatalogWrite, StockRead, StockWrite, UserRead, UserWrite, OrderRead, OrderWrite,
		PaymentWrite, PricingRead, PricingWrite, StaffRead, StaffWrite, AuditRead, ApprovalRead, ApprovalWrite, JobRead, JobWrite, SchemaRead,
	}
}

// InOrder joins lists of permissions: each once, in the SDL's order. It is never nil.
func InOrder(lists ...[]Permission) []Permission {
	ordered := []Permission{}
	for _, p := range Permissions() {
		if slices.ContainsFunc(lists, func(list []Permission) bool { return slices.Contains(list, p) }) {
			ordered = append(ordered, p)
		}
	}
	return ordered
}

// PermissionList is read from columns: each that is scanned into it adds to it.
type PermissionList []Permission

// Scan adds what a column holds: a list in JSON, or nothing.
func (l *PermissionList) Scan(column any) error {
	var text []byte
	switch column := column.(type) {
	case nil:
		return nil
	case []byte:
		text = column
	case string:
		text = []byte(column)
	}
	var list []Permission
	if err := json.Unmarshal(text, &list); err != nil {
		return fmt.Errorf("read permissions: %w", err)
	}
	*l = append(*l, list...)
	return nil
}

// Viewer is who is asking.
type Viewer struct {
	Kind        Kind
	UserID      int64 // of shoppers and staff
	SessionID   int64
	APIKeyID    int64
	Permissions []Permission // of staff and API keys
	CartToken   []byte       // SHA-256 of a guest's token; a shopper may bring one besides
	OrderToken  []byte       // SHA-256 of the token that a letter about an order brought
}

// Has tells whether the viewer holds a permission. The system holds all of them.
func (v Viewer) Has(p Permission) bool {
	return v.Kind == System || slices.Contains(v.Permissions, p)
}

// Identified tells whether the viewer is anyone but anonymous.
func (v Viewer) Identified() bool { return v.Kind != Anonymous }

type key struct{}

// With puts a viewer into the context.
func With(ctx context.Context, v Viewer) context.Context {
	holder := new(atomic.Pointer[Viewer])
	holder.Store(&v)
	return context.WithValue(ctx, key{}, holder)
}

// From takes the viewer from the context; without one the caller is anonymous.
func From(ctx context.Context) Viewer {
	if holder, ok := ctx.Value(key{}).(*atomic.Pointer[Viewer]); ok {
		return *holder.Load()
	}
	return Viewer{}
}

// Become changes who is asking for the rest of an operation: what follows a sign-in in the same
// document runs as the account. The context must have come from With.
func Become(ctx context.Context, v Viewer) {
	if holder, ok := ctx.Value(key{}).(*atomic.Pointer[Viewer]); ok {
		holder.Store(&v)
	}
}

// AsSystem is the explicit step by which a workflow writes what it has decided. Actor still tells for
// whom.
func AsSystem(ctx context.Context) context.Context {
	actor := Actor(ctx)
	return With(context.WithValue(ctx, actorKey{}, actor), Viewer{Kind: System})
}

type actorKey struct{}

// Actor is who is asking, through all steps of AsSystem: whom the audit log names.
func Actor(ctx context.Context) Viewer {
	if v, ok := ctx.Value(actorKey{}).(Viewer); ok {
		return v
	}
	return From(ctx)
}

// MarshalGQL writes the enum value.
func (p Permission) MarshalGQL(w io.Writer) { _, _ = io.WriteString(w, strconv.Quote(string(p))) }

// UnmarshalGQL reads an enum value.
func (p *Permission) UnmarshalGQL(v any) error {
	s, _ := v.(string)
	if !slices.Contains(Permissions(), Permission(s)) {
		return fault.New(fault.BadUserInput, "This is not a permission")
	}
	*p = Permission(s)
	return nil
}
