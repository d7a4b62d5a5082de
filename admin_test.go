//go:build unix

package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"galley/internal/database/databasetest"
	"galley/internal/viewer"
)

// TestAdministratorsAreMade on an empty database, and beside a server that runs.
func TestAdministratorsAreMade(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			env := map[string]string{"GALLEY_DATA": t.TempDir()}
			if engine == databasetest.Postgres {
				env["DATABASE_URL"] = databasetest.Empty(t, engine)
			}
			create := func(password string, args ...string) (string, error) {
				cmd := inProcess(t.Context(), env, append([]string{"admin", "create"}, args...)...)
				cmd.Stdin = strings.NewReader(password)
				out, err := cmd.CombinedOutput()
				return string(out), err
			}
			const password = "a long enough secret"
			if out, err := create(password+"\r\n", "--email", "First@example.org", "--name", "Ada"); err != nil || out != "First@example.org is an administrator\n" {
				t.Fatalf("%v\n%s", err, out)
			}
			url, _, _ := start(t, env)
			administers(t, url, "first@example.org", password, "Ada")

			out, err := create("", "--email", "second@example.org", "--generate")
			made := regexp.MustCompile(`password: (\S{20,})\n`).FindStringSubmatch(out)
			if err != nil || made == nil {
				t.Fatalf("%v\n%s", err, out)
			}
			administers(t, url, "second@example.org", made[1], "")

			for _, c := range []struct{ email, password, want string }{
				{"third@example.org", "", "password: A password has at least 8 characters"},
				{"third@example.org", "password123\n", "password: Everybody uses this password"},
				{"third@example.org", strings.Repeat("x", 2000), "password: A password has at most 128 characters"},
				{"third@example", password, "email: This is not an e-mail address"},
				{"FIRST@example.org", password, "email: There is an account with this e-mail address"},
			} {
				if out, err := create(c.password, "--email", c.email); err == nil || !strings.Contains(out, c.want) || strings.Contains(out, "is an administrator") {
					t.Errorf("%s: %v\n%s", c.want, err, out)
				}
			}
			if out, err := create(password); err == nil || !strings.Contains(out, "--email") {
				t.Errorf("without an e-mail: %v\n%s", err, out)
			}
		})
	}
}

// administers signs in, and fails unless the account may do everything.
func administers(t *testing.T, url, email, password, name string) {
	t.Helper()
	var in struct{ SignIn struct{ Token string } }
	ask(t, url, "", fmt.Sprintf(`mutation { signIn(input: {email: %q, password: %q}) { token } }`, email, password), &in)
	var data struct {
		Me struct {
			Name, Email          string
			Staff                bool
			EffectivePermissions []string
		}
	}
	ask(t, url, in.SignIn.Token, `{ me { name email staff effectivePermissions } }`, &data)
	if me := data.Me; me.Name != name || me.Email != email || !me.Staff || len(me.EffectivePermissions) != len(viewer.Permissions()) {
		t.Errorf("got %+v", me)
	}
}
