package graph_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"galley/graph"
	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

// TestNarrowRowsAnswerLikeWholeOnes asks for each field of each type alone, and for each list in each
// order: what reads only the columns asked for answers byte for byte what reads whole rows.
func TestNarrowRowsAnswerLikeWholeOnes(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			shop = shop.Run(shop.Impatient())
			whole := shop.Run(shop.WholeRows())
			ids := map[string][]any{}
			for id, typ := range typesOf(t, shop, ownersOf(t, shop)) {
				ids[typ] = append(ids[typ], id)
			}
			asked := 0
			for _, typ := range nodeTypes() {
				if len(ids[typ.Name]) == 0 {
					t.Errorf("the shop has no %s: see graphtest.Fill", typ.Name)
				}
				for _, field := range ownFields(typ) {
					document := fmt.Sprintf("query($ids: [ID!]!) { nodes(ids: $ids) { ... on %s { %s } } }", typ.Name, alone(field))
					variables := map[string]any{"ids": ids[typ.Name]}
					for _, name := range []string{"ada", "guest", "staff"} {
						as := shop.Rows.Viewer(name)
						asked++
						if got, want := shop.Do(t, as, document, variables), whole.Do(t, as, document, variables); string(got.Data) != string(want.Data) {
							t.Errorf("%s.%s for %s: got\n%s\nwant\n%s", typ.Name, field.Name, name, got.Data, want.Data)
						}
					}
				}
			}
			for _, document := range everyList() {
				asked++
				if got, want := shop.Must(t, shop.Rows.Viewer("staff"), document, nil, nil), whole.Must(t, shop.Rows.Viewer("staff"), document, nil, nil); string(got.Data) != string(want.Data) {
					t.Errorf("%s: got\n%s\nwant\n%s", document, got.Data, want.Data)
				}
			}
			t.Logf("%d answers", asked)
		})
	}
}

// TestPayloadsOfNarrowRows runs each mutation on two shops alike, and asks for all of its payload.
func TestPayloadsOfNarrowRows(t *testing.T) {
	t.Parallel()
	narrow := newLasting(t, databasetest.SQLite, func(*graphtest.Shop) {})
	whole := newLasting(t, databasetest.SQLite, func(*graphtest.Shop) {})
	whole.Shop = whole.Run(whole.WholeRows())
	for _, f := range ownFields(graph.Schema().Mutation) {
		op := operations()[f.Name]
		run := func(shop *lasting) graphtest.Response {
			as := shop.Rows.Viewer("staff")
			if op.kind == nodeid.Cart || op.kind == nodeid.Address || op.kind == nodeid.Session || op.kind == nodeid.Identity || f.Name == "addressSave" || f.Name == "orderPay" {
				as = shop.Rows.Viewer("ada")
			}
			if f.Name == "approvalCancel" {
				as = shop.Rows.Viewer("clerk")
			}
			params := &graphql.RawParams{Query: wholePayload(t, op, shop.Rows)}
			if op.file {
				params.Variables = map[string]any{"file": upload()}
			}
			defer shop.restore(t)
			return shop.Send(t, viewer.With(t.Context(), as), params)
		}
		got, want := run(narrow), run(whole)
		if string(got.Data) != string(want.Data) || slices.ContainsFunc(got.Codes(), isFailure) {
			t.Fatalf("%s: got\n%s %v\nwant\n%s", f.Name, got.Data, got.Errors, want.Data) // from here the shops differ
		}
	}
}

// isFailure tells an error from the refusal of a field that is not for everybody.
func isFailure(code string) bool { return code != string(fault.Forbidden) }

// wholePayload is an operation on an object of one's own, with all that its payload has.
func wholePayload(t *testing.T, op operation, rows graphtest.Rows) string {
	t.Helper()
	text := op.document
	if op.kind != "" {
		text = fmt.Sprintf(text, op.own(rows))
	}
	document, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		t.Fatal(err)
	}
	field := document.Operations[0].SelectionSet[0].(*ast.Field)
	payload := graph.Schema().Types[graph.Schema().Mutation.Fields.ForName(field.Name).Type.Name()]
	return text[:field.SelectionSet[0].GetPosition().Start] + selection(payload, 3) + "} }"
}

// alone writes a field with everything that it has itself, and nothing beside it.
func alone(f *ast.FieldDefinition) string {
	if !composite(f) {
		return f.Name
	}
	return f.Name + " { " + selection(graph.Schema().Types[f.Type.Name()], 2) + " }"
}

// everyList asks each connection of the schema in each of its orders, from both ends.
func everyList() []string {
	var documents []string
	add := func(parent string, f *ast.FieldDefinition) {
		if !strings.HasSuffix(f.Type.Name(), "Connection") {
			return
		}
		orders := []string{""}
		if key := f.Arguments.ForName("sortKey"); key != nil {
			for _, v := range graph.Schema().Types[key.Type.Name()].EnumValues {
				if v.Name != "RELEVANCE" {
					orders = append(orders, ", sortKey: "+v.Name)
				}
			}
		}
		for _, order := range orders {
			for _, end := range []string{"first", "last"} {
				documents = append(documents, fmt.Sprintf(parent, fmt.Sprintf("%s(%s: 3%s) { edges { cursor } pageInfo { startCursor endCursor hasNextPage } totalCount }", f.Name, end, order)))
			}
		}
	}
	for _, f := range ownFields(graph.Schema().Query) {
		add("{ %s }", f)
	}
	for parent, typ := range map[string]string{
		"{ users { nodes { %s } } }": "User", "{ categories { nodes { %s } } }": "Category", "{ products { nodes { variants { %s } } } }": "Variant",
	} {
		for _, f := range ownFields(graph.Schema().Types[typ]) {
			add(parent, f)
		}
	}
	return append(documents, `{ products(filter: {query: "mug"}) { edges { cursor } } }`)
}

// TestOnlyTheColumnsAskedForAreRead looks at the statements themselves.
func TestOnlyTheColumnsAskedForAreRead(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			staff := shop.Rows.Viewer("staff")
			mug := shop.Rows.Products["mug"].NodeID().String()
			for _, c := range []struct{ document, read, unread string }{
				{`{ products { nodes { id title } } }`, "title created_at", "description slug status price_from_amount currency published_at title_key"},
				{`{ products(sortKey: TITLE) { nodes { id } } }`, "title_key", "title description created_at"},
				{`{ product(id: "MUG") { priceFrom { amount } } }`, "price_from_amount currency", "title description"},
				{`{ product(slug: "mug") { description } }`, "description", "title"},
				{`{ node(id: "MUG") { id ... on Product { media { url } } } }`, "token", "title description alt width sha256 data"},
				{`query($yes: Boolean!) { product(id: "MUG") { title description @include(if: $yes) } }`, "title description", "slug"},
				{`{ product(id: "MUG") { ...A } } fragment A on Product { ...B category { products { nodes { slug } } } } fragment B on Product { title }`, "title slug", "description name"},
				{`{ orders { nodes { number lines { variant { sku } } } } }`, "number sku variant_id", "shipping_address billing_address email title unit_price_amount available"},
				{`{ orders { nodes { lines { product { slug } } } } }`, "slug", "description sku"},
				{`{ users { nodes { orders(first: 1) { nodes { total { amount } } } } } }`, "total_amount currency placed_at", "number shipping_address permissions name_key"},
				{`{ products { nodes { variants { stockMovements { nodes { quantity } } } } } }`, "quantity", "note reason sku"},
			} {
				document := strings.ReplaceAll(c.document, "MUG", mug)
				shop.Statements()
				shop.Must(t, staff, document, map[string]any{"yes": false}, nil)
				columns := map[string]bool{}
				for _, s := range shop.Statements() {
					maps.Insert(columns, maps.All(selected(t, s.SQL)))
				}
				for _, column := range strings.Fields(c.read) {
					if !columns[column] {
						t.Errorf("%s does not read %s, but %v", c.document, column, slices.Sorted(maps.Keys(columns)))
					}
				}
				for _, column := range strings.Fields(c.unread) {
					if columns[column] {
						t.Errorf("%s reads %s", c.document, column)
					}
				}
			}
		})
	}
}

// selected are the columns between SELECT and FROM of a statement that may begin with a WITH.
func selected(t *testing.T, statement string) map[string]bool {
	t.Helper()
	list, _, ok := strings.Cut(strings.TrimPrefix(statement, "SELECT "), " FROM ")
	if !ok {
		t.Fatalf("no list of columns in %s", statement)
	}
	columns := map[string]bool{}
	for column := range strings.SplitSeq(list, ", ") {
		column = column[strings.LastIndex(column, ".")+1:]
		columns[strings.Trim(strings.Fields(column)[0], "\"`")] = true
	}
	return columns
}
