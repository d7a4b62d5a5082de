package rule

import (
	"cmp"

	"entgo.io/ent/dialect/sql"

	"galley/internal/viewer"
)

// Users: one's own account; those who may read users, all of them.
func Users(v viewer.Viewer) Predicate {
	return ownedBy("id", v, viewer.UserRead)
}

// Addresses: one's own.
func Addresses(v viewer.Viewer) Predicate {
	return ownedBy("user_id", v, viewer.UserRead)
}

// Sessions: one's own, until they are ended.
func Sessions(v viewer.Viewer) Predicate {
	switch {
	case v.Kind == viewer.System:
		return nil
	case v.UserID == 0:
		return None
	}
	return func(s *sql.Selector) {
		s.Where(sql.And(sql.EQ(s.C("user_id"), v.UserID), sql.IsNull(s.C("revoked_at"))))
	}
}

// Identities: one's own.
func Identities(v viewer.Viewer) Predicate {
	return ownedBy("user_id", v, viewer.UserRead)
}

// Categories: the whole tree is for everybody.
func Categories(viewer.Viewer) Predicate { return nil }

// Products: what is published; staff of the catalogue see drafts and the archive too.
func Products(v viewer.Viewer) Predicate {
	if v.Has(viewer.CatalogRead) {
		return nil
	}
	return func(s *sql.Selector) { s.Where(sql.EQ(s.C("status"), "PUBLISHED")) }
}

// Variants: those on sale of a product that one may see.
func Variants(v viewer.Viewer) Predicate {
	if v.Has(viewer.CatalogRead) {
		return nil
	}
	visible := within("product_id", "products", Products(v))
	return func(s *sql.Selector) {
		s.Where(sql.EQ(s.C("archived"), false))
		visible(s)
	}
}

// Media: the pictures of a product that one may see.
func Media(v viewer.Viewer) Predicate { return childOf("product_id", "products", Products)(v) }

// Carts: one's own, by account or by the token of a guest's cart.
func Carts(v viewer.Viewer) Predicate {
	if v.Kind == viewer.System {
		return nil
	}
	return func(s *sql.Selector) { anyOf(s, holders(s, v)) }
}

// CartLines: those of one's own carts.
func CartLines(v viewer.Viewer) Predicate { return childOf("cart_id", "carts", Carts)(v) }

// Orders: one's own, by account, by the token of the guest's cart that they were placed from, or by that of their letters.
func Orders(v viewer.Viewer) Predicate {
	if v.Has(viewer.OrderRead) {
		return nil
	}
	return func(s *sql.Selector) {
		own := holders(s, v)
		if len(v.OrderToken) > 0 {
			own = append(own, sql.EQ(s.C("access_hash"), v.OrderToken))
		}
		anyOf(s, own)
	}
}

// OrderLines: those of one's own orders.
func OrderLines(v viewer.Viewer) Predicate { return childOf("order_id", "orders", Orders)(v) }

// Payments: those of one's own orders.
func Payments(v viewer.Viewer) Predicate { return OfOrders(v) }

// PaymentParts: those of the payments of one's own orders.
func PaymentParts(v viewer.Viewer) Predicate { return childOf("payment_id", "payments", Payments)(v) }

// OfOrders: what belongs to one's own orders.
func OfOrders(v viewer.Viewer) Predicate { return childOf("order_id", "orders", Orders)(v) }

// FulfilmentLines: those of the parcels of one's own orders.
func FulfilmentLines(v viewer.Viewer) Predicate {
	return childOf("fulfilment_id", "fulfilments", OfOrders)(v)
}

// OrderEvents: those of one's own orders that the shopper is to see; staff who read orders, all of them.
func OrderEvents(v viewer.Viewer) Predicate {
	if v.Has(viewer.OrderRead) {
		return nil
	}
	own := OfOrders(v)
	return func(s *sql.Selector) {
		s.Where(sql.EQ(s.C("public"), true))
		own(s)
	}
}

// Approvals: those that one asked for, by account or API key; those who may read approvals, all of them.
func Approvals(v viewer.Viewer) Predicate {
	switch by := cmp.Or(v.APIKeyID, v.UserID); {
	case v.Has(viewer.ApprovalRead):
		return nil
	case by == 0:
		return None
	default:
		return func(s *sql.Selector) { s.Where(sql.EQ(s.C("requested_by"), by)) }
	}
}

// ownedBy is the predicate of rows whose column holds the viewer's account, or of all rows for those
// with the permission.
func ownedBy(column string, v viewer.Viewer, p viewer.Permission) Predicate {
	switch {
	case v.Has(p):
		return nil
	case v.UserID == 0:
		return None
	}
	return func(s *sql.Selector) { s.Where(sql.EQ(s.C(column), v.UserID)) }
}

// holders are the ways in which a cart or an order can be the viewer's: by the account, or by the guest's token while
// no account has claimed it.
func holders(s *sql.Selector, v viewer.Viewer) (held []*sql.Predicate) {
	if v.UserID != 0 {
		held = append(held, sql.EQ(s.C("user_id"), v.UserID))
	}
	if len(v.CartToken) > 0 {
		held = append(held, sql.And(sql.IsNull(s.C("user_id")), sql.EQ(s.C("token_hash"), v.CartToken)))
	}
	return held
}

// anyOf keeps the rows for which one of the predicates holds; without any, none.
func anyOf(s *sql.Selector, predicates []*sql.Predicate) {
	if len(predicates) == 0 {
		None(s)
		return
	}
	s.Where(sql.Or(predicates...))
}
