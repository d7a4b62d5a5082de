package account_test

import (
	"slices"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"galley/ent"
	"galley/internal/account"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

func TestUserCreate(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		admin := s.member("admin@example.org", viewer.UserRead, viewer.UserWrite, viewer.OrderRead)
		s.in("makes one of the staff, who may do what was granted", func(t *testing.T, s shop) {
			key := s.done(s.w.UserCreate(s.as(admin), account.UserCreateInput{
				Email: "New@example.org", Name: "New", Phone: "1", Country: "gb", Staff: true,
				Permissions: []viewer.Permission{viewer.OrderRead, viewer.UserRead, viewer.OrderRead},
			}))
			u := s.read(key)
			if u.Email != "new@example.org" || !u.Staff || !slices.Equal(u.Permissions, []viewer.Permission{viewer.UserRead, viewer.OrderRead}) || u.Country != "GB" || u.Phone != "1" || string(u.NameKey) != "new" {
				t.Errorf("got %+v", u)
			}
			if s.hash(key) != "" {
				t.Error("it has a password that nobody chose")
			}
		})
		s.in("makes a shopper who can sign in", func(t *testing.T, s shop) {
			key := s.done(s.w.UserCreate(s.as(admin), account.UserCreateInput{Email: "shopper@example.org", Password: ptr(password)}))
			out, err := s.w.SignIn(s.anonymous(), account.SignInInput{Email: "shopper@example.org", Password: password})
			if err != nil || out.UserID != key || s.read(key).Staff {
				t.Errorf("got %+v, %v", out, err)
			}
		})
		s.in("says all that is wrong at once", func(t *testing.T, s shop) {
			out, err := s.w.UserCreate(s.as(admin), account.UserCreateInput{
				Email: "x", Password: ptr("12345678"), Name: "\n\x00", Phone: "\x7f", Country: "1", Permissions: []viewer.Permission{viewer.OrderRead},
			})
			wantRejected(t, out, err, "INVALID/email", "PASSWORD_WEAK/password", "INVALID/name", "INVALID/phone", "INVALID/country", "INVALID/permissions")
		})
		s.in("knows the countries that there are", func(t *testing.T, s shop) {
			out, err := s.w.UserCreate(s.as(admin), account.UserCreateInput{Email: "uk@example.org", Country: "UK"})
			wantRejected(t, out, err, "INVALID/country")
			out, err = s.w.UserUpdate(s.as(admin), account.UserUpdateInput{ID: id(admin), Country: ptr("zz")})
			wantRejected(t, out, err, "INVALID/country")
		})
		s.in("refuses an address that is taken", func(t *testing.T, s shop) {
			out, err := s.w.UserCreate(s.as(admin), account.UserCreateInput{Email: "ADMIN@example.org"})
			wantRejected(t, out, err, "EMAIL_TAKEN/email")
		})
		s.in("grants nothing that its maker does not hold", func(t *testing.T, s shop) {
			_, err := s.w.UserCreate(s.as(admin), account.UserCreateInput{
				Email: "more@example.org", Staff: true, Permissions: []viewer.Permission{viewer.OrderRead, viewer.OrderWrite},
			})
			wantCode(t, err, fault.Forbidden)
		})
		s.in("grants everything where the system does it", func(t *testing.T, s shop) {
			key := s.done(s.w.UserCreate(s.system(), account.UserCreateInput{Email: "root@example.org", Staff: true, Permissions: viewer.Permissions()}))
			if got := s.read(key).Permissions; !slices.Equal(got, viewer.Permissions()) {
				t.Errorf("got %q", got)
			}
		})
	})
}

func TestStaffMutationsNeedThePermission(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		target := s.user("target@example.org")
		var others []viewer.Permission
		for _, p := range viewer.Permissions() {
			if p != viewer.UserWrite {
				others = append(others, p)
			}
		}
		shopper := s.user("shopper@example.org", func(c *ent.UserCreate) { c.SetPermissions(viewer.Permissions()) })
		for says, c := range map[string]struct {
			viewer viewer.Viewer
			want   fault.Code
		}{
			"anonymous":             {viewer.Viewer{}, fault.Unauthenticated},
			"a guest":               {viewer.Viewer{Kind: viewer.Guest, CartToken: []byte("x")}, fault.Unauthenticated},
			"a shopper":             {viewer.Viewer{Kind: viewer.Shopper, UserID: shopper.ID}, fault.Forbidden},
			"the account itself":    {viewer.Viewer{Kind: viewer.Shopper, UserID: target.ID}, fault.Forbidden},
			"staff with the others": {viewer.Viewer{Kind: viewer.Staff, UserID: shopper.ID, Permissions: others}, fault.Forbidden},
			"a key with the others": {viewer.Viewer{Kind: viewer.APIKey, Permissions: others}, fault.Forbidden},
		} {
			s.in(says+" is refused", func(t *testing.T, s shop) {
				ctx := viewer.With(t.Context(), c.viewer)
				_, err := s.w.UserCreate(ctx, account.UserCreateInput{Email: "new@example.org"})
				wantCode(t, err, c.want)
				for _, id := range []nodeid.ID{id(target), nodeid.User.ID(1)} { // nor learns what exists
					_, err = s.w.UserUpdate(ctx, account.UserUpdateInput{ID: id, Staff: ptr(true)})
					wantCode(t, err, c.want)
					_, err = s.w.UserDeactivate(ctx, account.UserDeactivateInput{ID: id})
					wantCode(t, err, c.want)
				}
			})
		}
		if got := s.read(target.ID); got.Version != 1 || s.db.Client.User.Query().CountX(s.system()) != 2 {
			t.Errorf("something changed: %+v", got)
		}
	})
}

func TestUserUpdate(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		admin := s.member("admin@example.org", viewer.UserRead, viewer.UserWrite, viewer.OrderRead)
		later := time.Now().Add(time.Hour)
		s.in("changes what is given, and leaves the rest", func(t *testing.T, s shop) {
			u := s.member("ada@example.org", viewer.OrderRead)
			text := s.session(u, later)
			s.done(s.w.UserUpdate(s.as(admin), account.UserUpdateInput{ID: id(u), Name: ptr("Ada"), Email: ptr("ADA2@example.org"), ExpectedVersion: ptr(1)}))
			got := s.read(u.ID)
			if got.Name != "Ada" || string(got.NameKey) != "ada" || got.Email != "ada2@example.org" || got.Version != 2 || !got.Staff || !got.Active || !slices.Equal(got.Permissions, u.Permissions) {
				t.Errorf("got %+v", got)
			}
			if _, err := s.sessions.Authenticate(t.Context(), text); err != nil {
				t.Errorf("its session ended: %v", err)
			}
		})
		s.in("ends the sessions of who gets a new password, and no others", func(t *testing.T, s shop) {
			u, other := s.user("password@example.org"), s.user("other@example.org")
			text, others := s.session(u, later), s.session(other, later)
			s.done(s.w.UserUpdate(s.as(admin), account.UserUpdateInput{ID: id(u), Password: ptr("another battery staple")}))
			_, err := s.sessions.Authenticate(t.Context(), text)
			wantCode(t, err, fault.Unauthenticated)
			if _, err := s.sessions.Authenticate(t.Context(), others); err != nil {
				t.Errorf("somebody else's session ended: %v", err)
			}
			for word, want := range map[string]bool{password: false, "another battery staple": true} {
				out, err := s.w.SignIn(s.anonymous(), account.SignInInput{Email: u.Email, Password: word})
				if err != nil || (out.Token != nil) != want {
					t.Errorf("%q: got %+v, %v", word, out, err)
				}
			}
		})
		s.in("gives a first password to who had none", func(t *testing.T, s shop) {
			u := s.db.Client.User.Create().SetEmail("first@example.org").SetNameKey([]byte{}).SaveX(s.system())
			s.done(s.w.UserUpdate(s.as(admin), account.UserUpdateInput{ID: id(u), Password: ptr("another battery staple")}))
			if s.hash(u.ID) == "" {
				t.Error("it has none yet")
			}
		})
		s.in("says all that is wrong at once", func(t *testing.T, s shop) {
			u := s.user("wrong@example.org")
			out, err := s.w.UserUpdate(s.as(admin), account.UserUpdateInput{ID: id(u), Email: ptr("@"), Password: ptr("x"), Name: ptr("\t\x01x"), Phone: ptr("\r\x02x"), Country: ptr("??")})
			wantRejected(t, out, err, "INVALID/email", "PASSWORD_WEAK/password", "INVALID/name", "INVALID/phone", "INVALID/country")
			out, err = s.w.UserUpdate(s.as(admin), account.UserUpdateInput{ID: id(u), Permissions: set(viewer.OrderRead)})
			wantRejected(t, out, err, "INVALID/permissions")
		})
		s.in("refuses an address that is taken, and lets one keep one's own", func(t *testing.T, s shop) {
			u := s.user("mine@example.org")
			out, err := s.w.UserUpdate(s.as(admin), account.UserUpdateInput{ID: id(u), Email: ptr("Admin@Example.org")})
			wantRejected(t, out, err, "EMAIL_TAKEN/email")
			s.done(s.w.UserUpdate(s.as(admin), account.UserUpdateInput{ID: id(u), Email: ptr("Mine@example.org")}))
		})
		s.in("is a conflict if somebody else came first", func(t *testing.T, s shop) {
			u := s.user("conflict@example.org")
			_, err := s.w.UserUpdate(s.as(admin), account.UserUpdateInput{ID: id(u), Name: ptr("x"), ExpectedVersion: ptr(2)})
			wantCode(t, err, fault.Conflict)
			_, err = s.w.UserDeactivate(s.as(admin), account.UserDeactivateInput{ID: id(u), ExpectedVersion: ptr(0)})
			wantCode(t, err, fault.Conflict)
		})
		s.in("does not find what is missing, is no account, or may not be seen", func(t *testing.T, s shop) {
			u := s.user("unseen@example.org")
			for _, id := range []nodeid.ID{nodeid.User.ID(1), nodeid.Order.ID(u.ID), {}} {
				_, err := s.w.UserUpdate(s.as(admin), account.UserUpdateInput{ID: id, Name: ptr("x")})
				wantCode(t, err, fault.NotFound)
			}
			blind := s.member("blind@example.org", viewer.UserWrite)
			_, err := s.w.UserUpdate(s.as(blind), account.UserUpdateInput{ID: id(u), Name: ptr("x")})
			wantCode(t, err, fault.NotFound)
		})
	})
}

// set is a list of permissions that was sent.
func set(permissions ...viewer.Permission) graphql.Omittable[[]viewer.Permission] {
	return graphql.OmittableOf(append([]viewer.Permission{}, permissions...))
}

func TestNobodyRaisesThemselvesOrOthers(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		admin := s.member("admin@example.org", viewer.UserRead, viewer.UserWrite, viewer.OrderRead)
		for says, c := range map[string]struct {
			target []viewer.Permission // nil: a shopper
			in     account.UserUpdateInput
			closed bool
			done   bool
		}{
			"grants what they hold":                             {[]viewer.Permission{}, account.UserUpdateInput{Permissions: set(viewer.OrderRead)}, false, true},
			"grants what they do not hold":                      {[]viewer.Permission{}, account.UserUpdateInput{Permissions: set(viewer.OrderWrite)}, false, false},
			"takes what they hold":                              {[]viewer.Permission{viewer.OrderRead}, account.UserUpdateInput{Permissions: set()}, false, true},
			"takes what they do not hold":                       {[]viewer.Permission{viewer.OrderWrite}, account.UserUpdateInput{Permissions: set()}, false, false},
			"leaves what they do not hold":                      {[]viewer.Permission{viewer.OrderWrite}, account.UserUpdateInput{Permissions: set(viewer.OrderWrite, viewer.OrderRead)}, false, true},
			"sends null for permissions, which leaves them":     {[]viewer.Permission{viewer.OrderWrite}, account.UserUpdateInput{Permissions: graphql.OmittableOf[[]viewer.Permission](nil)}, false, true},
			"makes a shopper staff with what they hold":         {nil, account.UserUpdateInput{Staff: ptr(true), Permissions: set(viewer.OrderRead)}, false, true},
			"makes a shopper staff with more":                   {nil, account.UserUpdateInput{Staff: ptr(true), Permissions: set(viewer.CatalogWrite)}, false, false},
			"dismisses staff who may do less":                   {[]viewer.Permission{viewer.OrderRead}, account.UserUpdateInput{Staff: ptr(false)}, false, true},
			"dismisses staff who may do more":                   {[]viewer.Permission{viewer.OrderWrite}, account.UserUpdateInput{Staff: ptr(false)}, false, false},
			"renames staff who may do more":                     {[]viewer.Permission{viewer.OrderWrite}, account.UserUpdateInput{Name: ptr("x")}, false, true},
			"sets the password of staff who may do less":        {[]viewer.Permission{viewer.OrderRead}, account.UserUpdateInput{Password: ptr("another battery staple")}, false, true},
			"sets the password of staff who may do more":        {[]viewer.Permission{viewer.OrderWrite}, account.UserUpdateInput{Password: ptr("another battery staple")}, false, false},
			"takes and sets the password at once":               {[]viewer.Permission{viewer.OrderWrite}, account.UserUpdateInput{Password: ptr("another battery staple"), Staff: ptr(false)}, false, false},
			"changes the e-mail of staff who may do more":       {[]viewer.Permission{viewer.OrderWrite}, account.UserUpdateInput{Email: ptr("mine@example.org")}, false, false},
			"sends the same e-mail of staff who may do more":    {[]viewer.Permission{viewer.OrderWrite}, account.UserUpdateInput{Email: ptr("target@example.org")}, false, true},
			"closes staff who may do less":                      {[]viewer.Permission{viewer.OrderRead}, account.UserUpdateInput{Active: ptr(false)}, false, true},
			"closes staff who may do more":                      {[]viewer.Permission{viewer.OrderWrite}, account.UserUpdateInput{Active: ptr(false)}, false, false},
			"opens staff again who may do more":                 {[]viewer.Permission{viewer.OrderWrite}, account.UserUpdateInput{Active: ptr(true)}, true, false},
			"opens a shopper again":                             {nil, account.UserUpdateInput{Active: ptr(true)}, true, true},
			"sets the password of a shopper":                    {nil, account.UserUpdateInput{Password: ptr("another battery staple")}, false, true},
			"closes what is closed, with staff who may do more": {[]viewer.Permission{viewer.OrderWrite}, account.UserUpdateInput{Active: ptr(false)}, true, true},
		} {
			s.in(says, func(t *testing.T, s shop) {
				target := s.user("target@example.org", func(u *ent.UserCreate) {
					u.SetActive(!c.closed)
					if c.target != nil {
						u.SetStaff(true).SetPermissions(c.target)
					}
				})
				defer s.forget(target)
				before, hash := s.read(target.ID), s.hash(target.ID)
				c.in.ID = id(target)
				out, err := s.w.UserUpdate(s.as(admin), c.in)
				if c.done {
					s.done(out, err)
					return
				}
				wantCode(t, err, fault.Forbidden)
				if after := s.read(target.ID); after.String() != before.String() || s.hash(target.ID) != hash {
					t.Errorf("got %s, was %s", after, before)
				}
			})
		}
		s.in("staff who were dismissed hold nothing when they come back", func(t *testing.T, s shop) {
			u := s.user("back@example.org", func(c *ent.UserCreate) { c.SetPermissions(viewer.Permissions()) })
			s.done(s.w.UserUpdate(s.as(admin), account.UserUpdateInput{ID: id(u), Staff: ptr(true)}))
			if got := s.read(u.ID); !got.Staff || len(got.Permissions) != 0 {
				t.Errorf("got %+v", got)
			}
		})
	})
}

// forget removes an account, so that its address is free again.
func (s shop) forget(u *ent.User) {
	s.db.Client.Session.Delete().ExecX(s.system())
	s.db.Client.Credential.Delete().ExecX(s.system())
	s.db.Client.User.DeleteOneID(u.ID).ExecX(s.system())
}

func TestOwnAccount(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		u := s.member("admin@example.org", viewer.UserRead, viewer.UserWrite)
		s.in("cannot be closed or demoted by oneself", func(t *testing.T, s shop) {
			out, err := s.w.UserDeactivate(s.as(u), account.UserDeactivateInput{ID: id(u)})
			wantRejected(t, out, err, "OWN_ACCOUNT/id")
			out, err = s.w.UserUpdate(s.as(u), account.UserUpdateInput{ID: id(u), Active: ptr(false), Staff: ptr(false)})
			wantRejected(t, out, err, "OWN_ACCOUNT/active", "OWN_ACCOUNT/staff", "OWN_ACCOUNT/permissions")
			out, err = s.w.UserUpdate(s.as(u), account.UserUpdateInput{ID: id(u), Permissions: set(viewer.UserRead)})
			wantRejected(t, out, err, "OWN_ACCOUNT/permissions")
			_, err = s.w.UserUpdate(s.as(u), account.UserUpdateInput{ID: id(u), Permissions: set(viewer.Permissions()...)})
			wantCode(t, err, fault.Forbidden)
			if got := s.read(u.ID); !got.Active || !got.Staff || got.Version != 1 || !slices.Equal(got.Permissions, u.Permissions) {
				t.Errorf("got %+v", got)
			}
		})
		s.in("can be changed otherwise", func(t *testing.T, s shop) {
			s.done(s.w.UserUpdate(s.as(u), account.UserUpdateInput{ID: id(u), Name: ptr("Me"), Active: ptr(true), Staff: ptr(true), Permissions: set(viewer.UserWrite, viewer.UserRead)}))
		})
	})
}

func TestUserDeactivate(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		admin, u := s.member("admin@example.org", viewer.UserRead, viewer.UserWrite), s.user("ada@example.org")
		text := s.session(u, time.Now().Add(time.Hour))
		s.in("ends its sessions at once", func(t *testing.T, s shop) {
			key := s.done(s.w.UserDeactivate(s.as(admin), account.UserDeactivateInput{ID: id(u), ExpectedVersion: ptr(1)}))
			if got := s.read(u.ID); key != u.ID || got.Active || got.Version != 2 {
				t.Errorf("got %+v", got)
			}
			_, err := s.sessions.Authenticate(t.Context(), text)
			wantCode(t, err, fault.Unauthenticated)
		})
		s.in("succeeds again, and changes nothing", func(t *testing.T, s shop) {
			before := s.read(u.ID)
			s.done(s.w.UserDeactivate(s.as(admin), account.UserDeactivateInput{ID: id(u)}))
			s.done(s.w.UserUpdate(s.as(admin), account.UserUpdateInput{ID: id(u)}))
			s.done(s.w.UserUpdate(s.as(admin), account.UserUpdateInput{
				ID: id(u), Email: ptr(" ADA@example.org"), Name: ptr(before.Name), Staff: ptr(false), Active: ptr(false), Permissions: set(),
			}))
			if after := s.read(u.ID); after.Version != before.Version || !after.UpdatedAt.Equal(before.UpdatedAt) {
				t.Errorf("got %+v, was %+v", after, before)
			}
			_, err := s.w.UserDeactivate(s.as(admin), account.UserDeactivateInput{ID: id(u), ExpectedVersion: ptr(1)})
			wantCode(t, err, fault.Conflict)
		})
		s.in("lets it sign in no more", func(t *testing.T, s shop) {
			out, err := s.w.SignIn(s.anonymous(), account.SignInInput{Email: u.Email, Password: password})
			if err != nil {
				t.Fatal(err)
			}
			wantErrors(t, out.UserErrors, "CREDENTIALS_WRONG")
		})
		s.in("leaves the sessions ended when the account is opened again", func(t *testing.T, s shop) {
			s.done(s.w.UserUpdate(s.as(admin), account.UserUpdateInput{ID: id(u), Active: ptr(true)}))
			_, err := s.sessions.Authenticate(t.Context(), text)
			wantCode(t, err, fault.Unauthenticated)
			out, err := s.w.SignIn(s.anonymous(), account.SignInInput{Email: u.Email, Password: password})
			if err != nil || out.Token == nil {
				t.Errorf("got %+v, %v", out, err)
			}
		})
	})
}
