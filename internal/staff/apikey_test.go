package staff_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"galley/ent"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/staff"
	"galley/internal/token"
	"galley/internal/viewer"
)

func TestAPIKeyCreate(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		admin := s.member("admin@example.org", viewer.StaffRead, viewer.StaffWrite, viewer.OrderRead)
		s.in("shows the secret once, and stores its hash", func(t *testing.T, s shop) {
			out, err := s.w.APIKeyCreate(s.as(admin), staff.APIKeyCreateInput{Name: " Till ", Permissions: list(viewer.OrderRead)})
			if err != nil || out.Secret == nil {
				t.Fatalf("got %+v, %v", out, err)
			}
			row := s.db.Client.APIKey.GetX(s.system(), out.Key)
			if row.Name != "Till" || !strings.HasPrefix(*out.Secret, row.Hint) || len(row.Hint) > 9 || row.CreatedBy != admin.ID || row.ExpiresAt != nil || row.UsedAt != nil {
				t.Errorf("got %+v", row)
			}
			printed, err := json.Marshal(row)
			if all := row.String() + string(printed); err != nil || strings.Contains(all, *out.Secret) || strings.Contains(all, string(token.Hash(*out.Secret))) {
				t.Errorf("it shows the secret: %s", all)
			}
			v, err := s.w.Authenticate(t.Context(), *out.Secret)
			if err != nil || v.Kind != viewer.APIKey || v.APIKeyID != out.Key || v.UserID != 0 || !slices.Equal(v.Permissions, list(viewer.OrderRead)) {
				t.Errorf("got %+v, %v", v, err)
			}
		})
		s.in("ends it when it is to end, to a microsecond", func(t *testing.T, s shop) {
			end := s.db.Now().Add(time.Hour)
			out, err := s.w.APIKeyCreate(s.as(admin), staff.APIKeyCreateInput{Name: "Visitor", ExpiresAt: ptr(end.Add(999))})
			if err != nil || out.Secret == nil {
				t.Fatalf("got %+v, %v", out, err)
			}
			if got := s.db.Client.APIKey.GetX(s.system(), out.Key).ExpiresAt; got == nil || !got.Equal(end) {
				t.Errorf("got %v, not %s", got, end)
			}
		})
		s.in("grants nothing that its maker does not hold", func(t *testing.T, s shop) {
			_, err := s.w.APIKeyCreate(s.as(admin), staff.APIKeyCreateInput{Name: "More", Permissions: list(viewer.OrderRead, viewer.OrderWrite)})
			wantCode(t, err, fault.Forbidden)
		})
		s.in("is for people", func(t *testing.T, s shop) {
			machine := viewer.With(t.Context(), viewer.Viewer{Kind: viewer.APIKey, APIKeyID: 1, Permissions: viewer.Permissions()})
			_, err := s.w.APIKeyCreate(machine, staff.APIKeyCreateInput{Name: "Another"})
			wantCode(t, err, fault.Forbidden)
		})
		s.in("refuses an idempotency key", func(t *testing.T, s shop) {
			ctx := database.WithRequest(s.as(admin), database.Request{Scope: "user:1", Key: "12345678"})
			_, err := s.w.APIKeyCreate(ctx, staff.APIKeyCreateInput{Name: "Again"})
			wantCode(t, err, fault.BadUserInput)
		})
		s.in("says all that is wrong at once", func(t *testing.T, s shop) {
			now := s.db.Now()
			out, err := s.w.APIKeyCreate(s.as(admin), staff.APIKeyCreateInput{Name: "\x00", ExpiresAt: &now})
			if err != nil || out.Secret != nil || out.Key != 0 {
				t.Fatalf("got %+v, %v", out, err)
			}
			wantErrors(t, out.UserErrors, "INVALID/name", "INVALID/expiresAt")
		})
	})
}

func TestAPIKeyRevoke(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		admin := s.as(s.member("admin@example.org", viewer.StaffRead, viewer.StaffWrite, viewer.OrderRead))
		s.in("ends it at once, and for good", func(t *testing.T, s shop) {
			out, err := s.w.APIKeyCreate(admin, staff.APIKeyCreateInput{Name: "Till", Permissions: list(viewer.OrderRead)})
			if err != nil {
				t.Fatal(err)
			}
			s.done(s.w.APIKeyRevoke(admin, staff.APIKeyRevokeInput{ID: nodeid.APIKey.ID(out.Key)}))
			_, err = s.w.Authenticate(t.Context(), *out.Secret)
			wantCode(t, err, fault.Unauthenticated)
			first := s.db.Client.APIKey.GetX(s.system(), out.Key).RevokedAt
			s.done(s.w.APIKeyRevoke(admin, staff.APIKeyRevokeInput{ID: nodeid.APIKey.ID(out.Key)}))
			if again := s.db.Client.APIKey.GetX(s.system(), out.Key).RevokedAt; first == nil || again == nil || !first.Equal(*again) {
				t.Errorf("revoked at %v, then at %v", first, again)
			}
		})
		s.in("takes nothing that one does not hold", func(t *testing.T, s shop) {
			key := s.db.Client.APIKey.Create().SetName("Robot").SetTokenHash([]byte("x")).SetHint("x").SetPermissions(list(viewer.OrderWrite)).SetCreatedBy(1).SaveX(s.system())
			_, err := s.w.APIKeyRevoke(admin, staff.APIKeyRevokeInput{ID: key.NodeID()})
			wantCode(t, err, fault.Forbidden)
			blind := s.as(s.member("blind@example.org", viewer.StaffWrite, viewer.OrderWrite))
			_, err = s.w.APIKeyRevoke(blind, staff.APIKeyRevokeInput{ID: key.NodeID()})
			wantCode(t, err, fault.NotFound)
		})
		s.in("does not find what is missing, or no key", func(t *testing.T, s shop) {
			for _, id := range []nodeid.ID{nodeid.APIKey.ID(1), nodeid.Role.ID(1), {}} {
				_, err := s.w.APIKeyRevoke(admin, staff.APIKeyRevokeInput{ID: id})
				wantCode(t, err, fault.NotFound)
			}
		})
	})
}

func TestAuthenticateAPIKeys(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			var ahead atomic.Int64
			start := time.Now().Truncate(time.Microsecond) // as both engines keep it
			s := open(t, databasetest.Open(t, engine, func() time.Time { return start.Add(time.Duration(ahead.Load())) }))
			made := func(secret string, expires *time.Time, revoked bool) string {
				create := s.db.Client.APIKey.Create().SetName("Key").SetTokenHash(token.Hash(secret)).SetHint("gk_").
					SetPermissions(list(viewer.StockRead)).SetCreatedBy(1).SetNillableExpiresAt(expires)
				if revoked {
					create.SetRevokedAt(start)
				}
				create.SaveX(s.system())
				return secret
			}
			key := func(seed string) string { return token.Derive("gk_", seed, 32) }
			hour := start.Add(time.Hour)

			s.in("answers alike whatever a key does not open", func(t *testing.T, s shop) {
				good := made(key("good"), nil, false)
				expired := made(key("expired"), ptr(start.Add(-time.Second)), false)
				answers := map[string]bool{}
				for says, text := range map[string]string{
					"unknown": key("nobody's"), "expired": expired, "revoked": made(key("revoked"), nil, true), "both": made(key("both"), ptr(start), true),
					"nothing": "", "cut": good[:len(good)-1], "padded": good + "=", "capitals": strings.ToUpper(good), "a session's": token.Derive("gs_", "good", 32),
					"the stored hash": string(token.Hash(good)), "SQL": "gk_' OR 1=1 --", "a null byte": good[:len(good)-1] + "\x00",
				} {
					v, err := s.w.Authenticate(t.Context(), text)
					if code, _ := fault.CodeOf(err); code != fault.Unauthenticated || v.Identified() || len(v.Permissions) > 0 {
						t.Errorf("%s: got %+v, %v", says, v, err)
						continue
					}
					answers[err.Error()] = true
				}
				if len(answers) != 1 {
					t.Errorf("different answers: %v", answers)
				}
				if _, err := s.w.Authenticate(t.Context(), good); err != nil {
					t.Error(err)
				}
			})
			s.in("knows a key until the moment that it expires", func(t *testing.T, s shop) {
				defer ahead.Store(0)
				text := made(key("clock"), &hour, false)
				ahead.Store(int64(time.Hour - time.Millisecond))
				if _, err := s.w.Authenticate(t.Context(), text); err != nil {
					t.Error(err)
				}
				ahead.Store(int64(time.Hour))
				_, err := s.w.Authenticate(t.Context(), text)
				wantCode(t, err, fault.Unauthenticated)
			})
			s.in("takes one statement, and one more a minute", func(t *testing.T, s shop) {
				defer ahead.Store(0)
				text := made(key("counted"), nil, false)
				for _, c := range []struct {
					after time.Duration
					want  int
				}{{0, 2}, {0, 1}, {59 * time.Second, 1}, {time.Minute, 2}, {90 * time.Second, 1}, {2 * time.Minute, 2}} {
					ahead.Store(int64(c.after))
					ctx, counter := database.WithCounter(t.Context())
					v, err := s.w.Authenticate(ctx, text)
					if err != nil || counter.Statements() != c.want {
						t.Errorf("after %s: %d statements, not %d (%v)", c.after, counter.Statements(), c.want, err)
					}
					if at := s.db.Client.APIKey.GetX(s.system(), v.APIKeyID).UsedAt; at == nil || s.db.Now().Sub(*at) >= time.Minute {
						t.Errorf("after %s it was used at %v", c.after, at)
					}
				}
			})
			s.in("lets many use it at once", func(t *testing.T, s shop) {
				text := made(key("busy"), nil, false)
				var wg sync.WaitGroup
				for range 32 {
					wg.Go(func() {
						if _, err := s.w.Authenticate(t.Context(), text); err != nil {
							t.Error(err)
						}
					})
				}
				wg.Wait()
			})
		})
	}
}

// TestAKeyThatCannotBeNotedStillOpens as on a full disk, which takes no writes.
func TestAKeyThatCannotBeNotedStillOpens(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.New(t, databasetest.SQLite))
	text := token.Derive("gk_", "full", 32)
	s.db.Client.APIKey.Create().SetName("Key").SetTokenHash(token.Hash(text)).SetHint("gk_").SetPermissions(list()).SetCreatedBy(1).SaveX(s.system())
	err := s.db.InTx(s.system(), func(ctx context.Context, tx *ent.Tx) error {
		_, err := tx.ExecContext(ctx, `CREATE TRIGGER full BEFORE UPDATE ON api_keys BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.w.Authenticate(t.Context(), text)
	if err != nil || v.Kind != viewer.APIKey {
		t.Errorf("got %+v, %v", v, err)
	}
	if s.db.Client.APIKey.GetX(s.system(), v.APIKeyID).UsedAt != nil {
		t.Error("its use was noted")
	}
}
