package graph

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/viewer"
)

const (
	minKey          = 8
	minAnonymousKey = 22 // characters that hold 128 bits
	maxKey          = 200
)

// idempotent makes a mutation's field safe to send again, if its document says so, or the request's
// header does: gqlgen skips @idempotent at run time.
func idempotent(ctx context.Context) (context.Context, error) {
	field := graphql.GetRootFieldContext(ctx)
	key, ok, err := keyOf(ctx, field)
	if !ok || err != nil {
		return ctx, err
	}
	v := asker(ctx)
	if n := utf8.RuneCountInString(key); n < minKey || n > maxKey {
		return ctx, fault.Newf(fault.BadUserInput, "An idempotency key has %d to %d characters", minKey, maxKey)
	}
	if v.Kind == viewer.Anonymous && len(key) < minAnonymousKey {
		return ctx, fault.Newf(fault.BadUserInput, "Without a sign-in an idempotency key has at least %d characters that nobody can guess", minAnonymousKey)
	}
	hash, err := hashField(field.Field.Field, graphql.GetOperationContext(ctx).Variables)
	if err != nil {
		return ctx, err
	}
	return database.WithRequest(ctx, database.Request{Scope: scope(v, field.Field.Name), Key: key, Hash: hash}), nil
}

// keyOf finds the field's key: the directive's, or the header's for a request of one mutation field.
func keyOf(ctx context.Context, field *graphql.RootFieldContext) (string, bool, error) {
	op := graphql.GetOperationContext(ctx)
	if d := field.Field.Directives.ForName("idempotent"); d != nil {
		key, _ := d.ArgumentMap(op.Variables)["key"].(string)
		return key, true, nil
	}
	key := op.Headers.Get("Idempotency-Key")
	if key == "" {
		return "", false, nil
	}
	if len(graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Mutation"})) > 1 {
		return "", false, fault.New(fault.BadUserInput, "The header Idempotency-Key is for a request of one mutation field: use @idempotent")
	}
	return key, true, nil
}

type askerKey struct{}

// noteAsker remembers who asked for the operation: a sign-in or a new cart on its way changes who the
// rest runs as, but not whose its keys are.
func noteAsker(ctx context.Context) context.Context {
	return context.WithValue(ctx, askerKey{}, viewer.From(ctx))
}

func asker(ctx context.Context) viewer.Viewer {
	v, _ := ctx.Value(askerKey{}).(viewer.Viewer)
	return v
}

// scope is whose key it is: the account's, the machine's, the cart's, the order's, or for callers without any the field's.
func scope(v viewer.Viewer, field string) string {
	switch {
	case v.UserID != 0:
		return "user:" + strconv.FormatInt(v.UserID, 10)
	case v.APIKeyID != 0:
		return "key:" + strconv.FormatInt(v.APIKeyID, 10)
	case len(v.CartToken) > 0:
		return "cart:" + hex.EncodeToString(v.CartToken)
	case len(v.OrderToken) > 0:
		return "order:" + hex.EncodeToString(v.OrderToken)
	}
	return "field:" + field
}

// hashField is the SHA-256 of a field's name and its coerced arguments; of files, their content.
func hashField(f *ast.Field, variables map[string]any) ([]byte, error) {
	h := sha256.New()
	_, _ = io.WriteString(h, f.Name+"\n")
	arguments, err := hashable(f.ArgumentMap(variables))
	if err != nil {
		return nil, err
	}
	if err := json.NewEncoder(h).Encode(arguments); err != nil {
		return nil, fmt.Errorf("hash arguments: %w", err)
	}
	return h.Sum(nil), nil
}

func hashable(v any) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, value := range v {
			var err error
			if out[name], err = hashable(value); err != nil {
				return nil, err
			}
		}
		return out, nil
	case []any:
		out := make([]any, len(v))
		for i, value := range v {
			var err error
			if out[i], err = hashable(value); err != nil {
				return nil, err
			}
		}
		return out, nil
	case graphql.Upload:
		content := sha256.New()
		if _, err := io.Copy(content, v.File); err != nil {
			return nil, fmt.Errorf("hash upload: %w", err)
		}
		if _, err := v.File.Seek(0, io.SeekStart); err != nil {
			return nil, fmt.Errorf("rewind upload: %w", err)
		}
		return hex.EncodeToString(content.Sum(nil)), nil
	}
	return v, nil
}
