package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"galley/internal/database/databasetest"
	"galley/internal/secret"
)

// fetch asks for a page, or with a token who is signed in, and returns the status and the answer.
func fetch(t *testing.T, url, token string) (status int, answer map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "application/graphql-response+json, application/jwk-set+json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	if err := json.NewDecoder(got.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return got.StatusCode, answer
}

// TestProcessesShareSessions runs two processes on one PostgreSQL: what is signed in, rotated and ended on one is so
// on the other with the next request.
func TestProcessesShareSessions(t *testing.T) {
	t.Parallel()
	env := map[string]string{"DATABASE_URL": databasetest.URL(t, databasetest.Postgres), "GALLEY_SECRET_KEY": secret.New()}
	var made output
	if err := run(t.Context(), []string{"admin", "create", "--email", "ada@galley.example", "--generate"}, getenv(env), &made); err != nil {
		t.Fatal(err)
	}
	password := regexp.MustCompile(`password: (\S+)`).FindStringSubmatch(made.String())[1]
	here, _, _ := start(t, env)
	there, _, _ := start(t, env)
	signIn := func() string {
		var data struct{ SignIn struct{ Token string } }
		ask(t, here, "", fmt.Sprintf(`mutation { signIn(input: {email: "ada@galley.example", password: %q}) { token } }`, password), &data)
		return data.SignIn.Token
	}
	const whoAmI = "/query?query={me{id}}"
	first := signIn()
	if status, answer := fetch(t, there+whoAmI, first); status != http.StatusOK {
		t.Errorf("signed in on the other process: %d %v", status, answer)
	}
	_, before := fetch(t, here+"/.well-known/jwks.json", "")
	var listed output
	if err := run(t.Context(), []string{"keys", "rotate"}, getenv(env), &listed); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(listed.String(), "\n"); n != 4 || len(before["keys"].([]any)) != 2 {
		t.Errorf("%v keys became\n%s", len(before["keys"].([]any)), listed.String())
	}
	second := signIn()
	for _, token := range []string{first, second} {
		if status, answer := fetch(t, there+whoAmI, token); status != http.StatusOK {
			t.Errorf("after the rotation: %d %v", status, answer)
		}
	}
	var data struct{ SignOut struct{ SignedOut bool } }
	ask(t, here, second, `mutation { signOut { signedOut } }`, &data)
	ended := time.Now()
	if status, answer := fetch(t, there+whoAmI, second); status != http.StatusUnauthorized || !data.SignOut.SignedOut {
		t.Errorf("signed out on the other process: %d %v", status, answer)
	}
	t.Logf("the other process refused it %v later", time.Since(ended))

	lost := map[string]string{"DATABASE_URL": env["DATABASE_URL"], "GALLEY_SECRET_KEY": secret.New()}
	err := run(t.Context(), []string{"--addr", "127.0.0.1:0"}, getenv(lost), &output{})
	if err == nil || !strings.Contains(err.Error(), "GALLEY_SECRET_KEY") || !strings.Contains(err.Error(), "galley keys replace") {
		t.Errorf("a start with another key: %v", err)
	}
	if err := run(t.Context(), []string{"keys", "replace"}, getenv(lost), &output{}); err != nil {
		t.Error(err)
	}
}
