package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// room is a row of the import table: some packages of Galley, what they may import besides the standard library, and why.
// Paths are those under the module; "x/..." stands for x and all beneath it. Libraries are named in full.
type room struct {
	packages []string
	imports  []string
	reason   string
}

var (
	pure = []string{
		"internal/email", "internal/fault", "internal/money", "internal/nodeid", "internal/origin", "internal/postal",
		"internal/pricing", "internal/secret", "internal/snowflake", "internal/token", "internal/viewer",
	}
	workflows = []string{
		"internal/account", "internal/approval", "internal/attempt", "internal/audit", "internal/cart", "internal/catalog", "internal/checkout",
		"internal/delivery", "internal/fulfil", "internal/identity", "internal/lifecycle", "internal/promotion", "internal/quote", "internal/session",
		"internal/settlement", "internal/staff", "internal/stock", "internal/tax", "internal/verify",
	}
	// below a workflow: what all of them stand on. Of gqlgen they use graphql.Omittable and graphql.Upload alone, of lib/pq
	// pq.Array, where a statement is written for PostgreSQL.
	below = and(pure, "ent/...", "internal/database", "internal/job", "internal/live", "internal/mail", "internal/textkey",
		"internal/approval", "internal/attempt", "internal/audit",
		"entgo.io/ent/...", "github.com/99designs/gqlgen/graphql", "github.com/lib/pq", "golang.org/x/...", "github.com/hashicorp/golang-lru/v2/...")
)

const (
	anyLibrary = "any library"

	whyWorkflow = "a workflow knows the shop and not GraphQL or HTTP, so that a job or an importer can run it too; " +
		"workflows point one way, checkout → cart, stock"
)

// table says who may import whom (docs/decisions has the reasons at length). The first row that names a package counts.
var table = []room{
	{pure, pure, "a pure package computes values: no ent, no gqlgen, no I/O, so that its tests need nothing"},
	{[]string{"internal/textkey"}, and(pure, "golang.org/x/text/..."), "it is pure but for Unicode's tables"},
	{[]string{"internal/onlineretail"}, pure, "it reads a file and knows no shop, so that any importer can use it"},
	{[]string{"internal/mergesort"}, nil, "it sorts bytes, and knows nothing of what they mean"},
	{[]string{"internal/config"}, and(pure, "github.com/alecthomas/kong", "github.com/caarlos0/env/v11"),
		"settings are read before anything else exists"},

	{[]string{"ent/schema/..."}, []string{
		"ent/schema/...", "internal/fault", "internal/money", "internal/nodeid", "internal/postal", "internal/pricing", "internal/viewer", "entgo.io/ent/...",
	}, "generated code is made from it: importing that would keep Ent from generating; rules name columns instead"},
	{[]string{"ent/migrate/new"}, []string{"ent/...", "entgo.io/ent/...", "ariga.io/atlas/...", "internal/database/..."},
		"it makes databases by the migrations and by Ent, and compares them; nothing of it is in the program"},
	{[]string{"schema"}, nil, "it hands out the SDL and nothing else"},
	{[]string{"ent/..."}, []string{"ent/...", "entgo.io/ent/..."}, "it is Ent's folder"},

	{[]string{"internal/attempt", "internal/audit"}, and(pure, "ent/...", "internal/database", "entgo.io/ent/..."),
		"every workflow may count attempts and note what was done, so they know none"},
	{[]string{"internal/approval"}, and(pure, "ent/...", "internal/database", "internal/audit", "internal/job", "entgo.io/ent/..."),
		"a workflow asks whether a change needs a second person; it runs what was approved through a function that it is given"},
	{[]string{"internal/session"}, below, whyWorkflow},
	{[]string{"internal/staff"}, and(below, "internal/session"), whyWorkflow},
	{[]string{"internal/account"}, and(below, "internal/session", "internal/staff"), whyWorkflow},
	{[]string{"internal/identity"}, and(below, "internal/session", "internal/account", "github.com/coreos/go-oidc/v3/oidc", "golang.org/x/oauth2"), whyWorkflow},
	{[]string{"internal/catalog", "internal/stock"}, below, whyWorkflow},
	{[]string{"internal/quote"}, and(below, "internal/promotion", "internal/tax", "internal/delivery"), whyWorkflow},
	{[]string{"internal/promotion", "internal/tax", "internal/delivery"}, below, whyWorkflow},
	{[]string{"internal/cart"}, and(below, "internal/quote", "internal/stock", "internal/delivery", "internal/promotion"), whyWorkflow},
	{[]string{"internal/lifecycle"}, and(below, "internal/stock", "internal/promotion"), whyWorkflow},
	{[]string{"internal/settlement"}, and(below, "internal/lifecycle", "internal/payment"), whyWorkflow},
	{[]string{"internal/checkout"}, and(below, "internal/cart", "internal/delivery", "internal/lifecycle", "internal/promotion", "internal/quote",
		"internal/settlement", "internal/stock"), whyWorkflow},
	{[]string{"internal/fulfil"}, and(below, "internal/lifecycle", "internal/settlement", "internal/stock"), whyWorkflow},
	{[]string{"internal/verify"}, and(below, "github.com/prometheus/client_golang/prometheus"), "it looks at what the others wrote, and trusts none of their code"},

	{[]string{"internal/database/..."}, and(pure,
		"internal/database/...", "ent/...", "entgo.io/ent/...", "github.com/lib/pq", "modernc.org/sqlite/...",
		"github.com/pressly/goose/v3/...", "github.com/prometheus/client_golang/prometheus/...", "go.opentelemetry.io/otel/...",
	), "workflows stand on the database, so it cannot stand on them"},
	{[]string{"internal/job/...", "internal/mail/...", "internal/live/...", "internal/payment/..."}, and(pure,
		"internal/database", "internal/job/...", "internal/mail/...", "internal/live/...", "internal/payment/...",
		"ent/...", anyLibrary,
	), "they serve workflows and know none: a gateway knows no orders"},

	{[]string{"internal/demo/..."}, and(below, slices.Concat(workflows, []string{"internal/demo/...", "internal/onlineretail"})...),
		"the demo shop is filled as a shop is, without GraphQL or HTTP"},

	{[]string{"internal/history"}, and(below, "internal/catalog", "internal/mergesort", "internal/onlineretail"),
		"it writes what a file says, by the catalogue's rules, and answers nobody"},
	{[]string{"internal/productfile"}, and(below, "internal/catalog", "internal/stock"),
		"a file of products is another way to the workflows of catalogue and stock, and knows no other"},

	{[]string{"graph/accessgen"}, []string{"github.com/99designs/gqlgen/...", "github.com/vektah/gqlparser/v2/..."},
		"it generates graph/generated, so it must build before anything else of Galley does"},
	{[]string{"graph/..."}, and(slices.Concat(pure, workflows),
		"graph/...", "ent/...", "internal/database", "internal/job", "internal/live", "internal/mail", "internal/payment", "internal/textkey", anyLibrary,
	), "the graph stands between edge and shop: it hears nothing of HTTP, settings or demo data"},

	{[]string{"internal/edge/..."}, []string{"graph/...", "internal/...", anyLibrary},
		"edge speaks HTTP: rows are asked for in graph and in workflows, where policies and budgets are, never by Ent's query API here"},

	{[]string{"bench/..."}, and(pure, "bench/...", "github.com/lib/pq", "modernc.org/sqlite"),
		"what measures Galley knows it from outside: as a program, a database and a graph"},

	{[]string{"."}, []string{"...", anyLibrary}, "server.go wires everything"},
}

func and(paths []string, more ...string) []string { return slices.Concat(paths, more) }

// forTests is what test files may import besides: whatever makes the world that their package is tested in, and reads the
// SDL. Rows they get from a helper package (databasetest, graphtest) or where the package itself has them.
var forTests = and(slices.Concat(pure, workflows), "internal/live", "internal/payment",
	"github.com/google/go-cmp/cmp", "github.com/vektah/gqlparser/v2/...", "go.uber.org/goleak", "golang.org/x/tools/txtar", "pgregory.net/rapid",
)

func TestImportsFollowTheTable(t *testing.T) {
	t.Parallel()
	for _, violation := range imports(sources(t)) {
		t.Error(violation)
	}
}

// imports returns what breaks the table.
func imports(files []source) (violations []string) {
	for _, file := range files {
		home := path.Dir(file.path)
		i := slices.IndexFunc(table, func(r room) bool { return matches(r.packages, home) })
		switch {
		case file.generated, helper(home):
			continue // machine-written, or of tests only
		case i < 0:
			violations = append(violations, fmt.Sprintf("%s: package %s is not in the table of layout_test.go: put it there, with what it may import and why", file.path, home))
			continue
		}
		for _, imported := range file.imports {
			switch {
			case file.test && (helper(imported) || imported == home || matches(forTests, imported)):
			case helper(imported):
				violations = append(violations, fmt.Sprintf("%s imports %s, which is for tests", file.path, imported))
			case !matches(table[i].imports, imported):
				violations = append(violations, fmt.Sprintf("%s imports %s, but %s", file.path, imported, table[i].reason))
			}
		}
	}
	return violations
}

// helper tells whether a package of Galley exists for tests: databasetest, graphtest, enttest.
func helper(pkg string) bool {
	return !library(pkg) && strings.HasSuffix(pkg, "test")
}

// library tells whether an import is a library's: those start with a domain.
func library(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return strings.Contains(first, ".") && imported != "."
}

func matches(patterns []string, pkg string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		if pattern == anyLibrary {
			return library(pkg)
		}
		parent, below := strings.CutSuffix(pattern, "...")
		if !below {
			return pkg == pattern
		}
		return (parent == "" && !library(pkg)) || strings.HasPrefix(pkg+"/", parent)
	})
}

func TestTheTableNotices(t *testing.T) {
	t.Parallel()
	for file, refused := range map[string][]string{
		"internal/money/money.go":           {"ent", "internal/database", "entgo.io/ent", "internal/cart"},
		"internal/money/money_test.go":      {"ent", "github.com/lib/pq"},
		"internal/stock/stock.go":           {"graph", "graph/loader", "internal/edge", "internal/checkout", "internal/cart", "github.com/99designs/gqlgen/graphql/handler", "internal/database/databasetest", "internal/demo"},
		"internal/cart/cart.go":             {"internal/checkout"},
		"internal/database/tx.go":           {"internal/stock", "graph", "github.com/99designs/gqlgen/graphql"},
		"internal/payment/stripe/stripe.go": {"internal/checkout", "graph"},
		"internal/demo/demo.go":             {"graph", "internal/edge"},
		"internal/onlineretail/reader.go":   {"ent", "internal/demo"},
		"ent/schema/order.go":               {"ent", "ent/predicate", "ent/privacy", "internal/cart", "graph"},
		"ent/schema/rule/rule.go":           {"ent/order"},
		"graph/cart.resolvers.go":           {"internal/edge", "internal/config", "internal/demo", "."},
		"graph/loader/loader.go":            {"internal/edge/limit"},
		"graph/accessgen/main.go":           {"ent", "graph/generated"},
		"bench/handwritten/server.go":       {"ent", "graph", "internal/cart", "internal/database", "entgo.io/ent"},
		"internal/edge/query.go":            {"ent", "ent/order", "graph/graphtest"},
		"internal/edge/query_test.go":       {"ent"},
	} {
		for _, imported := range refused {
			t.Run(file+" cannot import "+imported, func(t *testing.T) {
				if len(imports([]source{{path: file, imports: []string{imported}, test: strings.HasSuffix(file, "_test.go")}})) != 1 {
					t.Error("the table allows it")
				}
			})
		}
	}
	for file, allowed := range map[string][]string{
		"internal/money/money_test.go":            {"internal/money", "pgregory.net/rapid"},
		"internal/stock/adjust_test.go":           {"internal/database/databasetest", "ent", "ent/enttest"},
		"internal/checkout/complete.go":           {"internal/stock", "internal/cart", "internal/pricing", "ent/order", "github.com/99designs/gqlgen/graphql"},
		"ent/schema/order.go":                     {"ent/schema/rule", "internal/money", "entgo.io/ent/schema/field"},
		"graph/loader/loader.go":                  {"ent", "github.com/graph-gophers/dataloader/v7"},
		"internal/edge/query.go":                  {"graph", "github.com/99designs/gqlgen/graphql"},
		"internal/database/databasetest/fresh.go": {"internal/demo", "internal/database"},
		"server.go":                                 {"internal/edge", "ent", "github.com/alecthomas/kong"},
		"internal/edge/explorer/server_test.go":     {"graph/graphtest"},
		"internal/demo/picture/picture.go":          {"golang.org/x/image/vector"},
		"internal/checkout/checkouttest/basket.go":  {"graph"},
		"internal/fulfil/cancel_test.go":            {"internal/checkout/checkouttest", "internal/checkout"},
		"internal/payment/paymenttest/provider.go":  {"internal/payment"},
		"internal/payment/stripe/stripe_retries.go": {"github.com/stripe/stripe-go/v85"},
	} {
		for _, violation := range imports([]source{{path: file, imports: allowed, test: strings.HasSuffix(file, "_test.go")}}) {
			t.Errorf("refused: %s", violation)
		}
	}
	t.Run("a package that is not in the table is refused", func(t *testing.T) {
		if len(imports([]source{{path: "internal/loyalty/points.go"}})) != 1 {
			t.Error("nobody asked what it may import")
		}
	})
}

func TestPackagesAreNamedForActs(t *testing.T) {
	t.Parallel()
	vague := []string{"util", "utils", "common", "helper", "helpers", "manager", "managers", "types", "misc", "shared"}
	for _, file := range sources(t) {
		if !file.generated && slices.Contains(vague, file.name) {
			t.Errorf("%s: package %s could hold anything, so it will; name it for what it does", file.path, file.name)
		}
	}
}

func TestFilesAreShort(t *testing.T) {
	t.Parallel()
	const most = 500
	for _, file := range sources(t) {
		if !file.generated && file.lines > most {
			t.Errorf("%s has %d lines, more than %d: it holds more than one concept", file.path, file.lines, most)
		}
	}
}

func TestResolversAreThin(t *testing.T) {
	t.Parallel()
	const most = 3
	found, err := filepath.Glob("graph/*.resolvers.go")
	if err != nil || len(found) == 0 {
		t.Fatalf("no resolvers in graph: %v", err)
	}
	for _, name := range found {
		sdl := filepath.Join("schema", strings.TrimSuffix(filepath.Base(name), ".resolvers.go")+".graphql")
		if _, err := os.Stat(sdl); err != nil {
			t.Errorf("%s belongs to no %s", name, sdl)
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range file.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if !ok || function.Body == nil {
				continue
			}
			lines := files.Position(function.Body.Rbrace).Line - files.Position(function.Body.Lbrace).Line - 1
			if lines > most {
				t.Errorf("%s: %s has %d lines, more than %d: what it decides belongs into a workflow, what it loads into graph/loader",
					files.Position(function.Pos()), function.Name.Name, lines, most)
			}
		}
	}
}

func TestNoTestIsSkipped(t *testing.T) {
	t.Parallel()
	for _, file := range sources(t) {
		if !file.test {
			continue
		}
		files := token.NewFileSet()
		parsed, err := parser.ParseFile(files, file.path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(node ast.Node) bool {
			if call, ok := node.(*ast.CallExpr); ok {
				if called, ok := call.Fun.(*ast.SelectorExpr); ok && slices.Contains([]string{"Skip", "Skipf", "SkipNow", "Short"}, called.Sel.Name) {
					t.Errorf("%s: a test that is skipped proves nothing: provide what it needs, or return where a fuzzer's input means nothing", files.Position(call.Pos()))
				}
			}
			return true
		})
	}
}

func TestTheHouseStands(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"server.go", "server_test.go", "layout_test.go", "gqlgen.yml", "tools.go", "go.mod", "go.sum", "README.md", "Makefile", ".ci/run",
		"schema/base.graphql",
		"graph/resolver.go", "graph/directive.go", "graph/present.go", "graph/loader", "graph/generated", "graph/model", "graph/graphtest", "graph/testdata",
		"ent/schema", "ent/schema/rule", "ent/migrate",
		"internal/money", "internal/pricing", "internal/fault", "internal/viewer",
		"internal/account", "internal/catalog", "internal/stock", "internal/cart", "internal/checkout", "internal/fulfil",
		"internal/database", "internal/database/databasetest", "internal/edge", "internal/config",
		"docs/decisions",
	} {
		if _, err := os.Stat(name); err != nil {
			t.Errorf("%s is part of the design, where every reader looks for it: %v", name, err)
		}
	}
}

// source is a Go file of Galley.
type source struct {
	path            string // slashes, from the module's directory
	name            string // of its package
	imports         []string
	test, generated bool
	lines           int
}

// sources reads all Go files of the module, whatever their build tags. Imports of Galley's own are given without its name,
// those of the standard library left out.
func sources(t *testing.T) (found []source) {
	t.Helper()
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		base := entry.Name()
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && (strings.HasPrefix(base, ".") || base == "node_modules" || base == "testdata" || base == "data"):
			return fs.SkipDir
		case entry.IsDir() || path.Ext(base) != ".go":
			return nil
		}
		file, err := read(name)
		found = append(found, file)
		return err
	})
	if err == nil && len(found) == 0 {
		err = errors.New("there are none")
	}
	if err != nil {
		t.Fatalf("read the sources: %v", err)
	}
	return found
}

func read(name string) (source, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return source{}, err
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return source{}, err
	}
	file := source{
		path:      filepath.ToSlash(name),
		name:      parsed.Name.Name,
		test:      strings.HasSuffix(name, "_test.go"),
		generated: ast.IsGenerated(parsed),
		lines:     bytes.Count(text, []byte("\n")),
	}
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return source{}, err
		}
		own, galley := strings.CutPrefix(imported, "galley/")
		switch {
		case imported == "galley":
			file.imports = append(file.imports, ".")
		case galley:
			file.imports = append(file.imports, own)
		case library(imported):
			file.imports = append(file.imports, imported)
		}
	}
	return file, nil
}
