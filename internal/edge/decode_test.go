package edge

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"galley/internal/fault"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	t.Run("numbers keep their digits", func(t *testing.T) {
		t.Parallel()
		params, err := decode([]byte(`{"query":"q","variables":{"n":9007199254740993,"l":[1.50]}}`))
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]any{"n": json.Number("9007199254740993"), "l": []any{json.Number("1.50")}}
		if !reflect.DeepEqual(params.Variables, want) {
			t.Errorf("variables %v", params.Variables)
		}
	})
	t.Run("colons in strings are no keys", func(t *testing.T) {
		t.Parallel()
		params, err := decode([]byte(`{"query":"q: \"::\"","variables": {"a:" : "\\\\:\":", "b" : [{}, {"c": {"d:\u003a": ":"}}]}, "x": ":"}`))
		if err != nil || len(params.Variables) != 2 {
			t.Errorf("%+v, %v", params, err)
		}
	})
	for _, c := range []struct{ name, body string }{
		{"nothing", ``},
		{"blanks", " \n"},
		{"null", `null`},
		{"a string", `"query"`},
		{"a number", `1`},
		{"a batch", `[]`},
		{"half an object", `{"query":"q"`},
		{"half a string", `{"query":"q`},
		{"a trailing comma", `{"query":"q",}`},
		{"a key that is no string", `{1:"q"}`},
		{"single quotes", `{'query':'q'}`},
		{"a second value", `{"query":"q"}{"query":"q"}`},
		{"a trailing word", `{"query":"q"} x`},
		{"a trailing brace", `{"query":"q"}}`},
		{"a key twice", `{"query":"q","query":"r"}`},
		{"a key twice, once escaped", `{"query":"q","quer\u0079":"r"}`},
		{"an unknown key twice", `{"query":"q","x":1,"x":1}`},
		{"a variable twice", `{"query":"q","variables":{"a":1,"a":2}}`},
		{"a key twice within a variable", `{"query":"q","variables":{"a":{"b":[{"c":1,"c":2}]}}}`},
		{"a key twice within what is not read", `{"query":"q","x":{"a":1,"\u0061":2}}`},
		{"broken UTF-8", "{\"query\":\"q\xff\"}"},
		{"broken UTF-8 in a value that is not read", "{\"query\":\"q\",\"x\":\"\xc3\x28\"}"},
		{"a byte order mark", "\ufeff{\"query\":\"q\"}"},
		{"a query that is an object", `{"query":{}}`},
		{"a query that is a number", `{"query":1}`},
		{"a key in another case", `{"Query":"q"}`},
		{"an operation name that is a list", `{"query":"q","operationName":["a"]}`},
		{"variables that are a list", `{"query":"q","variables":[1]}`},
		{"variables that are a string", `{"query":"q","variables":"{}"}`},
		{"variables that are false", `{"query":"q","variables":false}`},
		{"extensions that are a number", `{"query":"q","extensions":0}`},
		{"nesting without end", `{"query":"q","variables":{"a":` + strings.Repeat("[", 15_000)},
	} {
		t.Run(c.name+" is refused", func(t *testing.T) {
			t.Parallel()
			_, err := decode([]byte(c.body))
			if code, _ := fault.CodeOf(err); code != fault.BadRequest {
				t.Errorf("error %v", err)
			}
		})
	}
}

// TestMostValues is about what takes few bytes in a body, and many once it is read.
func TestMostValues(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		list string
		want fault.Code
	}{
		"as many as may be":                {strings.Repeat("1,", 19_990) + "1", ""},
		"text may have any marks":          {`"` + strings.Repeat(`,[{\"`, 30_000) + `"`, ""},
		"one more than may be":             {strings.Repeat("1,", 20_000) + "1", fault.PayloadTooLarge},
		"lists are values":                 {strings.Repeat("[],", 10_000) + "1", fault.PayloadTooLarge},
		"objects are, and what is in them": {strings.Repeat(`{"a":1},`, 10_000) + "1", fault.PayloadTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := decode([]byte(`{"query":"q","variables":{"a":[` + c.list + `]}}`))
			if code, _ := fault.CodeOf(err); code != c.want {
				t.Errorf("error %v", err)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"query":"{ a }","operationName":"A","variables":{"a":[1,2.5e3,"x",null,{"b":true}]},"extensions":{}}`,
		`{"query":"q","query":"r"}`, `[{"query":"q"}]`, "{\"query\":\"\xff\"}", `{"query":"q"} `, `{"variables":null,"query":"\ud800"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		params, err := decode(body)
		if err != nil {
			if code, ok := fault.CodeOf(err); !ok || code != fault.BadRequest {
				t.Fatalf("an error without its code: %v", err)
			}
			return
		}
		// What is taken, encoding/json takes too, and reads alike.
		var want map[string]any
		d := json.NewDecoder(strings.NewReader(string(body)))
		d.UseNumber()
		if err := d.Decode(&want); err != nil || !utf8.Valid(body) {
			t.Fatalf("took what is not JSON: %q: %v", body, err)
		}
		if params.Query != want["query"] {
			t.Errorf("query %q, want %q", params.Query, want["query"])
		}
		if name, _ := want["operationName"].(string); params.OperationName != name {
			t.Errorf("operation name %q, want %q", params.OperationName, name)
		}
		if variables, _ := want["variables"].(map[string]any); !reflect.DeepEqual(params.Variables, variables) {
			t.Errorf("variables %v, want %v", params.Variables, variables)
		}
	})
}

func FuzzDecodeURL(f *testing.F) {
	f.Add("query=%7Bhello%7D&variables=%7B%22a%22%3A1%7D&operationName=A&extensions=")
	f.Add("query=a&query=b")
	f.Fuzz(func(t *testing.T, rawQuery string) {
		params, err := decodeURL(rawQuery)
		if err != nil {
			if code, ok := fault.CodeOf(err); !ok || code != fault.BadRequest {
				t.Fatalf("an error without its code: %v", err)
			}
			return
		}
		if strings.TrimSpace(params.Query) == "" || !utf8.ValidString(params.Query+params.OperationName) {
			t.Errorf("took %q", params.Query)
		}
	})
}
