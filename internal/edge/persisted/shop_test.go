package persisted_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/edge/limit"
	"galley/internal/edge/persisted"
	"galley/internal/edge/variable"
	"galley/internal/viewer"
)

const sdl = `type Query { hello: String product(id: ID!): String }`

// shop is an executor that requests may name documents to, and its log.
type shop struct {
	*persisted.Executor
	log *log
}

// log is written and read at the same time.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func try(options persisted.Options) (shop, error) {
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: sdl})
	exec := executor.New(&graphql.ExecutableSchemaMock{SchemaFunc: func() *ast.Schema { return schema }})
	exec.SetQueryCache(limit.NewDocuments(1 << 20))
	out := &log{}
	options.Logger = slog.New(slog.NewTextHandler(out, nil))
	guarded := limit.Guard(variable.Strict(exec, schema), limit.Limits{})
	made, err := persisted.New(guarded, options)
	return shop{made, out}, err
}

func newShop(tb testing.TB, options persisted.Options) shop {
	tb.Helper()
	s, err := try(options)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// manifest writes a file, and returns its path.
func manifest(tb testing.TB, text string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "manifest.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// ask has an operation made, and tells which document it is of and what was wrong with it.
func (s shop) ask(v viewer.Viewer, params *graphql.RawParams) (document, code, message string) {
	ctx := viewer.With(graphql.StartOperationTrace(context.Background()), v)
	opCtx, errs := s.CreateOperationContext(ctx, params)
	if len(errs) > 0 {
		return "", codeOf(errs), errs[0].Message
	}
	return opCtx.RawQuery, "", ""
}

func codeOf(errs gqlerror.List) string {
	code, _ := errs[0].Extensions["code"].(string)
	return code
}

// named are the extensions of a request that names a document by a hash.
func named(hash string) map[string]any {
	return map[string]any{"persistedQuery": map[string]any{"version": json.Number("1"), "sha256Hash": hash}}
}

func byID(id string) *graphql.RawParams {
	params := &graphql.RawParams{}
	persisted.Name(params, id)
	return params
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func developer() viewer.Viewer {
	return viewer.Viewer{Kind: viewer.Staff, UserID: 1, Permissions: []viewer.Permission{viewer.SchemaRead}}
}
