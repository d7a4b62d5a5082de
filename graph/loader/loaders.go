package loader

import (
	"context"
	"sync"

	"galley/ent"
)

// Loaders are an operation's loaders: rows by their own key, and lists by their parent's.
type Loaders struct {
	source  Source
	columns *columns // that the operation reads; nil for all

	User          Loader[*ent.User]
	Address       Loader[*ent.Address]
	Identity      Loader[*ent.Identity]
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
	IdentitiesOfUser   Loader[[]*ent.Identity]
	OpenCartOfUser     Loader[*ent.Cart]
	ChildrenOfCategory Loader[[]*ent.Category]
	PathOfCategory     Loader[[]*ent.Category]
	VariantsOfProduct  Loader[[]*ent.Variant]
	MediaOfProduct     Loader[[]*ent.Media]
	ProductInStock     Loader[bool]
	ProductOfVariant   Loader[*ent.Product]
	LinesOfCart        Loader[[]*ent.CartLine]
	LinesOfOrder       Loader[[]*ent.OrderLine]
	PaymentsOfOrder    Loader[[]*ent.Payment]

	mu    sync.Mutex
	pages map[string]any // loaders of connections, by edge and arguments
}

func newLoaders(ctx context.Context, s Source) *Loaders {
	l := &Loaders{source: s}
	if !s.AllColumns {
		l.columns = columnsOf(ctx)
	}
	l.User.serve(l, users)
	l.Address.serve(l, addresses)
	l.Identity.serve(l, identities)
	l.Category.serve(l, categories)
	l.Product.serve(l, products)
	l.Variant.serve(l, variants)
	l.Media.serve(l, pictures)
	l.StockMovement.serve(l, movements)
	l.Cart.serve(l, carts)
	l.CartLine.serve(l, cartLines)
	l.Order.serve(l, orders)
	l.OrderLine.serve(l, orderLines)
	l.Payment.serve(l, payments)

	l.AddressesOfUser.serve(l, addressesOfUsers)
	l.IdentitiesOfUser.serve(l, identitiesOfUsers)
	l.OpenCartOfUser.serve(l, openCartsOfUsers)
	l.ChildrenOfCategory.serve(l, childrenOfCategories)
	l.PathOfCategory.serve(l, pathsOfCategories)
	l.VariantsOfProduct.serve(l, variantsOfProducts)
	l.MediaOfProduct.serve(l, mediaOfProducts)
	l.ProductInStock.serve(l, productsInStock)
	l.ProductOfVariant.serve(l, productsOfVariants)
	l.LinesOfCart.serve(l, linesOfCarts)
	l.LinesOfOrder.serve(l, linesOfOrders)
	l.PaymentsOfOrder.serve(l, paymentsOfOrders)
	return l
}
