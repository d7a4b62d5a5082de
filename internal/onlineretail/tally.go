package onlineretail

import "strings"

// ProductTally gathers what the rows of one SKU say about it. The zero value is
// ready for use. It grows with the number of different descriptions only.
type ProductTally struct {
	onSales  ballot
	onAll    ballot
	price    Price
	sold     int64
	saleSeen bool
}

// Add takes the next row of the product; rows come in file order.
func (t *ProductTally) Add(row Row) {
	t.onAll.add(row.Description)
	if row.Kind() != Sale {
		return
	}
	t.onSales.add(row.Description)
	t.price = row.UnitPrice
	t.sold += row.Quantity
	t.saleSeen = true
}

// Product gives the product by the rules: its title is the most frequent
// trimmed description among its sale rows, the earliest of several equally
// frequent; its price is that of the latest sale row. Never sold, it is a
// draft, titled by the most frequent description of any row. Without any
// description its title is its SKU.
func (t *ProductTally) Product(sku string) Product {
	product := Product{SKU: sku, Price: t.price, Draft: !t.saleSeen, Sold: t.sold}
	for _, title := range []string{t.onSales.winner(), t.onAll.winner(), sku} {
		if title != "" {
			product.Title = Title(title)
			break
		}
	}
	return product
}

// ballot counts descriptions.
type ballot struct {
	index map[string]int
	votes []vote // in the order of their first appearance
}

type vote struct {
	description string
	count       int
}

func (b *ballot) add(description string) {
	description = strings.TrimSpace(description)
	if description == "" {
		return
	}
	at, known := b.index[description]
	if !known {
		if b.index == nil {
			b.index = make(map[string]int, 1)
		}
		at = len(b.votes)
		description = strings.Clone(description) // lets go of the line it was cut from
		b.index[description] = at
		b.votes = append(b.votes, vote{description: description})
	}
	b.votes[at].count++
}

// winner gives the most frequent description, the earliest of several.
func (b *ballot) winner() string {
	best := vote{}
	for _, v := range b.votes {
		if v.count > best.count {
			best = v
		}
	}
	return best.description
}
