package account_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"galley/ent"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/token"
)

func TestAccountExport(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		u := s.user("ada@example.org", func(c *ent.UserCreate) { c.SetName("Ada “the first” Lovelace") })
		s.life(u)
		other := s.user("other@example.org", func(c *ent.UserCreate) { c.SetName("Grace Hopper") })
		s.save(other, "1 Navy Yard", true, true)
		for i := range 450 { // more than are read at a time
			s.db.Client.Cart.Create().SetUserID(u.ID).SetTokenHash(token.Hash(fmt.Sprint(i))).SetCurrency("GBP").SaveX(s.system())
		}
		for range 5 {
			out, err := s.w.AccountExport(s.as(u))
			if err != nil || out.JSON == nil {
				t.Fatalf("got %+v, %v", out, err)
			}
			var got struct {
				Account                                             map[string]any
				Addresses, Orders, Carts, Sessions, Identities, Log []map[string]any
			}
			if err := json.Unmarshal([]byte(*out.JSON), &got); err != nil {
				t.Fatal(err)
			}
			if got.Account["name"] != u.Name || len(got.Addresses) != 1 || len(got.Orders) != 1 || len(got.Carts) != 451 || len(got.Sessions) != 1 || len(got.Identities) != 1 || len(got.Log) == 0 {
				t.Errorf("got %d addresses, %d orders, %d carts, %d sessions, %d identities, %d entries of the log of %v",
					len(got.Addresses), len(got.Orders), len(got.Carts), len(got.Sessions), len(got.Identities), len(got.Log), got.Account)
			}
			if o := got.Orders[0]; o["number"] != "OWN" || o["total"] != "7.00 GBP" || len(o["lines"].([]any)) != 1 || len(o["payments"].([]any)) != 1 {
				t.Errorf("got %v", o)
			}
			for _, secret := range []string{"argon2", "hash", "Hash", "Grace", "Navy", "other@", "nonce", "verifier"} {
				if strings.Contains(*out.JSON, secret) {
					t.Errorf("it holds %q", secret)
				}
			}
		}
		_, err := s.w.AccountExport(s.as(u))
		wantCode(t, err, fault.RateLimited)
		_, err = s.w.AccountExport(database.WithRequest(s.as(u), database.Request{Scope: "u", Key: "k", Hash: []byte("h")}))
		wantCode(t, err, fault.BadUserInput)
		_, err = s.w.AccountExport(s.guest())
		wantCode(t, err, fault.Unauthenticated)
		_, err = s.w.AccountExport(s.as(&ent.User{ID: 1}))
		wantCode(t, err, fault.Unauthenticated)
	})
}
