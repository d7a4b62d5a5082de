package session_test

import (
	"context"
	"encoding/json"
	"net/netip"
	"testing"
	"time"

	"galley/ent"
	"galley/ent/auditentry"
	entjob "galley/ent/job"
	entsession "galley/ent/session"
	"galley/internal/fault"
	"galley/internal/job"
	"galley/internal/nodeid"
	"galley/internal/origin"
	"galley/internal/session"
	"galley/internal/token"
	"galley/internal/viewer"
)

func TestSignOut(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		s.in("ends the session at once, that one only, and goes on as anonymous", func(t *testing.T, s shop) {
			u := s.user("out@example.org")
			o, other := s.tokens(u), s.tokens(u)
			ctx := s.as(*o.Token)
			v := viewer.From(ctx)
			out, err := s.w.SignOut(ctx)
			if err != nil || !out.SignedOut || len(out.UserErrors) > 0 {
				t.Fatalf("got %+v, %v", out, err)
			}
			if viewer.From(ctx).Identified() {
				t.Errorf("goes on as %+v", viewer.From(ctx))
			}
			s.over(*o.Token, *o.RefreshToken)
			s.opens(*other.Token)
			again, err := s.w.SignOut(viewer.With(t.Context(), v))
			if err != nil || again.SignedOut {
				t.Errorf("a second time: %+v, %v", again, err)
			}
		})
		s.in("takes the browser's cookie away", func(t *testing.T, s shop) {
			_, secret := s.cookie(s.user("browser@example.org"))
			v, _, err := s.bring(secret)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cookie := s.browser()
			viewer.Become(ctx, v)
			if out, err := s.w.SignOut(ctx); err != nil || !out.SignedOut {
				t.Fatalf("got %+v, %v", out, err)
			}
			if change, ok := cookie.Change(); !ok || change.Secret != "" {
				t.Errorf("set %+v, %v", change, ok)
			}
			_, _, err = s.bring(secret)
			ended(t, err)
		})
		s.in("ends nothing for a guest, who stays one", func(t *testing.T, s shop) {
			ctx := viewer.With(t.Context(), viewer.Viewer{Kind: viewer.Guest, CartToken: token.Hash("gc_a")})
			out, err := s.w.SignOut(ctx)
			if err != nil || out.SignedOut || viewer.From(ctx).Kind != viewer.Guest {
				t.Errorf("got %+v, %v as %+v", out, err, viewer.From(ctx))
			}
		})
	})
}

func TestRevoke(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		ada, bob := s.user("ada@example.org"), s.user("bob@example.org")
		revoke := func(o *session.Opened, id nodeid.ID) error {
			_, err := s.w.Revoke(s.as(*o.Token), session.RevokeInput{ID: id})
			return err
		}
		s.in("ends one of one's own", func(t *testing.T, s shop) {
			here, lost := s.tokens(ada), s.tokens(ada)
			if err := revoke(here, nodeid.Session.ID(lost.ID)); err != nil {
				t.Fatal(err)
			}
			s.over(*lost.Token, *lost.RefreshToken)
			s.opens(*here.Token)
		})
		s.in("ends the one that asks, which goes on as anonymous", func(t *testing.T, s shop) {
			o := s.tokens(ada)
			ctx := s.as(*o.Token)
			if _, err := s.w.Revoke(ctx, session.RevokeInput{ID: nodeid.Session.ID(o.ID)}); err != nil || viewer.From(ctx).Identified() {
				t.Errorf("goes on as %+v, %v", viewer.From(ctx), err)
			}
			s.over(*o.Token, *o.RefreshToken)
		})
		s.in("does not find what is another's, missing, over, or no session", func(t *testing.T, s shop) {
			o, others, expired, revoked := s.tokens(ada), s.tokens(bob), s.tokens(ada), s.tokens(ada)
			s.db.Client.Session.UpdateOneID(expired.ID).SetExpiresAt(s.db.Now()).ExecX(s.system())
			s.db.Client.Session.UpdateOneID(revoked.ID).SetRevokedAt(s.db.Now()).ExecX(s.system())
			for _, id := range []nodeid.ID{
				nodeid.Session.ID(others.ID), nodeid.Session.ID(expired.ID), nodeid.Session.ID(revoked.ID), nodeid.Session.ID(1), nodeid.User.ID(o.ID), {},
			} {
				wantCode(t, revoke(o, id), fault.NotFound)
			}
			s.opens(*others.Token)
			_, err := s.w.Revoke(viewer.With(t.Context(), viewer.Viewer{}), session.RevokeInput{ID: nodeid.Session.ID(others.ID)})
			wantCode(t, err, fault.Unauthenticated)
		})
		s.in("ends all others, and says how many", func(t *testing.T, s shop) {
			u := s.user("many@example.org")
			here, other, bystander := s.tokens(u), s.tokens(u), s.tokens(bob)
			_, secret := s.cookie(u)
			if out, err := s.w.RevokeOthers(s.as(*here.Token)); err != nil || out.Key != 2 {
				t.Errorf("got %+v, %v", out, err)
			}
			s.over(*other.Token, *other.RefreshToken)
			_, _, err := s.bring(secret)
			ended(t, err)
			s.opens(*here.Token)
			s.opens(*bystander.Token)
			if out, err := s.w.RevokeOthers(s.as(*here.Token)); err != nil || out.Key != 0 {
				t.Errorf("a second time: %+v, %v", out, err)
			}
			_, err = s.w.RevokeOthers(viewer.With(t.Context(), viewer.Viewer{}))
			wantCode(t, err, fault.Unauthenticated)
		})
		s.in("is what other workflows do: all, or all but one", func(t *testing.T, s shop) {
			u := s.user("changed@example.org")
			keep, other, bystander := s.tokens(u), s.tokens(u), s.tokens(bob)
			s.tx(func(ctx context.Context, tx *ent.Tx) error { return s.w.EndOthers(ctx, tx, u.ID, keep.ID) })
			s.over(*other.Token, *other.RefreshToken)
			s.opens(*keep.Token)
			s.tx(func(ctx context.Context, tx *ent.Tx) error { return s.w.EndAll(ctx, tx, u.ID) })
			s.over(*keep.Token, *keep.RefreshToken)
			s.opens(*bystander.Token)
		})
		s.in("is in the log, as signing in is, with who did it", func(t *testing.T, s shop) {
			u := s.user("logged@example.org")
			o, lost := s.tokens(u), s.tokens(u)
			if err := revoke(o, nodeid.Session.ID(lost.ID)); err != nil {
				t.Fatal(err)
			}
			for _, want := range []struct {
				action string
				object int64
			}{{"signIn", o.ID}, {"signIn", lost.ID}, {"sessionRevoke", lost.ID}} {
				e, err := s.db.Client.AuditEntry.Query().Where(auditentry.Action(want.action), auditentry.ObjectID(want.object)).Only(s.system())
				if err != nil || e.ActorID == nil || *e.ActorID != u.ID || e.ObjectKind != "sessions" {
					t.Errorf("%s: %v, %v", want.action, e, err)
				}
			}
		})
	})
}

func TestBeginMakesRoom(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		ada, bob := s.user("ada@example.org"), s.user("bob@example.org")
		bystander := s.tokens(bob)
		expired := s.tokens(ada)
		s.must(*expired.RefreshToken)
		s.db.Client.Session.UpdateOneID(expired.ID).SetExpiresAt(s.db.Now()).ExecX(s.system())
		first := s.tokens(ada)
		if s.db.Client.Session.Query().Where(entsession.ID(expired.ID)).ExistX(s.system()) {
			t.Error("what has expired was not cleared")
		}
		second := s.tokens(ada)
		s.wait(time.Second)
		s.must(*first.RefreshToken) // so that the second was used longest ago
		for range 99 {
			s.wait(time.Microsecond)
			s.tokens(ada)
		}
		open := s.db.Client.Session.Query().Where(entsession.UserID(ada.ID), entsession.RevokedAtIsNil()).CountX(s.system())
		if open != 100 {
			t.Errorf("%d sessions", open)
		}
		_, err := s.w.Authenticate(t.Context(), *second.Token)
		ended(t, err)
		s.opens(*first.Token)
		s.opens(*bystander.Token)
	})
}

func TestNewDevices(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		s.w = session.New(s.db, s.ring).WithQueue(job.New(s.db))
		u := s.user("ada@example.org")
		from := func(address, agent string) {
			t.Helper()
			o := origin.Origin{UserAgent: agent}
			if address != "" {
				o.Address = netip.MustParseAddr(address)
			}
			s.begin(viewer.With(origin.With(t.Context(), o), viewer.Viewer{}), u, session.Token)
		}
		letters := func() (all []session.Device) {
			t.Helper()
			for _, j := range s.db.Client.Job.Query().Where(entjob.Kind(session.NewDevice)).Order(ent.Asc(entjob.FieldID)).AllX(s.system()) {
				var d session.Device
				if err := json.Unmarshal(j.Payload, &d); err != nil {
					t.Fatal(err)
				}
				all = append(all, d)
			}
			return all
		}
		want := func(n int, says string) {
			t.Helper()
			if got := letters(); len(got) != n {
				t.Errorf("%s: %+v", says, got)
			}
		}
		from("192.0.2.1", "Mosaic")
		want(0, "in an account's first hour")
		s.wait(2 * time.Hour)
		from("192.0.2.1", "Mosaic")
		want(0, "a device that is known")
		from("", "Mosaic")
		want(0, "an address that is not known")
		from("192.0.2.2", "Mosaic")
		want(1, "another address")
		from("192.0.2.1", "Lynx")
		want(2, "another program")
		s.tx(func(ctx context.Context, tx *ent.Tx) error { return s.w.EndAll(ctx, tx, u.ID) })
		from("192.0.2.1", "Lynx")
		want(2, "a device that was signed out")
		last := letters()[1]
		if last.UserID != u.ID || last.Address != "192.0.2.1" || last.UserAgent != "Lynx" || !last.At.Equal(s.db.Now()) {
			t.Errorf("got %+v", last)
		}
		s.wait(31 * 24 * time.Hour)
		from("192.0.2.1", "Lynx")
		want(3, "a device not seen for a month")
	})
}
