package identity_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"galley/ent"
	"galley/ent/auditentry"
	"galley/ent/session"
	"galley/internal/identity"
	"galley/internal/identity/issuertest"
	"galley/internal/viewer"
)

func TestComplete(t *testing.T) {
	each(t, func(_ *testing.T, s shop) {
		s.in("makes an account for whom the shop does not know, and lets them in", func(t *testing.T, s shop) {
			ctx := s.anonymous()
			s.person("Ann", "email", " Ann@Example.ORG", "name", "Ann\r\n  Lee\x00"+strings.Repeat("é", 300))
			u := s.enter(ctx, "Ann")
			if u.Email != "ann@example.org" || u.EmailVerifiedAt == nil || u.Staff || !u.Active {
				t.Errorf("made %+v", u)
			}
			if !strings.HasPrefix(u.Name, "Ann Lee éé") || len([]rune(u.Name)) != 200 || len(u.NameKey) == 0 {
				t.Errorf("called %q", u.Name)
			}
			if v := viewer.From(ctx); v.UserID != u.ID || v.SessionID == 0 {
				t.Errorf("the operation goes on as %+v", v)
			}
			row := s.db.Client.Identity.Query().OnlyX(s.system())
			if row.Issuer != s.issuer.URL || row.Subject != "Ann" || row.Email != u.Email || row.UserID != u.ID || row.UsedAt == nil {
				t.Errorf("linked %+v", row)
			}
			if n := s.db.Client.AuditEntry.Query().Where(auditentry.Action("identityLink"), auditentry.ActorID(u.ID)).CountX(s.system()); n != 1 {
				t.Errorf("noted %d times", n)
			}
		})
		s.in("opens a session that works", func(t *testing.T, s shop) {
			out, err := s.w.Complete(s.anonymous(), s.come(s.anonymous(), s.person("working")))
			if err != nil || out.Token == nil || out.ExpiresAt == nil {
				t.Fatalf("got %+v, %v", out, err)
			}
			v, err := s.sessions.Authenticate(s.anonymous(), *out.Token)
			if err != nil || v.UserID != out.UserID {
				t.Errorf("got %+v, %v", v, err)
			}
		})
		s.in("knows a person again by their subject, whatever their e-mail is by now", func(t *testing.T, s shop) {
			first := s.enter(s.anonymous(), s.person("moving"))
			s.clock.advance(time.Minute)
			again := s.enter(s.anonymous(), s.person("moving", "email", "moved@example.org", "email_verified", false))
			if again.ID != first.ID || again.Email != first.Email {
				t.Errorf("got %+v after %+v", again, first)
			}
			row := s.identities(first)[0]
			if row.Email != "moved@example.org" || !row.UsedAt.Equal(s.clock.now()) {
				t.Errorf("kept %+v", row)
			}
			if n := s.db.Client.Session.Query().Where(session.UserID(first.ID)).CountX(s.system()); n != 2 {
				t.Errorf("%d sessions", n)
			}
		})
		s.in("asks for the user info where the ID token says little", func(t *testing.T, s shop) {
			s.person("brief")
			s.issuer.Twist(issuertest.Twist{Claims: func(c map[string]any) { delete(c, "email"); delete(c, "email_verified"); delete(c, "name") }})
			if u := s.enter(s.anonymous(), "brief"); u.Email != "brief@example.org" || u.Name != "Ann Lee" {
				t.Errorf("made %+v", u)
			}
		})
		s.in("reads a truth that is written as text", func(_ *testing.T, s shop) {
			s.enter(s.anonymous(), s.person("textual", "email_verified", "true"))
		})
		s.in("takes the issuer's next key", func(_ *testing.T, s shop) {
			s.enter(s.anonymous(), s.person("before"))
			s.issuer.Rotate()
			s.enter(s.anonymous(), s.person("after"))
		})
		s.in("shows who it is by the form where the issuer wants that", func(_ *testing.T, s shop) {
			s.issuer.Twist(issuertest.Twist{Document: func(d map[string]any) {
				d["token_endpoint_auth_methods_supported"] = []string{"client_secret_post"}
			}})
			s.w = s.knowing(s.issuer.Settings("local", nil))
			s.enter(s.anonymous(), s.person("posted"))
		})
		s.in("goes by an issuer that does not name itself", func(_ *testing.T, s shop) {
			s.issuer.Twist(issuertest.Twist{Document: func(d map[string]any) {
				delete(d, "authorization_response_iss_parameter_supported")
			}})
			s.w = s.knowing(s.issuer.Settings("local", nil))
			in := s.come(s.anonymous(), s.person("nameless"))
			in.Iss = nil
			if out, err := s.w.Complete(s.anonymous(), in); err != nil || out.UserID == 0 {
				t.Errorf("got %+v, %v", out, err)
			}
		})
		s.in("gives a new account what was ordered under its address, and nobody else's", func(t *testing.T, s shop) {
			order := func(number, email string) int64 {
				return s.db.Client.Order.Create().SetNumber(number).SetEmail(email).SetTokenHash([]byte(number)).SetSubtotalAmount(700).
					SetTotalAmount(700).SetCurrency("GBP").SetPlacedAt(s.db.Now()).SaveX(s.system()).ID
			}
			theirs, others := order("THEIRS", "guest@example.org"), order("OTHERS", "other@example.org")
			u := s.enter(s.anonymous(), s.person("guest"))
			if o := s.db.Client.Order.GetX(s.system(), theirs); o.UserID == nil || *o.UserID != u.ID {
				t.Errorf("their order: %+v", o)
			}
			if o := s.db.Client.Order.GetX(s.system(), others); o.UserID != nil {
				t.Errorf("somebody else's order: %+v", o)
			}
		})
		s.in("brings the guest's cart along, each time", func(t *testing.T, s shop) {
			for range 2 { // an account that is made, and one that there is
				secret := []byte(fmt.Sprint(s.db.Client.Cart.Query().CountX(s.system())))
				theirs := s.db.Client.Cart.Create().SetTokenHash(secret).SetCurrency("GBP").SaveX(s.system())
				u := s.enter(viewer.With(t.Context(), viewer.Viewer{Kind: viewer.Guest, CartToken: secret}), s.person("carrier"))
				c := s.db.Client.Cart.GetX(s.system(), theirs.ID)
				if owned := c.UserID != nil && *c.UserID == u.ID; !owned && c.MergedInto == nil {
					t.Errorf("got %+v", c)
				}
			}
		})
		s.in("gives a new account what a guest had, or does not make it", func(t *testing.T, s shop) {
			var claimed atomic.Int64
			lost := errors.New("lost")
			claim := func(_ context.Context, _ *ent.Tx, _ int64, address string) error {
				claimed.Add(1)
				if address == "unlucky@example.org" {
					return lost
				}
				return nil
			}
			s.w = s.claiming(claim, s.issuer.Settings("local", nil))
			s.enter(s.anonymous(), s.person("lucky"))
			s.enter(s.anonymous(), "lucky")
			in, before := s.come(s.anonymous(), s.person("unlucky")), s.rows()
			if _, err := s.w.Complete(s.anonymous(), in); !errors.Is(err, lost) || s.rows() != before {
				t.Errorf("got %v and %+v", err, s.rows())
			}
			if claimed.Load() != 2 {
				t.Errorf("claimed %d times", claimed.Load())
			}
		})
	})
}

func TestPeopleWhoAreNotLetIn(t *testing.T) {
	each(t, func(_ *testing.T, s shop) {
		s.in("whose e-mail address the issuer has not verified", func(_ *testing.T, s shop) {
			s.wantRefused(s.come(s.anonymous(), s.person("a", "email_verified", false)), identity.EmailUnverified)
			s.wantRefused(s.come(s.anonymous(), s.person("b", "email_verified", "false")), identity.EmailUnverified)
			s.wantRefused(s.come(s.anonymous(), s.person("c", "email_verified", 1)), identity.EmailUnverified)
			s.wantRefused(s.come(s.anonymous(), s.person("d", "email_verified", nil)), identity.EmailUnverified)
		})
		s.in("who have none that the shop could write to", func(_ *testing.T, s shop) {
			for _, email := range []string{"", "nobody", "a@b", "a\x00@example.org", "ann@exämple.org", strings.Repeat("a", 300) + "@example.org"} {
				s.wantRefused(s.come(s.anonymous(), s.person("odd", "email", email)), identity.EmailUnverified)
			}
		})
		s.in("whose address has an account, until its owner links it", func(t *testing.T, s shop) {
			u := s.user("taken@example.org")
			s.wantRefused(s.come(s.anonymous(), s.person("taken")), identity.LinkNeeded)
			ctx := s.as(u)
			in := s.come(ctx, "taken")
			out, err := s.w.Complete(ctx, in)
			if err != nil || out.UserID != u.ID || out.Token != nil || out.ExpiresAt != nil || len(out.UserErrors) > 0 {
				t.Fatalf("linked: %+v, %v", out, err)
			}
			if in := s.enter(s.anonymous(), "taken"); in.ID != u.ID {
				t.Errorf("came in as %+v", in)
			}
		})
		s.in("whose account is closed", func(_ *testing.T, s shop) {
			u := s.enter(s.anonymous(), s.person("closed"))
			s.db.Client.User.UpdateOneID(u.ID).SetActive(false).ExecX(s.system())
			s.wantRefused(s.come(s.anonymous(), "closed"), identity.AccountClosed)
		})
	})
}

func TestLinking(t *testing.T) {
	each(t, func(_ *testing.T, s shop) {
		s.in("needs no e-mail address, and is done once", func(t *testing.T, s shop) {
			u := s.user("owner@example.org")
			s.person("link", "email", "", "email_verified", false)
			for range 2 {
				if in := s.enter(s.as(u), "link"); in.ID != u.ID {
					t.Errorf("linked to %+v", in)
				}
			}
			if rows := s.identities(u); len(rows) != 1 || s.db.Client.Session.Query().Where(session.UserID(u.ID)).CountX(s.system()) != 0 {
				t.Errorf("linked %+v, or began a session", rows)
			}
		})
		s.in("is completed by the account that began it, and by no other", func(t *testing.T, s shop) {
			mallory, victim := s.user("mallory@example.org"), s.user("victim@example.org")
			in := s.come(s.as(mallory), s.person("mallory"))
			s.wantRefusedTo(s.as(victim), in, identity.FlowInvalid)
			s.wantRefused(in, identity.FlowInvalid)
			if out, err := s.w.Complete(s.as(mallory), in); err != nil || out.UserID != mallory.ID {
				t.Errorf("who began it: %+v, %v", out, err)
			}
		})
		s.in("does not take an identity from another account", func(_ *testing.T, s shop) {
			s.enter(s.anonymous(), s.person("elsewhere"))
			ctx := s.as(s.user("second@example.org"))
			s.wantRefusedTo(ctx, s.come(ctx, "elsewhere"), identity.LinkedElsewhere)
		})
		s.in("does not come to an account that was closed meanwhile", func(_ *testing.T, s shop) {
			u := s.user("closing@example.org")
			in := s.come(s.as(u), s.person("closing-person"))
			s.db.Client.User.UpdateOneID(u.ID).SetActive(false).ExecX(s.system())
			s.wantRefusedTo(s.as(u), in, identity.AccountClosed)
		})
	})
}

func TestFlowsAreUsedOnceAndBelongTogether(t *testing.T) {
	each(t, func(_ *testing.T, s shop) {
		s.person("ann")
		s.person("mallory")
		s.in("once", func(t *testing.T, s shop) {
			in := s.come(s.anonymous(), "ann")
			if out, err := s.w.Complete(s.anonymous(), in); err != nil || out.UserID == 0 {
				t.Fatalf("first: %+v, %v", out, err)
			}
			asked := s.issuer.Asked("/token")
			s.wantRefused(in, identity.FlowInvalid)
			if s.issuer.Asked("/token") != asked {
				t.Error("the issuer was asked about a flow that is over")
			}
		})
		s.in("for ten minutes", func(t *testing.T, s shop) {
			started := s.start(s.anonymous())
			s.clock.advance(10 * time.Minute)
			asked := s.issuer.Asked("/token") // whose own code would still be good
			s.wantRefused(back(started, s.issuer.Visit(t, *started.URL, "ann")), identity.FlowInvalid)
			if s.issuer.Asked("/token") != asked {
				t.Error("the issuer was asked about a flow that is over")
			}
		})
		s.in("and are not used up by what somebody else sends a browser", func(t *testing.T, s shop) {
			in, other := s.come(s.anonymous(), "ann"), s.come(s.anonymous(), "mallory")
			for name, spoil := range map[string]func(*identity.CompleteInput){
				"another flow's state":  func(in *identity.CompleteInput) { in.State = other.State },
				"no state":              func(in *identity.CompleteInput) { in.State = "" },
				"another issuer":        func(in *identity.CompleteInput) { in.Iss = new(string) },
				"a flow that is cut":    func(in *identity.CompleteInput) { in.Flow = in.Flow[:len(in.Flow)-1] },
				"a flow that is longer": func(in *identity.CompleteInput) { in.Flow += "a" },
				"no flow":               func(in *identity.CompleteInput) { in.Flow = "" },
				"a flow of capitals":    func(in *identity.CompleteInput) { in.Flow = strings.ToUpper(in.Flow) },
				"a code without end":    func(in *identity.CompleteInput) { in.Code = strings.Repeat("x", 5000) },
			} {
				spoiled := in
				spoil(&spoiled)
				asked := s.issuer.Asked("/token")
				s.wantRefused(spoiled, identity.FlowInvalid)
				if s.issuer.Asked("/token") != asked {
					t.Errorf("%s: the issuer was asked", name)
				}
			}
			if out, err := s.w.Complete(s.anonymous(), in); err != nil || out.UserID == 0 {
				t.Errorf("afterwards: %+v, %v", out, err)
			}
		})
		s.in("so that a code is good in the browser alone that it was made for", func(_ *testing.T, s shop) {
			victim, mallory := s.come(s.anonymous(), "ann"), s.come(s.anonymous(), "mallory")
			stolen := mallory
			stolen.Code = victim.Code
			s.wantRefused(stolen, identity.FlowInvalid) // by PKCE
		})
		s.in("so that an issuer who names itself must", func(_ *testing.T, s shop) {
			in := s.come(s.anonymous(), "ann")
			in.Iss = nil
			s.wantRefused(in, identity.FlowInvalid)
		})
		s.in("so that one issuer's code is not taken to another", func(t *testing.T, s shop) {
			honest := issuertest.New(t, s.clock.now)
			honest.Knows(map[string]any{"sub": "ann", "email": "ann@honest.example", "email_verified": true})
			s.w = s.knowing(s.issuer.Settings("local", nil), honest.Settings("honest", nil))
			started := s.start(s.anonymous()) // the person thinks it goes to local, which sends them on to honest
			where, err := url.Parse(*started.URL)
			if err != nil {
				t.Fatal(err)
			}
			q := honest.Visit(t, honest.URL+"/authorize?"+where.RawQuery, "ann")
			asked := s.issuer.Asked("/token")
			s.wantRefused(back(started, q), identity.FlowInvalid)
			if s.issuer.Asked("/token") != asked {
				t.Error("local was shown honest's code")
			}
		})
		s.in("and end when their provider leaves the settings", func(_ *testing.T, s shop) {
			in := s.come(s.anonymous(), "ann")
			s.w = s.knowing()
			s.wantRefused(in, identity.FlowInvalid)
		})
	})
}

func TestManyAtOnce(t *testing.T) {
	const many = 64
	each(t, func(t *testing.T, s shop) {
		together := func(do func(n int) (*identity.CompletePayload, error)) (in, refused int, accounts map[int64]bool) {
			var (
				all sync.WaitGroup
				mu  sync.Mutex
			)
			accounts = map[int64]bool{}
			for n := range many {
				all.Go(func() {
					out, err := do(n)
					mu.Lock()
					defer mu.Unlock()
					switch {
					case err != nil:
						t.Error(err)
					case out.UserID != 0:
						accounts[out.UserID] = true
						in++
					default:
						refused++
					}
				})
			}
			all.Wait()
			return in, refused, accounts
		}
		s.in("of one person, who has one account afterwards", func(t *testing.T, s shop) {
			s.person("busy")
			flows := make([]identity.CompleteInput, many)
			for n := range flows {
				flows[n] = s.come(s.anonymous(), "busy")
			}
			in, _, accounts := together(func(n int) (*identity.CompletePayload, error) { return s.w.Complete(s.anonymous(), flows[n]) })
			if in != many || len(accounts) != 1 {
				t.Errorf("%d came in, as %d accounts", in, len(accounts))
			}
			if got := s.rows(); got.users != 1 || got.identities != 1 || got.sessions != many {
				t.Errorf("left %+v", got)
			}
		})
		s.in("of one person, while their account is being made", func(t *testing.T, s shop) {
			second := make(chan int64, 1)
			var once sync.Once
			claim := func(context.Context, *ent.Tx, int64, string) error {
				once.Do(func() { // the first has made the account, and not committed it
					go func() {
						out, err := s.w.Complete(s.anonymous(), s.come(s.anonymous(), "twin"))
						if err != nil {
							t.Error(err)
							out = &identity.CompletePayload{}
						}
						second <- out.UserID
					}()
					s.untilBlocked()
				})
				return nil
			}
			s.w = s.claiming(claim, s.issuer.Settings("local", nil))
			if u := s.enter(s.anonymous(), s.person("twin")); <-second != u.ID {
				t.Error("the second did not come in as the first")
			}
		})
		s.in("with one flow, of whom one comes in", func(t *testing.T, s shop) {
			one := s.come(s.anonymous(), s.person("single"))
			asked := s.issuer.Asked("/token")
			in, refused, _ := together(func(int) (*identity.CompletePayload, error) { return s.w.Complete(s.anonymous(), one) })
			if in != 1 || refused != many-1 || s.issuer.Asked("/token") != asked+1 {
				t.Errorf("%d came in, %d did not, the issuer was asked %d times", in, refused, s.issuer.Asked("/token")-asked)
			}
		})
	})
}

// untilBlocked waits until somebody waits for a row of a transaction that is open. On SQLite they wait for the transaction.
func (s shop) untilBlocked() {
	if !s.db.Postgres() {
		return
	}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		rows, err := s.db.Client.QueryContext(s.system(), `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)
		if err != nil {
			s.t.Error(err)
			return
		}
		blocked := rows.Next()
		if err := rows.Close(); err != nil || blocked {
			return
		}
	}
	s.t.Error("nobody waits")
}

// identities are those of an account.
func (s shop) identities(u *ent.User) (mine []*ent.Identity) {
	s.t.Helper()
	for _, row := range s.db.Client.Identity.Query().AllX(s.system()) {
		if row.UserID == u.ID {
			mine = append(mine, row)
		}
	}
	return mine
}
