package onlineretail

import "time"

// Shop is what a whole file describes.
type Shop struct {
	// Products stand in the order in which the file first names them.
	Products []Product
	// Customers stand in the order in which the file first names them.
	Customers []Customer
	// Orders stand in the order in which their invoices begin.
	Orders []Order
}

// Product is what all rows of one SKU say together.
type Product struct {
	SKU string
	// Title is the most frequent description, see [Tally].
	Title string
	// Price is that of the latest sale row; 0 for a draft.
	Price Price
	// Draft says that the product was never sold.
	Draft bool
	// Sold counts the pieces of all sale rows.
	Sold int64
	// Since is the time of the earliest sale row, or of the earliest row of a draft.
	Since time.Time
}

// Customer is somebody whom at least one row names.
type Customer struct {
	ID string
	// Country is that of the customer's latest row.
	Country Country
}

// Order is an invoice with at least one sale row.
type Order struct {
	// Number is the invoice number.
	Number string
	// PlacedAt is the earliest time on the invoice, in UTC.
	PlacedAt time.Time
	// CustomerID is empty where the invoice names no customer.
	CustomerID string
	Country    Country
	// Lines are the sale rows in file order, repeated ones included.
	Lines []Line
	// Total is the sum of the lines' totals in pence.
	Total int64
}

// Line is one line of an order.
type Line struct {
	// FileLine is the number of the line in the file, which tells repeated rows apart.
	FileLine int
	// StockCode is the code as the file writes it.
	StockCode string
	// SKU names the product; it is empty for postage, fees and the like.
	SKU string
	// Title is the row's own description, which may differ from the product's.
	Title     string
	Quantity  int64
	UnitPrice Price
	// Total is quantity × unit price in pence, rounded half away from zero.
	Total int64
}

// OrderLine gives the order line that a sale row becomes.
func (r Row) OrderLine() Line {
	title := Title(r.Description)
	if title == "" {
		title = r.StockCode
	}
	return Line{
		FileLine:  r.Line,
		StockCode: r.StockCode,
		SKU:       SKU(r.StockCode),
		Title:     title,
		Quantity:  r.Quantity,
		UnitPrice: r.UnitPrice,
		Total:     r.UnitPrice.Times(r.Quantity),
	}
}
