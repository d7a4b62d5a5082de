package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"galley/internal/config"
	"galley/internal/database/databasetest"
)

// output collects what the program prints, while it runs.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

func getenv(env map[string]string) func(string) string {
	return func(name string) string {
		if name == "GALLEY_LOG_LEVEL" {
			return "error"
		}
		return env[name]
	}
}

var address = regexp.MustCompile(`ready after .* at (https?://\S+)`)

// start runs the program until the test ends, and returns where it listens and what stops it.
func start(t *testing.T, env map[string]string, args ...string) (url string, stop func() error, out *output) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	out = &output{}
	done := make(chan error, 1)
	go func() { done <- run(ctx, append(args, "--addr", "127.0.0.1:0"), getenv(env), out) }()
	stop = sync.OnceValue(func() error { cancel(); return <-done })
	t.Cleanup(func() { _ = stop() })
	for deadline := time.Now().Add(8 * time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if m := address.FindStringSubmatch(out.String()); m != nil {
			return m[1], stop, out
		}
		select {
		case err := <-done:
			done <- err
			t.Fatalf("the program ended: %v\n%s", err, out)
		default:
		}
	}
	t.Fatalf("the program does not get ready\n%s", out)
	return "", nil, nil
}

// ask sends an operation and decodes its data.
func ask(t *testing.T, url, token, query string, data any) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/query", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	var decoded struct {
		Data   json.RawMessage
		Errors json.RawMessage
	}
	if err := json.Unmarshal(text, &decoded); err != nil || decoded.Errors != nil {
		t.Fatalf("%s\nanswered %s", query, text)
	}
	if err := json.Unmarshal(decoded.Data, data); err != nil {
		t.Fatal(err)
	}
}

func TestServe(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run("a newcomer signs in, fills a cart and orders on "+string(engine), func(t *testing.T) {
			t.Parallel()
			env, args := map[string]string{"GALLEY_DATA": t.TempDir()}, []string(nil)
			if engine == databasetest.Postgres {
				env, args = map[string]string{"DATABASE_URL": databasetest.URL(t, engine)}, []string{"--demo"}
			}
			url, stop, out := start(t, env, args...)
			account := regexp.MustCompile(`shopper\s+(\S+@\S+)\s+(\S+)`).FindStringSubmatch(out.String())
			if account == nil {
				t.Fatalf("no demo shopper in\n%s", out)
			}
			order(t, url, account[1], account[2])
			if err := stop(); err != nil {
				t.Errorf("stop: %v", err)
			}
			again, _, out := start(t, env, args...)
			var data struct{ Products struct{ TotalCount int } }
			ask(t, again, "", `{ products { totalCount } }`, &data)
			if data.Products.TotalCount < 2000 || strings.Contains(out.String(), "%") {
				t.Errorf("the second start has %d products, and prints\n%s", data.Products.TotalCount, out)
			}
			if engine == databasetest.Postgres {
				if err := run(t.Context(), []string{"--addr", "127.0.0.1:0"}, getenv(inProduction(env)), io.Discard); err == nil || !strings.Contains(err.Error(), "demo") {
					t.Errorf("production starts on a demo database: %v", err)
				}
			}
		})
	}
}

// order goes the way of a shopper from sign-in to reading the order back.
func order(t *testing.T, url, email, password string) {
	t.Helper()
	var signedIn struct{ SignIn struct{ Token string } }
	ask(t, url, "", fmt.Sprintf(`mutation { signIn(input: {email: %q, password: %q}) { token } }`, email, password), &signedIn)
	token := signedIn.SignIn.Token
	var shop struct {
		Products struct {
			Nodes []struct {
				Variants []struct{ ID string }
			}
		}
	}
	ask(t, url, "", `{ products(first: 1, filter: {inStock: true}) { nodes { variants { id } } } }`, &shop)
	var cart struct {
		CartCreate struct{ Cart struct{ ID string } }
	}
	ask(t, url, token, fmt.Sprintf(`mutation { cartCreate(input: {lines: [{variant: %q}]}) { cart { id } } }`, shop.Products.Nodes[0].Variants[0].ID), &cart)
	var placed struct {
		CheckoutComplete struct {
			Order      struct{ Number string }
			UserErrors []struct{ Message string }
		}
	}
	ask(t, url, token, fmt.Sprintf(`mutation { checkoutComplete(input: {cart: %q}) @idempotent(key: "a newcomer's order") { order { number } userErrors { message } } }`, cart.CartCreate.Cart.ID), &placed)
	var mine struct {
		Me struct {
			Orders struct{ Nodes []struct{ Number string } }
		}
	}
	ask(t, url, token, `{ me { orders(first: 1) { nodes { number } } } }`, &mine)
	if len(mine.Me.Orders.Nodes) == 0 || mine.Me.Orders.Nodes[0].Number != placed.CheckoutComplete.Order.Number || placed.CheckoutComplete.Order.Number == "" {
		t.Errorf("placed %+v, and read back %+v", placed, mine)
	}
}

// inProduction adds to settings what production does not start without.
func inProduction(env map[string]string) map[string]string {
	all := map[string]string{
		"GALLEY_MODE": "production", "GALLEY_SMTP_URL": "smtp://127.0.0.1:1", "GALLEY_MAIL_FROM": "shop@galley.example",
		"GALLEY_STOREFRONT_URL": "https://shop.example", "GALLEY_SECRET_KEY": secretKey(),
	}
	maps.Copy(all, env)
	return all
}

func TestRunRefuses(t *testing.T) {
	t.Parallel()
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() }) // after the parallel tests below
	for name, c := range map[string]struct {
		env  map[string]string
		args []string
		want string
	}{
		"a taken port":                 {args: []string{"--addr", taken.Addr().String()}, want: "GALLEY_ADDR"},
		"a database that is not there": {env: map[string]string{"DATABASE_URL": "postgres://127.0.0.1:1/none?sslmode=disable"}, want: "connect to the database"},
		"a directory that cannot be":   {env: map[string]string{"GALLEY_DATA": "/dev/null/data"}, want: "GALLEY_DATA"},
		"a setting that is wrong":      {env: map[string]string{"GALLEY_MODE": "fast"}, want: "GALLEY_MODE"},
		"a command that is unknown":    {args: []string{"fly"}, want: "fly"},
		"demo data in production":      {env: inProduction(map[string]string{"GALLEY_DEMO": "true"}), want: "GALLEY_DEMO"},
		"metrics on a taken port":      {env: map[string]string{"GALLEY_METRICS_ADDR": taken.Addr().String()}, want: "GALLEY_METRICS_ADDR"},
		"production without a key":     {env: inProduction(map[string]string{"GALLEY_SECRET_KEY": ""}), want: "GALLEY_SECRET_KEY"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := map[string]string{"GALLEY_DATA": t.TempDir(), "GALLEY_ADDR": "127.0.0.1:0"}
			for k, v := range c.env {
				env[k] = v
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			err := run(ctx, c.args, getenv(env), io.Discard)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, without %q", err, c.want)
			}
		})
	}
}

func TestCommands(t *testing.T) {
	t.Parallel()
	for command, want := range map[string]string{
		"schema": "type Product implements Node", "keys": "STATUS", "keys rotate": "CURRENT", "version": "galley ", "--help": "Usage: galley", "migrate": "the database is ready",
	} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			var out output
			if err := run(t.Context(), strings.Fields(command), getenv(map[string]string{"GALLEY_DATA": t.TempDir()}), &out); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(out.String(), want) {
				t.Errorf("printed %s", out.String())
			}
		})
	}
}

func TestTheClientKitIsWrittenWithoutADatabase(t *testing.T) {
	t.Parallel()
	directory := filepath.Join(t.TempDir(), "client-kit")
	data := filepath.Join(t.TempDir(), "data")
	if err := run(t.Context(), []string{"client-kit", directory}, getenv(map[string]string{"GALLEY_DATA": data}), io.Discard); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(directory, "schema.graphql")); err != nil || !strings.Contains(string(text), "directive @defer(") {
		t.Errorf("there is no schema with @defer: %v", err)
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("a database was made")
	}
	if err := run(t.Context(), []string{"client-kit"}, getenv(nil), io.Discard); err == nil {
		t.Error("it was written to nowhere")
	}
}

func TestTheReadmeHasTheSettings(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), config.Table()) {
		t.Errorf("README.md does not have this table:\n%s", config.Table())
	}
}
