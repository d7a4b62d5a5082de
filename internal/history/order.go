package history

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"

	"galley/ent"
	"galley/ent/order"
	"galley/ent/user"
	"galley/ent/variant"
	"galley/internal/database"
	"galley/internal/onlineretail"
)

const (
	// maxLines bounds an order; the largest invoice of the data set has 1,114 rows.
	maxLines = 10_000
	// maxKnown bounds how many keys of variants and accounts are kept in memory.
	maxKnown = 50_000

	digits = 6 // of an invoice's number
)

// invoice is an order to come.
type invoice struct {
	onlineretail.Order
	texts []string // its lines as they stand in the file
	rows  int      // of the file, those that are no sales included
	fault string   // why it is no order
}

// take takes a row of the invoice.
func (v *invoice) take(row onlineretail.Row, text string) {
	if v.rows == 0 || row.InvoiceDate.Before(v.PlacedAt) {
		v.PlacedAt = row.InvoiceDate
	}
	v.rows++
	if row.Kind() != onlineretail.Sale {
		return
	}
	line := row.OrderLine()
	switch {
	case line.Total > math.MaxInt64-v.Total:
		v.fault = "the total of its invoice overflows"
	case len(v.Lines) == maxLines:
		v.fault = fmt.Sprintf("its invoice has more than %d lines", maxLines)
	}
	v.Lines, v.texts = append(v.Lines, line), append(v.texts, text)
	if v.fault == "" {
		v.Total += line.Total
	}
	if v.CustomerID == "" {
		v.CustomerID = row.CustomerID
	}
	if v.Country == "" {
		v.Country = row.Country
	}
}

// writeOrders writes an order for each invoice with a sale.
func (i *importing) writeOrders(ctx context.Context) error {
	var (
		batch []invoice
		lines int
		at    invoice
	)
	end := func() error {
		switch {
		case len(at.Lines) == 0:
			return nil
		case at.fault != "":
			return i.reject(&at)
		}
		batch, lines = append(batch, at), lines+len(at.Lines)
		if lines < i.bounds.rows {
			return nil
		}
		err := i.writeOrderBatch(ctx, batch)
		batch, lines = batch[:0], 0
		return err
	}
	for record, err := range i.lines.Sorted() {
		if err != nil {
			return err
		}
		if number := string(record.Key[:digits]); number != at.Number {
			if err := end(); err != nil {
				return err
			}
			at = invoice{Order: onlineretail.Order{Number: number}}
			if i.broken.has(number) {
				at.fault = "its invoice has a row that cannot be read"
			}
		}
		text := string(record.Value)
		row, err := onlineretail.ParseRow(text, int(binary.BigEndian.Uint64(record.Key[digits:]))) //nolint:gosec // as it was encoded
		if err != nil {
			return fmt.Errorf("read line %d again: %w", row.Line, err)
		}
		at.take(row, text)
		if at.fault != "" && len(at.Lines) >= maxLines {
			if err := i.reject(&at); err != nil {
				return err
			}
		}
	}
	if err := end(); err != nil {
		return err
	}
	return i.writeOrderBatch(ctx, batch)
}

// reject lists the lines of an invoice that is no order, and forgets them.
func (i *importing) reject(v *invoice) error {
	for k, line := range v.Lines {
		if err := i.rejected.add(line.FileLine, v.fault, v.texts[k]); err != nil {
			return err
		}
	}
	i.report.OfRejectedInvoices += len(v.Lines)
	v.Lines, v.texts = v.Lines[:0], v.texts[:0]
	return nil
}

func (i *importing) writeOrderBatch(ctx context.Context, batch []invoice) error {
	var there map[string]bool
	err := i.inTx(ctx, func(ctx context.Context, tx *ent.Tx) (err error) {
		if there, err = i.known(ctx, tx, batch); err != nil {
			return err
		}
		return i.insertOrders(ctx, tx, batch, there)
	})
	if err != nil {
		return err
	}
	for _, v := range batch {
		if err := i.report.order(v.Order, there[v.Number]); err != nil {
			return err
		}
	}
	i.options.Progress("orders", int64(i.report.Lines+i.report.LinesThere), int64(i.report.sales()))
	return nil
}

// known finds the orders that are there, by their numbers, and the keys of variants and accounts that
// the batch names.
func (i *importing) known(ctx context.Context, tx *ent.Tx, batch []invoice) (there map[string]bool, err error) {
	if len(i.variants) > maxKnown || len(i.users) > maxKnown {
		clear(i.variants)
		clear(i.users)
	}
	var numbers []string
	skus, emails := map[string]bool{}, map[string]bool{}
	for _, v := range batch {
		numbers = append(numbers, v.Number)
		if v.CustomerID != "" {
			emails[email(v.CustomerID)] = true
		}
		for _, l := range v.Lines {
			if l.SKU != "" {
				skus[l.SKU] = true
			}
		}
	}
	variants, err := tx.Variant.Query().Where(database.AnyOfText(variant.FieldSku, missing(skus, i.variants))).
		Select(variant.FieldSku).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for SKUs: %w", err)
	}
	for _, v := range variants {
		i.variants[v.Sku] = v.ID
	}
	users, err := tx.User.Query().Where(database.AnyOfText(user.FieldEmail, missing(emails, i.users))).Select(user.FieldEmail).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for accounts: %w", err)
	}
	for _, u := range users {
		i.users[u.Email] = u.ID
	}
	found, err := tx.Order.Query().Where(database.AnyOfText(order.FieldNumber, numbers)).Select(order.FieldNumber).Strings(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for orders: %w", err)
	}
	there = make(map[string]bool, len(found))
	for _, number := range found {
		there[number] = true
	}
	return there, nil
}

// missing are the names whose keys are not known yet.
func missing(names map[string]bool, known map[string]int64) []string {
	list := []string{}
	for name := range names {
		if _, ok := known[name]; !ok {
			list = append(list, name)
		}
	}
	return list
}

// insertOrders writes the orders that are not there.
func (i *importing) insertOrders(ctx context.Context, tx *ent.Tx, batch []invoice, there map[string]bool) error {
	o, l, p := rows{table: orders}, rows{table: orderLines}, rows{table: payments}
	now := i.db.Now()
	for _, v := range batch {
		if there[v.Number] {
			continue
		}
		keys, err := i.keys(2)
		if err != nil {
			return err
		}
		address, account := "", any(nil)
		if v.CustomerID != "" {
			address = email(v.CustomerID)
			key, ok := i.users[address]
			if !ok {
				return fmt.Errorf("write order %s: the account %s is gone", v.Number, address)
			}
			account = key
		}
		o.add(keys[0], v.PlacedAt, now, int64(1), v.Number, address, string(order.StatusCOMPLETED), string(order.FulfilmentDELIVERED), v.Total, v.Total, string(Currency),
			v.Country.Code(), v.PlacedAt, "", account)
		p.add(keys[1], v.PlacedAt, v.PlacedAt, "MANUAL", "CAPTURED", v.Total, v.Total, string(Currency), keys[0])
		if err := i.addLines(&l, keys[0], v.Order); err != nil {
			return err
		}
	}
	for _, r := range []rows{o, l, p} {
		if err := r.insert(ctx, tx, i.db); err != nil {
			return err
		}
	}
	return nil
}

func (i *importing) addLines(rows *rows, orderID int64, o onlineretail.Order) error {
	for position, line := range o.Lines {
		key, err := i.db.NextKey()
		if err != nil {
			return err
		}
		sku, sold := line.StockCode, any(nil)
		if line.SKU != "" {
			variantID, ok := i.variants[line.SKU]
			if !ok {
				return fmt.Errorf("write order %s: the variant %s is gone", o.Number, line.SKU)
			}
			sku, sold = line.SKU, variantID
		}
		rows.add(key, int64(position), line.Title, sku, line.Quantity, line.Quantity, int64(minor(line.UnitPrice)), line.Total, string(Currency), orderID, sold)
	}
	return nil
}
