package stripe

import (
	"time"

	"github.com/stripe/stripe-go/v85"

	"galley/internal/money"
	"galley/internal/payment"
)

// What the shop writes into a PaymentIntent, to read it again in webhooks.
const (
	orderNumber = "order"
	attempts    = "attempts"
	once        = "once"  // the shop gave the card itself: when it is declined, the payment has failed
	asked       = "asked" // the key under which a capture or a refund was asked for
)

// waits tells whether a PaymentIntent goes on in the shopper's browser.
func waits(intent *stripe.PaymentIntent) bool {
	switch intent.Status {
	case stripe.PaymentIntentStatusRequiresAction:
		return true
	case stripe.PaymentIntentStatusRequiresPaymentMethod, stripe.PaymentIntentStatusRequiresConfirmation:
		return intent.Metadata[attempts] != once
	}
	return false
}

// facts are what a PaymentIntent says of itself, in an answer or in any of its webhooks: its state tells all that led to it,
// so a webhook that is late tells less, and nothing wrong. They are named for the PaymentIntent, which holds money once and
// takes it once, so that all tellings agree.
func facts(intent *stripe.PaymentIntent, at time.Time) []payment.Fact {
	currency := intent.Currency
	fact := func(what string, kind payment.Kind, amount int64) payment.Fact {
		return payment.Fact{ID: intent.ID + ":" + what, Kind: kind, Amount: minor(amount, currency), At: at.UTC()}
	}
	switch intent.Status {
	case stripe.PaymentIntentStatusRequiresCapture:
		return []payment.Fact{fact("authorised", payment.Authorised, intent.Amount)}
	case stripe.PaymentIntentStatusSucceeded:
		all := []payment.Fact{
			fact("authorised", payment.Authorised, intent.Amount),
			fact("captured", payment.Captured, intent.AmountReceived),
		}
		if rest := intent.Amount - intent.AmountReceived; rest > 0 {
			all = append(all, fact("voided", payment.Voided, rest))
		}
		return all
	case stripe.PaymentIntentStatusCanceled:
		return []payment.Fact{fact("voided", payment.Voided, intent.Amount)}
	case stripe.PaymentIntentStatusRequiresPaymentMethod:
		if e := intent.LastPaymentError; e != nil && intent.Metadata[attempts] == once {
			failed := fact("failed:"+attempt(e), payment.Failed, intent.Amount)
			failed.Message = decline(e).Message
			return []payment.Fact{failed}
		}
	}
	if waits(intent) {
		return []payment.Fact{fact("action", payment.ActionRequired, intent.Amount)}
	}
	return nil
}

// attempt names the attempt that failed: by its charge, or by its card where it did not come to one.
func attempt(e *stripe.Error) string {
	switch {
	case e.ChargeID != "":
		return e.ChargeID
	case e.PaymentMethod != nil:
		return e.PaymentMethod.ID
	}
	return string(e.Code)
}

// refundFacts are what a refund says of itself. What Stripe calls a refund and gives back of money that was never taken,
// is none.
func refundFacts(refund *stripe.Refund) []payment.Fact {
	if refund.Status != stripe.RefundStatusSucceeded || refund.Reason == stripe.RefundReasonExpiredUncapturedCharge || refund.Reason == "partial_capture" {
		return nil
	}
	return []payment.Fact{{
		ID: refund.ID + ":refunded", Kind: payment.Refunded, Amount: minor(refund.Amount, refund.Currency), At: time.Unix(refund.Created, 0).UTC(),
	}}
}

// units are an amount as Stripe counts it: in minor units, but króna with two decimals, which they have not, and dinars
// in tens of their thousandths.
func units(m money.Money) (int64, error) {
	switch m.Currency {
	case "ISK":
		hundreds, err := m.Amount.Times(100)
		if err != nil {
			return 0, payment.ErrDeclined{Message: "This amount is too large for a card"}
		}
		return int64(hundreds), nil
	case "BHD", "KWD", "TND":
		if m.Amount%10 != 0 {
			return 0, payment.ErrDeclined{Message: "Cards take amounts in this currency with two decimals only"}
		}
	}
	return int64(m.Amount), nil
}

// minor is an amount of Stripe's in minor units.
func minor(n int64, currency stripe.Currency) money.Minor {
	if currency == stripe.CurrencyISK {
		n /= 100
	}
	return money.Minor(n)
}
