package fulfil

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"galley/ent"
	"galley/ent/order"
	"galley/ent/orderline"
	"galley/internal/job"
	"galley/internal/mail"
	"galley/internal/money"
	"galley/internal/postal"
)

// The kinds of jobs that write letters about orders.
const (
	placed    = "order.placed" // asked for by package checkout
	cancelled = "order.cancelled"
)

// letter is the payload of such a job.
type letter struct {
	Order int64 `json:"order,string"`
}

// write makes the handler that writes a letter about an order to whoever ordered. One that has been anonymised
// meanwhile has nobody to write to.
func (w *Workflow) write(t mail.Template) job.Handler {
	return func(ctx context.Context, j job.Job) error {
		var about letter
		if err := json.Unmarshal(j.Payload, &about); err != nil {
			return fmt.Errorf("read job: %w", err)
		}
		o, err := w.db.Client.Order.Query().Where(order.ID(about.Order)).Only(ctx)
		if ent.IsNotFound(err) || err == nil && o.Email == "" {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read order: %w", err)
		}
		lines, err := w.db.Client.OrderLine.Query().Where(orderline.OrderID(o.ID)).Order(orderline.ByPosition()).All(ctx)
		if err != nil {
			return fmt.Errorf("read order lines: %w", err)
		}
		l := mail.Letter{ID: j.Kind + "." + strconv.FormatInt(j.Key, 10), To: o.Email, Template: t, Data: data(o, lines)}
		if o.ShippingAddress != nil {
			l.Name = o.ShippingAddress.Name
		}
		if err := w.letters.Send(ctx, l); err != nil {
			return fmt.Errorf("send %s: %w", t, err)
		}
		return nil
	}
}

// data is what a letter says about an order.
func data(o *ent.Order, lines []*ent.OrderLine) mail.OrderData {
	d := mail.OrderData{Number: o.Number, Total: money.Money{Amount: o.TotalAmount, Currency: o.Currency}.String()}
	for _, l := range lines {
		total := money.Money{Amount: l.TotalAmount, Currency: l.Currency}.String()
		d.Lines = append(d.Lines, mail.OrderLineData{Title: l.Title, Quantity: l.Quantity, Total: total})
	}
	if o.ShippingAddress != nil {
		d.ShipTo = written(*o.ShippingAddress)
	}
	return d
}

// written is an address as it stands on a parcel.
func written(a postal.Address) (lines []string) {
	town := strings.TrimSpace(a.City + " " + a.PostalCode)
	for _, line := range []string{a.Name, a.Company, a.Line1, a.Line2, town, a.Region, a.Country} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
