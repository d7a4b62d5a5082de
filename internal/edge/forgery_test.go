package edge_test

import (
	"net/http"
	"strings"
	"testing"

	"galley/internal/edge"
)

// TestForgedRequests sends what a page elsewhere can have a browser send, and some that it cannot.
func TestForgedRequests(t *testing.T) {
	t.Parallel()
	const (
		hello = `{"query":"mutation { pictureUpload(input: {alt: \"x\"}) }"}`
		sent  = "--x\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n" + hello +
			"\r\n--x\r\nContent-Disposition: form-data; name=\"map\"\r\n\r\n{}\r\n--x--\r\n"
		multipart = "multipart/form-data; boundary=x"
	)
	cookie := []string{"Cookie", "__Host-session=gs_old"}
	post := func(contentType, body string, pairs ...string) request {
		return request{header: headers(append([]string{"Content-Type", contentType}, pairs...)...), body: body}
	}
	link := func(pairs ...string) request {
		return request{method: "GET", target: get("query", "{ hello }"), header: headers(pairs...)}
	}
	with := func(r request, pairs ...string) request {
		r.header = r.header.Clone()
		for i := 0; i < len(pairs); i += 2 {
			r.header.Add(pairs[i], pairs[i+1])
		}
		return r
	}
	for _, c := range []struct {
		name string
		request
		status int // 200 is let in
	}{
		{"JSON of the shop's own page", post(plain, hello, "Origin", "https://shop.example", "Sec-Fetch-Site", "same-origin"), 200},
		{"JSON of an older browser's own page", post(plain, hello, "Origin", "https://shop.example"), 200},
		{"JSON typed by a person, or sent by no browser", post(plain, hello), 200},
		{"JSON of no page at all", post(plain, hello, "Sec-Fetch-Site", "none"), 200},
		{"JSON of a trusted origin", post(plain, hello, "Origin", "https://www.shop.example", "Sec-Fetch-Site", "same-site"), 200},
		{"JSON of a trusted origin in an older browser", post(plain, hello, "Origin", "https://www.shop.example"), 200},

		{"JSON of another site", post(plain, hello, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"), 403},
		{"JSON of another site in an older browser", post(plain, hello, "Origin", "https://evil.example"), 403},
		{"JSON of a sibling that nobody trusts", post(plain, hello, "Origin", "https://blog.shop.example", "Sec-Fetch-Site", "same-site"), 403},
		{"JSON of another port", post(plain, hello, "Origin", "https://shop.example:8443"), 403},
		{"JSON of a sandbox", post(plain, hello, "Origin", "null"), 403},
		{"JSON of a sandbox in a newer browser", post(plain, hello, "Origin", "null", "Sec-Fetch-Site", "cross-site"), 403},
		{"JSON of a name that begins alike", post(plain, hello, "Origin", "https://shop.example.evil.example"), 403},
		{"JSON of a trusted name without TLS", post(plain, hello, "Origin", "http://www.shop.example"), 403},
		{"JSON of a trusted name in capitals", post(plain, hello, "Origin", "https://WWW.shop.example"), 403},
		{"JSON of a page that hides its origin", post(plain, hello, "Sec-Fetch-Site", "cross-site"), 403},
		{"JSON of a word that no browser sends", post(plain, hello, "Sec-Fetch-Site", "trust-me"), 403},
		{"another site with a bearer token that it found", post(plain, hello, "Origin", "https://evil.example", "Authorization", "Bearer good-token"), 403},

		{"a form as multipart", post(multipart, sent), 403},
		{"a form as multipart with a header", post(multipart, sent, "GraphQL-Require-Preflight", "1"), 200},
		{"a form as multipart with Apollo's header", post(multipart, sent, "Apollo-Require-Preflight", "true"), 200},
		{"a form as multipart with an old library's header", post(multipart, sent, "X-Requested-With", "XMLHttpRequest"), 200},
		{"a form as multipart with an empty header", post(multipart, sent, "GraphQL-Require-Preflight", ""), 403},
		{"a form as multipart in capitals", post("Multipart/Form-Data; boundary=x", sent), 403},
		{"a form as multipart of the shop's own page", post(multipart, sent, "Origin", "https://shop.example", "Sec-Fetch-Site", "same-origin"), 403},
		{"a form as multipart, header and all, of another site", post(multipart, sent, "Origin", "https://evil.example", "GraphQL-Require-Preflight", "1"), 403},
		{"a form as fields", post("application/x-www-form-urlencoded", "query=%7Bhello%7D"), 403},
		{"a form as text", post("text/plain", hello), 403},
		{"a form as text that claims more", post("text/plain; application/json", hello), 403},
		{"a form of no type", post("", hello), 403},
		{"a form of a type that is none", post("/", hello), 403},

		{"a link", link(), 403},
		{"a link from another site", link("Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"), 403},
		{"a link from the shop's own page", link("Sec-Fetch-Site", "same-origin"), 403},
		{"a query with GET and a header", link("GraphQL-Require-Preflight", "1"), 200},
		{"a query with GET and a type of content that forms do not have", link("Content-Type", plain), 200},
		{"a query with GET and a type of content that forms have", link("Content-Type", "text/plain"), 403},
	} {
		t.Run(c.name+" with a cookie", func(t *testing.T) {
			t.Parallel()
			host := "shop.example"
			change := func(config *edge.Config) { config.Origins = []string{"https://www.shop.example"} }
			c.host = &host
			v, status := visited(t, change, with(c.request, cookie...))
			if status != c.status || v.came != (c.status == 200) {
				t.Errorf("status %d, and it came in: %v", status, v.came)
			}
			if strings.HasPrefix(c.name, "JSON") { // what is wrong with the others is the cookie
				if v, status := visited(t, change, c.request); status != c.status || v.came != (c.status == 200) {
					t.Errorf("without the cookie: status %d, and it came in: %v", status, v.came)
				}
			}
		})
	}
	t.Run("it is told in GraphQL's way, with its code", func(t *testing.T) {
		t.Parallel()
		w := post(plain, hello, "Origin", "https://evil.example").to(newShop(t, nil))
		if a := read(t, w.Body); w.Code != http.StatusForbidden || a.code() != "FORBIDDEN" || a.Data != nil {
			t.Errorf("status %d: %+v", w.Code, a)
		}
	})
	t.Run("a form from elsewhere cannot sign anybody in", func(t *testing.T) {
		t.Parallel()
		for _, pairs := range [][]string{{"Origin", "https://evil.example"}, {"Origin", "null"}, {"Sec-Fetch-Site", "cross-site"}} {
			if v, status := visited(t, nil, post(multipart, sent, pairs...)); status != http.StatusForbidden || v.came {
				t.Errorf("%v: status %d", pairs, status)
			}
		}
	})
	t.Run("links without a cookie are what they were", func(t *testing.T) {
		t.Parallel()
		for _, r := range []request{link(), link("Cookie", "other=1")} {
			if v, status := visited(t, nil, r); status != 200 || !v.came || v.Origin.Cookie != nil {
				t.Errorf("%s %v: status %d, %+v", r.method, r.header, status, v)
			}
		}
	})
}
