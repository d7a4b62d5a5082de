package mail

import "time"

// TokenData fills ConfirmSignUp, VerifyEmail, ResetPassword and ConfirmEmail: letters with a link that
// carries a secret.
type TokenData struct {
	Token string // goes into the link as it is
	Hours int    // that the link works
}

// The letters with a link, by name.
type (
	ConfirmSignUpData = TokenData
	VerifyEmailData   = TokenData
	ResetPasswordData = TokenData
	ConfirmEmailData  = TokenData
)

// HasAccount, NoAccount, PasswordChanged and AccountDeleted need no data: Letter.Data stays nil.

// EmailChangedData fills EmailChanged.
type EmailChangedData struct {
	NewEmail string // masked: the old address may be somebody else's by now
}

// NewDeviceData fills NewDevice.
type NewDeviceData struct {
	Address   string // the client's, as text
	UserAgent string
	At        time.Time
}

// DeletionScheduledData fills DeletionScheduled.
type DeletionScheduledData struct {
	At time.Time // the end of the grace period
}

// OrderData fills the letters about orders. Amounts are written out, with their currency; those that are nothing are empty.
type OrderData struct {
	Number       string
	Token        string // opens the order
	Lines        []OrderLineData
	Discount     string // below zero
	Delivery     string
	DeliveryName string
	Tax          string
	TaxIncluded  bool // in the other amounts
	Total        string
	ShipTo       []string   // the lines of the address; none where nothing is shipped
	Parcel       ParcelData // of OrderShipped, OrderTracking and OrderDelivered
	Amount       string     // of OrderRefunded: what was given back
}

// The letters about orders, by name.
type (
	OrderPlacedData    = OrderData
	OrderCancelledData = OrderData
	OrderExpiredData   = OrderData
	OrderShippedData   = OrderData
	OrderTrackingData  = OrderData
	OrderDeliveredData = OrderData
	OrderRefundedData  = OrderData
	OrderAccessData    = OrderData
)

// OrderLineData is one line of an order, or of a parcel, where it has no price.
type OrderLineData struct {
	Title    string
	Quantity int
	Total    string
}

// ParcelData is what was sent, and how it is found again. Any of it may be empty.
type ParcelData struct {
	Lines                []OrderLineData
	Carrier, Number, URL string
}
