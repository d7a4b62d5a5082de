package identity_test

import (
	"fmt"
	"strings"
	"testing"

	"galley/internal/identity"
)

func TestProvidersAreRead(t *testing.T) {
	t.Parallel()
	const file = `[
		{"name": "google", "title": "Google", "issuer": "https://accounts.google.com", "clientId": "id", "clientSecretEnv": "SECRET",
			"redirectUris": ["https://shop.example/in", "http://localhost:5173/in", "com.example.shop:/in"]},
		{"name": "own", "issuer": "http://127.0.0.1:9000/realms/shop", "clientId": "id", "scopes": [], "redirectUris": ["http://[::1]/in"]}
	]`
	got, err := identity.ParseProviders([]byte(file), func(name string) string { return map[string]string{"SECRET": "s"}[name] })
	if err != nil || len(got) != 2 {
		t.Fatalf("got %+v, %v", got, err)
	}
	if got[0].Name != "google" || got[0].Title != "Google" || got[1].Name != "own" || got[1].Title != "own" {
		t.Errorf("got %+v, %+v", got[0], got[1])
	}
	if none, err := identity.ParseProviders([]byte("[]"), nil); err != nil || len(none) != 0 {
		t.Errorf("of none: %+v, %v", none, err)
	}
}

func TestProvidersThatAreRefused(t *testing.T) {
	t.Parallel()
	with := func(field, value string) string {
		fields := map[string]string{
			"name": `"google"`, "issuer": `"https://accounts.google.com"`, "clientId": `"id"`, "redirectUris": `["https://shop.example/in"]`,
		}
		fields[field] = value
		var parts []string
		for _, name := range []string{"name", "issuer", "clientId", "clientSecret", "clientSecretEnv", "scopes", "redirectUris", "redirectUri"} {
			if fields[name] != "" {
				parts = append(parts, fmt.Sprintf("%q: %s", name, fields[name]))
			}
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	for file, want := range map[string]string{
		"":                                     "list of providers",
		"{}":                                   "list of providers",
		"[] []":                                "after the list",
		"[" + with("redirectUri", `"x"`) + "]": "unknown field",
		"[" + with("", "") + "," + with("", "") + "]":                         "another one called",
		"[" + with("name", `""`) + "]":                                        "name",
		"[" + with("name", `"Google!"`) + "]":                                 "name",
		"[" + with("issuer", `"http://accounts.google.com"`) + "]":            "issuer",
		"[" + with("issuer", `"accounts.google.com"`) + "]":                   "issuer",
		"[" + with("issuer", `"https://me:secret@accounts.google.com"`) + "]": "issuer",
		"[" + with("issuer", `"https://accounts.google.com?x=1"`) + "]":       "issuer",
		"[" + with("issuer", `"https://localhost.evil.example#"`) + "]":       "issuer",
		"[" + with("issuer", `"http://localhost.evil.example"`) + "]":         "issuer",
		"[" + with("clientId", `""`) + "]":                                    "clientId",
		"[" + with("clientSecretEnv", `"UNSET"`) + "]":                        "UNSET is not set",
		"[" + with("clientSecret", `"s", "clientSecretEnv": "SET"`) + "]":     "exclude each other",
		"[" + with("scopes", `["email profile"]`) + "]":                       "scopes",
		"[" + with("redirectUris", `[]`) + "]":                                "redirectUris",
		"[" + with("redirectUris", `["http://shop.example/in"]`) + "]":        "redirectUris",
		"[" + with("redirectUris", `["https://shop.example/in#x"]`) + "]":     "redirectUris",
		"[" + with("redirectUris", `["javascript:alert(1)"]`) + "]":           "redirectUris",
		"[" + with("redirectUris", `["/in"]`) + "]":                           "redirectUris",
	} {
		_, err := identity.ParseProviders([]byte(file), func(name string) string { return map[string]string{"SET": "s"}[name] })
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", file, err, want)
		}
	}
}
