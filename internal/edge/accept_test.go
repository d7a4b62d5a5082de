package edge

import "testing"

func TestAcceptable(t *testing.T) {
	t.Parallel()
	const nothing = ""
	for _, c := range []struct {
		name, accept, want string
	}{
		{"nothing asked for is JSON", "", typeJSON},
		{"anything is JSON", "*/*", typeJSON},
		{"any application type is JSON", "application/*", typeJSON},
		{"JSON is JSON", "application/json", typeJSON},
		{"the newer type is itself", "application/graphql-response+json", typeGraphQL},
		{"types are compared without case", "Application/JSON", typeJSON},
		{"both alike are the newer type", "application/json, application/graphql-response+json", typeGraphQL},
		{"a greater weight wins", "application/graphql-response+json;q=0.5, application/json;q=0.9", typeJSON},
		{"Apollo's header is the newer type", "application/graphql-response+json,application/json;q=0.9", typeGraphQL},
		{"a browser gets JSON", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", typeJSON},
		{"anything but JSON is the newer type", "application/json;q=0, */*", typeGraphQL},
		{"the most precise range counts", "*/*;q=1, application/json;q=0.1, application/graphql-response+json;q=0.2", typeGraphQL},
		{"a range less precise does not raise a weight", "application/*;q=0.9, application/graphql-response+json;q=0.1", typeJSON},
		{"UTF-8 may be asked for", "application/json; charset=utf-8", typeJSON},
		{"another charset is not written", "application/json; charset=latin1", nothing},
		{"no weight is no wish", "application/json;q=0", nothing},
		{"a weight that is no number is no wish", "application/json;q=high", nothing},
		{"a weight beyond one is no wish", "application/json;q=NaN", nothing},
		{"a page is not written", "text/html", nothing},
		{"a stream alone is not written", "text/event-stream, multipart/mixed", nothing},
		{"what cannot be read is passed over", "/;;,application/json", typeJSON},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, ok := acceptable([]string{c.accept})
			if got != c.want || ok != (c.want != nothing) {
				t.Errorf("%q gives %q, %t; want %q", c.accept, got, ok, c.want)
			}
		})
	}
	t.Run("several headers are one", func(t *testing.T) {
		t.Parallel()
		if got, _ := acceptable([]string{"application/json;q=0.5", "application/graphql-response+json"}); got != typeGraphQL {
			t.Errorf("gives %q", got)
		}
	})
}

func TestContentCoding(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]string{
		"":                            "",
		"gzip":                        "gzip",
		"br, GZIP;q=0.2":              "gzip",
		"gzip;q=0":                    "",
		"gzip;q=0.000, br":            "",
		"*":                           "gzip",
		"*;q=0":                       "",
		"gzip;q=0, *":                 "",
		"identity, deflate":           "",
		"gzip, deflate, br, zstd":     "zstd",
		"zstd;q=0.5, gzip":            "gzip",
		"zstd;q=0, gzip;q=0.1, *":     "gzip",
		"zstd ; q=0.3 , gzip ; q=0.2": "zstd",
		"gzip;q=2":                    "",
	} {
		t.Run("an Accept-Encoding of "+accept+" is understood", func(t *testing.T) {
			t.Parallel()
			if got := contentCoding([]string{accept}); got != want {
				t.Errorf("%q gives %q", accept, got)
			}
		})
	}
}
