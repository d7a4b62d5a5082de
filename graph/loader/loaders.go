package loader

import (
	"context"
	"sync"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/address"
	"galley/ent/cart"
	"galley/ent/cartline"
	"galley/ent/category"
	"galley/ent/media"
	"galley/ent/order"
	"galley/ent/orderline"
	"galley/ent/payment"
	"galley/ent/product"
	"galley/ent/stockmovement"
	"galley/ent/user"
	"galley/ent/variant"
	"galley/internal/database"
)

// Loaders are an operation's loaders: rows by their own key, and lists by their parent's.
type Loaders struct {
	source Source

	User          Loader[*ent.User]
	Address       Loader[*ent.Address]
	Category      Loader[*ent.Category]
	Product       Loader[*ent.Product]
	Variant       Loader[*ent.Variant]
	Media         Loader[*ent.Media]
	StockMovement Loader[*ent.StockMovement]
	Cart          Loader[*ent.Cart]
	CartLine      Loader[*ent.CartLine]
	Order         Loader[*ent.Order]
	OrderLine     Loader[*ent.OrderLine]
	Payment       Loader[*ent.Payment]

	AddressesOfUser    Loader[[]*ent.Address]
	OpenCartOfUser     Loader[*ent.Cart]
	ChildrenOfCategory Loader[[]*ent.Category]
	PathOfCategory     Loader[[]*ent.Category]
	VariantsOfProduct  Loader[[]*ent.Variant]
	MediaOfProduct     Loader[[]*ent.Media]
	ProductInStock     Loader[bool]
	LinesOfCart        Loader[[]*ent.CartLine]
	LinesOfOrder       Loader[[]*ent.OrderLine]
	PaymentsOfOrder    Loader[[]*ent.Payment]

	mu    sync.Mutex
	pages map[string]any // loaders of connections, by edge and arguments
}

func newLoaders(s Source) *Loaders {
	c := s.Client
	return &Loaders{
		source: s,
		pages:  make(map[string]any),

		User: one(s, func(r *ent.User) int64 { return r.ID }, func(ctx context.Context, keys []int64) ([]*ent.User, error) {
			return c.User.Query().Where(database.AnyOf(user.FieldID, keys)).All(ctx)
		}),
		Address: one(s, func(r *ent.Address) int64 { return r.ID }, func(ctx context.Context, keys []int64) ([]*ent.Address, error) {
			return c.Address.Query().Where(database.AnyOf(address.FieldID, keys)).All(ctx)
		}),
		Category: one(s, func(r *ent.Category) int64 { return r.ID }, func(ctx context.Context, keys []int64) ([]*ent.Category, error) {
			return c.Category.Query().Where(database.AnyOf(category.FieldID, keys)).All(ctx)
		}),
		Product: one(s, func(r *ent.Product) int64 { return r.ID }, func(ctx context.Context, keys []int64) ([]*ent.Product, error) {
			return c.Product.Query().Where(database.AnyOf(product.FieldID, keys)).All(ctx)
		}),
		Variant: one(s, func(r *ent.Variant) int64 { return r.ID }, func(ctx context.Context, keys []int64) ([]*ent.Variant, error) {
			return c.Variant.Query().Where(database.AnyOf(variant.FieldID, keys)).All(ctx)
		}),
		Media: one(s, func(r *ent.Media) int64 { return r.ID }, func(ctx context.Context, keys []int64) ([]*ent.Media, error) {
			return c.Media.Query().Where(database.AnyOf(media.FieldID, keys)).All(ctx)
		}),
		StockMovement: one(s, func(r *ent.StockMovement) int64 { return r.ID }, func(ctx context.Context, keys []int64) ([]*ent.StockMovement, error) {
			return c.StockMovement.Query().Where(database.AnyOf(stockmovement.FieldID, keys)).All(ctx)
		}),
		Cart: one(s, func(r *ent.Cart) int64 { return r.ID }, func(ctx context.Context, keys []int64) ([]*ent.Cart, error) {
			return c.Cart.Query().Where(database.AnyOf(cart.FieldID, keys)).All(ctx)
		}),
		CartLine: one(s, func(r *ent.CartLine) int64 { return r.ID }, func(ctx context.Context, keys []int64) ([]*ent.CartLine, error) {
			return c.CartLine.Query().Where(database.AnyOf(cartline.FieldID, keys)).All(ctx)
		}),
		Order: one(s, func(r *ent.Order) int64 { return r.ID }, func(ctx context.Context, keys []int64) ([]*ent.Order, error) {
			return c.Order.Query().Where(database.AnyOf(order.FieldID, keys)).All(ctx)
		}),
		OrderLine: one(s, func(r *ent.OrderLine) int64 { return r.ID }, func(ctx context.Context, keys []int64) ([]*ent.OrderLine, error) {
			return c.OrderLine.Query().Where(database.AnyOf(orderline.FieldID, keys)).All(ctx)
		}),
		Payment: one(s, func(r *ent.Payment) int64 { return r.ID }, func(ctx context.Context, keys []int64) ([]*ent.Payment, error) {
			return c.Payment.Query().Where(database.AnyOf(payment.FieldID, keys)).All(ctx)
		}),

		AddressesOfUser: many(s, func(r *ent.Address) int64 { return r.UserID }, func(ctx context.Context, keys []int64) ([]*ent.Address, error) {
			return c.Address.Query().Where(database.AnyOf(address.FieldUserID, keys)).Order(address.ByID()).All(ctx)
		}),
		OpenCartOfUser: one(s, func(r *ent.Cart) int64 { return *r.UserID }, func(ctx context.Context, keys []int64) ([]*ent.Cart, error) {
			// The one changed last comes last, and stays in the map.
			return c.Cart.Query().Where(database.AnyOf(cart.FieldUserID, keys), cart.StatusEQ(cart.StatusOPEN)).
				Order(cart.ByUpdatedAt(), cart.ByID()).All(ctx)
		}),
		ChildrenOfCategory: many(s, func(r *ent.Category) int64 { return *r.ParentID }, func(ctx context.Context, keys []int64) ([]*ent.Category, error) {
			return c.Category.Query().Where(database.AnyOf(category.FieldParentID, keys)).
				Order(category.ByPosition(), category.ByID()).All(ctx)
		}),
		PathOfCategory: many(s, pathStart, func(ctx context.Context, keys []int64) ([]*ent.Category, error) {
			q := c.Category.Query()
			q.Modify(func(sel *sql.Selector) { joinPath(sel, keys) })
			return q.All(ctx)
		}),
		VariantsOfProduct: many(s, func(r *ent.Variant) int64 { return r.ProductID }, func(ctx context.Context, keys []int64) ([]*ent.Variant, error) {
			return c.Variant.Query().Where(database.AnyOf(variant.FieldProductID, keys)).
				Order(variant.ByPosition(), variant.ByID()).All(ctx)
		}),
		MediaOfProduct: many(s, func(r *ent.Media) int64 { return r.ProductID }, func(ctx context.Context, keys []int64) ([]*ent.Media, error) {
			return c.Media.Query().Where(database.AnyOf(media.FieldProductID, keys)).
				Order(media.ByPosition(), media.ByID()).All(ctx)
		}),
		ProductInStock: batch(s, func(ctx context.Context, keys []int64) (map[int64]bool, error) {
			var found []int64
			err := c.Variant.Query().Where(database.AnyOf(variant.FieldProductID, keys), variant.AvailableGT(0), variant.Archived(false)).
				Unique(true).Select(variant.FieldProductID).Scan(ctx, &found)
			inStock := make(map[int64]bool, len(found))
			for _, key := range found {
				inStock[key] = true
			}
			return inStock, err
		}),
		LinesOfCart: many(s, func(r *ent.CartLine) int64 { return r.CartID }, func(ctx context.Context, keys []int64) ([]*ent.CartLine, error) {
			return c.CartLine.Query().Where(database.AnyOf(cartline.FieldCartID, keys)).Order(cartline.ByID()).All(ctx)
		}),
		LinesOfOrder: many(s, func(r *ent.OrderLine) int64 { return r.OrderID }, func(ctx context.Context, keys []int64) ([]*ent.OrderLine, error) {
			return c.OrderLine.Query().Where(database.AnyOf(orderline.FieldOrderID, keys)).
				Order(orderline.ByPosition()).All(ctx)
		}),
		PaymentsOfOrder: many(s, func(r *ent.Payment) int64 { return r.OrderID }, func(ctx context.Context, keys []int64) ([]*ent.Payment, error) {
			return c.Payment.Query().Where(database.AnyOf(payment.FieldOrderID, keys)).Order(payment.ByID()).All(ctx)
		}),
	}
}
