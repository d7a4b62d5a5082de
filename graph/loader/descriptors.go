package loader

import (
	"context"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/address"
	"galley/ent/approval"
	"galley/ent/approvalrule"
	"galley/ent/auditentry"
	"galley/ent/cart"
	"galley/ent/cartline"
	"galley/ent/category"
	"galley/ent/identity"
	"galley/ent/job"
	"galley/ent/media"
	"galley/ent/order"
	"galley/ent/orderline"
	"galley/ent/payment"
	"galley/ent/product"
	"galley/ent/schema/rule"
	"galley/ent/session"
	"galley/ent/stockmovement"
	"galley/ent/user"
	"galley/ent/variant"
	"galley/internal/database"
)

// The descriptors, one for each loader. All are Ent queries, so the policy of their entity narrows
// them; a table that one joins besides is narrowed by its rule. Each reads the columns that the
// operation reads.

var (
	users = one(func(r *ent.User) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.User, error) {
		return l.source.Client.User.Query().Where(database.AnyOf(user.FieldID, keys)).Select(l.of(user.Table)...).All(ctx)
	})
	addresses = one(func(r *ent.Address) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Address, error) {
		return l.source.Client.Address.Query().Where(database.AnyOf(address.FieldID, keys)).Select(l.of(address.Table)...).All(ctx)
	})
	sessions = one(func(r *ent.Session) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Session, error) {
		return l.source.Client.Session.Query().Where(database.AnyOf(session.FieldID, keys), session.ExpiresAtGT(l.source.Now())).
			Select(l.of(session.Table)...).All(ctx)
	})
	identities = one(func(r *ent.Identity) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Identity, error) {
		return l.source.Client.Identity.Query().Where(database.AnyOf(identity.FieldID, keys)).Select(l.of(identity.Table)...).All(ctx)
	})
	categories = one(func(r *ent.Category) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Category, error) {
		return l.source.Client.Category.Query().Where(database.AnyOf(category.FieldID, keys)).Select(l.of(category.Table)...).All(ctx)
	})
	products = one(func(r *ent.Product) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Product, error) {
		return l.source.Client.Product.Query().Where(database.AnyOf(product.FieldID, keys)).Select(l.of(product.Table)...).All(ctx)
	})
	variants = one(func(r *ent.Variant) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Variant, error) {
		return l.source.Client.Variant.Query().Where(database.AnyOf(variant.FieldID, keys)).Select(l.of(variant.Table)...).All(ctx)
	})
	pictures = one(func(r *ent.Media) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Media, error) {
		return l.source.Client.Media.Query().Where(database.AnyOf(media.FieldID, keys)).Select(l.of(media.Table)...).All(ctx)
	})
	movements = one(func(r *ent.StockMovement) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.StockMovement, error) {
		return l.source.Client.StockMovement.Query().Where(database.AnyOf(stockmovement.FieldID, keys)).Select(l.of(stockmovement.Table)...).All(ctx)
	})
	carts = one(func(r *ent.Cart) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Cart, error) {
		return l.source.Client.Cart.Query().Where(database.AnyOf(cart.FieldID, keys)).Select(l.of(cart.Table)...).All(ctx)
	})
	cartLines = one(func(r *ent.CartLine) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.CartLine, error) {
		return l.source.Client.CartLine.Query().Where(database.AnyOf(cartline.FieldID, keys)).Select(l.of(cartline.Table)...).All(ctx)
	})
	orders = one(func(r *ent.Order) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Order, error) {
		return l.source.Client.Order.Query().Where(database.AnyOf(order.FieldID, keys)).Select(l.of(order.Table)...).All(ctx)
	})
	jobs = one(func(r *ent.Job) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Job, error) {
		return l.source.Client.Job.Query().Where(database.AnyOf(job.FieldID, keys)).Select(l.of(job.Table)...).All(ctx)
	})
	orderLines = one(func(r *ent.OrderLine) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.OrderLine, error) {
		return l.source.Client.OrderLine.Query().Where(database.AnyOf(orderline.FieldID, keys)).Select(l.of(orderline.Table)...).All(ctx)
	})
	payments = one(func(r *ent.Payment) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Payment, error) {
		return l.source.Client.Payment.Query().Where(database.AnyOf(payment.FieldID, keys)).Select(l.of(payment.Table)...).All(ctx)
	})
	auditEntries = one(func(r *ent.AuditEntry) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.AuditEntry, error) {
		return l.source.Client.AuditEntry.Query().Where(database.AnyOf(auditentry.FieldID, keys)).Select(l.of(auditentry.Table)...).All(ctx)
	})
	approvals = one(func(r *ent.Approval) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Approval, error) {
		return l.source.Client.Approval.Query().Where(database.AnyOf(approval.FieldID, keys)).Select(l.of(approval.Table)...).All(ctx)
	})
	approvalRules = one(func(r *ent.ApprovalRule) int64 { return r.ID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.ApprovalRule, error) {
		return l.source.Client.ApprovalRule.Query().Where(database.AnyOf(approvalrule.FieldID, keys)).Select(l.of(approvalrule.Table)...).All(ctx)
	})

	addressesOfUsers = many(func(r *ent.Address) int64 { return r.UserID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Address, error) {
		return l.source.Client.Address.Query().Where(database.AnyOf(address.FieldUserID, keys)).Order(address.ByID()).
			Select(l.of(address.Table)...).All(ctx)
	})
	sessionsOfUsers = many(func(r *ent.Session) int64 { return r.UserID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Session, error) {
		return l.source.Client.Session.Query().Where(database.AnyOf(session.FieldUserID, keys), session.ExpiresAtGT(l.source.Now())).
			Order(session.ByID(sql.OrderDesc())).Select(l.of(session.Table)...).All(ctx)
	})
	identitiesOfUsers = many(func(r *ent.Identity) int64 { return r.UserID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Identity, error) {
		return l.source.Client.Identity.Query().Where(database.AnyOf(identity.FieldUserID, keys)).Order(identity.ByID()).
			Select(l.of(identity.Table)...).All(ctx)
	})
	openCartsOfUsers = one(func(r *ent.Cart) int64 { return *r.UserID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Cart, error) {
		// The one changed last comes last, and stays in the map.
		return l.source.Client.Cart.Query().Where(database.AnyOf(cart.FieldUserID, keys), cart.StatusEQ(cart.StatusOPEN)).
			Order(cart.ByUpdatedAt(), cart.ByID()).Select(l.of(cart.Table)...).All(ctx)
	})
	childrenOfCategories = many(func(r *ent.Category) int64 { return *r.ParentID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Category, error) {
		return l.source.Client.Category.Query().Where(database.AnyOf(category.FieldParentID, keys)).
			Order(category.ByPosition(), category.ByID()).Select(l.of(category.Table)...).All(ctx)
	})
	pathsOfCategories = many(pathStart, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Category, error) {
		q := l.source.Client.Category.Query()
		q.Modify(func(s *sql.Selector) { joinPath(ctx, s, keys) })
		return q.Select(l.of(category.Table)...).All(ctx)
	})
	variantsOfProducts = many(func(r *ent.Variant) int64 { return r.ProductID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Variant, error) {
		return l.source.Client.Variant.Query().Where(database.AnyOf(variant.FieldProductID, keys)).
			Order(variant.ByPosition(), variant.ByID()).Select(l.of(variant.Table)...).All(ctx)
	})
	mediaOfProducts = many(func(r *ent.Media) int64 { return r.ProductID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Media, error) {
		return l.source.Client.Media.Query().Where(database.AnyOf(media.FieldProductID, keys)).
			Order(media.ByPosition(), media.ByID()).Select(l.of(media.Table)...).All(ctx)
	})
	linesOfCarts = many(func(r *ent.CartLine) int64 { return r.CartID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.CartLine, error) {
		return l.source.Client.CartLine.Query().Where(database.AnyOf(cartline.FieldCartID, keys)).Order(cartline.ByID()).
			Select(l.of(cartline.Table)...).All(ctx)
	})
	linesOfOrders = many(func(r *ent.OrderLine) int64 { return r.OrderID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.OrderLine, error) {
		return l.source.Client.OrderLine.Query().Where(database.AnyOf(orderline.FieldOrderID, keys)).
			Order(orderline.ByPosition()).Select(l.of(orderline.Table)...).All(ctx)
	})
	paymentsOfOrders = many(func(r *ent.Payment) int64 { return r.OrderID }, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Payment, error) {
		return l.source.Client.Payment.Query().Where(database.AnyOf(payment.FieldOrderID, keys)).Order(payment.ByID()).
			Select(l.of(payment.Table)...).All(ctx)
	})
)

// productsInStock tells which products have a variant that can be bought now.
func productsInStock(ctx context.Context, l *Loaders, keys []int64) (map[int64]bool, error) {
	var found []int64
	err := l.source.Client.Variant.Query().Where(database.AnyOf(variant.FieldProductID, keys), variant.AvailableGT(0), variant.Archived(false)).
		Unique(true).Select(variant.FieldProductID).Scan(ctx, &found)
	inStock := make(map[int64]bool, len(found))
	for _, key := range found {
		inStock[key] = true
	}
	return inStock, err
}

// productsOfVariants are the products of variants that the viewer may see, without reading the variants.
var productsOfVariants = one(variantOfProduct, func(ctx context.Context, l *Loaders, keys []int64) ([]*ent.Product, error) {
	q := l.source.Client.Product.Query()
	q.Modify(func(s *sql.Selector) {
		v := sql.Dialect(s.Dialect()).Select().From(sql.Table(variant.Table))
		database.AnyOf(variant.FieldID, keys)(v)
		rule.Rows(rule.Variants).Apply(ctx, v)
		sold := v.Select(v.C(variant.FieldID), v.C(variant.FieldProductID)).As("sold")
		s.Join(sold).On(s.C(product.FieldID), sold.C(variant.FieldProductID))
		s.AppendSelectAs(sold.C(variant.FieldID), variantColumn)
	})
	return q.Select(l.of(product.Table)...).All(ctx)
})

const variantColumn = "sold_as"

func variantOfProduct(p *ent.Product) int64 { return dynamic(p.Value, variantColumn) }
