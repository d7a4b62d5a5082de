package graph_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"galley/graph/graphtest"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/origin"
	"galley/internal/token"
	"galley/internal/viewer"
)

func TestASessionsCookie(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		shop := graphtest.New(t, engine)
		ada := shop.Rows.Users["ada"]
		open := func(letter string, ends time.Time) string {
			secret := "gs_" + strings.Repeat(letter, 51) + "a" // 32 bytes
			shop.Database.Client.Session.Create().SetUserID(ada.ID).SetPresentation("COOKIE").SetTokenHash(token.Hash(secret)).
				SetUsedAt(shop.Database.Now()).SetExpiresAt(ends).SaveX(viewer.AsSystem(t.Context()))
			return secret
		}
		now := shop.Database.Now()
		live, ended := open("b", now.Add(time.Hour)), open("c", now.Add(-time.Hour))
		for _, c := range []struct {
			name, secret, cart string
			want               viewer.Kind
			takenAway          bool
		}{
			{"opens its session", live, "", viewer.Shopper, false},
			{"opens its session beside a guest's cart", live, graphtest.GuestToken, viewer.Shopper, false},
			{"that has ended is taken away, and the request goes on", ended, "", viewer.Anonymous, true},
			{"that has ended leaves a guest's cart", ended, graphtest.GuestToken, viewer.Guest, true},
			{"that nobody was given is taken away", "gs_" + strings.Repeat("d", 51) + "a", "", viewer.Anonymous, true},
			{"cut short is taken away", live[:40], "", viewer.Anonymous, true},
			{"padded is taken away", live + "a", "", viewer.Anonymous, true},
			{"in capitals is taken away", strings.ToUpper(live), "", viewer.Anonymous, true},
			{"of another kind of token is taken away", graphtest.GuestToken, "", viewer.Anonymous, true},
		} {
			t.Run("a cookie "+c.name+" on "+string(engine), func(t *testing.T) {
				cookie := new(origin.Cookie)
				ctx, err := shop.IdentifyCookie(origin.With(t.Context(), origin.Origin{Cookie: cookie}), c.secret, c.cart)
				if err != nil {
					t.Fatal(err)
				}
				v := viewer.From(ctx)
				if v.Kind != c.want || (v.UserID == ada.ID) != (c.want == viewer.Shopper) || (v.CartToken != nil) != (c.cart != "") {
					t.Errorf("got %+v", v)
				}
				if change, changed := cookie.Change(); changed != c.takenAway || change.Secret != "" {
					t.Errorf("the cookie becomes %+v, %v", change, changed)
				}
				if n := database.CounterFrom(ctx).Statements(); n > 1 {
					t.Errorf("took %d statements", n)
				}
			})
		}
		t.Run("a cookie beside a malformed cart's token is refused on "+string(engine), func(t *testing.T) {
			_, err := shop.IdentifyCookie(t.Context(), live, "ct_x")
			if code, _ := fault.CodeOf(err); code != fault.Unauthenticated {
				t.Errorf("got %v", err)
			}
		})
		t.Run("a cookie that nobody can take away opens nothing all the same on "+string(engine), func(t *testing.T) {
			ctx, err := shop.IdentifyCookie(t.Context(), ended, "")
			if err != nil || viewer.From(ctx).Identified() {
				t.Errorf("got %+v, %v", viewer.From(ctx), err)
			}
		})
	}
	t.Run("a cookie is not taken away because the database does not answer", func(t *testing.T) {
		t.Parallel()
		shop := graphtest.Empty(t, databasetest.SQLite)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		cookie := new(origin.Cookie)
		_, err := shop.IdentifyCookie(origin.With(ctx, origin.Origin{Cookie: cookie}), "gs_"+strings.Repeat("b", 51)+"a", "")
		if _, changed := cookie.Change(); err == nil || changed {
			t.Errorf("got %v, and the cookie changed: %v", err, changed)
		}
	})
}
