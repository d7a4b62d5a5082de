package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"entgo.io/ent/privacy"
	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"galley/graph"
	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/viewer"
)

// way leads to the objects of a type: from a node, or from a field of the query itself.
type way struct {
	from   *ast.Definition
	fields []string
}

// ways are the shortest to each type of the schema.
func ways() map[string]way {
	s := graph.Schema()
	found := map[string]way{}
	var open []*ast.Definition
	for _, from := range append(nodeTypes(), s.Query) {
		found[from.Name] = way{from: from}
		open = append(open, from)
	}
	for ; len(open) > 0; open = open[1:] {
		for _, f := range ownFields(open[0]) {
			d := s.Types[f.Type.Name()]
			if _, known := found[d.Name]; known || d.Kind != ast.Object || needsArguments(f) {
				continue
			}
			to := found[open[0].Name]
			found[d.Name] = way{from: to.from, fields: append(slices.Clone(to.fields), f.Name)}
			open = append(open, d)
		}
	}
	return found
}

// guarded are the types that the matrix asks for: those with an id, and others with anything that is not public.
// What pages and payloads hold is seen by who may ask for them.
func guarded() []*ast.Definition {
	s := graph.Schema()
	var types []*ast.Definition
	for _, name := range slices.Sorted(maps.Keys(s.Types)) {
		d := s.Types[name]
		exempt := d.Kind != ast.Object || d.BuiltIn || d == s.Query || d == s.Mutation || d == s.Subscription || name == "PageInfo" ||
			strings.HasSuffix(name, "Connection") || strings.HasSuffix(name, "Edge") || strings.HasSuffix(name, "Payload")
		private := func(f *ast.FieldDefinition) bool { return accessOf(d, f) != "public" }
		if !exempt && (slices.Contains(s.PossibleTypes["Node"], d) || slices.ContainsFunc(ownFields(d), private)) {
			types = append(types, d)
		}
	}
	return types
}

// TestFieldMatrix asks every field of every type as every viewer, of an own, a foreign and a missing object, and
// compares the outcomes with testdata/fields.txt. They have to be what the SDL's rule of the field and the row
// rule of the object make of it. A type that the schema gains joins by itself, if the shop has a row of it.
func TestFieldMatrix(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			everybody := append(askers(shop.Rows), ended(t, shop)...)
			owners := ownersOf(t, shop)
			shop = shop.Run(shop.Impatient())
			paths, types := ways(), typesOf(t, shop, owners)
			var table strings.Builder
			cells := 0
			for _, d := range guarded() {
				to, there := paths[d.Name]
				if !there {
					t.Errorf("no query leads to %s: who may see its fields?", d.Name)
					continue
				}
				answers := map[string]map[string]cell{}
				var own, foreign owner
				for _, target := range targets {
					id := object(t, owners, types, to.from, target)
					if id == "" {
						continue
					}
					whose := owners[id]
					switch target {
					case "own":
						own = whose
					case "foreign":
						foreign = whose
					case "missing":
						whose = "missing:nobody"
					}
					answers[target] = map[string]cell{}
					byField := map[string]map[string]string{}
					for _, a := range everybody {
						c, outcomes := look(t, viewer.With(t.Context(), a.Viewer), shop, a, d, to, id)
						answers[target][a.String()] = c
						for field, outcome := range outcomes {
							if byField[field] == nil {
								byField[field] = map[string]string{}
							}
							byField[field][a.String()] = outcome
							cells++
							if want := derived(d, field, a, whose); !slices.Contains(want, outcome) {
								t.Errorf("%s.%s of %s object by %s: %s, not %v", d.Name, field, target, a, outcome, want)
							}
						}
					}
					byOutcome := map[string][]string{}
					for _, f := range ownFields(d) {
						line := grouped(everybody, byField[f.Name])
						byOutcome[line] = append(byOutcome[line], f.Name)
					}
					for _, line := range slices.Sorted(maps.Keys(byOutcome)) {
						fmt.Fprintf(&table, "%s %s: %s\n    %s\n", d.Name, target, strings.Join(byOutcome[line], " "), line)
					}
				}
				for _, a := range everybody {
					if a.account == "clerk" && strings.HasSuffix(string(foreign), ":clerk") {
						continue // it is theirs
					}
					if a.class == "bob" && own == "public" {
						continue // it is nobody's: what is refused of it says only that it is there
					}
					if d.Name == "PaymentAction" && a.Has(viewer.OrderRead) {
						continue // they see the payment, and not what its shopper does next
					}
					alike(t, d.Name, a, answers)
				}
			}
			t.Logf("%d cells", cells)
			golden(t, engine, "testdata/fields.txt", table.String())
		})
	}
}

// TestDirectivesRefuseWithoutRowRules removes every policy, so that every object is there for everybody. What is
// not public is still refused to those who may not ask for it, field by field.
func TestDirectivesRefuseWithoutRowRules(t *testing.T) {
	t.Parallel()
	shop := graphtest.New(t, databasetest.SQLite) // no SQL is at stake
	shop = shop.Run(shop.Impatient())
	owners := ownersOf(t, shop)
	paths, types := ways(), typesOf(t, shop, owners)
	refusals := 0
	for _, d := range guarded() {
		for _, target := range []string{"foreign", "own"} {
			id := object(t, owners, types, paths[d.Name].from, target)
			for _, a := range askers(shop.Rows) {
				if id == "" {
					continue
				}
				ctx := privacy.DecisionContext(viewer.With(t.Context(), a.Viewer), privacy.Allow)
				_, outcomes := look(t, ctx, shop, a, d, paths[d.Name], id)
				for field, outcome := range outcomes {
					want := derived(d, field, a, "public")
					if !slices.Contains(want, outcome) {
						t.Errorf("%s.%s of %s object by %s: %s, not %v", d.Name, field, target, a, outcome, want)
					}
					if len(want) == 1 {
						refusals++
					}
				}
			}
		}
	}
	t.Logf("%d refusals", refusals)
}

// object is the id of what a target is for a type: Ada's or everybody's, what is neither, or nothing. What can
// only be asked for as a whole is everybody's own.
func object(t *testing.T, owners map[string]owner, types map[string]string, d *ast.Definition, target string) string {
	t.Helper()
	if d == graph.Schema().Query {
		return map[string]string{"own": d.Name}[target]
	}
	var own, foreign []string
	for _, id := range slices.Sorted(maps.Keys(owners)) {
		switch o := owners[id]; {
		case types[id] != d.Name:
		case o == "public" || strings.HasSuffix(string(o), ":ada"):
			own = append(own, id)
		case !strings.Contains(string(o), ":") || strings.HasSuffix(string(o), ":bob") || strings.HasSuffix(string(o), ":clerk"):
			foreign = append(foreign, id)
		}
	}
	switch {
	case len(own)+len(foreign) == 0:
		t.Errorf("the shop has no %s: see graphtest.Fill", d.Name)
	case target == "missing":
		return idOf(t, append(own, foreign...)[0]).Kind.ID(1 << 40).String()
	case target == "own" && len(own) > 0:
		return own[0]
	case target == "foreign" && len(foreign) > 0:
		return foreign[0]
	}
	return ""
}

// typesOf are the types of ids.
func typesOf(t *testing.T, shop *graphtest.Shop, owners map[string]owner) map[string]string {
	t.Helper()
	types := map[string]string{}
	for ids := range slices.Chunk(slices.Collect(maps.Keys(owners)), 100) {
		var data struct {
			Nodes []struct {
				ID   string
				Type string `json:"__typename"`
			}
		}
		shop.Must(t, viewer.Viewer{Kind: viewer.System}, `query($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }`, map[string]any{"ids": ids}, &data)
		for _, n := range data.Nodes {
			types[n.ID] = n.Type
		}
	}
	return types
}

// look asks an object for all fields of a type, those of each rule apart: what is refused takes the object along
// if it is never null. It returns the answer as a whole and what each field is: a code, ok, null, or none if the
// object is not there.
func look(t *testing.T, ctx context.Context, shop *graphtest.Shop, a asker, d *ast.Definition, to way, id string) (cell, map[string]string) { //nolint:revive // a test's T comes first
	t.Helper()
	byRule := map[string][]*ast.FieldDefinition{}
	for _, f := range ownFields(d) {
		if needsArguments(f) {
			t.Errorf("%s.%s needs arguments: the matrix does not know which", d.Name, f.Name)
			continue
		}
		rule := ruleOf(d, f)
		byRule[rule] = append(byRule[rule], f)
	}
	var document strings.Builder
	parts := slices.Sorted(maps.Keys(byRule))
	document.WriteString("{ ")
	for i, rule := range parts {
		var selected []string
		for _, f := range byRule[rule] {
			selected = append(selected, small(f))
		}
		text := strings.Join(selected, " ")
		for _, f := range slices.Backward(to.fields) {
			text = f + " { " + text + " }"
		}
		if to.from == graph.Schema().Query {
			fmt.Fprintf(&document, "f%d: %s ", i, text)
		} else {
			fmt.Fprintf(&document, "f%d: node(id: %q) { ... on %s { %s } } ", i, id, to.from.Name, text)
		}
	}
	document.WriteString("}")

	outcomes := map[string]string{}
	if a.bearer != "" {
		_, err := shop.Identify(ctx, a.bearer, "")
		code, _ := fault.CodeOf(err)
		for _, f := range ownFields(d) {
			outcomes[f.Name] = string(code)
		}
		return cell{outcome: string(code), messages: []string{fmt.Sprint(err)}}, outcomes
	}
	answer := shop.Send(t, ctx, &graphql.RawParams{Query: document.String()})
	var data map[string]any
	if err := json.Unmarshal(answer.Data, &data); err != nil && answer.Data != nil {
		t.Fatal(err)
	}
	c := cell{outcome: "none", statements: answer.Statements}
	for _, e := range answer.Errors {
		c.outcome = e.Code()
		c.messages = append(c.messages, e.Message)
	}
	slices.Sort(c.messages) // fields are resolved in no order
	for i, rule := range parts {
		for _, f := range byRule[rule] {
			outcome := within(data[fmt.Sprintf("f%d", i)], to, f.Name)
			for _, e := range answer.Errors {
				if concerns(e, fmt.Sprintf("f%d", i), to, f.Name) {
					outcome = e.Code()
				}
			}
			if outcome == "ok" || outcome == "null" {
				c.outcome = "ok"
			}
			outcomes[f.Name] = outcome
		}
	}
	return c, outcomes
}

// ruleOf writes a field's rule.
func ruleOf(d *ast.Definition, f *ast.FieldDefinition) string {
	rule := accessOf(d, f)
	directive := f.Directives.ForName(rule)
	if directive == nil {
		directive = d.Directives.ForName(rule)
	}
	if needs := directive.Arguments.ForName("needs"); needs != nil {
		rule += needs.Value.String()
	}
	return rule
}

// within finds a field in what stands at its part of an answer: ok, null, or none where there is no object.
func within(part any, to way, field string) string {
	fields := to.fields
	if to.from == graph.Schema().Query {
		fields = fields[1:] // the part's own
	}
	for {
		switch v := part.(type) {
		case []any:
			if len(v) == 0 {
				return "none"
			}
			part = v[0]
			continue
		case map[string]any:
			if len(fields) > 0 {
				part, fields = v[fields[0]], fields[1:]
				continue
			}
			if v[field] == nil {
				return "null"
			}
			return "ok"
		}
		return "none"
	}
}

// concerns tells whether an error is a field's, or one of those on the way to it.
func concerns(e graphtest.Error, part string, to way, field string) bool {
	path := []any{part}
	fields := to.fields
	if to.from == graph.Schema().Query {
		fields = fields[1:]
	}
	for _, f := range append(slices.Clone(fields), field) {
		path = append(path, f)
	}
	at := slices.DeleteFunc(slices.Clone(e.Path), func(step any) bool { _, index := step.(float64); return index })
	n := min(len(at), len(path))
	return slices.Equal(at[:n], path[:n])
}

// derived are the outcomes that the rules leave a field: nothing of an object that is not the asker's to see, else
// what the field's own rule says.
func derived(d *ast.Definition, field string, a asker, o owner) []string {
	switch code := refusal(d, d.Fields.ForName(field), a); {
	case a.bearer != "":
		return []string{string(fault.Unauthenticated)}
	case o != "" && !o.visible(a.account, a.Viewer):
		return []string{"none"}
	case code != "":
		return []string{string(code)}
	}
	if slices.Contains(graph.Schema().PossibleTypes["Node"], d) {
		return []string{"ok", "null"}
	}
	return []string{"ok", "null", "none"}
}
