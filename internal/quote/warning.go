package quote

import (
	"fmt"
	"slices"

	"galley/ent/cart"
	"galley/internal/fault"
	"galley/internal/money"
	"galley/internal/pricing"
)

// The codes of CartWarningCode.
const (
	PriceChanged           fault.Reason = "PRICE_CHANGED"
	InsufficientStock      fault.Reason = "INSUFFICIENT_STOCK"
	VariantUnavailable     fault.Reason = "VARIANT_UNAVAILABLE"
	PurchaseLimit          fault.Reason = "PURCHASE_LIMIT"
	PromoCodeInvalid       fault.Reason = "PROMO_CODE_INVALID"
	PromoCodeExpired       fault.Reason = "PROMO_CODE_EXPIRED"
	PromoCodeUsedUp        fault.Reason = "PROMO_CODE_USED_UP"
	PromoCodeNotApplicable fault.Reason = "PROMO_CODE_NOT_APPLICABLE"
	DeliveryOptionStale    fault.Reason = "DELIVERY_OPTION_STALE"
)

// Warning is something about a cart that its shopper should know, and that fails nothing.
type Warning struct {
	Code      fault.Reason
	Line      *Line  // that it is about, or nil
	PromoCode string // that it is about, or empty
	Message   string
}

func (c *Cart) warn(code fault.Reason, l *Line, message string) {
	c.Warnings = append(c.Warnings, Warning{Code: code, Line: l, Message: message})
}

// warnOfLines compares the lines with the shop. What was ordered is past that.
func (c *Cart) warnOfLines() {
	if c.Status == cart.StatusORDERED {
		return
	}
	prices := make(map[int64]money.Minor, len(c.Price.Lines))
	for _, l := range c.Price.Lines {
		prices[l.Key] = l.UnitPrice
	}
	for _, l := range c.Lines {
		if l.Variant == nil {
			c.warn(VariantUnavailable, l, "This is no longer sold")
			continue
		}
		price, priced := prices[l.ID]
		if priced && l.SeenPrice != nil && *l.SeenPrice != price {
			c.warn(PriceChanged, l, fmt.Sprintf("The price was %s and is %s by now", c.amount(*l.SeenPrice), c.amount(price)))
		}
		if left := l.Variant.Available + l.Reserved; l.Quantity > left {
			c.warn(InsufficientStock, l, fmt.Sprintf("%d pieces are left", left))
		}
		if limit := l.Variant.PurchaseLimit; limit != nil && l.Quantity > *limit {
			c.warn(PurchaseLimit, l, fmt.Sprintf("One customer may buy %d pieces", *limit))
		}
	}
}

// warnOfCodes tells which of the cart's codes took nothing off, and why. One that frees the delivery waits for it.
func (c *Cart) warnOfCodes(promotions promotions) {
	for _, code := range c.PromoCodes {
		reason := promotions.refused(code)
		message := map[fault.Reason]string{
			PromoCodeInvalid: "There is no such code",
			PromoCodeExpired: "This code has expired",
			PromoCodeUsedUp:  "This code has been used up",
		}[reason]
		if reason == "" {
			applied := slices.ContainsFunc(c.Price.Applied, func(a pricing.Applied) bool { return a.Code == code })
			waits := c.Delivery == nil && pricing.PromotionKind(promotions.withCode(code).Kind) == pricing.FreeDelivery
			if applied || waits {
				continue
			}
			reason, message = PromoCodeNotApplicable, "This code takes nothing off what is in the cart"
		}
		c.Warnings = append(c.Warnings, Warning{Code: reason, PromoCode: code, Message: message})
	}
}

func (c *Cart) amount(m money.Minor) string {
	return money.Money{Amount: m, Currency: c.Currency}.String()
}
