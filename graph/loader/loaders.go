package loader

import (
	"context"
	"sync"

	"galley/ent"
	"galley/internal/quote"
	"galley/internal/stock"
	"galley/internal/viewer"
)

// Loaders are an operation's loaders: rows by their own key, and lists by their parent's.
type Loaders struct {
	source  Source
	columns *columns // that the operation reads; nil for all

	User          Loader[*ent.User]
	Address       Loader[*ent.Address]
	Session       Loader[*ent.Session]
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
	PaymentStep   Loader[*ent.PaymentStep]
	PaymentEvent  Loader[*ent.PaymentEvent]
	Fulfilment    Loader[*ent.Fulfilment]
	OrderEvent    Loader[*ent.OrderEvent]
	Job           Loader[*ent.Job]
	Role          Loader[*ent.Role]
	APIKey        Loader[*ent.APIKey]
	AuditEntry    Loader[*ent.AuditEntry]
	Approval      Loader[*ent.Approval]
	ApprovalRule  Loader[*ent.ApprovalRule]

	Promotion      Loader[*ent.Promotion]
	TaxRate        Loader[*ent.TaxRate]
	DeliveryZone   Loader[*ent.DeliveryZone]
	DeliveryMethod Loader[*ent.DeliveryMethod]
	DeliveryOption Loader[*ent.DeliveryQuote]
	MethodsOfZone  Loader[[]*ent.DeliveryMethod]
	OptionsOfCart  Loader[[]*ent.DeliveryQuote]

	AddressesOfUser    Loader[[]*ent.Address]
	SessionsOfUser     Loader[[]*ent.Session]
	IdentitiesOfUser   Loader[[]*ent.Identity]
	OpenCartOfUser     Loader[*ent.Cart]
	RolesOfUser        Loader[[]*ent.Role]
	PermissionsOfUser  Loader[[]viewer.Permission]
	ChildrenOfCategory Loader[[]*ent.Category]
	PathOfCategory     Loader[[]*ent.Category]
	VariantsOfProduct  Loader[[]*ent.Variant]
	MediaOfProduct     Loader[[]*ent.Media]
	ProductInStock     Loader[bool]
	ProductOfVariant   Loader[*ent.Product]
	StockOfVariant     Loader[*stock.Level]
	LinesOfCart        Loader[[]*ent.CartLine]
	PriceOfCart        Loader[*quote.Cart]
	PromiseOfCart      Loader[*Promise]
	LinesOfOrder       Loader[[]*ent.OrderLine]
	PaymentsOfOrder    Loader[[]*ent.Payment]
	ActionOfPayment    Loader[*PaymentAction]
	StepsOfPayment     Loader[[]*ent.PaymentStep]
	EventsOfPayment    Loader[[]*ent.PaymentEvent]
	FulfilmentsOfOrder Loader[[]*ent.Fulfilment]
	LinesOfFulfilment  Loader[[]*ent.FulfilmentLine]
	EventsOfOrder      Loader[[]*ent.OrderEvent]
	ObjectOfAuditEntry Loader[Node]

	later later // what deferred fields need

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
	l.Session.serve(l, sessions)
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
	l.PaymentStep.serve(l, paymentSteps)
	l.PaymentEvent.serve(l, paymentEvents)
	l.Fulfilment.serve(l, fulfilments)
	l.OrderEvent.serve(l, orderEvents)
	l.Job.serve(l, jobs)
	l.Role.serve(l, rolesByID)
	l.APIKey.serve(l, apiKeys)
	l.AuditEntry.serve(l, auditEntries)
	l.Approval.serve(l, approvals)
	l.ApprovalRule.serve(l, approvalRules)

	l.Promotion.serve(l, promotions)
	l.TaxRate.serve(l, taxRates)
	l.DeliveryZone.serve(l, deliveryZones)
	l.DeliveryMethod.serve(l, deliveryMethods)
	l.DeliveryOption.serve(l, deliveryOptions)
	l.MethodsOfZone.serve(l, methodsOfZones)
	l.OptionsOfCart.serve(l, optionsOfCarts)

	l.AddressesOfUser.serve(l, addressesOfUsers)
	l.SessionsOfUser.serve(l, sessionsOfUsers)
	l.IdentitiesOfUser.serve(l, identitiesOfUsers)
	l.OpenCartOfUser.serve(l, openCartsOfUsers)
	l.RolesOfUser.serve(l, rolesOfUsers)
	l.PermissionsOfUser.serve(l, permissionsOfUsers)
	l.ChildrenOfCategory.serve(l, childrenOfCategories)
	l.PathOfCategory.serve(l, pathsOfCategories)
	l.VariantsOfProduct.serve(l, variantsOfProducts)
	l.MediaOfProduct.serve(l, mediaOfProducts)
	l.ProductInStock.serve(l, productsInStock)
	l.ProductOfVariant.serve(l, productsOfVariants)
	l.StockOfVariant.serve(l, stockOfVariants)
	l.LinesOfCart.serve(l, linesOfCarts)
	l.PriceOfCart.serve(l, pricesOfCarts)
	l.PromiseOfCart.serve(l, promisesOfCarts)
	l.LinesOfOrder.serve(l, linesOfOrders)
	l.PaymentsOfOrder.serve(l, paymentsOfOrders)
	l.ActionOfPayment.serve(l, actionsOfPayments)
	l.StepsOfPayment.serve(l, stepsOfPayments)
	l.EventsOfPayment.serve(l, eventsOfPayments)
	l.FulfilmentsOfOrder.serve(l, fulfilmentsOfOrders)
	l.LinesOfFulfilment.serve(l, linesOfFulfilments)
	l.EventsOfOrder.serve(l, eventsOfOrders)
	l.ObjectOfAuditEntry.serve(l, objectsOfAuditEntries)
	return l
}
