package fault_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// said is a message for clients as it stands in the source: how it begins and how it ends, as far as
// that is literal.
type said struct {
	code       string // the name of its fault.Code or fault.Reason, where that is written out
	begin, end string
}

// TestMessages holds what clients are told to one style, wherever in the project it is said.
func TestMessages(t *testing.T) {
	t.Parallel()
	all := messages(t, "../..")
	if len(all) < 100 {
		t.Errorf("found %d messages: the test looks in the wrong place", len(all))
	}
	for position, m := range all {
		if fault := m.fault(); fault != "" {
			t.Errorf("%s: %q … %q %s", position, m.begin, m.end, fault)
		}
	}
}

func TestMessageStyle(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		fine bool
	}{
		{"This needs a sign-in", true},
		{"%s is needed", true},
		{"“Scarf” is gone", true},
		{"this needs a sign-in", false},
		{"This needs a sign-in.", false},
		{"This needs a sign-in!", false},
		{"Trailing blank ", false},
		{"", false},
	} {
		if got := (said{begin: c.text, end: c.text}).fault() == ""; got != c.fine {
			t.Errorf("%q is fine: %v", c.text, got)
		}
	}
	for code, text := range map[string]string{
		"Forbidden": "You may not", "NotFound": "There is none", "Conflict": "Read it again",
	} {
		if (said{code: code, begin: text, end: text}).fault() == "" {
			t.Errorf("%s: %q is fine", code, text)
		}
	}
}

// fault tells what is wrong with a message.
func (m said) fault() string {
	if m.begin != "" || m.begin == m.end {
		first, _ := utf8.DecodeRuneInString(strings.TrimPrefix(m.begin, "“"))
		if !unicode.IsUpper(first) && !strings.HasPrefix(m.begin, "%") {
			return "does not begin with a capital letter"
		}
	}
	if last, _ := utf8.DecodeLastRuneInString(m.end); m.end != "" && (strings.ContainsRune(".!? ", last)) {
		return "ends with a mark or a blank"
	}
	switch {
	case m.code == "NotFound" && !strings.HasPrefix(m.begin, "There is no such "):
		return "does not say that there is no such thing"
	case m.code == "Conflict" && !slices.Contains(conflicts(), m.begin):
		return "is another wording for a conflict"
	case m.code == "Forbidden" && !slices.ContainsFunc(refusals(), func(r string) bool { return strings.HasPrefix(m.begin, r) }):
		return "is another wording for what one may not do"
	}
	return ""
}

// conflicts are a version that is not the one that was read, and a name that others take at once.
func conflicts() []string {
	return []string{"Somebody changed this in the meantime: read it again", "Others are changing the same: try again in a moment"}
}

// refusals are what everybody is told, and what the rules about granting permissions say besides.
func refusals() []string {
	return []string{"You may not do this", "You cannot grant or take %s", "This account holds %s"}
}

// messages finds what is said to clients below a directory, by where it stands.
func messages(t *testing.T, root string) map[string]said {
	t.Helper()
	found := map[string]said{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "testdata" || len(entry.Name()) > 2 && entry.Name()[0] == '.'):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		if ast.IsGenerated(file) {
			return nil
		}
		ast.Inspect(file, func(node ast.Node) bool {
			if expression, code := message(node); expression != nil {
				if begin, end, ok := literal(expression); ok {
					found[files.Position(expression.Pos()).String()] = said{code, begin, end}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// message is the expression of a message for clients that a node makes, and the name of its code.
func message(node ast.Node) (ast.Expr, string) {
	switch node := node.(type) {
	case *ast.KeyValueExpr: // of a gqlerror.Error or a fault.UserError
		if key, ok := node.Key.(*ast.Ident); ok && key.Name == "Message" {
			return node.Value, ""
		}
	case *ast.CallExpr:
		argument, coded := place(node.Fun)
		if argument < 0 || argument >= len(node.Args) {
			return nil, ""
		}
		code := ""
		if coded {
			if selector, ok := node.Args[argument-1].(*ast.SelectorExpr); ok {
				code = selector.Sel.Name
			}
		}
		return node.Args[argument], code
	}
	return nil, ""
}

// place is which argument of a function is the message, -1 for functions that say nothing to clients,
// and whether a code comes before it.
func place(function ast.Expr) (argument int, coded bool) {
	switch f := function.(type) {
	case *ast.Ident:
		switch f.Name {
		case "badRequest", "notAPicture":
			return 0, false
		case "refuse", "refusef":
			return 1, true
		}
	case *ast.SelectorExpr:
		of, _ := f.X.(*ast.Ident)
		switch name := f.Sel.Name; {
		case of != nil && of.Name == "fault" && slices.Contains([]string{"New", "Newf", "Wrap", "Reject"}, name):
			return 1, true
		case of != nil && of.Name == "limit" && name == "Refuse":
			return 1, true
		case of != nil && of.Name == "http" && name == "Error":
			return 1, false
		case name == "Add": // of a fault.Collector; others have fewer arguments, or no text there
			return 2, false
		case of != nil && of.Name == "c" && name == "refuse":
			return 0, false
		}
	}
	return -1, false
}

// literal is how a message begins and ends, as far as the source tells; ok is false for one that comes
// from elsewhere.
func literal(e ast.Expr) (begin, end string, ok bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", "", false
		}
		text, err := strconv.Unquote(e.Value)
		return text, text, err == nil
	case *ast.BinaryExpr:
		begin, _, left := literal(e.X)
		_, end, right := literal(e.Y)
		return begin, end, left || right
	case *ast.CallExpr: // fmt.Sprintf
		if f, ok := e.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Sprintf" {
			return literal(e.Args[0])
		}
	}
	return "", "", false
}
