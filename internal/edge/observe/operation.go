package observe

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"go.opentelemetry.io/otel/trace"

	"galley/internal/database"
	"galley/internal/viewer"
)

// operation is one that runs.
type operation struct {
	executor  *Executor
	operation *graphql.OperationContext
	responses graphql.ResponseHandler
	name      string // of its series
	began     time.Time
	counter   *database.Counter // nil where nobody counts
	span      trace.Span        // nil where nobody traces

	mu       sync.Mutex
	answered bool // at least once
	ended    bool
	result   result
}

// next passes an answer on.
func (o *operation) next(ctx context.Context) *graphql.Response {
	over := true // also where it panics
	defer func() {
		if over {
			o.end(ctx)
		}
	}()
	response := o.responses(ctx)
	if response != nil && len(response.Errors) > 0 && errors.Is(ctx.Err(), context.Canceled) && !slices.ContainsFunc(codesOf(response.Errors), ours) {
		return response // the errors are that its client has gone: it is abandoned
	}
	o.note(response)
	if over = response == nil || !o.goesOn(response); !over && !o.answered {
		// Nobody asks for the next answer of who has gone.
		context.AfterFunc(ctx, func() { o.end(ctx) })
	}
	o.answered = true
	return response
}

// goesOn tells whether more is to come after a response.
func (o *operation) goesOn(response *graphql.Response) bool {
	return o.is(ast.Subscription) || response.HasNext != nil && *response.HasNext
}

func (o *operation) is(t ast.Operation) bool { return o.operation.Operation.Operation == t }

func (o *operation) note(response *graphql.Response) {
	if response == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.result.add(response)
	if o.is(ast.Subscription) {
		o.executor.metrics.messages.WithLabelValues(o.name).Inc()
	}
}

// end tells what became of the operation, once.
func (o *operation) end(ctx context.Context) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ended {
		return
	}
	o.ended = true
	took := time.Since(o.began)
	o.executor.metrics.count(o, took)
	if o.span != nil {
		o.finish()
	}
	if slow := o.executor.options.Slow; slow > 0 && took >= slow && !o.is(ast.Subscription) {
		o.tell(ctx, took)
	}
}

// tell writes the line of a slow operation. It has nothing that a client filled in but the operation's name.
func (o *operation) tell(ctx context.Context, took time.Duration) {
	attributes := []slog.Attr{
		slog.String("operation", o.operation.Operation.Name), slog.String("type", string(o.operation.Operation.Operation)),
		slog.String("document", hash(o.operation.RawQuery)), slog.Duration("duration", took),
		slog.String("viewer", viewer.From(ctx).Kind.String()), slog.String("outcome", string(o.result.outcome())),
	}
	if o.counter != nil {
		attributes = append(attributes, slog.Int("statements", o.counter.Statements()), slog.Duration("database", o.counter.Duration()))
	}
	o.executor.options.Logger.LogAttrs(ctx, slog.LevelWarn, "slow operation", attributes...)
}

// hash is how a document is told from others, and found again among those that are known: SHA-256, in hexadecimal.
func hash(document string) string {
	sum := sha256.Sum256([]byte(document))
	return hex.EncodeToString(sum[:])
}
