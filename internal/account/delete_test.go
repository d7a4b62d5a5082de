package account_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"galley/ent"
	"galley/ent/auditentry"
	"galley/ent/migrate"
	entorder "galley/ent/order"
	"galley/internal/account"
	"galley/internal/fault"
	"galley/internal/mail"
	"galley/internal/postal"
	"galley/internal/token"
)

const grace = 14 * 24 * time.Hour

// leave asks for the deletion of an account.
func (s shop) leave(u *ent.User) {
	s.t.Helper()
	s.done(s.w.AccountDelete(s.as(u), account.DeleteInput{Password: ptr(password)}))
	l := s.letter(mail.DeletionScheduled, u.Email)
	if at := l.Data.(mail.DeletionScheduledData).At; !at.Equal(s.db.Now().Add(grace)) || !s.read(u.ID).DeleteAfter.Equal(at) {
		s.t.Errorf("sent %+v", l)
	}
}

// exists tells whether there is an account.
func (s shop) exists(u *ent.User) bool {
	s.t.Helper()
	n, err := s.db.Client.User.Get(s.system(), u.ID)
	if err != nil && !ent.IsNotFound(err) {
		s.t.Fatal(err)
	}
	return n != nil
}

// traces are the tables that have a text somewhere.
func (s shop) traces(text string) (found []string) {
	s.t.Helper()
	for _, table := range migrate.Tables {
		rows, err := s.db.Client.QueryContext(s.system(), `SELECT * FROM `+table.Name)
		if err != nil {
			s.t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			s.t.Fatal(err)
		}
		for rows.Next() {
			row, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range row {
				into[i] = &row[i]
			}
			if err := rows.Scan(into...); err != nil {
				s.t.Fatal(err)
			}
			for i, v := range row {
				if b, ok := v.([]byte); ok {
					v = string(b)
				}
				if strings.Contains(fmt.Sprint(v), text) {
					found = append(found, table.Name+"."+columns[i])
				}
			}
		}
		if err := rows.Err(); err != nil {
			s.t.Fatal(err)
		}
		if err := rows.Close(); err != nil {
			s.t.Fatal(err)
		}
	}
	return found
}

// life fills what an account may leave behind.
func (s shop) life(u *ent.User) (orders []*ent.Order) {
	s.t.Helper()
	ctx := s.system()
	home := &postal.Address{Name: "Ada Lovelace", Line1: "12 Quiet Street", City: "Tunbridge", PostalCode: "TN1 1AA", Country: "GB", Phone: "+44 555"}
	s.save(u, "12 Quiet Street", true, true)
	place := func(number string) *ent.OrderCreate {
		return s.db.Client.Order.Create().SetNumber(number).SetEmail(u.Email).SetSubtotalAmount(700).SetTotalAmount(700).SetCurrency("GBP").
			SetPlacedAt(s.db.Now()).SetShippingAddress(home).SetBillingAddress(home).SetCountry("GB").SetTokenHash(token.Hash("ct_held")).SetAccessHash(token.Hash("ot_held"))
	}
	orders = append(orders, place("OWN").SetUserID(u.ID).SetCancelReason("Ada Lovelace moved").SaveX(ctx), place("GUEST").SaveX(ctx))
	for _, o := range orders {
		s.db.Client.OrderLine.Create().SetOrderID(o.ID).SetPosition(0).SetTitle("Mug").SetSku("M").SetQuantity(7).SetUnitPriceAmount(100).
			SetTotalAmount(700).SetCurrency("GBP").SaveX(ctx)
		s.db.Client.Payment.Create().SetOrderID(o.ID).SetMethod("MANUAL").SetDueAmount(700).SetCurrency("GBP").SaveX(ctx)
		s.db.Client.OrderEvent.Create().SetOrderID(o.ID).SetKind("NOTE").SetPublic(false).SetText("Ada Lovelace rings twice").ExecX(ctx)
		s.db.Client.Fulfilment.Create().SetOrderID(o.ID).SetTrackingNumber("to Ada Lovelace").SetTrackingURL("https://x.example/Ada%20Lovelace").ExecX(ctx)
	}
	s.db.Client.Cart.Create().SetUserID(u.ID).SetCurrency("GBP").SaveX(ctx)
	s.db.Client.Identity.Create().SetUserID(u.ID).SetIssuer("https://issuer.example").SetSubject("ada-at-issuer").SetEmail(u.Email).SaveX(ctx)
	s.db.Client.IdentityFlow.Create().SetUserID(u.ID).SetTokenHash([]byte("flow")).SetProvider("p").SetRedirectURI("https://x.example").
		SetNonce("n").SetVerifier([]byte("v")).SetExpiresAt(s.db.Now()).SaveX(ctx)
	_, session := s.signedIn(u)
	s.db.Client.RefreshToken.Create().SetSessionID(session).SetTokenHash([]byte("r")).SetNonce([]byte("n")).SaveX(ctx)
	s.db.Client.IdempotencyKey.Create().SetScope(fmt.Sprintf("user:%d", u.ID)).SetKey("k").SetRequest([]byte("h")).SaveX(ctx)
	role := s.db.Client.Role.Create().SetName("Packer").SetPermissions(nil).SaveX(ctx)
	s.db.Client.UserRole.Create().SetUserID(u.ID).SetRoleID(role.ID).SaveX(ctx)
	s.forgot(u)
	return orders
}

func TestAccountDelete(t *testing.T) {
	moved(t, func(t *testing.T, s shop, later func(time.Duration)) {
		u := s.user("ada@example.org", func(c *ent.UserCreate) {
			c.SetName("Ada Lovelace").SetNameKey([]byte("ada lovelace")).SetPhone("+44 555").SetEmailVerifiedAt(time.Now())
		})
		orders, other := s.life(u), s.user("other@example.org", func(c *ent.UserCreate) { c.SetName("Grace Hopper") })
		s.save(other, "1 Navy Yard", true, true)
		foreign := s.order("FOREIGN", other.Email, "ct_other")
		s.db.Client.Order.UpdateOne(foreign).SetUserID(other.ID).ExecX(s.system())

		s.leave(u)
		later(grace - time.Microsecond)
		if s.work(); !s.exists(u) || !s.signsIn(u, password) {
			t.Fatal("it does not work any more before its time")
		}
		later(time.Microsecond)
		s.work()
		l := s.letter(mail.AccountDeleted, u.Email)
		if l.Name != "Ada Lovelace" || s.exists(u) || s.signsIn(u, password) {
			t.Fatalf("sent %+v; there is an account: %v", l, s.exists(u))
		}
		// What stays of the person stands in letters on their way, which are swept, and in the log.
		for _, text := range []string{"ada@example.org", "Ada Lovelace", "ada lovelace", "Quiet Street", "Tunbridge", "TN1", "+44 555", "ada-at-issuer", fmt.Sprint(u.ID)} {
			for _, column := range s.traces(text) {
				if !strings.HasPrefix(column, "jobs.") && !strings.HasPrefix(column, "audit_entries.") {
					t.Errorf("%q stands in %s", text, column)
				}
			}
		}
		for _, o := range orders {
			got := s.db.Client.Order.GetX(s.system(), o.ID)
			if got.UserID != nil || got.Email != "" || got.ShippingAddress != nil || got.BillingAddress != nil || got.TokenHash != nil || got.CancelReason != "" {
				t.Errorf("order %s still says %+v", o.Number, got)
			}
			if got.Country != "GB" || got.TotalAmount != 700 || got.Version != o.Version+1 || !got.PlacedAt.Equal(o.PlacedAt) {
				t.Errorf("order %s lost something: %+v", o.Number, got)
			}
		}
		if lines, paid := s.db.Client.OrderLine.Query().CountX(s.system()), s.db.Client.Payment.Query().CountX(s.system()); lines != 2 || paid != 2 {
			t.Errorf("%d lines and %d payments are left", lines, paid)
		}
		if n := s.db.Client.AuditEntry.Query().Where(auditentry.ActionIn("accountDelete", "accountDeleted"), auditentry.ObjectID(u.ID)).CountX(s.system()); n != 2 {
			t.Errorf("%d notes", n)
		}
		if len(s.book(other)) != 1 || !s.signsIn(other, password) || s.db.Client.Order.Query().Where(entorder.UserID(other.ID)).CountX(s.system()) != 1 {
			t.Error("another account lost something")
		}
		s.signUp(u.Email, password) // the address is free
	})
}

func TestOrdersUnderAnAddressThatIsNotVerifiedStay(t *testing.T) {
	moved(t, func(t *testing.T, s shop, later func(time.Duration)) {
		u, victim := s.user("victim@example.org"), s.order("V1", "victim@example.org", "ct_v")
		s.leave(u)
		later(grace)
		s.work()
		if got := s.db.Client.Order.GetX(s.system(), victim.ID); s.exists(u) || got.Email != victim.Email {
			t.Errorf("a stranger's order: %+v", got)
		}
	})
}

func TestAccountDeleteCancel(t *testing.T) {
	moved(t, func(t *testing.T, s shop, later func(time.Duration)) {
		u := s.user("ada@example.org")
		s.leave(u)
		later(grace / 2)
		s.done(s.w.AccountDeleteCancel(s.as(u)))
		s.done(s.w.AccountDeleteCancel(s.as(u)))
		if got := s.read(u.ID); got.DeleteAfter != nil || got.Version != 3 {
			t.Errorf("got %+v", got)
		}
		s.leave(u) // the second time counts, not the first
		later(grace / 2)
		if s.work(); !s.exists(u) {
			t.Fatal("deleted at the time that was called off")
		}
		out, err := s.w.AccountDelete(s.as(u), account.DeleteInput{Password: ptr(password)})
		if s.done(out, err); len(s.work()) > 0 {
			t.Error("asking again changes nothing")
		}
		later(grace / 2)
		if s.work(); s.exists(u) {
			t.Error("not deleted")
		}
		_, err = s.w.AccountDeleteCancel(s.as(u))
		wantCode(t, err, fault.Unauthenticated)
	})
}

func TestAccountDeleteNeedsProof(t *testing.T) {
	moved(t, func(t *testing.T, s shop, later func(time.Duration)) {
		u := s.user("ada@example.org")
		other, _ := s.signedIn(s.user("other@example.org"))
		ctx, _ := s.signedIn(u)
		out, err := s.w.AccountDelete(ctx, account.DeleteInput{Password: ptr("wrong horse")})
		wantRejected(t, out, err, "CREDENTIALS_WRONG/password")
		out, err = s.w.AccountDelete(s.as(u), account.DeleteInput{}) // without a session
		wantRejected(t, out, err, "CREDENTIALS_WRONG/password")
		later(10 * time.Minute)
		out, err = s.w.AccountDelete(ctx, account.DeleteInput{})
		wantRejected(t, out, err, "CREDENTIALS_WRONG/password")
		if s.read(u.ID).DeleteAfter != nil {
			t.Error("it is to be deleted")
		}
		fresh, _ := s.signedIn(u)
		later(10*time.Minute - time.Microsecond)
		s.done(s.w.AccountDelete(fresh, account.DeleteInput{}))
		if s.read(u.ID).DeleteAfter == nil {
			t.Error("it is not to be deleted")
		}
		out, err = s.w.AccountDelete(other, account.DeleteInput{})
		wantRejected(t, out, err, "CREDENTIALS_WRONG/password")
		for _, ctx := range []context.Context{s.anonymous(), s.guest()} {
			_, err := s.w.AccountDelete(ctx, account.DeleteInput{})
			wantCode(t, err, fault.Unauthenticated)
			_, err = s.w.AccountDeleteCancel(ctx)
			wantCode(t, err, fault.Unauthenticated)
		}
	})
}
