package edge

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// FuzzForwardedFor holds that a client's address is one that a trusted proxy has written, however much
// else the client writes before it.
func FuzzForwardedFor(f *testing.F) {
	f.Add("198.51.100.1", "")
	f.Add("10.0.0.1, 10.0.0.2:80,[fd00::1]:443", "192.0.2.1")
	f.Add("::ffff:10.0.0.1%eth0, unknown,,", "\x00")
	own := netip.MustParsePrefix("10.0.0.0/8")
	isProxy := func(a netip.Addr) bool { return own.Contains(a) }
	peer, client := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("198.51.100.7")
	f.Fuzz(func(t *testing.T, first, second string) {
		switch got := farthest([]string{first, second}, peer, isProxy); {
		case !got.IsValid() || got.Zone() != "" || got.Is4In6():
			t.Errorf("an address of another form: %s", got)
		case got != peer && !strings.Contains(first+second, ".") && !strings.Contains(first+second, ":"):
			t.Errorf("an address out of nowhere: %s", got)
		}
		for _, header := range [][]string{{first, second, client.String()}, {first + "," + second + "," + client.String() + ", 10.0.0.9"}} {
			if got := farthest(header, peer, isProxy); got != client {
				t.Errorf("%q: %s", header, got)
			}
		}
	})
}

// FuzzCookie holds that what comes out of a Cookie header is one token or nothing, and that what goes
// back is one header.
func FuzzCookie(f *testing.F) {
	f.Add("__Host-session=gs_a; session=gs_b", true)
	f.Add("session=gs_b; session=gs_c", false)
	f.Add(`__Host-session="gs_a b"; =;;,`, true)
	f.Add("session=\x00\r\n", false)
	f.Fuzz(func(t *testing.T, header string, secure bool) {
		server := &Server{config: Config{Development: true}}
		r := httptest.NewRequest(http.MethodPost, "/query", http.NoBody)
		r.Host = "localhost"
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Cookie", header)
		if secure {
			r.Header.Set("X-Forwarded-Proto", "https")
			server.config.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} // httptest's
		}
		j, err := server.jar(r)
		if err != nil || j == nil {
			t.Fatalf("no jar: %v", err)
		}
		change, changed := j.Change()
		switch {
		case j.brought != "" && (changed || !isToken(j.brought) || strings.Count(header, j.name+"=") == 0):
			t.Errorf("took %q for a session's out of %q", j.brought, header)
		case changed && change.Secret != "":
			t.Errorf("a session out of nowhere: %+v", change)
		}
		now := time.Unix(0, 0)
		j.Set(header, now.Add(time.Hour))
		answer := http.Header{}
		j.write(answer, now)
		for name, values := range answer {
			if name != "Set-Cookie" || len(values) != 1 || strings.ContainsAny(values[0], "\r\n\x00") {
				t.Errorf("wrote %s: %q", name, values)
			}
		}
	})
}

// FuzzUserAgent holds that a browser's name is text of bounded length.
func FuzzUserAgent(f *testing.F) {
	f.Add(strings.Repeat("é\xff", 300))
	f.Fuzz(func(t *testing.T, sent string) {
		got := userAgent(http.Header{"User-Agent": {sent}})
		if len(got) > mostUserAgentBytes || !utf8.ValidString(got) || len(sent) <= mostUserAgentBytes && utf8.ValidString(sent) && got != sent {
			t.Errorf("%q became %q", sent, got)
		}
	})
}

func TestWhatIsDeliberateIsDecidedAsBrowsersDo(t *testing.T) {
	t.Parallel()
	for contentType, want := range map[string]bool{
		"application/json": true, "application/json; charset=utf-8": true, "image/png": true, "APPLICATION/JSON": true,
		"": false, "text/plain": false, "TEXT/plain ;charset=x": false, "text/plain;": false, "multipart/form-data": false,
		"application/x-www-form-urlencoded; charset=utf-8": false, "application/json; =": false, "a/b/c": false,
	} {
		if got := deliberate(&http.Request{Header: http.Header{"Content-Type": {contentType}}}); got != want {
			t.Errorf("%q: %v", contentType, got)
		}
	}
}
