package edge

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"

	"galley/internal/edge/persisted"
	"galley/internal/fault"
)

func badRequest(message string) error { return fault.New(fault.BadRequest, message) }

// decode reads the parameters of a request out of JSON: exactly one object in valid UTF-8, no key
// twice, each parameter of its type. Numbers keep their digits. Errors quote nothing of the body.
func decode(body []byte) (*graphql.RawParams, error) {
	d, err := newDecoder(body)
	if err != nil {
		return nil, err
	}
	params := &graphql.RawParams{}
	documentID := ""
	err = d.object(func(key string) (err error) {
		if key == "documentId" {
			documentID, err = d.stringOrNull(key)
			return err
		}
		return d.parameter(key, params)
	})
	if err != nil {
		return nil, err
	}
	if err := d.end(); err != nil {
		return nil, err
	}
	return params, complete(params, documentID)
}

// decodeURL reads the parameters out of a query string.
func decodeURL(rawQuery string) (*graphql.RawParams, error) {
	values, err := url.ParseQuery(rawQuery)
	if err != nil {
		return nil, badRequest("The query string is malformed")
	}
	params := &graphql.RawParams{}
	documentID := ""
	for _, name := range []string{"query", "documentId", "operationName", "variables", "extensions"} {
		value, ok := values[name]
		if !ok {
			continue
		}
		if len(value) > 1 {
			return nil, badRequest("A parameter is sent more than once: " + name)
		}
		if !utf8.ValidString(value[0]) {
			return nil, badRequest("A parameter is not valid UTF-8: " + name)
		}
		switch name {
		case "query":
			params.Query = value[0]
		case "documentId":
			documentID = value[0]
		case "operationName":
			params.OperationName = value[0]
		case "variables":
			params.Variables, err = decodeMap(value[0], name)
		case "extensions":
			params.Extensions, err = decodeMap(value[0], name)
		}
		if err != nil {
			return nil, err
		}
	}
	return params, complete(params, documentID)
}

func decodeMap(text, name string) (map[string]any, error) {
	if text == "" {
		return nil, nil
	}
	d, err := newDecoder([]byte(text))
	if err != nil {
		return nil, err
	}
	m, err := d.mapOrNull(name)
	if err != nil {
		return nil, err
	}
	return m, d.end()
}

// complete refuses a request that neither sends a document nor names one.
func complete(params *graphql.RawParams, documentID string) error {
	if documentID != "" {
		persisted.Name(params, documentID)
	}
	if persisted.Missing(params) && !persisted.Named(params) {
		return badRequest("The parameter query is missing")
	}
	return nil
}

// mostValues are those of a JSON text, lists and objects among them. Once it is read, a value takes a hundred times its bytes.
const mostValues = 20_000

// decoder reads one JSON value more strictly than encoding/json does.
type decoder struct {
	text []byte
	json *json.Decoder
}

func newDecoder(text []byte) (*decoder, error) {
	switch text = bytes.TrimLeft(text, " \t\r\n"); {
	case len(text) == 0:
		return nil, badRequest("The request is empty, where a JSON object is expected")
	case text[0] == '[':
		return nil, badRequest("Batches are not supported: send one operation per request")
	case !utf8.Valid(text):
		return nil, badRequest("The request is not valid UTF-8")
	case count(text, "[{,") > mostValues:
		return nil, fault.Newf(fault.PayloadTooLarge, "The request has more than %d values", mostValues)
	}
	d := &decoder{text, json.NewDecoder(bytes.NewReader(text))}
	d.json.UseNumber()
	return d, nil
}

func (d *decoder) parameter(key string, params *graphql.RawParams) (err error) {
	switch key {
	case "query":
		params.Query, err = d.stringOrNull(key)
	case "operationName":
		params.OperationName, err = d.stringOrNull(key)
	case "variables":
		params.Variables, err = d.mapOrNull(key)
	case "extensions":
		params.Extensions, err = d.mapOrNull(key)
	default: // reserved for later versions of the specification
		_, err = d.value()
	}
	return err
}

// object reads an object, and has each of its values read by member.
func (d *decoder) object(member func(key string) error) error {
	switch token, err := d.json.Token(); {
	case err != nil:
		return d.malformed(err)
	case token != json.Delim('{'):
		return badRequest("The request is not a JSON object")
	}
	return d.members(member)
}

// members reads an object after its opening brace.
func (d *decoder) members(member func(key string) error) error {
	seen := map[string]bool{}
	for d.json.More() {
		token, err := d.json.Token()
		if err != nil {
			return d.malformed(err)
		}
		key, ok := token.(string)
		if !ok {
			return d.malformed(nil)
		}
		if seen[key] {
			return twice()
		}
		seen[key] = true
		if err := member(key); err != nil {
			return err
		}
	}
	if _, err := d.json.Token(); err != nil {
		return d.malformed(err)
	}
	return nil
}

// value reads the value of a key. Where its objects have fewer keys than the text has colons, one came twice.
func (d *decoder) value() (any, error) {
	var v any
	begin := d.json.InputOffset()
	if err := d.json.Decode(&v); err != nil {
		return nil, d.malformed(err)
	}
	if keys(v)+1 != count(d.text[begin:d.json.InputOffset()], ":") {
		return nil, twice()
	}
	return v, nil
}

func keys(v any) (n int) {
	switch v := v.(type) {
	case map[string]any:
		n = len(v)
		for _, below := range v {
			n += keys(below)
		}
	case []any:
		for _, below := range v {
			n += keys(below)
		}
	}
	return n
}

// count is how many of these marks stand outside of strings in JSON.
func count(text []byte, marks string) (n int) {
	inString := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			inString = !inString
		case c == '\\':
			i++ // what is escaped is in a string
		case !inString && strings.IndexByte(marks, c) >= 0:
			n++
		}
	}
	return n
}

func twice() error { return badRequest("The request has a key twice in one object") }

func (d *decoder) stringOrNull(name string) (string, error) {
	value, err := d.value()
	if err != nil {
		return "", err
	}
	s, ok := value.(string)
	if !ok && value != nil {
		return "", badRequest("The parameter " + name + " must be a string")
	}
	return s, nil
}

func (d *decoder) mapOrNull(name string) (map[string]any, error) {
	switch token, err := d.json.Token(); {
	case err != nil:
		return nil, d.malformed(err)
	case token == nil:
		return nil, nil
	case token != json.Delim('{'):
		return nil, badRequest("The parameter " + name + " must be an object")
	}
	m := map[string]any{}
	err := d.members(func(key string) (err error) {
		m[key], err = d.value()
		return err
	})
	return m, err
}

// end makes sure that nothing follows.
func (d *decoder) end() error {
	if _, err := d.json.Token(); !errors.Is(err, io.EOF) {
		return badRequest("The request goes on after its JSON object")
	}
	return nil
}

func (d *decoder) malformed(cause error) error {
	return fault.Wrap(fault.BadRequest, "The request is not valid JSON", cause)
}
