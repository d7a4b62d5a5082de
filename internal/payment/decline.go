package payment

// Decline is the refusal of a card, by a provider's word for why. What a shopper cannot mend, and what would warn a thief,
// is told as a refusal without a reason.
func Decline(code string) ErrDeclined {
	switch code {
	case "insufficient_funds", "withdrawal_count_limit_exceeded", "card_velocity_exceeded":
		return ErrDeclined{"The card has not enough money left for this"}
	case "expired_card":
		return ErrDeclined{"The card has expired"}
	case "incorrect_cvc", "invalid_cvc":
		return ErrDeclined{"The card's security code is wrong"}
	case "incorrect_number", "invalid_number":
		return ErrDeclined{"The card's number is wrong"}
	case "authentication_required", "payment_intent_authentication_failure":
		return ErrDeclined{"The bank could not confirm that it is you"}
	case "card_not_supported", "currency_not_supported":
		return ErrDeclined{"The card does not support this kind of purchase"}
	case "processing_error":
		return ErrDeclined{"The card could not be charged just now; try again later, or another card"}
	}
	return ErrDeclined{"The card was declined"}
}
