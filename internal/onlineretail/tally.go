package onlineretail

import (
	"strings"
	"time"
)

// Mention is what all rows say together that have one SKU and one trimmed description. The zero value
// is that of no rows. Mentions of the same are merged in any order, so that they can be counted in
// parts.
type Mention struct {
	// Rows and Sales are how many rows there are, and how many of them are sales.
	Rows, Sales int64
	// FirstRow, FirstSale and LastSale are lines of the file, 0 where there is none.
	FirstRow, FirstSale, LastSale int64
	// Price is that of the last sale.
	Price Price
	// Sold counts the pieces of the sales.
	Sold int64
	// RowSince and SaleSince are the earliest times, in seconds since 1970.
	RowSince, SaleSince int64
}

// Add takes a row.
func (m *Mention) Add(row Row) {
	line, at := int64(row.Line), row.InvoiceDate.Unix()
	one := Mention{Rows: 1, FirstRow: line, RowSince: at}
	if row.Kind() == Sale {
		one.Sales, one.FirstSale, one.LastSale, one.SaleSince = 1, line, line, at
		one.Price, one.Sold = row.UnitPrice, row.Quantity
	}
	m.Merge(one)
}

// Merge takes what other rows say.
func (m *Mention) Merge(other Mention) {
	if other.Rows > 0 {
		m.FirstRow = earliest(m.Rows, m.FirstRow, other.FirstRow)
		m.RowSince = earliest(m.Rows, m.RowSince, other.RowSince)
	}
	if other.Sales > 0 {
		m.FirstSale = earliest(m.Sales, m.FirstSale, other.FirstSale)
		m.SaleSince = earliest(m.Sales, m.SaleSince, other.SaleSince)
		if other.LastSale > m.LastSale {
			m.LastSale, m.Price = other.LastSale, other.Price
		}
	}
	m.Rows += other.Rows
	m.Sales += other.Sales
	m.Sold += other.Sold
}

// earliest is the least of what is known, or what comes if nothing is.
func earliest(known, least, other int64) int64 {
	if known == 0 {
		return other
	}
	return min(least, other)
}

// Tally makes a product of the mentions of its SKU. The zero value is ready for use; it does not grow.
type Tally struct {
	all            Mention
	onSales, onAll vote
}

// vote is the description with the most rows so far.
type vote struct {
	description string
	count       int64
	first       int64 // line of the file
}

func (v *vote) stand(description string, count, first int64) {
	if description != "" && (count > v.count || count > 0 && count == v.count && first < v.first) {
		*v = vote{description, count, first}
	}
}

// Add takes what the rows with one trimmed description say, all of them at once.
func (t *Tally) Add(description string, m Mention) {
	t.all.Merge(m)
	t.onSales.stand(description, m.Sales, m.FirstSale)
	t.onAll.stand(description, m.Rows, m.FirstRow)
}

// Product gives the product by the rules: its title is the most frequent trimmed description among its
// sale rows, the earliest of several equally frequent; its price is that of the latest sale row. Never
// sold, it is a draft, titled by the most frequent description of any row. Without any description its
// title is its SKU.
func (t *Tally) Product(sku string) Product {
	product := Product{SKU: sku, Title: sku, Price: t.all.Price, Draft: t.all.Sales == 0, Sold: t.all.Sold}
	switch {
	case t.onSales.count > 0:
		product.Title = t.onSales.description
	case t.onAll.count > 0:
		product.Title = t.onAll.description
	}
	since := t.all.SaleSince
	if product.Draft {
		since = t.all.RowSince
	}
	product.Since = time.Unix(since, 0).UTC()
	return product
}

// productTally gathers the mentions of one SKU in memory.
type productTally map[string]*Mention

func (t productTally) add(row Row) {
	description := Title(row.Description)
	m, known := t[description]
	if !known {
		m = new(Mention)
		t[strings.Clone(description)] = m // lets go of the line that it was cut from
	}
	m.Add(row)
}

func (t productTally) product(sku string) Product {
	var tally Tally
	for description, m := range t {
		tally.Add(description, *m)
	}
	return tally.Product(sku)
}
