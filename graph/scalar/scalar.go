// Package scalar coerces the built-in scalars as strictly as the specification asks: gqlgen's own
// take 5 for a String and "5" for an Int.
package scalar

import (
	"encoding/json"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"galley/internal/fault"
)

// MarshalInt writes an Int.
func MarshalInt(i int) graphql.Marshaler { return graphql.MarshalInt(i) }

// UnmarshalInt reads an Int of 32 bits. https://spec.graphql.org/September2025/#sec-Int
func UnmarshalInt(v any) (int, error) {
	var n int64
	switch v := v.(type) {
	case int:
		n = int64(v)
	case int64:
		n = v
	case json.Number:
		parsed, err := strconv.ParseInt(v.String(), 10, 64)
		if err != nil {
			return 0, fault.New(fault.BadUserInput, "An Int is a whole number of 32 bits")
		}
		n = parsed
	default:
		return 0, fault.New(fault.BadUserInput, "An Int is a whole number, without quotes")
	}
	if n < math.MinInt32 || n > math.MaxInt32 {
		return 0, fault.New(fault.BadUserInput, "An Int is a whole number of 32 bits")
	}
	return int(n), nil
}

// MarshalString writes a String.
func MarshalString(s string) graphql.Marshaler { return graphql.MarshalString(s) }

// UnmarshalString reads a String. A NUL is refused: PostgreSQL cannot store one.
func UnmarshalString(v any) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", fault.New(fault.BadUserInput, "A String stands in quotes")
	}
	for i := range len(s) {
		if s[i] == 0 {
			return "", fault.New(fault.BadUserInput, "A String has no NUL")
		}
	}
	return s, nil
}

// MarshalBoolean writes a Boolean.
func MarshalBoolean(b bool) graphql.Marshaler { return graphql.MarshalBoolean(b) }

// UnmarshalBoolean reads a Boolean.
func UnmarshalBoolean(v any) (bool, error) {
	b, ok := v.(bool)
	if !ok {
		return false, fault.New(fault.BadUserInput, "A Boolean is true or false, without quotes")
	}
	return b, nil
}

// MarshalDateTime writes a DateTime.
func MarshalDateTime(t time.Time) graphql.Marshaler { return graphql.MarshalTime(t.UTC()) }

// UnmarshalDateTime reads a moment with its zone. https://www.rfc-editor.org/rfc/rfc3339
func UnmarshalDateTime(v any) (time.Time, error) {
	s, ok := v.(string)
	if !ok {
		return time.Time{}, fault.New(fault.BadUserInput, "A DateTime stands in quotes")
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}, fault.New(fault.BadUserInput, "A DateTime is written like 2026-11-21T09:30:00Z")
	}
	return t, nil
}

// MarshalJSON writes what was stored as JSON.
func MarshalJSON(text json.RawMessage) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { _, _ = w.Write(text) })
}

// UnmarshalJSON is there for gqlgen only: no argument is JSON.
func UnmarshalJSON(v any) (json.RawMessage, error) { return json.Marshal(v) }

// MarshalUpload is there for gqlgen only: files are never sent to clients in an answer.
func MarshalUpload(u graphql.Upload) graphql.Marshaler { return graphql.MarshalUpload(u) }

// UnmarshalUpload takes what the multipart transport has put in the place of a variable.
func UnmarshalUpload(v any) (graphql.Upload, error) {
	u, ok := v.(graphql.Upload)
	if !ok {
		return graphql.Upload{}, fault.New(fault.BadUserInput, "An Upload is a file of a multipart request")
	}
	return u, nil
}
