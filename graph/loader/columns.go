package loader

import (
	"context"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"galley/ent/address"
	"galley/ent/apikey"
	"galley/ent/approval"
	"galley/ent/approvalrule"
	"galley/ent/auditentry"
	"galley/ent/cart"
	"galley/ent/cartline"
	"galley/ent/category"
	"galley/ent/deliverymethod"
	"galley/ent/deliveryquote"
	"galley/ent/deliveryzone"
	"galley/ent/fulfilment"
	"galley/ent/fulfilmentline"
	"galley/ent/identity"
	"galley/ent/job"
	"galley/ent/media"
	"galley/ent/order"
	"galley/ent/orderevent"
	"galley/ent/orderline"
	"galley/ent/payment"
	"galley/ent/paymentevent"
	"galley/ent/paymentstep"
	"galley/ent/product"
	"galley/ent/promotion"
	"galley/ent/role"
	"galley/ent/session"
	"galley/ent/stockmovement"
	"galley/ent/taxrate"
	"galley/ent/user"
	"galley/ent/variant"
)

// entity is a type of the graph that is rows of a table.
type entity struct {
	typ, table string
	columns    []string
}

var entities = [...]entity{
	{"User", user.Table, user.Columns},
	{"Address", address.Table, address.Columns},
	{"Session", session.Table, session.Columns},
	{"Identity", identity.Table, identity.Columns},
	{"Category", category.Table, category.Columns},
	{"Product", product.Table, product.Columns},
	{"Variant", variant.Table, variant.Columns},
	{"Media", media.Table, media.Columns},
	{"StockMovement", stockmovement.Table, stockmovement.Columns},
	{"Cart", cart.Table, cart.Columns},
	{"CartLine", cartline.Table, cartline.Columns},
	{"Order", order.Table, order.Columns},
	{"OrderLine", orderline.Table, orderline.Columns},
	{"Payment", payment.Table, payment.Columns},
	{"PaymentStep", paymentstep.Table, paymentstep.Columns},
	{"PaymentEvent", paymentevent.Table, paymentevent.Columns},
	{"Fulfilment", fulfilment.Table, fulfilment.Columns},
	{"FulfilmentLine", fulfilmentline.Table, fulfilmentline.Columns},
	{"OrderEvent", orderevent.Table, orderevent.Columns},
	{"Job", job.Table, job.Columns},
	{"Role", role.Table, role.Columns},
	{"ApiKey", apikey.Table, apikey.Columns},
	{"AuditEntry", auditentry.Table, auditentry.Columns},
	{"Approval", approval.Table, approval.Columns},
	{"ApprovalRule", approvalrule.Table, approvalrule.Columns},
	{"Promotion", promotion.Table, promotion.Columns},
	{"TaxRate", taxrate.Table, taxrate.Columns},
	{"DeliveryZone", deliveryzone.Table, deliveryzone.Columns},
	{"DeliveryMethod", deliverymethod.Table, deliverymethod.Columns},
	{"DeliveryOption", deliveryquote.Table, deliveryquote.Columns},
}

// computed are the fields that do not read the column of their own name: what they read instead.
var computed = map[string][]string{
	"Product.inStock":             nil, // a loader of its own
	"Session.current":             nil, // the viewer tells
	"Media.url":                   {"Media.token"},
	"Payment.amount":              {"Payment.due_amount", "Payment.currency"},
	"Payment.nextAction":          nil, // a loader of its own
	"PaymentStep.amount":          {"PaymentStep.amount", "PaymentStep.currency"},
	"PaymentEvent.amount":         {"PaymentEvent.amount", "PaymentEvent.currency"},
	"Job.attempts":                {"Job.attempt"},
	"Cart.totalQuantity":          {"CartLine.quantity"},
	"Cart.subtotal":               promised("Cart.currency", "CartLine.quantity", "Variant.price_amount"),
	"CartLine.reservedUntil":      {"Cart.reserved_until"},
	"CartLine.unitPrice":          promised("Variant.price_amount", "Variant.currency"),
	"CartLine.total":              promised("CartLine.quantity", "Variant.price_amount", "Variant.currency"),
	"User.effectivePermissions":   nil, // a loader of its own
	"AuditEntry.actorId":          {"AuditEntry.actor_kind"},
	"AuditEntry.objectId":         {"AuditEntry.object_kind"},
	"AuditEntry.object":           nil, // a loader of its own
	"Approval.status":             {"Approval.status", "Approval.expires_at"},
	"Approval.variant":            {"Approval.kind"},
	"Approval.order":              {"Approval.kind"},
	"Order.fulfilmentStatus":      {"Order.fulfilment"},
	"OrderLine.fulfilledQuantity": {"OrderLine.fulfilled"},
	"OrderEvent.amount":           {"OrderEvent.data", "Order.currency"},
	"OrderEvent.payment":          {"OrderEvent.data"},
	"OrderEvent.fulfilment":       {"OrderEvent.data"},
	"Approval.payment":            {"Approval.kind"},
	"Cart.discount":               rowOfPrice,
	"Cart.delivery":               rowOfPrice,
	"Cart.tax":                    rowOfPrice,
	"Cart.taxIncluded":            rowOfPrice,
	"Cart.total":                  rowOfPrice,
	"Cart.promotions":             rowOfPrice,
	"Cart.priceExplanation":       rowOfPrice,
	"Cart.warnings":               rowOfPrice,
	"CartLine.discount":           rowOfPrice,
	"CartLine.tax":                rowOfPrice,
	"Order.priceExplanation":      {"Order.quote", "Order.currency"},
	"Promotion.fixedAmount":       {"Promotion.amount", "Promotion.currency"},
	"Variant.lowStockAt":          {"Variant.low_stock"},
	"DeliveryMethod.tiers":        {"DeliveryMethod.tiers", "DeliveryMethod.basis", "DeliveryMethod.currency"},
	"Variant.stock":               nil, // a loader of its own
}

// rowOfPrice is what a cart's price is made of that stands in its row.
var rowOfPrice = promised("Cart.currency", "Cart.promo_codes", "Cart.shipping_address", "CartLine.quantity")

// promised is what tells the price that a checkout promises, and more.
func promised(more ...string) []string {
	return append([]string{"Cart.status", "Cart.quote", "Cart.reserved_until"}, more...)
}

// columns are those that an operation reads: of each entity a bit for each column.
type columns [len(entities)]uint64

func (c *columns) add(more columns) {
	for i := range c {
		c[i] |= more[i]
	}
}

// set adds a column, such as Media.token.
func (c *columns) set(name string) {
	typ, column, _ := strings.Cut(name, ".")
	i := entityOf(typ)
	c[i] |= 1 << slices.Index(entities[i].columns, column)
}

func entityOf(typ string) int {
	for i := range entities {
		if entities[i].typ == typ {
			return i
		}
	}
	return -1
}

// keys are read always: the rows' own and those of other rows, by which loaders match.
var keys = func() (c columns) {
	for _, e := range entities {
		for _, column := range e.columns {
			if column == "id" || strings.HasSuffix(column, "_id") {
				c.set(e.typ + "." + column)
			}
		}
	}
	return c
}()

// reads are the columns that each field reads, by type and name: the one of the same name, those of
// an amount of money, or what is computed.
var reads = func() map[string]map[string]columns {
	all := make(map[string]map[string]columns, len(entities))
	for _, e := range entities {
		all[e.typ] = make(map[string]columns)
		for _, column := range e.columns {
			var c columns
			c.set(e.typ + "." + column)
			name, money := strings.CutSuffix(column, "_amount")
			if money {
				c.set(e.typ + ".currency")
			}
			all[e.typ][camel(name)] = c
		}
	}
	for field, from := range computed {
		var c columns
		for _, column := range from {
			c.set(column)
		}
		typ, name, _ := strings.Cut(field, ".")
		all[typ][name] = c
	}
	return all
}()

// camel is a column's name as the graph writes it.
func camel(column string) string {
	words := strings.Split(column, "_")
	for i, w := range words[1:] {
		words[i+1] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, "")
}

// columnsOf are the columns that the context's operation reads anywhere in its document, whatever
// @skip and @include say: rows that several fields share lack nothing. Nil stands for all columns.
func columnsOf(ctx context.Context) *columns {
	if !graphql.HasOperationContext(ctx) {
		return nil
	}
	c := keys
	c.selected(graphql.GetOperationContext(ctx).Operation.SelectionSet, map[*ast.FragmentDefinition]bool{})
	return &c
}

func (c *columns) selected(set ast.SelectionSet, seen map[*ast.FragmentDefinition]bool) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			c.field(s)
			c.selected(s.SelectionSet, seen)
		case *ast.InlineFragment:
			c.selected(s.SelectionSet, seen)
		case *ast.FragmentSpread:
			if !seen[s.Definition] {
				seen[s.Definition] = true
				c.selected(s.Definition.SelectionSet, seen)
			}
		}
	}
}

func (c *columns) field(f *ast.Field) {
	switch i := entityOf(f.ObjectDefinition.Name); {
	case i >= 0:
		c.add(readBy(i, f.Definition))
	case f.ObjectDefinition.Kind == ast.Interface:
		for i := range entities {
			c.add(readBy(i, f.Definition))
		}
	}
}

// readBy is what a field of an entity reads. An edge reads keys, which are read anyway; a field that
// nobody knows reads everything, rather than too little.
func readBy(entity int, f *ast.FieldDefinition) (c columns) {
	found, ok := reads[entities[entity].typ][f.Name]
	switch {
	case ok:
		return found
	case !leads(f) && f.Name != "__typename":
		c[entity] = 1<<len(entities[entity].columns) - 1
	}
	return c
}

// leads tells whether a field is an edge: it leads to other rows.
func leads(f *ast.FieldDefinition) bool {
	return entityOf(f.Type.Name()) >= 0 || strings.HasSuffix(f.Type.Name(), "Connection")
}

// of are the columns of a table that the operation reads, and those that are read besides. None
// stand for all.
func (l *Loaders) of(table string, also ...string) []string {
	if l.columns == nil {
		return nil
	}
	i := slices.IndexFunc(entities[:], func(e entity) bool { return e.table == table })
	names := make([]string, 0, len(entities[i].columns))
	for bit, name := range entities[i].columns {
		if l.columns[i]&(1<<bit) != 0 || slices.Contains(also, name) {
			names = append(names, name)
		}
	}
	return names
}
