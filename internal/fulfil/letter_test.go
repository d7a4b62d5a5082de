package fulfil_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"galley/ent"
	entjob "galley/ent/job"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fulfil"
	"galley/internal/job"
	"galley/internal/lifecycle"
	"galley/internal/mail"
)

// outbox keeps the letters that are sent, or fails.
type outbox struct {
	sent []mail.Letter
	fail error
}

func (o *outbox) Send(_ context.Context, l mail.Letter) error {
	if o.fail == nil {
		o.sent = append(o.sent, l)
	}
	return o.fail
}

// payloadOf is what a job about an order carries.
func payloadOf(t *testing.T, j *ent.Job) lifecycle.Letter {
	t.Helper()
	var about lifecycle.Letter
	if err := json.Unmarshal(j.Payload, &about); err != nil {
		t.Fatal(err)
	}
	return about
}

// asked is the only job of a kind that there is.
func (s shop) asked(kind string) job.Job {
	s.t.Helper()
	row := s.db.Client.Job.Query().Where(entjob.Kind(kind)).OnlyX(s.system)
	return job.Job{Key: row.ID, Kind: row.Kind, Payload: row.Payload, Attempt: 1}
}

func TestLettersAboutOrders(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		ctx := s.shopper()
		o := s.place(ctx, of(s.variant(5), 2))
		write := fulfil.Write(s.orders, mail.OrderPlaced)
		placed := s.asked("order.placed")
		s.letters.fail = errors.New("no mail server")
		if err := write(s.system, placed); !errors.Is(err, s.letters.fail) {
			t.Errorf("a letter that was not sent: %v", err)
		}
		s.letters.fail = nil
		for range 2 {
			if err := write(s.system, placed); err != nil {
				t.Fatal(err)
			}
		}
		l := s.letters.sent[0]
		d, ok := l.Data.(mail.OrderPlacedData)
		if !ok || l.To != o.Email || l.Template != mail.OrderPlaced || d.Number != o.Number || len(d.Lines) != 1 || d.Lines[0].Quantity != 2 ||
			d.Total != "5.90 GBP" || len(d.ShipTo) < 3 {
			t.Errorf("sent %+v", l)
		}
		if !reflect.DeepEqual(l, s.letters.sent[1]) {
			t.Errorf("the second attempt sends another letter: %+v", s.letters.sent[1])
		}
		if _, err := s.cancel(ctx, o, ""); err != nil {
			t.Fatal(err)
		}
		if err := fulfil.Write(s.orders, mail.OrderCancelled)(s.system, s.asked("order.cancelled")); err != nil {
			t.Fatal(err)
		}
		if l := s.letters.sent[2]; l.Template != mail.OrderCancelled || l.To != o.Email || l.ID == s.letters.sent[0].ID {
			t.Errorf("sent %+v", l)
		}
	})
}

func TestNobodyIsWrittenToAboutAnAnonymousOrder(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		o := s.place(s.shopper(), of(s.variant(5), 1))
		s.db.Client.Order.UpdateOne(o).SetEmail("").ExecX(s.system)
		if err := fulfil.Write(s.orders, mail.OrderPlaced)(s.system, s.asked("order.placed")); err != nil || len(s.letters.sent) > 0 {
			t.Errorf("sent %+v, %v", s.letters.sent, err)
		}
	})
}
