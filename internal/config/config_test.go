package config_test

import (
	"bytes"
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
		env := map[string]string{"GALLEY_ADDR": "127.0.0.1:1", "GALLEY_MODE": "production", "GALLEY_SECRET_KEY": secret.New(), "GALLEY_DEMO": "true", "DATABASE_URL": "postgres://db"}
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
		{"production on loopback is sound", "", map[string]string{"GALLEY_MODE": "production", "GALLEY_SECRET_KEY": key}},
		{"production behind a proxy is sound", "", map[string]string{"GALLEY_MODE": "production", "GALLEY_SECRET_KEY": key, "GALLEY_ADDR": ":80", "GALLEY_TRUSTED_PROXIES": "10.0.0.0/8, 192.168.0.0/16"}},
		{"production with two keys is sound", "", map[string]string{"GALLEY_MODE": "production", "GALLEY_SECRET_KEY": key + "," + secret.New()}},
		{"production without a key", "GALLEY_SECRET_KEY", map[string]string{"GALLEY_MODE": "production"}},
		{"a key that is none", "GALLEY_SECRET_KEY", map[string]string{"GALLEY_SECRET_KEY": "correct horse"}},
		{"a key that is cut", "GALLEY_SECRET_KEY", map[string]string{"GALLEY_SECRET_KEY": key[:40]}},
		{"a database of another kind", "DATABASE_URL", map[string]string{"DATABASE_URL": "mysql://db"}},
		{"an address without a port", "GALLEY_ADDR", map[string]string{"GALLEY_ADDR": "localhost"}},
		{"development beyond loopback", "GALLEY_ADDR", map[string]string{"GALLEY_ADDR": ":8080"}},
		{"production in clear text beyond loopback", "GALLEY_TRUSTED_PROXIES", map[string]string{"GALLEY_MODE": "production", "GALLEY_ADDR": "0.0.0.0:80"}},
		{"a proxy that is no network", "GALLEY_TRUSTED_PROXIES", map[string]string{"GALLEY_TRUSTED_PROXIES": "proxy"}},
		{"an unknown mode", "GALLEY_MODE", map[string]string{"GALLEY_MODE": "test"}},
		{"an unknown currency", "GALLEY_CURRENCY", map[string]string{"GALLEY_CURRENCY": "XXX"}},
		{"an unknown level", "GALLEY_LOG_LEVEL", map[string]string{"GALLEY_LOG_LEVEL": "loud"}},
		{"an unknown format", "GALLEY_LOG_FORMAT", map[string]string{"GALLEY_LOG_FORMAT": "xml"}},
		{"a pool of less than nothing", "GALLEY_DATABASE_CONNECTIONS", map[string]string{"GALLEY_DATABASE_CONNECTIONS": "-1"}},
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
