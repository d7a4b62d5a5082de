package staff_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"galley/ent"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/staff"
	"galley/internal/viewer"
)

func TestRoleCreate(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		admin := s.as(s.member("admin@example.org", viewer.StaffRead, viewer.StaffWrite, viewer.OrderRead))
		s.in("makes a role with what its maker holds", func(t *testing.T, s shop) {
			key := s.done(s.w.RoleCreate(admin, staff.RoleCreateInput{
				Name: " Order desk ", Description: "Answers\nletters ", Permissions: list(viewer.StaffRead, viewer.OrderRead, viewer.StaffRead),
			}))
			r := s.db.Client.Role.GetX(s.system(), key)
			if r.Name != "Order desk" || r.Description != "Answers\nletters" || r.Version != 1 || !slices.Equal(r.Permissions, list(viewer.OrderRead, viewer.StaffRead)) {
				t.Errorf("got %+v", r)
			}
		})
		s.in("grants nothing that its maker does not hold", func(t *testing.T, s shop) {
			_, err := s.w.RoleCreate(admin, staff.RoleCreateInput{Name: "More", Permissions: list(viewer.OrderRead, viewer.OrderWrite)})
			wantCode(t, err, fault.Forbidden)
		})
		s.in("says all that is wrong at once", func(t *testing.T, s shop) {
			out, err := s.w.RoleCreate(admin, staff.RoleCreateInput{Name: "a\nb", Description: "\x00"})
			wantRejected(t, out, err, "INVALID/name", "INVALID/description")
			out, err = s.w.RoleCreate(admin, staff.RoleCreateInput{Name: " ", Description: strings.Repeat("é", 501)})
			wantRejected(t, out, err, "INVALID/name", "INVALID/description")
			out, err = s.w.RoleCreate(admin, staff.RoleCreateInput{Name: strings.Repeat("é", 101)})
			wantRejected(t, out, err, "INVALID/name")
			out, err = s.w.RoleCreate(admin, staff.RoleCreateInput{Name: "\xff"})
			wantRejected(t, out, err, "INVALID/name")
		})
		s.in("refuses a name that is taken", func(t *testing.T, s shop) {
			out, err := s.w.RoleCreate(admin, staff.RoleCreateInput{Name: "Order desk"})
			wantRejected(t, out, err, "NAME_TAKEN/name")
		})
		s.in("makes a hundred and no more", func(t *testing.T, s shop) {
			for i := s.db.Client.Role.Query().CountX(s.system()); i < 100; i++ {
				s.role(fmt.Sprint("role ", i), nil)
			}
			out, err := s.w.RoleCreate(admin, staff.RoleCreateInput{Name: "One more"})
			wantRejected(t, out, err, "TOO_MANY")
		})
	})
}

func TestRoleUpdate(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		admin := s.as(s.member("admin@example.org", viewer.StaffRead, viewer.StaffWrite, viewer.OrderRead))
		clerk, other := s.member("clerk@example.org", viewer.StockRead), s.member("other@example.org")
		desk := s.role("Desk", list(viewer.OrderRead), clerk)
		s.role("Vault", list(viewer.OrderWrite))
		s.in("moves permissions for all who have it, at once", func(t *testing.T, s shop) {
			if got := s.held(clerk); !slices.Equal(got, list(viewer.StockRead, viewer.OrderRead)) {
				t.Errorf("at first: %q", got)
			}
			text, others := s.session(clerk), s.session(other)
			told, otherTold := s.watches(clerk), s.watches(other)
			s.done(s.w.RoleUpdate(admin, staff.RoleUpdateInput{ID: desk.NodeID(), ExpectedVersion: ptr(1), Permissions: list(viewer.StaffRead)}))
			v, err := s.sessions.AuthenticateCookie(t.Context(), text)
			if err != nil || !slices.Equal(v.Permissions, list(viewer.StockRead, viewer.StaffRead)) {
				t.Errorf("got %q, %v", v.Permissions, err)
			}
			if v, err := s.sessions.AuthenticateCookie(t.Context(), others); err != nil || len(v.Permissions) > 0 {
				t.Errorf("somebody else: %q, %v", v.Permissions, err)
			}
			if !told() || otherTold() {
				t.Error("those that watch are not told, or others are")
			}
			if !s.renewed(clerk) || s.renewed(other) {
				t.Error("the wrong sessions are due for a new secret")
			}
		})
		s.in("is free to rename what one does not hold", func(t *testing.T, s shop) {
			vault := s.role("Safe", list(viewer.OrderWrite), clerk)
			s.done(s.w.RoleUpdate(admin, staff.RoleUpdateInput{ID: vault.NodeID(), Name: ptr("Big safe"), Description: ptr("x"), Permissions: list(viewer.OrderWrite)}))
			r := s.db.Client.Role.GetX(s.system(), vault.ID)
			if r.Name != "Big safe" || r.Description != "x" || r.Version != 2 || !slices.Equal(r.Permissions, list(viewer.OrderWrite)) {
				t.Errorf("got %+v", r)
			}
			if s.renewed(clerk) {
				t.Error("a new name is no reason for a new secret")
			}
		})
		s.in("grants and takes nothing that one does not hold", func(t *testing.T, s shop) {
			r := s.role("Mixed", list(viewer.OrderWrite, viewer.OrderRead))
			for _, permissions := range [][]viewer.Permission{{}, {viewer.OrderRead}, {viewer.OrderWrite, viewer.OrderRead, viewer.JobRead}} {
				_, err := s.w.RoleUpdate(admin, staff.RoleUpdateInput{ID: r.NodeID(), Permissions: permissions})
				wantCode(t, err, fault.Forbidden)
			}
			s.done(s.w.RoleUpdate(admin, staff.RoleUpdateInput{ID: r.NodeID(), Permissions: list(viewer.OrderWrite, viewer.StaffRead)}))
		})
		s.in("changes nothing where nothing is new", func(t *testing.T, s shop) {
			r := s.role("Same", list(viewer.OrderRead))
			s.done(s.w.RoleUpdate(admin, staff.RoleUpdateInput{ID: r.NodeID()}))
			s.done(s.w.RoleUpdate(admin, staff.RoleUpdateInput{ID: r.NodeID(), Name: ptr(" Same"), Description: ptr(""), Permissions: list(viewer.OrderRead)}))
			if got := s.db.Client.Role.GetX(s.system(), r.ID); got.Version != 1 {
				t.Errorf("got %+v", got)
			}
		})
		s.in("is a conflict if somebody else came first", func(t *testing.T, s shop) {
			_, err := s.w.RoleUpdate(admin, staff.RoleUpdateInput{ID: desk.NodeID(), ExpectedVersion: ptr(1), Name: ptr("x")})
			wantCode(t, err, fault.Conflict)
			_, err = s.w.RoleDelete(admin, staff.RoleDeleteInput{ID: desk.NodeID(), ExpectedVersion: ptr(1)})
			wantCode(t, err, fault.Conflict)
		})
		s.in("refuses what is wrong, and a name that is taken", func(t *testing.T, s shop) {
			out, err := s.w.RoleUpdate(admin, staff.RoleUpdateInput{ID: desk.NodeID(), Name: ptr(""), Description: ptr("\x1b")})
			wantRejected(t, out, err, "INVALID/name", "INVALID/description")
			out, err = s.w.RoleUpdate(admin, staff.RoleUpdateInput{ID: desk.NodeID(), Name: ptr("Vault")})
			wantRejected(t, out, err, "NAME_TAKEN/name")
		})
		s.in("does not find what is missing, is no role, or may not be seen", func(t *testing.T, s shop) {
			for _, id := range []nodeid.ID{nodeid.Role.ID(1), nodeid.User.ID(desk.ID), {}} {
				_, err := s.w.RoleUpdate(admin, staff.RoleUpdateInput{ID: id, Name: ptr("x")})
				wantCode(t, err, fault.NotFound)
				_, err = s.w.RoleDelete(admin, staff.RoleDeleteInput{ID: id})
				wantCode(t, err, fault.NotFound)
			}
			blind := s.as(s.member("blind@example.org", viewer.StaffWrite))
			_, err := s.w.RoleUpdate(blind, staff.RoleUpdateInput{ID: desk.NodeID(), Name: ptr("x")})
			wantCode(t, err, fault.NotFound)
		})
	})
}

func TestRoleDelete(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		admin := s.as(s.member("admin@example.org", viewer.StaffRead, viewer.StaffWrite, viewer.OrderRead))
		clerk := s.member("clerk@example.org")
		desk, vault := s.role("Desk", list(viewer.OrderRead), clerk), s.role("Vault", list(viewer.OrderWrite), clerk)
		s.in("takes it from all who have it, at once", func(t *testing.T, s shop) {
			text := s.session(clerk)
			s.done(s.w.RoleDelete(admin, staff.RoleDeleteInput{ID: desk.NodeID(), ExpectedVersion: ptr(1)}))
			v, err := s.sessions.AuthenticateCookie(t.Context(), text)
			if err != nil || !slices.Equal(v.Permissions, list(viewer.OrderWrite)) || !s.renewed(clerk) {
				t.Errorf("got %q, %v", v.Permissions, err)
			}
			if s.db.Client.Role.Query().CountX(s.system()) != 1 || s.db.Client.UserRole.Query().CountX(s.system()) != 1 {
				t.Error("something is left, or too much is gone")
			}
		})
		s.in("takes nothing that one does not hold", func(t *testing.T, s shop) {
			_, err := s.w.RoleDelete(admin, staff.RoleDeleteInput{ID: vault.NodeID()})
			wantCode(t, err, fault.Forbidden)
			if !slices.Equal(s.held(clerk), list(viewer.OrderWrite)) {
				t.Errorf("it holds %q", s.held(clerk))
			}
		})
	})
}

func TestMutationsNeedThePermission(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		clerk := s.member("clerk@example.org")
		desk := s.role("Desk", list())
		key := s.db.Client.APIKey.Create().SetName("Till").SetTokenHash([]byte("x")).SetHint("x").SetPermissions(nil).SetCreatedBy(1).SaveX(s.system())
		others := slices.DeleteFunc(viewer.Permissions(), func(p viewer.Permission) bool { return p == viewer.StaffWrite })
		for says, c := range map[string]struct {
			viewer viewer.Viewer
			want   fault.Code
		}{
			"anonymous":             {viewer.Viewer{}, fault.Unauthenticated},
			"a guest":               {viewer.Viewer{Kind: viewer.Guest, CartToken: []byte("x")}, fault.Unauthenticated},
			"a shopper":             {viewer.Viewer{Kind: viewer.Shopper, UserID: clerk.ID}, fault.Forbidden},
			"staff with the others": {viewer.Viewer{Kind: viewer.Staff, UserID: clerk.ID, Permissions: others}, fault.Forbidden},
			"a key with the others": {viewer.Viewer{Kind: viewer.APIKey, APIKeyID: 1, Permissions: others}, fault.Forbidden},
		} {
			s.in(says+" is refused", func(t *testing.T, s shop) {
				ctx := viewer.With(t.Context(), c.viewer)
				_, err := s.w.RoleCreate(ctx, staff.RoleCreateInput{Name: "New"})
				wantCode(t, err, c.want)
				_, err = s.w.APIKeyCreate(ctx, staff.APIKeyCreateInput{Name: "New"})
				wantCode(t, err, c.want)
				for _, missing := range []int64{0, 1} { // nor learns what exists
					_, err = s.w.RoleUpdate(ctx, staff.RoleUpdateInput{ID: nodeid.Role.ID(desk.ID + missing), Name: ptr("x")})
					wantCode(t, err, c.want)
					_, err = s.w.RoleDelete(ctx, staff.RoleDeleteInput{ID: nodeid.Role.ID(desk.ID + missing)})
					wantCode(t, err, c.want)
					_, err = s.w.UserRolesSet(ctx, staff.UserRolesSetInput{User: nodeid.User.ID(clerk.ID + missing), Roles: ids(desk)})
					wantCode(t, err, c.want)
					_, err = s.w.APIKeyRevoke(ctx, staff.APIKeyRevokeInput{ID: nodeid.APIKey.ID(key.ID + missing)})
					wantCode(t, err, c.want)
				}
			})
		}
		if c := s.db.Client; c.Role.Query().CountX(s.system()) != 1 || c.UserRole.Query().CountX(s.system()) != 0 || c.APIKey.GetX(s.system(), key.ID).RevokedAt != nil {
			t.Error("something changed")
		}
	})
}

func TestUserRolesSet(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		chief := s.member("chief@example.org", viewer.UserRead, viewer.StaffRead, viewer.StaffWrite, viewer.OrderRead)
		admin := s.as(chief)
		clerk := s.member("clerk@example.org", viewer.StockRead)
		read, write := s.role("Read", list(viewer.OrderRead)), s.role("Write", list(viewer.OrderWrite))
		set := func(u *ent.User, roles ...*ent.Role) staff.UserRolesSetInput {
			return staff.UserRolesSetInput{User: u.NodeID(), Roles: ids(roles...)}
		}
		s.in("gives and takes, at once", func(t *testing.T, s shop) {
			text, told := s.session(clerk), s.watches(clerk)
			for i, roles := range [][]*ent.Role{{read}, {read, read}, {}} {
				s.done(s.w.UserRolesSet(admin, set(clerk, roles...)))
				if changes := i != 1; told() != changes {
					t.Errorf("with %d roles those that watch are told: %t", len(roles), !changes)
				}
				v, err := s.sessions.AuthenticateCookie(t.Context(), text)
				if err != nil || v.Has(viewer.OrderRead) != (len(roles) > 0) || !v.Has(viewer.StockRead) || v.Has(viewer.OrderWrite) {
					t.Errorf("with %d roles: %q, %v", len(roles), v.Permissions, err)
				}
			}
			if got := s.read(clerk); got.Version != 3 || !s.renewed(clerk) { // the second one changed nothing
				t.Errorf("got %+v", got)
			}
		})
		s.in("gives and takes nothing that one does not hold", func(t *testing.T, s shop) {
			_, err := s.w.UserRolesSet(admin, set(clerk, read, write))
			wantCode(t, err, fault.Forbidden)
			mighty := s.member("mighty@example.org")
			s.db.Client.UserRole.Create().SetUserID(mighty.ID).SetRoleID(write.ID).SaveX(s.system())
			_, err = s.w.UserRolesSet(admin, set(mighty))
			wantCode(t, err, fault.Forbidden)
			s.done(s.w.UserRolesSet(admin, set(mighty, read, write))) // leaves what it is
			if got := s.held(mighty); !slices.Equal(got, list(viewer.OrderRead, viewer.OrderWrite)) {
				t.Errorf("holds %q", got)
			}
		})
		s.in("gives none to who is not staff", func(t *testing.T, s shop) {
			shopper := s.user("shopper@example.org")
			out, err := s.w.UserRolesSet(admin, set(shopper, read))
			wantRejected(t, out, err, "NOT_STAFF/roles")
			s.done(s.w.UserRolesSet(admin, set(shopper)))
		})
		s.in("lets nobody demote themselves", func(t *testing.T, s shop) {
			boss := s.member("boss@example.org", viewer.UserRead, viewer.StaffRead, viewer.StaffWrite)
			s.role("Boss", list(viewer.OrderRead, viewer.UserRead), boss)
			twice := s.role("Twice", list(viewer.UserRead), boss)
			out, err := s.w.UserRolesSet(s.as(boss), set(boss))
			wantRejected(t, out, err, "OWN_ACCOUNT/roles")
			s.done(s.w.UserRolesSet(s.as(boss), staff.UserRolesSetInput{User: boss.NodeID(), Roles: append(ids(read), ids(twice)...)}))
		})
		s.in("does not find what is missing or may not be seen", func(t *testing.T, s shop) {
			_, err := s.w.UserRolesSet(admin, staff.UserRolesSetInput{User: nodeid.User.ID(1)})
			wantCode(t, err, fault.NotFound)
			_, err = s.w.UserRolesSet(admin, staff.UserRolesSetInput{User: nodeid.Role.ID(clerk.ID)})
			wantCode(t, err, fault.NotFound)
			_, err = s.w.UserRolesSet(admin, staff.UserRolesSetInput{User: clerk.NodeID(), Roles: []nodeid.ID{read.NodeID(), nodeid.Role.ID(1)}})
			wantCode(t, err, fault.NotFound)
			blind := s.as(s.member("blind@example.org", viewer.StaffRead, viewer.StaffWrite, viewer.OrderRead))
			_, err = s.w.UserRolesSet(blind, set(clerk, read))
			wantCode(t, err, fault.NotFound)
		})
		s.in("is a conflict if somebody else came first, and bounded", func(t *testing.T, s shop) {
			in := set(clerk, read)
			in.ExpectedVersion = ptr(1)
			_, err := s.w.UserRolesSet(admin, in)
			wantCode(t, err, fault.Conflict)
			_, err = s.w.UserRolesSet(admin, staff.UserRolesSetInput{User: clerk.NodeID(), Roles: make([]nodeid.ID, 101)})
			wantCode(t, err, fault.BadUserInput)
		})
	})
}
