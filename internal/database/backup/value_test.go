package backup_test

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"

	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
	"pgregory.net/rapid"

	"galley/ent/migrate"
	"galley/internal/database/backup"
)

func TestEveryValueIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.SampledFrom(backup.Kinds).Draw(t, "kind")
		var value any
		switch k {
		case "int", "time":
			value = rapid.OneOf(rapid.Int64(), rapid.SampledFrom([]int64{math.MaxInt64, math.MinInt64, 0, -1})).Draw(t, "number")
		case "bool":
			value = rapid.Bool().Draw(t, "bool")
		case "bytes":
			value = rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")
		default:
			value = rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		}
		line, err := backup.AppendValue(nil, k, value)
		if err != nil {
			t.Fatal(err)
		}
		if !json.Valid(line) {
			t.Fatalf("%q is no JSON", line)
		}
		for _, c := range line {
			if c == '\n' || c == '\r' {
				t.Fatalf("%q is more than a line", line)
			}
		}
		got, err := backup.Decode(k, line)
		if err != nil || !reflect.DeepEqual(got, value) {
			t.Fatalf("%#v became %s and then %#v, %v", value, line, got, err)
		}
	})
}

func TestAValueThatDoesNotBelongIsNotWritten(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind  int
		value any
	}{{0, "one"}, {0, 1.5}, {0, true}, {1, time.Now()}, {2, int64(1)}, {4, int64(1)}, {5, "today"}, {5, false}} {
		if line, err := backup.AppendValue(nil, backup.Kinds[c.kind], c.value); err == nil {
			t.Errorf("%v as %s: %s", c.value, backup.Kinds[c.kind], line)
		}
	}
}

func TestTablesComeAfterThoseTheyReferTo(t *testing.T) {
	t.Parallel()
	found, err := backup.Ordered(migrate.Tables)
	if err != nil || len(found) != len(migrate.Tables) {
		t.Fatalf("%d tables of %d, %v", len(found), len(migrate.Tables), err)
	}
	at := map[string]int{}
	for i, f := range found {
		at[f.Table] = i
	}
	for _, table := range migrate.Tables {
		for _, k := range table.ForeignKeys {
			if k.RefTable != table && at[k.RefTable.Name] > at[table.Name] {
				t.Errorf("%s comes before %s", table.Name, k.RefTable.Name)
			}
		}
	}
}

func TestWhatABackupCannotHoldIsAnError(t *testing.T) {
	t.Parallel()
	id := &schema.Column{Name: "id", Type: field.TypeInt64}
	table := func(name string, columns ...*schema.Column) *schema.Table {
		return &schema.Table{Name: name, Columns: append([]*schema.Column{id}, columns...), PrimaryKey: []*schema.Column{id}}
	}
	a, b := table("a"), table("b")
	a.ForeignKeys = []*schema.ForeignKey{{RefTable: b, Columns: []*schema.Column{id}}}
	b.ForeignKeys = []*schema.ForeignKey{{RefTable: a, Columns: []*schema.Column{id}}}
	named := table("a")
	named.PrimaryKey = []*schema.Column{{Name: "code"}}
	for name, tables := range map[string][]*schema.Table{
		"a circle":         {a, b},
		"an unknown type":  {table("a", &schema.Column{Name: "x", Type: field.TypeUUID})},
		"a key of its own": {named},
	} {
		if found, err := backup.Ordered(tables); err == nil {
			t.Errorf("%s: %v", name, found)
		}
	}
}
