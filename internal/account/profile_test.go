package account_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"galley/ent"
	"galley/internal/account"
	"galley/internal/fault"
	"galley/internal/viewer"
)

func TestProfileUpdate(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		s.in("changes what is given, and leaves the rest", func(t *testing.T, s shop) {
			u := s.user("ada@example.org", func(c *ent.UserCreate) { c.SetPhone("1").SetCountry("FR") })
			key := s.done(s.w.ProfileUpdate(s.as(u), account.ProfileUpdateInput{Name: ptr(" Zoë "), Country: ptr(" gb")}))
			if key != u.ID {
				t.Errorf("changed %d", key)
			}
			got := s.read(u.ID)
			if got.Name != "Zoë" || string(got.NameKey) != "zoe" || got.Phone != "1" || got.Country != "GB" || got.Version != 2 || got.Email != u.Email {
				t.Errorf("got %+v", got)
			}
		})
		s.in("lets a field be emptied", func(t *testing.T, s shop) {
			u := s.user("empty@example.org", func(c *ent.UserCreate) { c.SetName("Ada").SetNameKey([]byte("ada")).SetPhone("1").SetCountry("GB") })
			s.done(s.w.ProfileUpdate(s.as(u), account.ProfileUpdateInput{Name: ptr(""), Phone: ptr(""), Country: ptr("")}))
			if got := s.read(u.ID); got.Name != "" || len(got.NameKey) != 0 || got.Phone != "" || got.Country != "" {
				t.Errorf("got %+v", got)
			}
		})
		s.in("changes nothing where nothing is given, or nothing new", func(t *testing.T, s shop) {
			u := s.user("same@example.org", func(c *ent.UserCreate) { c.SetName("Ada").SetCountry("GB") })
			before := s.read(u.ID)
			s.done(s.w.ProfileUpdate(s.as(u), account.ProfileUpdateInput{}))
			s.done(s.w.ProfileUpdate(s.as(u), account.ProfileUpdateInput{Name: ptr(" Ada "), Phone: ptr(""), Country: ptr("gb"), ExpectedVersion: ptr(1)}))
			if after := s.read(u.ID); after.Version != 1 || !after.UpdatedAt.Equal(before.UpdatedAt) {
				t.Errorf("got %+v, was %+v", after, before)
			}
			_, err := s.w.ProfileUpdate(s.as(u), account.ProfileUpdateInput{ExpectedVersion: ptr(2)})
			wantCode(t, err, fault.Conflict)
		})
		s.in("knows the countries that there are", func(t *testing.T, s shop) {
			u := s.user("where@example.org")
			out, err := s.w.ProfileUpdate(s.as(u), account.ProfileUpdateInput{Country: ptr("QX")})
			wantRejected(t, out, err, "INVALID/country")
		})
		s.in("says all that is wrong at once, and changes nothing", func(t *testing.T, s shop) {
			u := s.user("wrong@example.org")
			out, err := s.w.ProfileUpdate(s.as(u), account.ProfileUpdateInput{Name: ptr("a\x1bb"), Phone: ptr(strings.Repeat("1", 51)), Country: ptr("GBR")})
			wantRejected(t, out, err, "INVALID/name", "INVALID/phone", "INVALID/country")
			if got := s.read(u.ID); got.Version != 1 {
				t.Errorf("got %+v", got)
			}
		})
		s.in("changes nobody else, whatever one may do", func(t *testing.T, s shop) {
			u, other := s.member("staff@example.org", viewer.UserRead, viewer.UserWrite), s.user("other@example.org")
			s.done(s.w.ProfileUpdate(s.as(u), account.ProfileUpdateInput{Name: ptr("Me")}))
			if got := s.read(other.ID); got.Name != "" || got.Version != 1 {
				t.Errorf("got %+v", got)
			}
		})
		s.in("is a conflict if somebody else came first", func(t *testing.T, s shop) {
			u := s.user("version@example.org")
			s.done(s.w.ProfileUpdate(s.as(u), account.ProfileUpdateInput{Name: ptr("one"), ExpectedVersion: ptr(1)}))
			_, err := s.w.ProfileUpdate(s.as(u), account.ProfileUpdateInput{Name: ptr("two"), ExpectedVersion: ptr(1)})
			wantCode(t, err, fault.Conflict)
			if got := s.read(u.ID); got.Name != "one" {
				t.Errorf("got %+v", got)
			}
		})
		s.in("lets one of many through that read the same version", func(t *testing.T, s shop) {
			u := s.user("many@example.org")
			var wg sync.WaitGroup
			results := make(chan error, 8)
			for range 8 {
				wg.Go(func() {
					_, err := s.w.ProfileUpdate(s.as(u), account.ProfileUpdateInput{Phone: ptr("1"), ExpectedVersion: ptr(1)})
					results <- err
				})
			}
			wg.Wait()
			close(results)
			done := 0
			for err := range results {
				if err == nil {
					done++
				} else {
					wantCode(t, err, fault.Conflict)
				}
			}
			if done != 1 || s.read(u.ID).Version != 2 {
				t.Errorf("%d went through", done)
			}
		})
		s.in("needs a sign-in", func(t *testing.T, s shop) {
			closed := s.user("closed@example.org", func(c *ent.UserCreate) { c.SetActive(false) })
			key := viewer.With(t.Context(), viewer.Viewer{Kind: viewer.APIKey, Permissions: viewer.Permissions()})
			for says, ctx := range map[string]context.Context{
				"anonymous": s.anonymous(), "a guest": s.guest(), "an API key": key, "the system": s.system(),
				"a closed account": s.as(closed), "an account that is gone": s.as(&ent.User{ID: 1}),
			} {
				if _, err := s.w.ProfileUpdate(ctx, account.ProfileUpdateInput{}); err == nil {
					t.Errorf("%s: let through", says)
				} else {
					wantCode(t, err, fault.Unauthenticated)
				}
			}
		})
	})
}
