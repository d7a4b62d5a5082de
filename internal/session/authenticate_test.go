package session_test

import (
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"galley/ent"
	"galley/ent/signingkey"
	"galley/internal/database"
	"galley/internal/nodeid"
	"galley/internal/session"
	"galley/internal/token"
	"galley/internal/viewer"
)

func TestAccessTokens(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		s.in("know a shopper by one statement", func(t *testing.T, s shop) {
			u := s.user("shopper@example.org")
			o := s.tokens(u)
			s.opens(*o.Token) // reads the keys
			ctx, counter := database.WithCounter(t.Context())
			v, err := s.w.Authenticate(ctx, *o.Token)
			if err != nil || v.Kind != viewer.Shopper || v.UserID != u.ID || v.SessionID != o.ID || len(v.Permissions) > 0 {
				t.Fatalf("got %+v, %v", v, err)
			}
			if counter.Statements() != 1 {
				t.Errorf("%d statements", counter.Statements())
			}
		})
		s.in("know staff and what they may do", func(t *testing.T, s shop) {
			may := []viewer.Permission{viewer.CatalogWrite, viewer.OrderRead}
			u := s.user("staff@example.org", func(c *ent.UserCreate) { c.SetStaff(true).SetPermissions(may) })
			v, err := s.w.Authenticate(t.Context(), *s.tokens(u).Token)
			if err != nil || v.Kind != viewer.Staff || !slices.Equal(v.Permissions, may) {
				t.Fatalf("got %+v, %v", v, err)
			}
		})
		s.in("give no permissions to who is not staff", func(t *testing.T, s shop) {
			u := s.user("was-staff@example.org", func(c *ent.UserCreate) { c.SetPermissions(viewer.Permissions()) })
			v, err := s.w.Authenticate(t.Context(), *s.tokens(u).Token)
			if err != nil || v.Kind != viewer.Shopper || v.Has(viewer.UserWrite) {
				t.Fatalf("got %+v, %v", v, err)
			}
		})
		s.in("say what others need to verify them, and nothing else", func(t *testing.T, s shop) {
			u := s.user("claims@example.org")
			o := s.tokens(u)
			parts := strings.Split(*o.Token, ".")
			var head struct{ Alg, Typ, Kid string }
			var body map[string]any
			decode(t, parts[0], &head)
			decode(t, parts[1], &body)
			want := map[string]any{
				"iss": "galley", "sub": nodeid.User.ID(u.ID).String(), "sid": nodeid.Session.ID(o.ID).String(),
				"iat": float64(s.db.Now().Unix()), "exp": float64(s.db.Now().Unix() + 600),
			}
			if head.Alg != "EdDSA" || head.Typ != "JWT" || !maps.Equal(body, want) || o.TokenExpiresAt.Unix() != s.db.Now().Unix()+600 {
				t.Errorf("got %+v %+v, want %+v", head, body, want)
			}
			signature, err := base64.RawURLEncoding.DecodeString(parts[2])
			if key := s.published()[head.Kid]; err != nil || key == nil || !ed25519.Verify(key, []byte(parts[0]+"."+parts[1]), signature) {
				t.Errorf("the published keys do not verify it: %v", err)
			}
		})
		s.in("are good for as long as the shop is set to", func(t *testing.T, s shop) {
			u := s.user("short@example.org")
			s = s.other()
			s.w.WithAccessLifetime(time.Minute)
			o := s.tokens(u)
			s.wait(59 * time.Second)
			s.opens(*o.Token)
			s.wait(time.Second)
			if _, err := s.w.Authenticate(t.Context(), *o.Token); err == nil {
				t.Error("it opens after a minute")
			}
		})
		s.in("open nothing once the session is over, or the account", func(t *testing.T, s shop) {
			u := s.user("over@example.org")
			for says, end := range map[string]func(o *session.Opened){
				"expired": func(o *session.Opened) {
					s.db.Client.Session.UpdateOneID(o.ID).SetExpiresAt(s.db.Now()).ExecX(s.system())
				},
				"revoked": func(o *session.Opened) {
					s.db.Client.Session.UpdateOneID(o.ID).SetRevokedAt(s.db.Now()).ExecX(s.system())
				},
				"gone": func(o *session.Opened) { s.db.Client.Session.DeleteOneID(o.ID).ExecX(s.system()) },
			} {
				o, other := s.tokens(u), s.tokens(u)
				s.opens(*o.Token)
				end(o)
				if _, err := s.w.Authenticate(t.Context(), *o.Token); err == nil {
					t.Errorf("%s: still open", says)
				} else {
					ended(t, err)
				}
				s.opens(*other.Token)
			}
			o := s.tokens(u)
			s.db.Client.User.UpdateOneID(u.ID).SetActive(false).ExecX(s.system())
			_, err := s.w.Authenticate(t.Context(), *o.Token)
			ended(t, err)
		})
	})
}

func decode(t *testing.T, part string, into any) {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatalf("%q: %v", part, err)
	}
}

// encode writes a part of a token as an attacker would.
func encode(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// TestForgedAccessTokens sends what nobody but the shop can have signed: all of it gets one answer.
func TestForgedAccessTokens(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		ada, bob := s.user("ada@example.org"), s.user("bob@example.org")
		mine, hers := s.tokens(bob), s.tokens(ada)
		stranger := open(t, "sqlite")
		if _, err := stranger.db.Random().Read(make([]byte, 7)); err != nil { // or its keys would be the same
			t.Fatal(err)
		}
		theirs := stranger.tokens(stranger.user("ada@example.org"))
		good := strings.Split(*hers.Token, ".")
		foreign := strings.Split(*theirs.Token, ".")
		_, private, err := ed25519.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		var head struct{ Kid string }
		decode(t, good[0], &head)
		public := s.published()[head.Kid]
		claims := token.Access{Issuer: "galley", Subject: nodeid.User.ID(ada.ID).String(), Session: nodeid.Session.ID(hers.ID).String(), IssuedAt: s.db.Now().Unix(), ExpiresAt: s.db.Now().Unix() + 600}
		own, err := token.Sign(private, "mine", claims)
		if err != nil {
			t.Fatal(err)
		}
		sameName, err := token.Sign(private, head.Kid, claims)
		if err != nil {
			t.Fatal(err)
		}
		hmacOf := func(header string, key []byte) string {
			text := encode(header) + "." + good[1]
			mac := hmac.New(sha256.New, key)
			mac.Write([]byte(text))
			return text + "." + encode(string(mac.Sum(nil)))
		}
		forged := map[string]string{
			"nothing": "", "dots": "..", "a word": "token", "a cookie's secret": "gs_" + strings.Repeat("a", 52), "a refresh token": *hers.RefreshToken,
			"no signature": good[0] + "." + good[1] + ".", "two parts": good[0] + "." + good[1], "four parts": *hers.Token + "." + good[2],
			"cut": (*hers.Token)[:len(*hers.Token)-1], "one letter more": *hers.Token + "A", "padded": *hers.Token + "=", "a line break": *hers.Token + "\n",
			"a blank before": " " + *hers.Token, "unused bits": (*hers.Token)[:len(*hers.Token)-1] + flip(good[2]),
			"another shop's key": *theirs.Token, "another shop's signature": good[0] + "." + good[1] + "." + foreign[2],
			"another token's signature": good[0] + "." + good[1] + "." + strings.Split(*mine.Token, ".")[2],
			"a key of one's own":        own, "a key of one's own under the shop's name": sameName,
			"alg none":              encode(`{"alg":"none","kid":"`+head.Kid+`","typ":"JWT"}`) + "." + good[1] + ".",
			"alg none, with a head": encode(`{"alg":"none"}`) + "." + good[1] + "." + good[2],
			"alg HS256, public key": hmacOf(`{"alg":"HS256","kid":"`+head.Kid+`","typ":"JWT"}`, public),
			"EdDSA's head, HMAC":    hmacOf(`{"alg":"EdDSA","kid":"`+head.Kid+`","typ":"JWT"}`, public),
			"another user":          good[0] + "." + encode(`{"iss":"galley","sub":"`+nodeid.User.ID(bob.ID).String()+`"}`) + "." + good[2],
			"a key in the head":     encode(`{"alg":"EdDSA","kid":"`+head.Kid+`","typ":"JWT","jwk":{}}`) + "." + good[1] + "." + good[2],
			"a kid of SQL":          encode(`{"alg":"EdDSA","kid":"' OR 1=1 --","typ":"JWT"}`) + "." + good[1] + "." + good[2],
			"a megabyte":            strings.Repeat("a", 1<<20), "a megabyte of dots": strings.Repeat(".", 1<<20), "zero bytes": strings.Repeat("\x00", 100),
		}
		for says, text := range forged {
			v, err := s.w.Authenticate(t.Context(), text)
			if err == nil || v.Identified() || v.UserID != 0 {
				t.Errorf("%s: got %+v, %v", says, v, err)
				continue
			}
			ended(t, err)
		}
		s.opens(*hers.Token)
	})
}

// flip is the last letter of a signature with a bit set that means nothing.
func flip(signature string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return alphabet[strings.IndexByte(alphabet, signature[len(signature)-1])^1:][:1]
}

// TestSignedNonsense has the shop's own key sign what it never says.
func TestSignedNonsense(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		ada, bob := s.user("ada@example.org"), s.user("bob@example.org")
		o := s.tokens(ada)
		current := s.db.Client.SigningKey.Query().Where(signingkey.StatusEQ(signingkey.StatusCURRENT)).OnlyX(s.system())
		seed, err := s.ring.Open("signing key "+current.Kid, current.PrivateKey)
		if err != nil {
			t.Fatal(err)
		}
		now := s.db.Now()
		good := func() token.Access {
			return token.Access{
				Issuer: "galley", Subject: nodeid.User.ID(ada.ID).String(), Session: nodeid.Session.ID(o.ID).String(),
				IssuedAt: now.Unix(), ExpiresAt: now.Add(time.Minute).Unix(),
			}
		}
		sign := func(change func(*token.Access)) string {
			a := good()
			change(&a)
			text, err := token.Sign(ed25519.NewKeyFromSeed(seed), current.Kid, a)
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
		s.opens(sign(func(*token.Access) {}))
		s.opens(sign(func(a *token.Access) { a.IssuedAt = now.Add(30 * time.Second).Unix() }))
		_, secret := s.cookie(ada)
		cookie, err := s.w.AuthenticateCookie(t.Context(), secret)
		if err != nil {
			t.Fatal(err)
		}
		for says, change := range map[string]func(*token.Access){
			"another issuer":     func(a *token.Access) { a.Issuer = "kitchen" },
			"another user":       func(a *token.Access) { a.Subject = nodeid.User.ID(bob.ID).String() },
			"no user":            func(a *token.Access) { a.Subject = "" },
			"a user's address":   func(a *token.Access) { a.Subject = "ada@example.org" },
			"an id of a cart":    func(a *token.Access) { a.Subject = nodeid.Cart.ID(ada.ID).String() },
			"no session":         func(a *token.Access) { a.Session = "" },
			"a missing session":  func(a *token.Access) { a.Session = nodeid.Session.ID(1).String() },
			"a cookie's session": func(a *token.Access) { a.Session = nodeid.Session.ID(cookie.SessionID).String() },
			"expired":            func(a *token.Access) { a.ExpiresAt = now.Unix() },
			"no end":             func(a *token.Access) { a.ExpiresAt = 0 },
			"not yet valid":      func(a *token.Access) { a.IssuedAt = now.Add(32 * time.Second).Unix() },
		} {
			if _, err := s.w.Authenticate(t.Context(), sign(change)); err == nil {
				t.Errorf("%s: taken", says)
			} else {
				ended(t, err)
			}
		}
	})
}

// TestClockShifts moves the clock of the process that is asked: a token is good for ten minutes, whether its
// signature was seen before or not.
func TestClockShifts(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		u := s.user("clock@example.org")
		seen, unseen := s.tokens(u), s.tokens(u)
		s.opens(*seen.Token)
		at := func(d time.Duration, check func(text string)) {
			s.ahead.Store(int64(d))
			check(*seen.Token)
			for _, text := range []string{*seen.Token, *unseen.Token} {
				other := s.other()
				if _, err := other.w.Authenticate(t.Context(), text); (err == nil) != (d > -31*time.Second && d < 599*time.Second) {
					t.Errorf("at %v: %v", d, err)
				}
			}
		}
		refused := func(text string) {
			_, err := s.w.Authenticate(t.Context(), text)
			ended(t, err)
		}
		at(598*time.Second, s.opens)
		at(600*time.Second, refused)
		at(-30*time.Second, s.opens) // another process signed it, whose clock is ahead
		at(-32*time.Second, refused)
		at(-time.Hour, refused)
		at(24*time.Hour, refused)
	})
}

// TestRevokedOnAnotherProcess ends sessions on one process, and brings them to another that has just seen them.
func TestRevokedOnAnotherProcess(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(ctx context.Context, s shop, o *session.Opened){
		"by signing out": func(ctx context.Context, s shop, _ *session.Opened) {
			if out, err := s.w.SignOut(ctx); err != nil || !out.SignedOut {
				s.t.Errorf("got %+v, %v", out, err)
			}
		},
		"by its id": func(ctx context.Context, s shop, o *session.Opened) {
			if _, err := s.w.Revoke(ctx, session.RevokeInput{ID: nodeid.Session.ID(o.ID)}); err != nil {
				s.t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, s shop) {
				u := s.user("ada@example.org")
				o := s.tokens(u)
				here, there := s.other(), s.other()
				there.opens(*o.Token)
				end(here.as(*o.Token), here, o)
				_, err := there.w.Authenticate(t.Context(), *o.Token)
				ended(t, err)
				_, err = there.refresh(*o.RefreshToken)
				ended(t, err)
			})
		})
	}
}

func FuzzAuthenticate(f *testing.F) {
	for _, seed := range []string{"", "..", "gs_" + strings.Repeat("a", 52), encode(`{"alg":"EdDSA","kid":"k","typ":"JWT"}`) + ".e30." + strings.Repeat("A", 86)} {
		f.Add(seed)
	}
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		f.Fatal(err)
	}
	good, err := token.Sign(private, "k", token.Access{Issuer: "galley"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	public := private.Public().(ed25519.PublicKey)
	f.Fuzz(func(t *testing.T, text string) {
		head, ok := token.HeadOf(text)
		if a, valid := token.Verify(public, text); valid && (text != good || a.Issuer != "galley" || !ok || head != token.Head("k")) {
			t.Errorf("took %q", text)
		}
		if hash, ok := session.ParseCookie(text); ok && (!token.Valid("gs_", text, 32) || string(hash) != string(token.Hash(text))) {
			t.Errorf("took the cookie %q", text)
		}
	})
}
