package staff_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"galley/ent"
	"galley/internal/account"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/session"
	"galley/internal/staff"
	"galley/internal/viewer"
)

// removal is a way to make somebody no administrator any more.
type removal struct {
	field string // that the user error names
	do    func(s shop, by context.Context, u *ent.User, r *ent.Role) (*database.Outcome, error)
}

// removals are all ways that the graph has. Half of what an administrator may do is by the role.
func removals() map[string]removal {
	return map[string]removal{
		"userDeactivate": {"id", func(s shop, by context.Context, u *ent.User, _ *ent.Role) (*database.Outcome, error) {
			return s.accounts.UserDeactivate(by, account.UserDeactivateInput{ID: u.NodeID()})
		}},
		"userUpdate of active": {"id", func(s shop, by context.Context, u *ent.User, _ *ent.Role) (*database.Outcome, error) {
			return s.accounts.UserUpdate(by, account.UserUpdateInput{ID: u.NodeID(), Active: ptr(false)})
		}},
		"userUpdate of staff": {"id", func(s shop, by context.Context, u *ent.User, _ *ent.Role) (*database.Outcome, error) {
			return s.accounts.UserUpdate(by, account.UserUpdateInput{ID: u.NodeID(), Staff: ptr(false)})
		}},
		"userUpdate of permissions": {"id", func(s shop, by context.Context, u *ent.User, _ *ent.Role) (*database.Outcome, error) {
			return s.accounts.UserUpdate(by, account.UserUpdateInput{ID: u.NodeID(), Permissions: graphql.OmittableOf(viewer.Permissions()[1:])})
		}},
		"userRolesSet": {"user", func(s shop, by context.Context, u *ent.User, _ *ent.Role) (*database.Outcome, error) {
			return s.w.UserRolesSet(by, staff.UserRolesSetInput{User: u.NodeID()})
		}},
		"roleUpdate": {"id", func(s shop, by context.Context, _ *ent.User, r *ent.Role) (*database.Outcome, error) {
			return s.w.RoleUpdate(by, staff.RoleUpdateInput{ID: r.NodeID(), Permissions: list()})
		}},
		"roleDelete": {"id", func(s shop, by context.Context, _ *ent.User, r *ent.Role) (*database.Outcome, error) {
			return s.w.RoleDelete(by, staff.RoleDeleteInput{ID: r.NodeID()})
		}},
		"accountDelete": {"password", func(s shop, _ context.Context, u *ent.User, _ *ent.Role) (*database.Outcome, error) {
			opened := s.db.Client.Session.Create().SetUserID(u.ID).SetPresentation(session.Token).SetExpiresAt(s.db.Now().Add(time.Hour)).SaveX(s.system())
			return s.accounts.AccountDelete(viewer.With(s.t.Context(), viewer.Viewer{
				Kind: viewer.Staff, UserID: u.ID, SessionID: opened.ID, Permissions: viewer.Permissions(),
			}), account.DeleteInput{})
		}},
	}
}

// administrator makes one who may do everything, the last of it by a role of their own.
func (s shop) administrator(email string) (*ent.User, *ent.Role) {
	s.t.Helper()
	all := viewer.Permissions()
	u := s.member(email, all[:len(all)-1]...)
	return u, s.role(email, all[len(all)-1:], u)
}

// forget takes away all that accounts hold.
func (s shop) forget() {
	s.t.Helper()
	c := s.db.Client
	c.Session.Delete().ExecX(s.system())
	c.UserRole.Delete().ExecX(s.system())
	c.Role.Delete().ExecX(s.system())
	c.User.Delete().ExecX(s.system())
}

func TestTheLastAdministratorStays(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		// A key may do everything, and is nobody's account: it would remove the last one.
		machine := viewer.With(t.Context(), viewer.Viewer{Kind: viewer.APIKey, APIKeyID: 1, Permissions: viewer.Permissions()})
		for says, way := range removals() {
			s.in(says, func(t *testing.T, s shop) {
				defer s.forget()
				last, role := s.administrator("last@example.org")
				for email, create := range map[string]func(*ent.UserCreate){ // who does not count
					"closed@example.org":  func(c *ent.UserCreate) { c.SetStaff(true).SetPermissions(viewer.Permissions()).SetActive(false) },
					"shopper@example.org": func(c *ent.UserCreate) { c.SetPermissions(viewer.Permissions()) },
					"leaving@example.org": func(c *ent.UserCreate) {
						c.SetStaff(true).SetPermissions(viewer.Permissions()).SetDeleteAfter(s.db.Now().Add(time.Hour))
					},
					"almost@example.org": func(c *ent.UserCreate) { c.SetStaff(true).SetPermissions(viewer.Permissions()[1:]) },
				} {
					s.user(email, create)
				}
				out, err := way.do(s, machine, last, role)
				wantRejected(t, out, err, "LAST_ADMINISTRATOR/"+way.field)
				if got := s.held(last); len(got) != len(viewer.Permissions()) {
					t.Errorf("it holds %q now", got)
				}
				s.administrator("next@example.org")
				s.done(way.do(s, machine, last, role))
			})
			s.in(says+" where there is none", func(t *testing.T, s shop) {
				defer s.forget()
				all := viewer.Permissions()
				u := s.member("some@example.org", all[2:len(all)-1]...)
				r := s.role("some", all[len(all)-1:], u)
				s.done(way.do(s, machine, u, r))
			})
		}
	})
}

// TestTwoAdministratorsDoNotRemoveEachOther has each remove the other at the same time, in every pair of ways.
func TestTwoAdministratorsDoNotRemoveEachOther(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		for one, ways := range removals() {
			for other, theirs := range removals() {
				s.in(one+" against "+other, func(t *testing.T, s shop) {
					defer s.forget()
					ada, adas := s.administrator("ada@example.org")
					bob, bobs := s.administrator("bob@example.org")
					asAda, asBob := s.as(ada), s.as(bob)
					var wg sync.WaitGroup
					var outcomes [2]*database.Outcome
					var errs [2]error
					wg.Go(func() { outcomes[0], errs[0] = ways.do(s, asAda, bob, bobs) })
					wg.Go(func() { outcomes[1], errs[1] = theirs.do(s, asBob, ada, adas) })
					wg.Wait()
					if err := errors.Join(errs[:]...); err != nil {
						t.Fatal(err)
					}
					done := 0
					for _, o := range outcomes {
						if len(o.UserErrors) == 0 {
							done++
						} else if o.UserErrors[0].Code != staff.LastAdministrator {
							t.Errorf("got %+v", o.UserErrors)
						}
					}
					if done != 1 {
						t.Errorf("%d of them were removed", done)
					}
				})
			}
		}
	})
}

func TestRolesProtectAnAccount(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		admin := s.as(s.member("admin@example.org", viewer.UserRead, viewer.UserWrite, viewer.OrderRead))
		mighty, weak := s.member("mighty@example.org"), s.member("weak@example.org")
		s.role("Write", list(viewer.OrderWrite), mighty)
		s.role("Read", list(viewer.OrderRead), weak)
		for says, in := range map[string]account.UserUpdateInput{
			"taking it over by a password": {Password: ptr("another battery staple")},
			"taking it over by an e-mail":  {Email: ptr("mine@example.org")},
			"dismissing it":                {Staff: ptr(false)},
			"closing it":                   {Active: ptr(false)},
		} {
			s.in(says, func(t *testing.T, s shop) {
				in.ID = mighty.NodeID()
				_, err := s.accounts.UserUpdate(admin, in)
				wantCode(t, err, fault.Forbidden)
				if got := s.read(mighty); got.Version != 1 {
					t.Errorf("got %+v", got)
				}
			})
		}
		s.in("dismissing takes the roles, and coming back brings none", func(t *testing.T, s shop) {
			text := s.session(weak)
			s.done(s.accounts.UserUpdate(admin, account.UserUpdateInput{ID: weak.NodeID(), Staff: ptr(false)}))
			if v, err := s.sessions.AuthenticateCookie(t.Context(), text); err != nil || v.Kind != viewer.Shopper || len(v.Permissions) > 0 {
				t.Errorf("got %+v, %v", v, err)
			}
			if !s.renewed(weak) {
				t.Error("its sessions keep their secrets")
			}
			s.done(s.accounts.UserUpdate(admin, account.UserUpdateInput{ID: weak.NodeID(), Staff: ptr(true)}))
			if got := s.held(weak); len(got) > 0 {
				t.Errorf("holds %q", got)
			}
		})
		s.in("granting has sessions get new secrets", func(t *testing.T, s shop) {
			s.session(weak)
			s.done(s.accounts.UserUpdate(admin, account.UserUpdateInput{ID: weak.NodeID(), Permissions: graphql.OmittableOf(list(viewer.OrderRead))}))
			if !s.renewed(weak) {
				t.Error("its sessions keep their secrets")
			}
			s.session(weak)
			s.done(s.accounts.UserUpdate(admin, account.UserUpdateInput{ID: weak.NodeID(), Name: ptr("Weak")}))
			if s.renewed(weak) {
				t.Error("a new name is no reason for a new secret")
			}
		})
	})
}
