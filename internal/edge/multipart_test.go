package edge_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"testing"

	"galley/internal/edge"
)

// form is a multipart body: pairs of a field's name and its content; a file's name begins with @.
func form(t *testing.T, fields ...string) request {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i < len(fields); i += 2 {
		header := textproto.MIMEHeader{}
		name, isFile := strings.CutPrefix(fields[i], "@")
		disposition := fmt.Sprintf(`form-data; name="%s"`, name)
		if isFile {
			disposition += fmt.Sprintf(`; filename="dir/%s.png"`, name)
			header.Set("Content-Type", "image/png")
		}
		header.Set("Content-Disposition", disposition)
		part, err := w.CreatePart(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(fields[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return request{header: headers("Content-Type", w.FormDataContentType(), "GraphQL-Require-Preflight", "1"), body: body.String()}
}

const (
	one  = `{"query":"mutation($f: Upload) { pictureUpload(input: {file: $f}) }","variables":{"f":null}}`
	deep = `{"query":"mutation($i: PictureInput!, $m: [Upload]) { pictureUpload(input: $i, more: $m) }","variables":{"i":{"file":null,"alt":"a hat"},"m":[null,null]}}`
)

func TestUploads(t *testing.T) {
	t.Parallel()
	shop := newShop(t, nil)
	for _, c := range []struct {
		name string
		request
		want string
	}{
		{"a file becomes a variable, its name without folders", form(t, "operations", one, "map", `{"0":["variables.f"]}`, "@0", "bytes"), `{"data":{"pictureUpload":"input=file=0.png image/png 5 \"bytes\""}}`},
		{"files go into inputs and lists", form(t, "operations", deep, "map", `{"a":["variables.i.file"],"b":["variables.m.1"]}`, "@a", "A", "@b", "B"), `{"data":{"pictureUpload":"input=file=a.png image/png 1 \"A\" alt=a hat more=[\u003cnil\u003e b.png image/png 1 \"B\"]"}}`},
		{"files may come in any order", form(t, "operations", deep, "map", `{"a":["variables.i.file"],"b":["variables.m.1"]}`, "@b", "B", "@a", "A"), `{"data":{"pictureUpload":"input=file=a.png image/png 1 \"A\" alt=a hat more=[\u003cnil\u003e b.png image/png 1 \"B\"]"}}`},
		{"one file goes to several places, whole each time", form(t, "operations", deep, "map", `{"a":["variables.i.file","variables.m.0"]}`, "@a", "A"), `{"data":{"pictureUpload":"input=file=a.png image/png 1 \"A\" alt=a hat more=[a.png image/png 1 \"A\" \u003cnil\u003e]"}}`},
		{"no file is no error", form(t, "operations", one, "map", `{}`), `{"data":{"pictureUpload":"input=file=\u003cnil\u003e"}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := c.to(shop)
			if w.Code != http.StatusOK || w.Body.String() != c.want {
				t.Errorf("status %d: %s\nwant %s", w.Code, w.Body, c.want)
			}
		})
	}
}

func without(name string, r request) request {
	r.header.Del(name)
	return r
}

func TestRefusedUploads(t *testing.T) {
	t.Parallel()
	shop := newShop(t, func(c *edge.Config) { c.Limits = edge.Limits{JSONBody: 1 << 10, UploadBody: 8 << 10, Files: 2} })
	for _, c := range []struct {
		name string
		request
		status int
		code   string
	}{
		{"an index out of range", form(t, "operations", deep, "map", `{"a":["variables.m.2"]}`, "@a", "A"), 400, "BAD_REQUEST"},
		{"a negative index", form(t, "operations", deep, "map", `{"a":["variables.m.-1"]}`, "@a", "A"), 400, "BAD_REQUEST"},
		{"a name where an index belongs", form(t, "operations", deep, "map", `{"a":["variables.m.x"]}`, "@a", "A"), 400, "BAD_REQUEST"},
		{"an index where a name belongs", form(t, "operations", deep, "map", `{"a":["variables.i.0"]}`, "@a", "A"), 400, "BAD_REQUEST"},
		{"a path below a value", form(t, "operations", deep, "map", `{"a":["variables.i.alt.x"]}`, "@a", "A"), 400, "BAD_REQUEST"},
		{"a path that replaces a value", form(t, "operations", deep, "map", `{"a":["variables.i.alt"]}`, "@a", "A"), 400, "BAD_REQUEST"},
		{"a path that replaces an element", form(t, "operations", strings.Replace(deep, "[null,null]", `["x",null]`, 1), "map", `{"a":["variables.m.0"]}`, "@a", "A"), 400, "BAD_REQUEST"},
		{"a path to a variable that is not there", form(t, "operations", one, "map", `{"a":["variables.g"]}`, "@a", "A"), 400, "BAD_REQUEST"},
		{"a path outside the variables", form(t, "operations", one, "map", `{"a":["query"]}`, "@a", "A"), 400, "BAD_REQUEST"},
		{"a path that is the variables", form(t, "operations", one, "map", `{"a":["variables"]}`, "@a", "A"), 400, "BAD_REQUEST"},
		{"one place for two files", form(t, "operations", one, "map", `{"a":["variables.f"],"b":["variables.f"]}`, "@a", "A", "@b", "B"), 400, "BAD_REQUEST"},
		{"a batch", form(t, "operations", "["+one+"]", "map", `{}`), 400, "BAD_REQUEST"},
		{"variables that are missing", form(t, "operations", `{"query":"{ hello }"}`, "map", `{"a":["variables.f"]}`, "@a", "A"), 400, "BAD_REQUEST"},
		{"no map", form(t, "operations", one), 400, "BAD_REQUEST"},
		{"a map before operations", form(t, "map", `{}`, "operations", one), 400, "BAD_REQUEST"},
		{"a map that is a list", form(t, "operations", one, "map", `[["variables.f"]]`, "@0", "A"), 400, "BAD_REQUEST"},
		{"a map without paths", form(t, "operations", one, "map", `{"a":[]}`, "@a", "A"), 400, "BAD_REQUEST"},
		{"a map with a path that is a number", form(t, "operations", one, "map", `{"a":[1]}`, "@a", "A"), 400, "BAD_REQUEST"},
		{"a file that map does not name", form(t, "operations", one, "map", `{"a":["variables.f"]}`, "@b", "B"), 400, "BAD_REQUEST"},
		{"a file too many", form(t, "operations", one, "map", `{"a":["variables.f"]}`, "@a", "A", "@b", "B"), 400, "BAD_REQUEST"},
		{"a file too few", form(t, "operations", one, "map", `{"a":["variables.f"]}`), 400, "BAD_REQUEST"},
		{"more files than are taken", form(t, "operations", deep, "map", `{"a":["variables.i.file"],"b":["variables.m.0"],"c":["variables.m.1"]}`, "@a", "A", "@b", "B", "@c", "C"), 413, "PAYLOAD_TOO_LARGE"},
		{"operations that are too large", form(t, "operations", `{"query":"{ hello } #`+strings.Repeat("x", 1<<10)+`"}`, "map", `{}`), 413, "PAYLOAD_TOO_LARGE"},
		{"a file that is too large", form(t, "operations", one, "map", `{"a":["variables.f"]}`, "@a", strings.Repeat("A", 9<<10)), 413, "PAYLOAD_TOO_LARGE"},
		{"a body that is cut off", request{header: headers("Content-Type", "multipart/form-data; boundary=b", "X-Requested-With", "fetch"), body: "--b\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n{}"}, 400, "BAD_REQUEST"},
		{"a body without a boundary", request{header: headers("Content-Type", "multipart/form-data", "Apollo-Require-Preflight", "true"), body: "--b--"}, 400, "BAD_REQUEST"},
		{"a form that any page could send", without("GraphQL-Require-Preflight", form(t, "operations", one, "map", `{"a":["variables.f"]}`, "@a", "A")), 403, "FORBIDDEN"},
	} {
		t.Run(c.name+" is refused", func(t *testing.T) {
			t.Parallel()
			w := c.to(shop)
			if a := read(t, w.Body); w.Code != c.status || a.code() != c.code {
				t.Errorf("status %d: %s", w.Code, w.Body)
			}
		})
	}
	t.Run("a body that does not tell its size is cut at the limit", func(t *testing.T) {
		t.Parallel()
		r := form(t, "operations", one, "map", `{"a":["variables.f"]}`, "@a", strings.Repeat("A", 9<<10))
		req, err := http.NewRequest(http.MethodPost, "/query", strings.NewReader(r.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header, req.ContentLength = r.header, -1
		w := newDiscarding()
		shop.ServeHTTP(w, req)
		if w.status != http.StatusRequestEntityTooLarge {
			t.Errorf("status %d", w.status)
		}
	})
}
