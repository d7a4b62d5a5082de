package config_test

import (
	"bytes"
	"maps"
	"strings"
	"testing"
	"time"

	"galley/internal/config"
	"galley/internal/secret"
)

func parse(t *testing.T, env map[string]string, args ...string) (*config.Commands, string, string, error) {
	t.Helper()
	var out bytes.Buffer
	c, command, err := config.Parse(args, func(name string) string { return env[name] }, &out)
	return c, command, out.String(), err
}

// production is what production starts with, and these settings.
func production(env map[string]string) map[string]string {
	all := map[string]string{
		"GALLEY_MODE": "production", "GALLEY_SMTP_URL": "smtps://shop:secret@mail.example", "GALLEY_MAIL_FROM": "shop@galley.example",
		"GALLEY_STOREFRONT_URL": "https://shop.example", "GALLEY_SECRET_KEY": secret.New(),
	}
	maps.Copy(all, env)
	return all
}

// stripeBy is how Stripe takes cards, with these settings.
func stripeBy(env map[string]string) map[string]string {
	all := map[string]string{"GALLEY_PAYMENT_CARD": "stripe", "GALLEY_STRIPE_KEY": "sk_test_1", "GALLEY_STRIPE_WEBHOOK_SECRET": "whsec_1"}
	maps.Copy(all, env)
	return all
}

func TestWhoTakesCards(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ mode, set, want string }{
		{"development", "", "test"}, {"development", "none", ""}, {"development", "stripe", "stripe"}, {"production", "", ""}, {"production", "stripe", "stripe"},
	} {
		if got := (config.Serve{Mode: c.mode, Cards: config.Cards{PaymentCard: c.set}}).Card(); got != c.want {
			t.Errorf("in %s, %q is %q, not %q", c.mode, c.set, got, c.want)
		}
	}
}

func TestWhoPays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mode      string
		set, want int
	}{
		{"development", 0, 0}, {"production", 0, 200_000}, {"development", 50, 50}, {"production", 50, 50}, {"production", -1, 0},
	} {
		if got := (config.Serve{Mode: c.mode, Graph: config.Graph{Points: c.set}}).BucketSize(); got != c.want {
			t.Errorf("in %s, %d is %d points, not %d", c.mode, c.set, got, c.want)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	t.Run("serves without a command", func(t *testing.T) {
		t.Parallel()
		c, command, _, err := parse(t, nil)
		if err != nil || command != "serve" || c.Serve.Addr != "127.0.0.1:8080" || c.Serve.Drain != 10*time.Second {
			t.Errorf("got %q, %+v, %v", command, c, err)
		}
	})
	t.Run("takes flags without a command", func(t *testing.T) {
		t.Parallel()
		c, command, _, err := parse(t, nil, "--addr", "127.0.0.1:9", "--demo")
		if err != nil || command != "serve" || c.Serve.Addr != "127.0.0.1:9" || !c.Serve.Demo {
			t.Errorf("got %q, %+v, %v", command, c, err)
		}
	})
	t.Run("reads the environment, and lets a flag win", func(t *testing.T) {
		t.Parallel()
		env := production(map[string]string{"GALLEY_ADDR": "127.0.0.1:1", "GALLEY_DEMO": "true", "DATABASE_URL": "postgres://db"})
		c, _, _, err := parse(t, env, "serve", "--addr=127.0.0.1:2")
		if err != nil || c.Serve.Addr != "127.0.0.1:2" || c.Serve.Mode != "production" || !c.Serve.Demo || c.Serve.URL() != "postgres://db" {
			t.Errorf("got %+v, %v", c, err)
		}
	})
	for _, command := range []string{"serve", "migrate", "backup", "restore", "keys", "keys rotate", "schema", "version", ""} {
		t.Run("helps with "+command, func(t *testing.T) {
			t.Parallel()
			args := strings.Fields(command + " --help")
			_, name, out, err := parse(t, nil, args...)
			if err != nil || name != "" || !strings.Contains(out, "Usage: galley") {
				t.Errorf("got %q, %v, %s", name, err, out)
			}
			if command == "serve" && !strings.Contains(out, "$GALLEY_ADDR") {
				t.Errorf("help does not name the variables: %s", out)
			}
		})
	}
	for variable, values := range map[string][]string{"GALLEY_DRAIN": {"abc", "10", "1 s"}, "GALLEY_DEMO": {"maybe", "2", "TRUE!"}, "GALLEY_DATABASE_CONNECTIONS": {"many", "1.5"}} {
		for _, value := range values {
			t.Run("names the variable where it cannot read "+variable+"="+value, func(t *testing.T) {
				t.Parallel()
				_, _, _, err := parse(t, map[string]string{variable: value})
				if err == nil || !strings.HasPrefix(err.Error(), variable+" is ") || !strings.Contains(err.Error(), value) || strings.Contains(err.Error(), "--") {
					t.Errorf("got %v", err)
				}
			})
		}
	}
	t.Run("takes all that means yes or no", func(t *testing.T) {
		t.Parallel()
		for value, want := range map[string]bool{"true": true, "Yes": true, "1": true, "FALSE": false, "no": false, "0": false, "": false} {
			c, _, _, err := parse(t, map[string]string{"GALLEY_DEMO": value, "GALLEY_DRAIN": "1m30s"})
			if err != nil || c.Serve.Demo != want || c.Serve.Drain != 90*time.Second {
				t.Errorf("%q: got %+v, %v", value, c.Serve, err)
			}
		}
	})
	t.Run("names the flag where a flag is wrong", func(t *testing.T) {
		t.Parallel()
		_, _, _, err := parse(t, nil, "--drain=abc")
		if err == nil || !strings.Contains(err.Error(), "--drain") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("refuses what it does not know", func(t *testing.T) {
		t.Parallel()
		for _, args := range [][]string{{"--adr=1"}, {"fly"}} {
			if _, _, _, err := parse(t, nil, args...); err == nil {
				t.Errorf("%v: no error", args)
			}
		}
	})
}

func TestValidate(t *testing.T) {
	t.Parallel()
	key := secret.New()
	for _, c := range []struct {
		name, variable string
		env            map[string]string
	}{
		{"the defaults are sound", "", nil},
		{"production on loopback is sound", "", production(nil)},
		{"production behind a proxy is sound", "", production(map[string]string{"GALLEY_ADDR": ":80", "GALLEY_TRUSTED_PROXIES": "10.0.0.0/8, 192.168.0.0/16"})},
		{"production with two keys is sound", "", production(map[string]string{"GALLEY_SECRET_KEY": key + "," + secret.New()})},
		{"production without a key", "GALLEY_SECRET_KEY", production(map[string]string{"GALLEY_SECRET_KEY": ""})},
		{"a key that is none", "GALLEY_SECRET_KEY", map[string]string{"GALLEY_SECRET_KEY": "correct horse"}},
		{"a key that is cut", "GALLEY_SECRET_KEY", map[string]string{"GALLEY_SECRET_KEY": key[:40]}},
		{"a database of another kind", "DATABASE_URL", map[string]string{"DATABASE_URL": "mysql://db"}},
		{"an address without a port", "GALLEY_ADDR", map[string]string{"GALLEY_ADDR": "localhost"}},
		{"development beyond loopback", "GALLEY_ADDR", map[string]string{"GALLEY_ADDR": ":8080"}},
		{"production in clear text beyond loopback", "GALLEY_TRUSTED_PROXIES", production(map[string]string{"GALLEY_ADDR": "0.0.0.0:80"})},
		{"production with a certificate is sound", "", production(map[string]string{"GALLEY_ADDR": ":443", "GALLEY_TLS_CERT": "c", "GALLEY_TLS_KEY": "k"})},
		{"development beyond loopback with a certificate", "GALLEY_ADDR", map[string]string{"GALLEY_ADDR": ":443", "GALLEY_TLS_CERT": "c", "GALLEY_TLS_KEY": "k"}},
		{"a certificate without a key", "GALLEY_TLS_KEY", map[string]string{"GALLEY_TLS_CERT": "c"}},
		{"a key without a certificate", "GALLEY_TLS_CERT", map[string]string{"GALLEY_TLS_KEY": "k"}},
		{"a proxy that is no network", "GALLEY_TRUSTED_PROXIES", map[string]string{"GALLEY_TRUSTED_PROXIES": "proxy"}},
		{"an unknown mode", "GALLEY_MODE", map[string]string{"GALLEY_MODE": "test"}},
		{"an unknown currency", "GALLEY_CURRENCY", map[string]string{"GALLEY_CURRENCY": "XXX"}},
		{"prices without tax", "", map[string]string{"GALLEY_PRICES_INCLUDE_TAX": "false"}},
		{"prices that may contain tax", "GALLEY_PRICES_INCLUDE_TAX", map[string]string{"GALLEY_PRICES_INCLUDE_TAX": "perhaps"}},
		{"an unknown level", "GALLEY_LOG_LEVEL", map[string]string{"GALLEY_LOG_LEVEL": "loud"}},
		{"an unknown format", "GALLEY_LOG_FORMAT", map[string]string{"GALLEY_LOG_FORMAT": "xml"}},
		{"a pool of less than nothing", "GALLEY_DATABASE_CONNECTIONS", map[string]string{"GALLEY_DATABASE_CONNECTIONS": "-1"}},
		{"letters through a server, in development too", "", map[string]string{"GALLEY_SMTP_URL": "smtp://localhost:2525", "GALLEY_MAIL_FROM": "shop@galley.example", "GALLEY_STOREFRONT_URL": "http://127.0.0.1:3000/"}},
		{"production without a mail server", "GALLEY_SMTP_URL", production(map[string]string{"GALLEY_SMTP_URL": ""})},
		{"production that does not say where letters come from", "GALLEY_MAIL_FROM", production(map[string]string{"GALLEY_MAIL_FROM": ""})},
		{"production without a storefront", "GALLEY_STOREFRONT_URL", production(map[string]string{"GALLEY_STOREFRONT_URL": ""})},
		{"a mail server of another kind", "GALLEY_SMTP_URL", map[string]string{"GALLEY_SMTP_URL": "https://mail.example"}},
		{"a mail server without a name", "GALLEY_SMTP_URL", map[string]string{"GALLEY_SMTP_URL": "smtp://:25"}},
		{"a mail server with a path", "GALLEY_SMTP_URL", map[string]string{"GALLEY_SMTP_URL": "smtp://mail.example/inbox"}},
		{"a sender with a name", "GALLEY_MAIL_FROM", map[string]string{"GALLEY_MAIL_FROM": "Shop <shop@galley.example>"}},
		{"a sender of two lines", "GALLEY_MAIL_FROM", map[string]string{"GALLEY_MAIL_FROM": "shop@galley.example\r\nBcc: x@y.example"}},
		{"a storefront in clear text", "GALLEY_STOREFRONT_URL", map[string]string{"GALLEY_STOREFRONT_URL": "http://shop.example"}},
		{"a storefront with a query", "GALLEY_STOREFRONT_URL", map[string]string{"GALLEY_STOREFRONT_URL": "https://shop.example/?a=b"}},
		{"a storefront that is a script", "GALLEY_STOREFRONT_URL", map[string]string{"GALLEY_STOREFRONT_URL": "javascript://x"}},
		{"a shop whose name is blank", "GALLEY_SHOP_NAME", map[string]string{"GALLEY_SHOP_NAME": "  "}},
		{"metrics on this machine", "", map[string]string{"GALLEY_METRICS_ADDR": "127.0.0.1:9090"}},
		{"metrics for others in production", "", production(map[string]string{"GALLEY_METRICS_ADDR": ":9090"})},
		{"metrics for others in development", "GALLEY_METRICS_ADDR", map[string]string{"GALLEY_METRICS_ADDR": ":9090"}},
		{"metrics without a port", "GALLEY_METRICS_ADDR", map[string]string{"GALLEY_METRICS_ADDR": "localhost"}},
		{"orders of verified accounts", "", map[string]string{"GALLEY_VERIFIED_EMAIL_FOR": "checkout"}},
		{"an action that knows no verified accounts", "GALLEY_VERIFIED_EMAIL_FOR", map[string]string{"GALLEY_VERIFIED_EMAIL_FOR": "reviews"}},
		{"an access token of no time", "GALLEY_ACCESS_TOKEN_LIFETIME", map[string]string{"GALLEY_ACCESS_TOKEN_LIFETIME": "0s"}},
		{"an access token for ever", "GALLEY_ACCESS_TOKEN_LIFETIME", map[string]string{"GALLEY_ACCESS_TOKEN_LIFETIME": "61m"}},
		{"no time to think a deletion over", "GALLEY_DELETION_GRACE", map[string]string{"GALLEY_DELETION_GRACE": "1h"}},
		{"a deletion that never comes", "GALLEY_DELETION_GRACE", map[string]string{"GALLEY_DELETION_GRACE": "9999h"}},
		{"cards by Stripe", "", production(stripeBy(nil))},
		{"cards by Stripe with two secrets, elsewhere", "", production(stripeBy(map[string]string{"GALLEY_STRIPE_WEBHOOK_SECRET": "whsec_a, whsec_b", "GALLEY_STRIPE_URL": "https://stripe.example"}))},
		{"cards by a Stripe on this machine, in development", "", stripeBy(map[string]string{"GALLEY_STRIPE_URL": "http://127.0.0.1:12111"})},
		{"no cards", "", map[string]string{"GALLEY_PAYMENT_CARD": "none"}},
		{"cards by somebody unknown", "GALLEY_PAYMENT_CARD", map[string]string{"GALLEY_PAYMENT_CARD": "paypal"}},
		{"cards that do not exist, in production", "GALLEY_PAYMENT_CARD", production(map[string]string{"GALLEY_PAYMENT_CARD": "test"})},
		{"cards by Stripe without a key", "GALLEY_STRIPE_KEY", stripeBy(map[string]string{"GALLEY_STRIPE_KEY": ""})},
		{"cards by Stripe without webhooks", "GALLEY_STRIPE_WEBHOOK_SECRET", stripeBy(map[string]string{"GALLEY_STRIPE_WEBHOOK_SECRET": " , "})},
		{"Stripe's key in clear text", "GALLEY_STRIPE_URL", stripeBy(map[string]string{"GALLEY_STRIPE_URL": "http://stripe.example"})},
		{"Stripe's key in clear text, in production", "GALLEY_STRIPE_URL", production(stripeBy(map[string]string{"GALLEY_STRIPE_URL": "http://127.0.0.1:12111"}))},
		{"a process without workers", "", map[string]string{"GALLEY_WORKERS": "0"}},
		{"no streams", "GALLEY_STREAMS", map[string]string{"GALLEY_STREAMS": "0"}},
		{"no streams of an address", "GALLEY_STREAMS_PER_ADDRESS", map[string]string{"GALLEY_STREAMS_PER_ADDRESS": "-1"}},
		{"a socket without operations", "GALLEY_SOCKET_OPERATIONS", map[string]string{"GALLEY_SOCKET_OPERATIONS": "0"}},
		{"a socket without messages", "GALLEY_SOCKET_MESSAGES", map[string]string{"GALLEY_SOCKET_MESSAGES": "0"}},
		{"messages that hold nothing", "GALLEY_SOCKET_BYTES", map[string]string{"GALLEY_SOCKET_BYTES": "10"}},
		{"metrics of operations, slow ones, and a bound", "", map[string]string{"GALLEY_METRICS_OPERATIONS": "A,B", "GALLEY_SLOW_OPERATION": "0s", "GALLEY_RUNNING": "off", "GALLEY_QUEUE": "0"}},
		{"an operation that is slow before it begins", "GALLEY_SLOW_OPERATION", map[string]string{"GALLEY_SLOW_OPERATION": "-1s"}},
		{"no operation at once", "GALLEY_RUNNING", map[string]string{"GALLEY_RUNNING": "0"}},
		{"a queue of less than nothing", "GALLEY_QUEUE", map[string]string{"GALLEY_QUEUE": "-1"}},
		{"a queue for an hour", "GALLEY_QUEUE_WAIT", map[string]string{"GALLEY_QUEUE_WAIT": "1h"}},
		{"too many workers", "GALLEY_WORKERS", map[string]string{"GALLEY_WORKERS": "65"}},
		{"trusted documents alone", "", map[string]string{"GALLEY_DOCUMENTS": "enforce", "GALLEY_DOCUMENTS_FILE": "a.json, b.json"}},
		{"trusted documents that are in no file", "GALLEY_DOCUMENTS_FILE", map[string]string{"GALLEY_DOCUMENTS": "enforce"}},
		{"documents that are logged for being in no file", "GALLEY_DOCUMENTS_FILE", map[string]string{"GALLEY_DOCUMENTS": "log"}},
		{"an unknown mode of documents", "GALLEY_DOCUMENTS", map[string]string{"GALLEY_DOCUMENTS": "on"}},
		{"a schema that is told to nobody", "", map[string]string{"GALLEY_INTROSPECTION": "off"}},
		{"a schema that is told to somebody unknown", "GALLEY_INTROSPECTION", map[string]string{"GALLEY_INTROSPECTION": "admins"}},
		{"operations that have no time", "GALLEY_OPERATION_TIMEOUT", map[string]string{"GALLEY_OPERATION_TIMEOUT": "0s"}},
		{"operations that outlive their answer", "GALLEY_OPERATION_TIMEOUT", map[string]string{"GALLEY_OPERATION_TIMEOUT": "2m"}},
		{"callers without a bound", "", map[string]string{"GALLEY_POINTS": "-1"}},
		{"callers with less than no points", "GALLEY_POINTS", map[string]string{"GALLEY_POINTS": "-2"}},
		{"points that never come back", "GALLEY_POINTS_PER_SECOND", map[string]string{"GALLEY_POINTS_PER_SECOND": "0"}},
		{"documents without a token", "GALLEY_LIMIT_TOKENS", map[string]string{"GALLEY_LIMIT_TOKENS": "0"}},
		{"documents without an end", "GALLEY_LIMIT_BYTES", map[string]string{"GALLEY_LIMIT_BYTES": "100000001"}},
		{"a negative depth", "GALLEY_LIMIT_DEPTH", map[string]string{"GALLEY_LIMIT_DEPTH": "-1"}},
		{"a negative drain", "GALLEY_DRAIN", map[string]string{"GALLEY_DRAIN": "-1s"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			// kong validates what it parses; either way the error names the variable
			_, _, _, err := parse(t, c.env)
			if c.variable == "" {
				if err != nil {
					t.Error(err)
				}
			} else if err == nil || !strings.Contains(err.Error(), c.variable) {
				t.Errorf("got %v, which does not name %s", err, c.variable)
			}
		})
	}
}

func TestPricesContainTheTaxUnlessTold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value string
		args  []string
		want  bool
	}{{"", nil, true}, {"true", nil, true}, {"false", nil, false}, {"", []string{"--no-prices-include-tax"}, false}, {"false", []string{"--prices-include-tax"}, true}} {
		got, _, _, err := parse(t, map[string]string{"GALLEY_PRICES_INCLUDE_TAX": c.value}, c.args...)
		if err != nil || got.Serve.TaxIncluded != c.want {
			t.Errorf("%q, %v: %v, %v", c.value, c.args, got.Serve.TaxIncluded, err)
		}
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		set                string
		queries, mutations int
		wrong              bool
	}{
		{"auto", 8, 64, false}, {"off", 0, 0, false}, {"3", 3, 0, false}, {"0", 0, 0, true}, {"-1", 0, 0, true}, {"many", 0, 0, true}, {"", 0, 0, true},
	} {
		queries, mutations, err := config.Overload{Running: c.set}.Places(8, 64)
		if queries != c.queries || mutations != c.mutations || (err != nil) != c.wrong {
			t.Errorf("%q is %d and %d, %v", c.set, queries, mutations, err)
		}
	}
}

func TestNamesOfOperations(t *testing.T) {
	t.Parallel()
	c, _, _, err := parse(t, map[string]string{"GALLEY_METRICS_OPERATIONS": "Home, ProductPage"})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"Home": true, "ProductPage": true, "Product": false, "home": false, "": false} {
		if c.Serve.Names()(name) != want {
			t.Errorf("%q is named: %v", name, !want)
		}
	}
}
