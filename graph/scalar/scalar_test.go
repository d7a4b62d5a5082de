package scalar_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"galley/graph/scalar"
	"galley/internal/fault"
)

func refused[T any](t *testing.T, unmarshal func(any) (T, error), values ...any) {
	t.Helper()
	for _, v := range values {
		got, err := unmarshal(v)
		if code, _ := fault.CodeOf(err); code != fault.BadUserInput {
			t.Errorf("%#v was read as %v, %v", v, got, err)
		}
	}
}

func TestScalarsAreStrict(t *testing.T) {
	t.Parallel()
	refused(t, scalar.UnmarshalInt, "5", 1.5, json.Number("1.5"), json.Number("1e3"), json.Number("2147483648"), json.Number("99999999999999999999"), true, nil, []any{})
	refused(t, scalar.UnmarshalString, 5, json.Number("5"), true, nil, "a\x00b")
	refused(t, scalar.UnmarshalBoolean, "true", 1, nil)
	refused(t, scalar.UnmarshalDateTime, "", "x", 5, nil, "2010-12-01", "2026-02-30T00:00:00Z", "2010-12-01T00:00:00", "0000-01-01T00:00:00Z")
	refused(t, scalar.UnmarshalUpload, "x", 5, nil, map[string]any{})
}

func TestScalarsReadWhatIsRight(t *testing.T) {
	t.Parallel()
	for v, want := range map[any]int{5: 5, int64(-5): -5, json.Number("2147483647"): 2147483647, json.Number("-2147483648"): -2147483648} {
		if got, err := scalar.UnmarshalInt(v); err != nil || got != want {
			t.Errorf("%#v was read as %d, %v", v, got, err)
		}
	}
	if got, err := scalar.UnmarshalDateTime("2026-11-21T10:30:00.123456+01:00"); err != nil || !got.Equal(time.Date(2026, 11, 21, 9, 30, 0, 123456000, time.UTC)) {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := scalar.UnmarshalUpload(graphql.Upload{Filename: "f"}); err != nil || got.Filename != "f" {
		t.Errorf("got %v, %v", got, err)
	}
}
