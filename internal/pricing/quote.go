package pricing

import "galley/internal/money"

// Basket is all that a price is made of. Keys tell things apart in the answer, and mean nothing here.
type Basket struct {
	Lines       []Item
	Promotions  []Promotion
	Delivery    *Delivery // nil while none is chosen
	TaxIncluded bool      // whether prices contain the tax
	Rates       []Rate    // those of the country that it goes to
}

// Item is a line of a basket. No two have the same key.
type Item struct {
	Key         int64
	UnitPrice   money.Minor
	Quantity    int
	Categories  []int64 // the product's, and all above it: at least those of them that promotions name
	TaxCategory string
}

// Promotion takes something off.
type Promotion struct {
	Key         int64
	Name        string
	Code        string // empty for one that applies by itself
	Kind        PromotionKind
	BasisPoints int         // of Percentage
	Amount      money.Minor // of FixedAmount
	Minimum     money.Minor // of the lines that it is for, before other promotions
	Categories  []int64     // those that it is for; none stands for all
}

// PromotionKind is what a promotion takes off: the values of ent's enum.
type PromotionKind string

// The kinds of promotions.
const (
	Percentage   PromotionKind = "PERCENTAGE"
	FixedAmount  PromotionKind = "FIXED_AMOUNT"
	FreeDelivery PromotionKind = "FREE_DELIVERY"
)

// Delivery is the delivery that was chosen.
type Delivery struct {
	Name        string
	Price       money.Minor
	TaxCategory string
}

// Rate is a country's tax on a category of goods.
type Rate struct {
	TaxCategory string
	Name        string
	BasisPoints int
}

// Quote is a price, and how it came about. All its amounts are minor units of one currency; those of the lines add up
// to the sums, to the last penny. Where TaxIncluded, Total = Subtotal − Discount + Delivery, and contains Tax; otherwise
// Total = Subtotal − Discount + Delivery + Tax.
type Quote struct {
	Lines       []QuoteLine `json:"lines"`
	Subtotal    money.Minor `json:"subtotal"` // of the lines, before promotions
	Discount    money.Minor `json:"discount"` // on the lines
	Delivery    money.Minor `json:"delivery"` // after its discount
	Tax         money.Minor `json:"tax"`      // of lines and delivery
	Total       money.Minor `json:"total"`    // what is to be paid
	TaxIncluded bool        `json:"taxIncluded"`
	DeliveryTax money.Minor `json:"deliveryTax"`        // of the delivery alone
	Applied     []Applied   `json:"applied,omitempty"`  // the promotions that took something off
	Steps       []Step      `json:"steps"`              // from the lines to the total, for people
	DeliverAs   string      `json:"deliverAs,omitzero"` // the delivery's name
}

// QuoteLine is what a line costs.
type QuoteLine struct {
	Key       int64       `json:"key,string"`
	UnitPrice money.Minor `json:"unitPrice"`
	Quantity  int         `json:"quantity"`
	Subtotal  money.Minor `json:"subtotal"` // unit price times quantity
	Discount  money.Minor `json:"discount"`
	Tax       money.Minor `json:"tax"`
}

// Applied is what a promotion took off, of the lines or of the delivery.
type Applied struct {
	Key    int64       `json:"key,string"`
	Name   string      `json:"name"`
	Code   string      `json:"code,omitempty"`
	Amount money.Minor `json:"amount"`
}

// StepKind is a kind of step: the values of the SDL's enum PriceStepKind.
type StepKind string

// The kinds of steps.
const (
	StepLines            StepKind = "LINES"
	StepPromotion        StepKind = "PROMOTION"
	StepDelivery         StepKind = "DELIVERY"
	StepDeliveryDiscount StepKind = "DELIVERY_DISCOUNT"
	StepTax              StepKind = "TAX"
	StepTotal            StepKind = "TOTAL"
)

// Step is a step from the lines to the total. Amounts that are taken off are below zero; tax that prices contain
// is told and not added.
type Step struct {
	Kind     StepKind    `json:"kind"`
	Label    string      `json:"label"`
	Amount   money.Minor `json:"amount"`
	Included bool        `json:"included,omitempty"` // it is in the amounts before already
}
