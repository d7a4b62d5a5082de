package fulfil_test

import (
	"bytes"
	"context"
	"testing"

	"galley/ent"
	entjob "galley/ent/job"
	"galley/ent/order"
	"galley/internal/fault"
	"galley/internal/fulfil"
	"galley/internal/job"
	"galley/internal/lifecycle"
	"galley/internal/mail"
	"galley/internal/origin"
	"galley/internal/secret"
	"galley/internal/token"
	"galley/internal/viewer"
)

// holder is whoever brings the token of a letter.
func (s shop) holder(text string) context.Context {
	return viewer.With(s.t.Context(), viewer.Viewer{Kind: viewer.Guest, OrderToken: token.Hash(text)})
}

// written runs the jobs that ask for access, and returns their letters.
func (s shop) written() []mail.Letter {
	s.t.Helper()
	s.letters.sent = nil
	for _, j := range s.db.Client.Job.Query().Where(entjob.Kind("order.access")).Order(entjob.ByID()).AllX(s.system) {
		if err := fulfil.WriteAccess(s.orders, s.system, job.Job{Key: j.ID, Kind: j.Kind, Payload: j.Payload, Attempt: 1}); err != nil {
			s.t.Fatal(err)
		}
	}
	return s.letters.sent
}

func TestAccess(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		guest := s.visitor()
		o, other := s.place(guest, of(s.variant(10), 3)), s.place(s.shopper(), of(s.variant(10), 1))
		ask := func(number, email string) *fulfil.AccessPayload {
			s.t.Helper()
			p, err := s.orders.AccessRequest(s.visitor(), fulfil.AccessInput{Number: number, Email: email})
			if err != nil {
				s.t.Fatal(err)
			}
			return p
		}
		for _, c := range []struct{ number, email string }{
			{" " + o.Number + " ", "Ann@Customers.Example"}, {o.Number, "eve@strangers.example"}, {"AAAA-AAAA", "ann@customers.example"},
			{other.Number, "eve@strangers.example"},
		} {
			if p := ask(c.number, c.email); p.Email == nil || len(p.UserErrors) > 0 {
				s.t.Errorf("%v: the answer tells: %+v", c, p)
			}
		}
		letters := s.written()
		if len(letters) != 1 || letters[0].To != o.Email || letters[0].Template != mail.OrderAccess {
			s.t.Fatalf("sent %+v", letters)
		}
		text := letters[0].Data.(mail.OrderData).Token
		if text != lifecycle.AccessToken(secret.Development(), o.ID, o.Email) || !bytes.Equal(s.read(o).AccessHash, token.Hash(text)) {
			s.t.Errorf("the letter brings %q", text)
		}
		if got := s.db.Client.Order.Query().AllX(s.holder(text)); len(got) != 1 || got[0].ID != o.ID {
			s.t.Errorf("the token opens %v", got)
		}
		if s.db.Client.Cart.Query().ExistX(s.holder(text)) || s.db.Client.User.Query().ExistX(s.holder(text)) {
			s.t.Error("the token opens more than the order")
		}
		for _, bad := range []string{text + "a", "ot_aaaaaaaaaaaaaaaaaaaaaaaaaa"} {
			if s.db.Client.Order.Query().ExistX(s.holder(bad)) {
				s.t.Errorf("%q opens something", bad)
			}
		}
		for field, in := range map[string]fulfil.AccessInput{
			"email": {Number: o.Number, Email: "ann"}, "number": {Number: "  ", Email: "ann@customers.example"},
		} {
			if p := ask(in.Number, in.Email); p.Email != nil || len(p.UserErrors) != 1 || p.UserErrors[0].Field[0] != field {
				s.t.Errorf("%+v: got %+v", in, p)
			}
		}
		o.Update().SetEmail("").ExecX(s.system)
		if letters := s.written(); len(letters) != 0 {
			s.t.Errorf("an anonymous order is sent to %s", letters[0].To)
		}
	})
}

func TestAKeyThatIsReplacedDoesNotCloseOrders(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		o := s.place(s.visitor(), of(s.variant(10), 3))
		old := []byte("the hash of a token by an old key")
		o.Update().SetAccessHash(old).ExecX(s.system)
		if s.db.Client.Order.Query().Where(order.AccessHash(old)).CountX(s.system) != 1 {
			s.t.Fatal("it has no token")
		}
		if err := fulfil.Write(s.orders, mail.OrderPlaced)(s.system, s.asked("order.placed")); err != nil {
			s.t.Fatal(err)
		}
		text := s.letters.sent[0].Data.(mail.OrderData).Token
		if !s.db.Client.Order.Query().Where(order.ID(o.ID)).ExistX(s.holder(text)) {
			s.t.Error("the link of the letter does not open the order")
		}
	})
}

func TestNobodyFillsAMailbox(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		limited := 0
		for range 7 {
			_, err := s.orders.AccessRequest(origin.With(s.visitor(), origin.Origin{}), fulfil.AccessInput{Number: "AAAA-AAAA", Email: "ann@customers.example"})
			if code, _ := fault.CodeOf(err); code == fault.RateLimited {
				limited++
			} else if err != nil {
				s.t.Error(err)
			}
		}
		if limited == 0 {
			s.t.Error("as many letters as one likes")
		}
	})
}

// both is what two reads of an order by a token have in common: nothing of it is its holder's to change.
func TestATokenChangesNothingElse(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		o := s.place(s.shopper(), of(s.variant(10), 3))
		text := lifecycle.AccessToken(secret.Development(), o.ID, o.Email)
		o.Update().SetAccessHash(token.Hash(text)).ExecX(s.system)
		for _, mutation := range []func() error{
			func() error { _, err := s.send(s.holder(text), o); return err },
			func() error {
				_, err := s.orders.NoteAdd(s.holder(text), fulfil.NoteInput{Order: o.NodeID(), Text: "x"})
				return err
			},
			func() error {
				return s.db.Client.Order.UpdateOne(&ent.Order{ID: o.ID}).SetEmail("eve@x.example").Exec(s.holder(text))
			},
		} {
			if err := mutation(); err == nil {
				s.t.Error("it changed something")
			}
		}
	})
}
