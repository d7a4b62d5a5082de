package identity_test

import (
	"sync"
	"testing"

	"galley/ent/auditentry"
	"galley/internal/fault"
	"galley/internal/identity"
	"galley/internal/nodeid"
)

func TestUnlink(t *testing.T) {
	each(t, func(_ *testing.T, s shop) {
		unlink := func(key int64) identity.UnlinkInput { return identity.UnlinkInput{ID: nodeid.Identity.ID(key)} }
		s.in("keeps the last way to sign in", func(t *testing.T, s shop) {
			u := s.enter(s.anonymous(), s.person("last"))
			out, err := s.w.Unlink(s.as(u), unlink(s.identities(u)[0].ID))
			if err != nil || len(out.UserErrors) != 1 || out.UserErrors[0].Code != identity.LastSignIn || len(s.identities(u)) != 1 {
				t.Errorf("got %+v, %v", out, err)
			}
		})
		s.in("parts an account that has a password from its last identity", func(t *testing.T, s shop) {
			u := s.enter(s.anonymous(), s.person("password"))
			s.db.Client.Credential.Create().SetUserID(u.ID).SetPasswordHash("x").SaveX(s.system())
			key := s.identities(u)[0].ID
			out, err := s.w.Unlink(s.as(u), unlink(key))
			if err != nil || out.Key != key || len(s.identities(u)) != 0 {
				t.Errorf("got %+v, %v", out, err)
			}
			if n := s.db.Client.AuditEntry.Query().Where(auditentry.Action("identityUnlink"), auditentry.ActorID(u.ID), auditentry.ObjectID(key)).CountX(s.system()); n != 1 {
				t.Errorf("noted %d times", n)
			}
			s.wantRefused(s.come(s.anonymous(), "password"), identity.LinkNeeded)
		})
		s.in("does not tell a foreign identity from a missing one", func(t *testing.T, s shop) {
			u, other := s.enter(s.anonymous(), s.person("own")), s.enter(s.anonymous(), s.person("foreign"))
			_, missing := s.w.Unlink(s.as(u), unlink(1))
			_, foreign := s.w.Unlink(s.as(u), unlink(s.identities(other)[0].ID))
			_, mistyped := s.w.Unlink(s.as(u), identity.UnlinkInput{ID: nodeid.User.ID(s.identities(u)[0].ID)})
			for _, err := range []error{missing, foreign, mistyped} {
				wantCode(t, err, fault.NotFound)
				if err == nil || err.Error() != missing.Error() {
					t.Errorf("got %v and %v", err, missing)
				}
			}
			_, err := s.w.Unlink(s.anonymous(), unlink(s.identities(u)[0].ID))
			wantCode(t, err, fault.Unauthenticated)
		})
		s.in("is over for an account that was closed", func(t *testing.T, s shop) {
			u := s.enter(s.anonymous(), s.person("over"))
			s.db.Client.User.UpdateOneID(u.ID).SetActive(false).ExecX(s.system())
			_, err := s.w.Unlink(s.as(u), unlink(s.identities(u)[0].ID))
			wantCode(t, err, fault.Unauthenticated)
		})
		s.in("keeps one of several that are unlinked at once", func(t *testing.T, s shop) {
			u := s.user("several@example.org")
			for _, subject := range []string{"several-1", "several-2", "several-3", "several-4"} {
				s.enter(s.as(u), s.person(subject))
			}
			var all sync.WaitGroup
			for _, row := range s.identities(u) {
				all.Go(func() {
					out, err := s.w.Unlink(s.as(u), unlink(row.ID))
					if err != nil || len(out.UserErrors) > 0 && out.UserErrors[0].Code != identity.LastSignIn {
						t.Errorf("got %+v, %v", out, err)
					}
				})
			}
			all.Wait()
			if n := len(s.identities(u)); n != 1 {
				t.Errorf("%d are left", n)
			}
		})
	})
}
