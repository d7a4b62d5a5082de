package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"galley/internal/database/databasetest"
	"galley/internal/identity/issuertest"
)

// TestSomebodySignsInByTheirAccountElsewhere goes the way of a storefront, through the program and an issuer.
func TestSomebodySignsInByTheirAccountElsewhere(t *testing.T) {
	t.Parallel()
	issuer := issuertest.New(t, time.Now)
	issuer.Knows(map[string]any{"sub": "ann", "email": "ann@example.org", "email_verified": true, "name": "Ann Lee"})
	settings := issuer.Settings("local", map[string]any{"title": "Local", "clientSecretEnv": "LOCAL_SECRET"})
	delete(settings, "clientSecret")
	file := filepath.Join(t.TempDir(), "providers.json")
	text, err := json.Marshal([]any{settings})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	url, _, _ := start(t, map[string]string{
		"DATABASE_URL": databasetest.URL(t, databasetest.Postgres), "GALLEY_OIDC_FILE": file, "LOCAL_SECRET": issuertest.ClientSecret,
	})

	var offered struct {
		SignInProviders []struct{ Name, Title string }
	}
	ask(t, url, "", `{ signInProviders { name title } }`, &offered)
	if len(offered.SignInProviders) != 1 || offered.SignInProviders[0].Title != "Local" {
		t.Fatalf("offered %+v", offered)
	}
	var begun struct{ OidcStart struct{ URL, Flow string } }
	ask(t, url, "", fmt.Sprintf(`mutation { oidcStart(input: {provider: %q, redirectUri: %q}) { url flow userErrors { code } } }`,
		offered.SignInProviders[0].Name, issuertest.Redirect), &begun)
	back := issuer.Visit(t, begun.OidcStart.URL, "ann")
	var completed struct {
		OidcComplete struct {
			Token string
			User  struct{ Email string }
		}
	}
	ask(t, url, "", fmt.Sprintf(`mutation { oidcComplete(input: {flow: %q, state: %q, code: %q, iss: %q}) { token user { email } userErrors { code } } }`,
		begun.OidcStart.Flow, back.Get("state"), back.Get("code"), back.Get("iss")), &completed)
	if completed.OidcComplete.User.Email != "ann@example.org" {
		t.Fatalf("came in as %+v", completed)
	}
	var me struct {
		Me struct {
			Name       string
			Identities []struct{ Issuer, Email string }
		}
	}
	ask(t, url, completed.OidcComplete.Token, `{ me { name identities { issuer email } } }`, &me)
	if me.Me.Name != "Ann Lee" || len(me.Me.Identities) != 1 || me.Me.Identities[0].Issuer != issuer.URL {
		t.Errorf("is %+v", me)
	}
}

func TestProvidersThatCannotBeReadStopTheStart(t *testing.T) {
	t.Parallel()
	wrong := filepath.Join(t.TempDir(), "providers.json")
	if err := os.WriteFile(wrong, []byte(`[{"name": "google"}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{wrong: "issuer is a URL", wrong + ".none": "no such file"} {
		err := run(t.Context(), nil, getenv(map[string]string{"GALLEY_DATA": t.TempDir(), "GALLEY_ADDR": "127.0.0.1:0", "GALLEY_OIDC_FILE": file}), io.Discard)
		if err == nil || !strings.Contains(err.Error(), "GALLEY_OIDC_FILE") || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, without %q", err, want)
		}
	}
}
