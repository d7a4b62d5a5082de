package nodeid_test

import (
	"math"
	"strings"
	"testing"

	"galley/internal/fault"
	"galley/internal/nodeid"
)

func TestIDs(t *testing.T) {
	t.Parallel()
	t.Run("come back as they went", func(t *testing.T) {
		t.Parallel()
		for _, kind := range nodeid.Kinds() {
			for _, key := range []int64{0, 1, 31, 32, 1 << 40, math.MaxInt64} {
				id := kind.ID(key)
				if got, err := nodeid.Parse(id.String()); err != nil || got != id {
					t.Errorf("%v came back as %v, %v", id, got, err)
				}
			}
		}
	})
	t.Run("have one spelling", func(t *testing.T) {
		t.Parallel()
		good := nodeid.Product.ID(123456789).String()
		for _, s := range []string{
			"", "prod", "prod_", "42", "prod_42", good + "0", good[:len(good)-1], " " + good, good + "\n",
			strings.ToLower(good), strings.ToUpper(good), "item_0000000000001", "prod_8000000000000",
			"prod_000000000000O", "prod_000000000000U", "prod_00000000000\x001", "PROD_0000000000001",
		} {
			if id, err := nodeid.Parse(s); err == nil {
				t.Errorf("%q was read as %v", s, id)
			} else if code, _ := fault.CodeOf(err); code != fault.BadUserInput {
				t.Errorf("%q: %v", s, err)
			}
		}
	})
	t.Run("of another type name nothing", func(t *testing.T) {
		t.Parallel()
		if key := nodeid.User.ID(5).KeyOf(nodeid.Order); key != 0 {
			t.Errorf("got %d", key)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("prod_0F8XK2M9Q7T3A")
	f.Add("user_7ZZZZZZZZZZZZ")
	f.Fuzz(func(t *testing.T, s string) {
		if id, err := nodeid.Parse(s); err == nil && (id.String() != s || id.Key < 0) {
			t.Errorf("%q was read as %+v", s, id)
		}
	})
}
