package settlement

import (
	"galley/ent/payment"
	"galley/internal/fault"
	"galley/internal/money"
	"galley/internal/nodeid"
)

// What can be wrong with a payment: the SDL's PaymentErrorCode.
const (
	Invalid           fault.Reason = "INVALID"
	AmountTooLarge    fault.Reason = "AMOUNT_TOO_LARGE"
	NotCapturable     fault.Reason = "NOT_CAPTURABLE"
	NotRefundable     fault.Reason = "NOT_REFUNDABLE"
	NotVoidable       fault.Reason = "NOT_VOIDABLE"
	NotPayable        fault.Reason = "NOT_PAYABLE"
	MethodUnavailable fault.Reason = "METHOD_UNAVAILABLE"
	TooManyAttempts   fault.Reason = "TOO_MANY_ATTEMPTS"
)

// CaptureInput is the SDL's PaymentCaptureInput.
type CaptureInput struct {
	Payment         nodeid.ID
	Amount          *money.Decimal
	ExpectedVersion *int
}

// RefundInput is the SDL's PaymentRefundInput. It is kept while it waits for a second person.
type RefundInput struct {
	Payment         nodeid.ID      `json:"payment"`
	Amount          *money.Decimal `json:"amount,omitempty"`
	Reason          string         `json:"reason,omitempty"`
	ExpectedVersion *int           `json:"expectedVersion,omitempty"`
}

// VoidInput is the SDL's PaymentVoidInput.
type VoidInput struct {
	Payment         nodeid.ID
	Reason          string
	ExpectedVersion *int
}

// PayInput is the SDL's OrderPayInput.
type PayInput struct {
	Order      nodeid.ID
	Method     payment.Method
	Instrument *string
	ReturnURL  *string
}
