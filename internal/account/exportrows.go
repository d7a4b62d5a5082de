package account

import (
	"context"
	"fmt"

	"galley/ent"
	"galley/ent/address"
	"galley/ent/auditentry"
	"galley/ent/cart"
	"galley/ent/cartline"
	"galley/ent/identity"
	"galley/ent/order"
	"galley/ent/orderline"
	"galley/ent/payment"
	"galley/ent/session"
	"galley/ent/user"
	"galley/internal/database"
	"galley/internal/money"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

// atOnce is how many rows an export reads at a time.
const atOnce = 200

// exporter reads what the shop keeps about an account. It names each column: what is secret is not among them.
type exporter struct {
	client *ent.Client
	user   int64
	out    *document
}

// object is a JSON object.
type object = map[string]any

func (e exporter) write(ctx context.Context) error {
	u, err := e.client.User.Query().Where(user.ID(e.user)).Only(ctx)
	if err != nil {
		return fmt.Errorf("export account: %w", err)
	}
	e.out.WriteString(`{"account":`)
	if err := e.out.value(object{
		"id": u.NodeID().String(), "email": u.Email, "emailVerifiedAt": u.EmailVerifiedAt, "name": u.Name, "phone": u.Phone,
		"country": u.Country, "staff": u.Staff, "permissions": viewer.InOrder(u.Permissions), "createdAt": u.CreatedAt,
		"updatedAt": u.UpdatedAt, "deleteAfter": u.DeleteAfter,
	}); err != nil {
		return err
	}
	for _, list := range []struct {
		name string
		rows func(context.Context) error
	}{
		{"addresses", e.addresses}, {"orders", e.orders}, {"carts", e.carts},
		{"sessions", e.sessions}, {"identities", e.identities}, {"log", e.log},
	} {
		if err := e.out.list(list.name, func() error { return list.rows(ctx) }); err != nil {
			return err
		}
	}
	e.out.WriteByte('}')
	return nil
}

// pages calls write for all rows of a table that read reads, some after a key at a time.
func pages[T any](read func(after int64) ([]T, error), keyOf func(T) int64, write func([]T) error) error {
	for after := int64(0); ; {
		rows, err := read(after)
		if err != nil || len(rows) == 0 {
			return err
		}
		if err := write(rows); err != nil {
			return err
		}
		after = keyOf(rows[len(rows)-1])
	}
}

// rows writes each row as an object.
func rows[T any](out *document, as func(T) object) func([]T) error {
	return func(page []T) error {
		for _, row := range page {
			if err := out.row(as(row)); err != nil {
				return err
			}
		}
		return nil
	}
}

func (e exporter) addresses(ctx context.Context) error {
	return pages(func(after int64) ([]*ent.Address, error) {
		return e.client.Address.Query().Where(address.UserID(e.user), address.IDGT(after)).Order(address.ByID()).Limit(atOnce).All(ctx)
	}, func(a *ent.Address) int64 { return a.ID }, rows(e.out, func(a *ent.Address) object {
		return object{
			"id": a.NodeID().String(), "name": a.Name, "company": a.Company, "line1": a.Line1, "line2": a.Line2, "city": a.City,
			"region": a.Region, "postalCode": a.PostalCode, "country": a.Country, "phone": a.Phone,
			"defaultShipping": a.DefaultShipping, "defaultBilling": a.DefaultBilling, "createdAt": a.CreatedAt,
		}
	}))
}

func (e exporter) orders(ctx context.Context) error {
	return pages(func(after int64) ([]*ent.Order, error) {
		return e.client.Order.Query().Where(order.UserID(e.user), order.IDGT(after)).Order(order.ByID()).Limit(atOnce).All(ctx)
	}, func(o *ent.Order) int64 { return o.ID }, func(page []*ent.Order) error {
		keys := make([]int64, len(page))
		for i, o := range page {
			keys[i] = o.ID
		}
		lines, payments := map[int64][]object{}, map[int64][]object{}
		bought, err := e.client.OrderLine.Query().Where(database.AnyOf(orderline.FieldOrderID, keys)).
			Order(orderline.ByOrderID(), orderline.ByPosition()).All(ctx)
		if err != nil {
			return err
		}
		for _, l := range bought {
			lines[l.OrderID] = append(lines[l.OrderID], object{
				"title": l.Title, "sku": l.Sku, "quantity": l.Quantity,
				"unitPrice": amount(l.UnitPriceAmount, l.Currency), "total": amount(l.TotalAmount, l.Currency),
			})
		}
		paid, err := e.client.Payment.Query().Where(database.AnyOf(payment.FieldOrderID, keys)).Order(payment.ByID()).All(ctx)
		if err != nil {
			return err
		}
		for _, p := range paid {
			payments[p.OrderID] = append(payments[p.OrderID], object{
				"method": p.Method, "status": p.Status, "amount": amount(p.DueAmount, p.Currency), "createdAt": p.CreatedAt,
			})
		}
		return rows(e.out, func(o *ent.Order) object {
			return object{
				"id": o.NodeID().String(), "number": o.Number, "status": o.Status, "email": o.Email, "total": amount(o.TotalAmount, o.Currency),
				"shippingAddress": o.ShippingAddress, "billingAddress": o.BillingAddress, "country": o.Country, "placedAt": o.PlacedAt,
				"cancelledAt": o.CancelledAt, "cancelReason": o.CancelReason, "lines": lines[o.ID], "payments": payments[o.ID],
			}
		})(page)
	})
}

func (e exporter) carts(ctx context.Context) error {
	return pages(func(after int64) ([]*ent.Cart, error) {
		return e.client.Cart.Query().Where(cart.UserID(e.user), cart.IDGT(after)).Order(cart.ByID()).Limit(atOnce).All(ctx)
	}, func(c *ent.Cart) int64 { return c.ID }, func(page []*ent.Cart) error {
		keys := make([]int64, len(page))
		for i, c := range page {
			keys[i] = c.ID
		}
		inside, err := e.client.CartLine.Query().Where(database.AnyOf(cartline.FieldCartID, keys)).Order(cartline.ByID()).All(ctx)
		if err != nil {
			return err
		}
		lines := map[int64][]object{}
		for _, l := range inside {
			variant := nodeid.Variant.ID(l.VariantID).String()
			lines[l.CartID] = append(lines[l.CartID], object{"variant": variant, "quantity": l.Quantity, "createdAt": l.CreatedAt})
		}
		return rows(e.out, func(c *ent.Cart) object {
			return object{"id": c.NodeID().String(), "status": c.Status, "createdAt": c.CreatedAt, "updatedAt": c.UpdatedAt, "lines": lines[c.ID]}
		})(page)
	})
}

func (e exporter) sessions(ctx context.Context) error {
	return pages(func(after int64) ([]*ent.Session, error) {
		return e.client.Session.Query().Where(session.UserID(e.user), session.IDGT(after)).Order(session.ByID()).Limit(atOnce).All(ctx)
	}, func(s *ent.Session) int64 { return s.ID }, rows(e.out, func(s *ent.Session) object {
		return object{
			"presentation": s.Presentation, "address": s.Address, "userAgent": s.UserAgent, "createdAt": s.CreatedAt,
			"usedAt": s.UsedAt, "expiresAt": s.ExpiresAt, "revokedAt": s.RevokedAt,
		}
	}))
}

func (e exporter) identities(ctx context.Context) error {
	return pages(func(after int64) ([]*ent.Identity, error) {
		return e.client.Identity.Query().Where(identity.UserID(e.user), identity.IDGT(after)).Order(identity.ByID()).Limit(atOnce).All(ctx)
	}, func(i *ent.Identity) int64 { return i.ID }, rows(e.out, func(i *ent.Identity) object {
		return object{"issuer": i.Issuer, "subject": i.Subject, "email": i.Email, "createdAt": i.CreatedAt, "usedAt": i.UsedAt}
	}))
}

// log is what the account did. What staff did to it says who they are, and stays with the shop.
func (e exporter) log(ctx context.Context) error {
	return pages(func(after int64) ([]*ent.AuditEntry, error) {
		return e.client.AuditEntry.Query().Where(
			auditentry.ActorID(e.user), auditentry.ActorKindIn(auditentry.ActorKindSHOPPER, auditentry.ActorKindSTAFF), auditentry.IDGT(after),
		).Order(auditentry.ByID()).Limit(atOnce).All(ctx)
	}, func(a *ent.AuditEntry) int64 { return a.ID }, rows(e.out, func(a *ent.AuditEntry) object {
		return object{"action": a.Action, "at": a.CreatedAt, "address": a.Address, "userAgent": a.UserAgent}
	}))
}

func amount(a money.Minor, c money.Currency) string {
	return money.Money{Amount: a, Currency: c}.String()
}
