package graph_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"galley/graph"
	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/viewer"
)

// targets are what an operation or a field is asked of, from Ada's point of view.
var targets = []string{"missing", "foreign", "own"}

// cell is what an asker gets: a word for it, and what could tell one answer from another.
type cell struct {
	outcome    string
	messages   []string
	statements int
}

// hashes are operations that hash a password, which takes so long that only some ask for them. Their rules are
// @public and @identified: a permission more or less means nothing to them.
var hashes = []string{"signUp", "signIn", "emailVerify", "passwordChange", "passwordReset", "emailChangeRequest", "accountDelete"}

func asking(everybody []asker, operation string) []asker {
	if !slices.Contains(hashes, operation) {
		return everybody
	}
	return slices.DeleteFunc(slices.Clone(everybody), func(a asker) bool { return len(a.Permissions) == 1 })
}

// TestAccessMatrix asks every operation as every viewer for an own, a foreign and a missing object, each time
// of the same shop, and compares the outcomes with testdata/access.txt. What the SDL's rule refuses has to be
// refused with the rule's code. A field that the schema gains has to join, or the test fails.
func TestAccessMatrix(t *testing.T) {
	t.Parallel()
	s := graph.Schema()
	known := operations()
	roots := append(ownFields(s.Query), ownFields(s.Mutation)...)
	for _, f := range roots {
		if _, ok := known[f.Name]; !ok {
			t.Errorf("%s is not in the access matrix", f.Name)
		}
	}
	if len(known) > len(roots) {
		t.Errorf("the access matrix has %d operations, the schema %d", len(known), len(roots))
	}
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			var over []asker
			shop := newLasting(t, engine, func(shop *graphtest.Shop) { over = ended(t, shop) })
			everybody := append(askers(shop.Rows), over...)
			var table strings.Builder
			cells := 0
			for _, name := range slices.Sorted(maps.Keys(known)) {
				rule := roots.ForName(name)
				asking := asking(everybody, name)
				answers := map[string]map[string]cell{}
				for _, target := range targets {
					document, there := documentOf(shop.Shop, known[name], target)
					if !there {
						continue
					}
					answers[target] = map[string]cell{}
					outcomes := map[string]string{}
					for _, a := range asking {
						c := shop.ask(t, a, document, known[name].file)
						answers[target][a.String()], outcomes[a.String()] = c, c.outcome
						if want := refusal(nil, rule, a); want != "" && c.outcome != string(want) {
							t.Errorf("%s of %s object by %s: %s instead of %s", name, target, a, c.outcome, want)
						}
						cells++
					}
					fmt.Fprintf(&table, "%-16s %-7s  %s\n", name, target, grouped(asking, outcomes))
				}
				for _, a := range asking {
					alike(t, name, a, answers)
				}
			}
			t.Logf("%d cells", cells)
			golden(t, engine, "testdata/access.txt", table.String())
		})
	}
}

// alike fails where an asker can tell a foreign object from a missing one: by the outcome, unless a permission
// shows it to them; by messages or the number of statements, if the outcome is the same.
func alike(t *testing.T, what string, a asker, answers map[string]map[string]cell) {
	t.Helper()
	foreign := "foreign"
	if a.class == "bob" { // whose it is, and Ada's is not
		foreign = "own"
	}
	f, there := answers[foreign][a.String()]
	m, asked := answers["missing"][a.String()]
	switch {
	case !there || !asked || foreign == "own" && f.outcome == "ok" && answers[foreign]["anonymous"].outcome == "ok": // anybody's
	case f.outcome != m.outcome && len(a.Permissions) == 0:
		t.Errorf("%s by %s: %s of a foreign object, %s of a missing one", what, a, f.outcome, m.outcome)
	case f.outcome == m.outcome && f.outcome != "ok" && (!slices.Equal(f.messages, m.messages) || f.statements != m.statements):
		t.Errorf("%s by %s: %d statements and %q of a foreign object, %d and %q of a missing one",
			what, a, f.statements, f.messages, m.statements, m.messages)
	}
}

// refusal is the code that the SDL's rule of a field answers an asker with; "" if it lets them pass.
func refusal(d *ast.Definition, f *ast.FieldDefinition, a asker) fault.Code {
	rule := f.Directives
	if !slices.ContainsFunc(rule, func(d *ast.Directive) bool {
		return d.Name == "public" || d.Name == "identified" || d.Name == "permission"
	}) {
		rule = d.Directives
	}
	switch permission := rule.ForName("permission"); {
	case a.bearer != "":
		return fault.Unauthenticated
	case rule.ForName("identified") != nil && a.Kind == viewer.Anonymous:
		return fault.Unauthenticated
	case permission != nil:
		for _, p := range permission.Arguments.ForName("needs").Value.Children {
			switch {
			case slices.Contains(a.Permissions, viewer.Permission(p.Value.Raw)):
			case a.Kind == viewer.Anonymous || a.Kind == viewer.Guest:
				return fault.Unauthenticated
			default:
				return fault.Forbidden
			}
		}
	}
	return ""
}

// documentOf writes an operation on a target, unless it has none.
func documentOf(shop *graphtest.Shop, op operation, target string) (string, bool) {
	switch {
	case op.kind == "":
		return op.document, target == "own"
	case target == "missing":
		return fmt.Sprintf(op.document, op.kind.ID(1<<40)), true
	case target == "own":
		return fmt.Sprintf(op.document, op.own(shop.Rows)), true
	case op.foreign == nil:
		return "", false
	}
	return fmt.Sprintf(op.document, op.foreign(shop.Rows)), true
}

// ask runs an operation as somebody, and puts the shop back.
func (l *lasting) ask(t *testing.T, a asker, document string, file bool) cell {
	t.Helper()
	ctx := viewer.With(t.Context(), a.Viewer)
	if a.bearer != "" {
		var err error
		if ctx, err = l.Identify(ctx, a.bearer, ""); err != nil { // the edge answers with it
			code, _ := fault.CodeOf(err)
			return cell{outcome: string(code), messages: []string{err.Error()}}
		}
	}
	params := &graphql.RawParams{Query: document}
	if file {
		params.Variables = map[string]any{"file": upload()}
	}
	answer := l.Send(t, ctx, params)
	l.restore(t)
	c := cell{outcome: outcome(t, answer), statements: answer.Statements}
	for _, e := range answer.Errors {
		c.messages = append(c.messages, e.Message)
	}
	return c
}

// TestRowRulesHoldMutationsWithoutDirectives removes every access directive: what they refuse, the
// workflows and row rules refuse too.
func TestRowRulesHoldMutationsWithoutDirectives(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := newLasting(t, engine, func(*graphtest.Shop) {})
			shop.Shop = shop.Run(shop.WithoutDirectives())
			refused := 0
			for _, f := range ownFields(graph.Schema().Mutation) {
				for _, target := range []string{"own", "foreign"} {
					op := operations()[f.Name]
					document, there := documentOf(shop.Shop, op, target)
					for _, a := range asking(askers(shop.Rows), f.Name) {
						if !there || refusal(nil, f, a) == "" || f.Name == "signOut" {
							continue // signOut ends nothing for those who have no session, and says so
						}
						refused++
						if c := shop.ask(t, a, document, op.file); c.outcome == "ok" || c.outcome == "INTERNAL_SERVER_ERROR" {
							t.Errorf("%s of %s object by %s: %s", f.Name, target, a, c.outcome)
						}
					}
				}
			}
			t.Logf("%d refusals", refused)
		})
	}
}

// outcome is a word for an answer: a code, a user error's code, null, or ok.
func outcome(t *testing.T, r graphtest.Response) string {
	t.Helper()
	if len(r.Errors) > 0 {
		return strings.Join(slices.Compact(r.Codes()), ",")
	}
	var data struct{ F json.RawMessage }
	if err := json.Unmarshal(r.Data, &data); err != nil {
		t.Fatal(err)
	}
	var payload struct{ UserErrors []struct{ Code string } }
	if strings.HasPrefix(string(data.F), "{") {
		if err := json.Unmarshal(data.F, &payload); err != nil {
			t.Fatal(err)
		}
	}
	switch {
	case len(payload.UserErrors) > 0:
		return payload.UserErrors[0].Code
	case string(data.F) == "null" || string(data.F) == "[null]":
		return "null"
	}
	return "ok"
}

// golden compares a table with a file, which SQLite's run writes anew under -update.
func golden(t *testing.T, engine databasetest.Engine, file, table string) {
	t.Helper()
	if *update {
		if engine == databasetest.SQLite {
			if err := os.WriteFile(file, []byte(table), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	want, err := os.ReadFile(file) //nolint:gosec // our own files
	if err != nil {
		t.Fatal(err)
	}
	if table == string(want) {
		return
	}
	t.Errorf("%s says otherwise: write it with -run %s -update, and read what has changed", file, t.Name())
	had := strings.Split(string(want), "\n")
	for line := range strings.Lines(table) {
		if line = strings.TrimSuffix(line, "\n"); !slices.Contains(had, line) {
			t.Errorf("%s lacks %s", file, line)
		}
	}
	has := strings.Split(table, "\n")
	for _, line := range had {
		if !slices.Contains(has, line) {
			t.Errorf("%s has, and should not: %s", file, line)
		}
	}
}
