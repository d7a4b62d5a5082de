package graph_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"golang.org/x/tools/txtar"

	"galley/graph"
	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

var update = flag.Bool("update", false, "write what SQLite answers into the golden files")

// TestGolden runs the files of testdata, each a behaviour of the graph. A file is a list of steps:
//
//	-- viewer --     a name of graphtest.Rows, "bearer TOKEN" or "cart TOKEN"; the last one stays
//	-- query --      begins a step
//	-- variables --  JSON
//	-- response --   JSON
//	-- sql --        how many statements the step takes; "16 on postgres, 21 on sqlite" where the engines differ
//
// Ids stand as <product.mug> where graphtest names the row, else as <order#1>, numbered by their first
// appearance in the file; tokens likewise.
func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		for _, engine := range databasetest.Engines() {
			t.Run(name+" on "+string(engine), func(t *testing.T) {
				t.Parallel()
				want, err := txtar.ParseFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if *update {
					if engine == databasetest.SQLite { // one of them writes what both took
						write(t, file, want)
					}
					return
				}
				got := play(t, graphtest.New(t, engine), want)
				for i, section := range want.Files {
					if section.Name == "sql" {
						want.Files[i].Data = []byte(on(string(section.Data), engine) + "\n")
					}
				}
				if g, w := string(txtar.Format(got)), string(txtar.Format(want)); g != w {
					t.Errorf("got\n%s\nwant\n%s", g, w)
				}
			})
		}
	}
}

// write plays a file on both engines, and writes it as it would have to be.
func write(t *testing.T, name string, file *txtar.Archive) {
	t.Helper()
	got := play(t, graphtest.New(t, databasetest.SQLite), file)
	other := play(t, graphtest.New(t, databasetest.Postgres), file)
	for i, section := range got.Files {
		sqlite, postgres := strings.TrimSpace(string(section.Data)), strings.TrimSpace(string(other.Files[i].Data))
		if section.Name == "sql" && sqlite != postgres {
			got.Files[i].Data = []byte(postgres + " on postgres, " + sqlite + " on sqlite\n")
		}
	}
	if err := os.WriteFile(name, txtar.Format(got), 0o600); err != nil {
		t.Fatal(err)
	}
}

// on is what an engine takes, of a section that may name both.
func on(sql string, engine databasetest.Engine) string {
	for part := range strings.SplitSeq(strings.TrimSpace(sql), ", ") {
		count, which, differ := strings.Cut(part, " on ")
		if !differ || which == string(engine) {
			return count
		}
	}
	return sql
}

// TestGoldenOtherwise runs the golden files without looking ahead, and reading whole rows: the answers
// are the same, only the statements may be more.
func TestGoldenOtherwise(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for how, executor := range map[string]func(*graph.Shop) graphql.GraphExecutor{
		"one by one": (*graph.Shop).OneByOne, "whole rows": (*graph.Shop).WholeRows,
	} {
		for _, file := range files {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar")+" "+how, func(t *testing.T) {
				t.Parallel()
				want, err := txtar.ParseFile(file)
				if err != nil {
					t.Fatal(err)
				}
				shop := graphtest.New(t, databasetest.SQLite)
				got := play(t, shop.Run(executor(shop.Shop)), want)
				for i, section := range got.Files {
					if section.Name != "sql" && string(section.Data) != string(want.Files[i].Data) {
						t.Errorf("got\n%s\nwant\n%s", section.Data, want.Files[i].Data)
					}
				}
			})
		}
	}
}

// play runs the steps of a file, and returns the file as it would have to be.
func play(t *testing.T, shop *graphtest.Shop, file *txtar.Archive) *txtar.Archive {
	t.Helper()
	names := newNames(shop.Rows)
	got := &txtar.Archive{Comment: file.Comment}
	as := viewer.Viewer{}
	for i, section := range file.Files {
		text := strings.TrimSpace(string(section.Data))
		switch section.Name {
		case "viewer":
			as = identify(t, shop, names.ids(text))
		case "variables":
			continue // written with its query
		case "query":
			variables := following(file.Files[i+1:], "variables")
			answer := shop.Send(t, viewer.With(t.Context(), as), params(t, names.ids(text), names.ids(variables)))
			got.Files = append(got.Files, section)
			if variables != "" {
				got.Files = append(got.Files, txtar.File{Name: "variables", Data: []byte(variables + "\n")})
			}
			got.Files = append(got.Files,
				txtar.File{Name: "response", Data: []byte(names.names(pretty(t, answer)) + "\n")},
				txtar.File{Name: "sql", Data: []byte(strconv.Itoa(answer.Statements) + "\n")})
			continue
		case "response", "sql":
			continue // written with its query
		default:
			t.Fatalf("unknown section %q", section.Name)
		}
		got.Files = append(got.Files, section)
	}
	return got
}

// following is the text of a section of the step that begins before these.
func following(rest []txtar.File, name string) string {
	for _, f := range rest {
		if f.Name == "query" || f.Name == "viewer" {
			break
		}
		if f.Name == name {
			return strings.TrimSpace(string(f.Data))
		}
	}
	return ""
}

func params(t *testing.T, query, variables string) *graphql.RawParams {
	t.Helper()
	p := &graphql.RawParams{Query: query}
	if variables != "" {
		d := json.NewDecoder(strings.NewReader(variables))
		d.UseNumber()
		if err := d.Decode(&p.Variables); err != nil {
			t.Fatalf("variables %s: %v", variables, err)
		}
	}
	return p
}

func identify(t *testing.T, shop *graphtest.Shop, who string) viewer.Viewer {
	t.Helper()
	bearer, isBearer := strings.CutPrefix(who, "bearer ")
	cart, isCart := strings.CutPrefix(who, "cart ")
	if !isBearer {
		bearer = ""
	}
	if !isCart {
		cart = ""
	}
	if bearer == "" && cart == "" {
		return shop.Rows.Viewer(who)
	}
	ctx, err := shop.Identify(t.Context(), bearer, cart)
	if err != nil {
		t.Fatalf("identify %s: %v", who, err)
	}
	return viewer.From(ctx)
}

func pretty(t *testing.T, r graphtest.Response) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}

// names translates ids and tokens into names, and back.
type names struct {
	byID, byName map[string]string
	count        map[string]int
}

var idPattern = regexp.MustCompile(`\b(user|addr|sess|cat|prod|var|media|stock|cart|cline|order|oline|pay|ful|dquo|promo|oevt|pstep|pevt)_[0-9A-HJKMNP-TV-Z]{13}\b|\bgr_[a-z2-7]{52}\b|\beyJ[\w-]+\.[\w-]+\.[\w-]+|\bct_[a-z2-7]{26}\b|/media/[a-z2-7]+`)

func newNames(rows graphtest.Rows) *names {
	n := &names{byID: map[string]string{}, byName: map[string]string{}, count: map[string]int{}}
	add(n, "user", rows.Users)
	add(n, "category", rows.Categories)
	add(n, "product", rows.Products)
	add(n, "variant", rows.Variants)
	add(n, "cart", rows.Carts)
	add(n, "order", rows.Orders)
	return n
}

func add[T interface{ NodeID() nodeid.ID }](n *names, kind string, rows map[string]T) {
	for name := range maps.Keys(rows) {
		n.name(rows[name].NodeID().String(), "<"+kind+"."+name+">")
	}
}

func (n *names) name(id, name string) { n.byID[id], n.byName[name] = name, id }

// names puts names in the place of ids.
func (n *names) names(text string) string {
	return idPattern.ReplaceAllStringFunc(text, func(id string) string {
		if _, known := n.byID[id]; !known {
			kind, _, _ := strings.Cut(strings.TrimPrefix(id, "/"), "_")
			kind, _, _ = strings.Cut(kind, "/")
			if strings.HasPrefix(id, "eyJ") {
				kind = "token"
			}
			n.count[kind]++
			n.name(id, fmt.Sprintf("<%s#%d>", kind, n.count[kind]))
		}
		return n.byID[id]
	})
}

// ids puts ids in the place of names.
func (n *names) ids(text string) string {
	return regexp.MustCompile(`<[a-z]+[.#][\w]+>`).ReplaceAllStringFunc(text, func(name string) string {
		if id, known := n.byName[name]; known {
			return id
		}
		return name
	})
}
