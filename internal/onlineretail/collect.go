package onlineretail

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
)

// Collect reads a whole file into memory. It stops at the first row that it
// cannot read: a sample is expected to be whole.
func Collect(r io.Reader) (*Shop, error) {
	rows, err := NewReader(r)
	if err != nil {
		return nil, err
	}
	c := collector{
		tallies:   make(map[string]productTally),
		customers: make(map[string]int),
		orders:    make(map[string]*Order),
	}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return c.shop(), nil
		}
		if err != nil {
			return nil, err
		}
		if err := c.add(row); err != nil {
			return nil, fmt.Errorf("line %d: %w", row.Line, err)
		}
	}
}

// collector holds a shop while its rows come in.
type collector struct {
	skus      []string
	tallies   map[string]productTally
	people    []Customer
	customers map[string]int
	invoices  []*Order
	orders    map[string]*Order
}

func (c *collector) add(row Row) error {
	c.addToProduct(row)
	c.addToCustomer(row)
	return c.addToOrder(row)
}

func (c *collector) addToProduct(row Row) {
	sku := SKU(row.StockCode)
	if sku == "" {
		return
	}
	tally, known := c.tallies[sku]
	if !known {
		tally = make(productTally, 1)
		sku = strings.Clone(sku)
		c.tallies[sku] = tally
		c.skus = append(c.skus, sku)
	}
	tally.add(row)
}

func (c *collector) addToCustomer(row Row) {
	if row.CustomerID == "" {
		return
	}
	at, known := c.customers[row.CustomerID]
	if !known {
		at = len(c.people)
		c.customers[row.CustomerID] = at
		c.people = append(c.people, Customer{ID: row.CustomerID})
	}
	c.people[at].Country = row.Country
}

// addToOrder takes every row of an ordinary invoice, because each may hold its
// earliest time; only sale rows become lines.
func (c *collector) addToOrder(row Row) error {
	if invoiceMark(row.InvoiceNo) != ordinary {
		return nil
	}
	order, known := c.orders[row.InvoiceNo]
	if !known {
		order = &Order{Number: row.InvoiceNo, PlacedAt: row.InvoiceDate}
		c.orders[row.InvoiceNo] = order
		c.invoices = append(c.invoices, order)
	}
	if row.InvoiceDate.Before(order.PlacedAt) {
		order.PlacedAt = row.InvoiceDate
	}
	if row.Kind() != Sale {
		return nil
	}
	line := row.OrderLine()
	if line.Total > math.MaxInt64-order.Total {
		return fmt.Errorf("total of invoice %s overflows", order.Number)
	}
	order.Lines = append(order.Lines, line)
	order.Total += line.Total
	if order.CustomerID == "" {
		order.CustomerID = row.CustomerID
	}
	if order.Country == "" {
		order.Country = row.Country
	}
	return nil
}

// shop gives what was collected. Invoices without a sale row are no orders.
func (c *collector) shop() *Shop {
	shop := &Shop{Customers: c.people}
	for _, sku := range c.skus {
		shop.Products = append(shop.Products, c.tallies[sku].product(sku))
	}
	for _, order := range c.invoices {
		if len(order.Lines) > 0 {
			shop.Orders = append(shop.Orders, *order)
		}
	}
	return shop
}
