package account_test

import (
	"strings"
	"sync"
	"testing"

	"galley/ent"
	"galley/ent/address"
	"galley/internal/account"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/postal"
	"galley/internal/viewer"
)

func home(line1 string) postal.Address {
	return postal.Address{Name: "Ada", Line1: line1, City: "London", Country: "GB"}
}

// book is an account's address book, the oldest entry first.
func (s shop) book(u *ent.User) []*ent.Address {
	s.t.Helper()
	return s.db.Client.Address.Query().Where(address.UserID(u.ID)).Order(ent.Asc(address.FieldID)).AllX(s.system())
}

// save adds an address.
func (s shop) save(u *ent.User, line1 string, shipping, billing bool) nodeid.ID {
	s.t.Helper()
	return nodeid.Address.ID(s.done(s.w.AddressSave(s.as(u), account.AddressSaveInput{
		Address: home(line1), DefaultShipping: shipping, DefaultBilling: billing,
	})))
}

// defaults are the first lines of the default addresses; "two!" if there is more than one.
func (s shop) defaults(u *ent.User) (shipping, billing string) {
	s.t.Helper()
	for _, a := range s.book(u) {
		for line, set := range map[*string]bool{&shipping: a.DefaultShipping, &billing: a.DefaultBilling} {
			switch {
			case set && *line == "":
				*line = a.Line1
			case set:
				*line = "two!"
			}
		}
	}
	return shipping, billing
}

func TestAddressSave(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		wantDefaults := func(t *testing.T, s shop, u *ent.User, shipping, billing string) {
			t.Helper()
			if sh, b := s.defaults(u); sh != shipping || b != billing {
				t.Errorf("parcels go to %q, invoices to %q; want %q, %q", sh, b, shipping, billing)
			}
		}
		s.in("keeps an address, clean and whole", func(t *testing.T, s shop) {
			u := s.user("whole@example.org")
			s.done(s.w.AddressSave(s.as(u), account.AddressSaveInput{Address: postal.Address{
				Name: " Ada ", Company: "Analytical", Line1: "1 Road", Line2: "Flat 2", City: "London", Region: "Greater London",
				PostalCode: "N1 1AA", Country: "gb", Phone: "+44 1",
			}}))
			a := s.book(u)[0]
			if a.Name != "Ada" || a.Company != "Analytical" || a.Line1 != "1 Road" || a.Line2 != "Flat 2" || a.City != "London" ||
				a.Region != "Greater London" || a.PostalCode != "N1 1AA" || a.Country != "GB" || a.Phone != "+44 1" {
				t.Errorf("got %+v", a)
			}
		})
		s.in("makes the first the default for everything, and moves each default when asked", func(t *testing.T, s shop) {
			u, other := s.user("defaults@example.org"), s.user("neighbour@example.org")
			s.save(other, "neighbour", true, true)
			first := s.save(u, "first", false, false)
			wantDefaults(t, s, u, "first", "first")
			s.save(u, "second", false, false)
			wantDefaults(t, s, u, "first", "first")
			s.save(u, "third", true, false)
			wantDefaults(t, s, u, "third", "first")
			s.save(u, "fourth", true, true)
			wantDefaults(t, s, u, "fourth", "fourth")
			s.done(s.w.AddressSave(s.as(u), account.AddressSaveInput{ID: &first, Address: home("first again"), DefaultBilling: true}))
			wantDefaults(t, s, u, "fourth", "first again")
			s.done(s.w.AddressSave(s.as(u), account.AddressSaveInput{ID: &first, Address: home("first, moved")}))
			wantDefaults(t, s, u, "fourth", "first, moved")
			wantDefaults(t, s, other, "neighbour", "neighbour")
		})
		s.in("replaces an address, and no other", func(t *testing.T, s shop) {
			u := s.user("replace@example.org")
			a, b := s.save(u, "a", false, false), s.save(u, "b", false, false)
			key := s.done(s.w.AddressSave(s.as(u), account.AddressSaveInput{ID: &b, Address: home("c")}))
			if book := s.book(u); key != b.Key || len(book) != 2 || book[0].Line1 != "a" || book[0].ID != a.Key || book[1].Line1 != "c" {
				t.Errorf("got %+v", book)
			}
		})
		s.in("says all that is wrong at once", func(t *testing.T, s shop) {
			u := s.user("wrong@example.org")
			out, err := s.w.AddressSave(s.as(u), account.AddressSaveInput{Address: postal.Address{Line1: strings.Repeat("x", 201), City: " ", Country: "England"}})
			wantRejected(t, out, err, "INVALID/address/name", "INVALID/address/line1", "INVALID/address/city", "INVALID/address/country")
			if len(s.book(u)) != 0 {
				t.Error("kept it")
			}
		})
		s.in("does not find an address that is somebody else's, missing, or no address", func(t *testing.T, s shop) {
			owner, u := s.user("owner@example.org"), s.member("staff@example.org", viewer.Permissions()...)
			foreign := s.save(owner, "foreign", true, true)
			missing, user := nodeid.Address.ID(1), nodeid.User.ID(u.ID)
			wrongKind := nodeid.Cart.ID(foreign.Key)
			for _, id := range []nodeid.ID{foreign, missing, user, wrongKind, {}} {
				_, err := s.w.AddressSave(s.as(u), account.AddressSaveInput{ID: &id, Address: home("mine"), DefaultShipping: true})
				wantCode(t, err, fault.NotFound)
				_, err = s.w.AddressDelete(s.as(u), account.AddressDeleteInput{ID: id})
				wantCode(t, err, fault.NotFound)
			}
			wantDefaults(t, s, owner, "foreign", "foreign")
			if len(s.book(u)) != 0 {
				t.Error("made an address under somebody else's id")
			}
		})
		s.in("needs a sign-in", func(t *testing.T, s shop) {
			_, err := s.w.AddressSave(s.guest(), account.AddressSaveInput{Address: home("x")})
			wantCode(t, err, fault.Unauthenticated)
			_, err = s.w.AddressDelete(s.anonymous(), account.AddressDeleteInput{})
			wantCode(t, err, fault.Unauthenticated)
		})
		s.in("may be sent again under its key: one address", func(t *testing.T, s shop) {
			u := s.user("twice@example.org")
			ctx := database.WithRequest(s.as(u), database.Request{Scope: "u", Key: "k", Hash: []byte("h")})
			first := s.done(s.w.AddressSave(ctx, account.AddressSaveInput{Address: home("x")}))
			if again := s.done(s.w.AddressSave(ctx, account.AddressSaveInput{Address: home("x")})); again != first || len(s.book(u)) != 1 {
				t.Errorf("made %d, then %d", first, again)
			}
		})
	})
}

func TestAddressBookIsBounded(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		u := s.user("many@example.org")
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 8 {
					if _, err := s.w.AddressSave(s.as(u), account.AddressSaveInput{Address: home("x"), DefaultShipping: true}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		book := s.book(u)
		if len(book) != 50 {
			t.Errorf("%d addresses", len(book))
		}
		if shipping, billing := s.defaults(u); shipping != "x" || billing != "x" {
			t.Errorf("parcels go to %q, invoices to %q", shipping, billing)
		}
		out, err := s.w.AddressSave(s.as(u), account.AddressSaveInput{Address: home("51")})
		wantRejected(t, out, err, "INVALID")
		id := nodeid.Address.ID(book[0].ID)
		s.done(s.w.AddressSave(s.as(u), account.AddressSaveInput{ID: &id, Address: home("a full book can still be changed")}))
	})
}

func TestAddressDelete(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		u := s.user("ada@example.org")
		a, b := s.save(u, "a", false, false), s.save(u, "b", false, false)
		s.in("removes it, and makes no other the default", func(t *testing.T, s shop) {
			if key := s.done(s.w.AddressDelete(s.as(u), account.AddressDeleteInput{ID: a})); key != a.Key {
				t.Errorf("removed %d", key)
			}
			if book := s.book(u); len(book) != 1 || book[0].ID != b.Key || book[0].DefaultShipping || book[0].DefaultBilling {
				t.Errorf("left %+v", book)
			}
		})
		s.in("does not find it again", func(t *testing.T, s shop) {
			_, err := s.w.AddressDelete(s.as(u), account.AddressDeleteInput{ID: a})
			wantCode(t, err, fault.NotFound)
		})
	})
}
