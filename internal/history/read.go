package history

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"galley/internal/mergesort"
	"galley/internal/onlineretail"
)

// read reads the whole file, and sorts what it says.
func (i *importing) read(ctx context.Context, from Source) error {
	counted := &counter{r: from.Reader}
	rows, err := onlineretail.NewReader(counted)
	if err != nil {
		return err
	}
	c := counts{i: i, mentions: map[string]*onlineretail.Mention{}, customers: map[string]*customer{}}
	for {
		row, err := rows.Read()
		if i.report.Rows%rowsPerGlance == 0 {
			if err := ctx.Err(); err != nil {
				return interrupted(err)
			}
			i.options.Progress("reading", counted.n, from.Size)
		}
		var unreadable *onlineretail.RowError
		switch {
		case errors.Is(err, io.EOF):
			i.options.Progress("reading", counted.n, counted.n)
			if i.report.Rows > 0 && i.report.Rows == i.report.Unreadable {
				return fmt.Errorf("none of its %d rows can be read, and nothing was imported: %w", i.report.Rows, i.report.firstUnreadable)
			}
			return c.flush()
		case errors.As(err, &unreadable):
			err = i.noteUnreadable(unreadable)
		case err == nil:
			err = c.add(row, rows.Text())
		default:
			err = fmt.Errorf("%w: nothing was imported", err)
		}
		if err != nil {
			return err
		}
		i.report.Rows++
	}
}

// noteUnreadable keeps the row's invoice out, as far as it can be told: without the row it would be
// half an order.
func (i *importing) noteUnreadable(row *onlineretail.RowError) error {
	if number := onlineretail.InvoiceOf(row.Text); number != "" {
		i.broken.add(number)
	}
	if i.report.Unreadable == 0 {
		i.report.firstUnreadable = row
	}
	i.report.Unreadable++
	return i.rejected.add(row.Line, row.Err.Error(), row.Text)
}

// counts is what the rows read last say, before it is sorted.
type counts struct {
	i         *importing
	mentions  map[string]*onlineretail.Mention // by SKU, zero byte, description
	customers map[string]*customer
	key       []byte
}

// customer is what the rows of one customer say.
type customer struct {
	Line, Since int64 // of the latest row, and when the earliest was
	Country     onlineretail.Country
}

func (c *counts) add(row onlineretail.Row, text string) error {
	if err := c.count(row); err != nil {
		return err
	}
	kind := row.Kind()
	if kind != onlineretail.Sale {
		c.i.report.reject(kind)
		if err := c.i.rejected.add(row.Line, reason(kind), text); err != nil {
			return err
		}
	}
	// A row of an invoice that is no sale may hold its earliest time.
	if number := onlineretail.InvoiceOf(row.InvoiceNo); number != "" {
		c.key = binary.BigEndian.AppendUint64(append(c.key[:0], number...), uint64(row.Line)) //nolint:gosec // lines count from 1
		return c.i.lines.Add(c.key, []byte(text))
	}
	return nil
}

func (c *counts) count(row onlineretail.Row) error {
	if sku := onlineretail.SKU(row.StockCode); sku != "" {
		c.key = append(append(append(c.key[:0], sku...), 0), onlineretail.Title(row.Description)...)
		m, known := c.mentions[string(c.key)]
		if !known {
			m = new(onlineretail.Mention)
			c.mentions[string(c.key)] = m
		}
		m.Add(row)
	}
	if row.CustomerID != "" {
		seen, known := c.customers[row.CustomerID]
		if !known {
			seen = new(customer)
			c.customers[strings.Clone(row.CustomerID)] = seen // lets go of the line
		}
		seen.merge(customer{Line: int64(row.Line), Since: row.InvoiceDate.Unix(), Country: row.Country})
	}
	if len(c.mentions) >= c.i.bounds.texts || len(c.customers) >= c.i.bounds.texts {
		return c.flush()
	}
	return nil
}

func (c *customer) merge(other customer) {
	if c.Line == 0 {
		c.Since = other.Since
	}
	c.Since = min(c.Since, other.Since)
	if other.Line > c.Line {
		c.Line = other.Line
		if c.Country != other.Country {
			c.Country = onlineretail.Country(strings.Clone(string(other.Country)))
		}
	}
}

// flush gives what was counted to the sorters.
func (c *counts) flush() error {
	var value []byte
	for key, m := range c.mentions {
		var err error
		if value, err = binary.Append(value[:0], binary.BigEndian, m); err != nil {
			return fmt.Errorf("encode count: %w", err)
		}
		if err := c.i.mentions.Add([]byte(key), value); err != nil {
			return err
		}
	}
	for id, seen := range c.customers {
		value = binary.BigEndian.AppendUint64(value[:0], uint64(seen.Line)) //nolint:gosec // lines count from 1
		value = binary.BigEndian.AppendUint64(value, uint64(seen.Since))    //nolint:gosec // is turned back alike
		if err := c.i.customers.Add([]byte(id), append(value, seen.Country...)); err != nil {
			return err
		}
	}
	clear(c.mentions)
	clear(c.customers)
	return nil
}

func decodeMention(r mergesort.Record) (sku, description string, m onlineretail.Mention, err error) {
	code, text, _ := bytes.Cut(r.Key, []byte{0})
	if _, err := binary.Decode(r.Value, binary.BigEndian, &m); err != nil {
		return "", "", m, fmt.Errorf("decode count: %w", err)
	}
	return string(code), string(text), m, nil
}

func decodeCustomer(value []byte) customer {
	return customer{
		Line:    int64(binary.BigEndian.Uint64(value)),     //nolint:gosec // as it was encoded
		Since:   int64(binary.BigEndian.Uint64(value[8:])), //nolint:gosec // as it was encoded
		Country: onlineretail.Country(value[16:]),
	}
}

// counter counts the bytes that are read.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
