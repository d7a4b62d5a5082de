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

// OrderData fills OrderPlaced and OrderCancelled. Amounts are written out, with their currency.
type OrderData struct {
	Number string
	Total  string
	Lines  []OrderLineData
	ShipTo []string // the lines of the address; none where nothing is shipped
}

// The letters about orders, by name.
type (
	OrderPlacedData    = OrderData
	OrderCancelledData = OrderData
)

// OrderLineData is one line of an order.
type OrderLineData struct {
	Title    string
	Quantity int
	Total    string
}
