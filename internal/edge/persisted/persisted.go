// Package persisted lets requests name a document instead of sending it.
//
// There are two kinds. Automatic persisted queries are Apollo's protocol: a client sends the SHA-256 of a document, and
// the document itself once, when the server does not know it (https://www.apollographql.com/docs/apollo-server/performance/apq).
// Trusted documents are those that a shop's own clients were built with: their build writes a manifest, whose ids requests
// send as documentId (GraphQL over HTTP, appendix A) or where the hash stands otherwise. A shop may run nothing but these.
package persisted

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/edge/limit"
	"galley/internal/fault"
	"galley/internal/viewer"
)

// Mode is what becomes of a document that is not trusted.
type Mode string

// The modes. Whoever holds SCHEMA_READ may send any document in each of them.
const (
	Off     Mode = "off"     // it runs
	Log     Mode = "log"     // it runs, and is logged once
	Enforce Mode = "enforce" // it is refused: PERSISTED_DOCUMENT_REQUIRED
)

const (
	automaticBytes = 8 << 20  // memory for documents that clients had kept
	loggedBytes    = 64 << 10 // memory for which documents were logged
)

// Options are what a shop makes of trusted documents.
type Options struct {
	Manifests []string // files; see parse for their formats
	Texts     []string // of documents that are trusted besides
	Mode      Mode     // empty is Off
	Logger    *slog.Logger
}

// Executor stands before the limits, and gives requests that only name a document its text.
type Executor struct {
	*limit.Executor
	mode      Mode
	logger    *slog.Logger
	trusted   *manifests
	automatic *limit.Cache[string]
	logged    *limit.Cache[struct{}]
}

var _ graphql.GraphExecutor = (*Executor)(nil)

// New reads the manifests, and has their documents validated. An error names the file that cannot be read.
func New(next *limit.Executor, options Options) (*Executor, error) {
	trusted, err := open(options, next)
	if err != nil {
		return nil, err
	}
	return &Executor{
		Executor: next, mode: options.Mode, logger: options.Logger, trusted: trusted,
		automatic: limit.NewCache(automaticBytes, func(hash, text string) int { return len(hash) + len(text) + 128 }),
		logged:    limit.NewCache(loggedBytes, func(hash string, _ struct{}) int { return len(hash) + 128 }),
	}, nil
}

// CreateOperationContext finds the document, and goes on with it as if it had been sent. It needs the viewer in its context.
func (e *Executor) CreateOperationContext(ctx context.Context, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	name, err := nameOf(params.Extensions)
	if err != nil {
		return limit.Refused(ctx, params, err)
	}
	sent := !Missing(params)
	if !sent {
		params.Query, err = e.find(ctx, name)
	} else {
		err = name.fits(params.Query)
	}
	if err != nil {
		return limit.Refused(ctx, params, err)
	}
	trusted := e.Trusts(params.Query)
	if !trusted && e.mode == Enforce && !free(ctx) {
		return limit.Refused(ctx, params, required())
	}
	opCtx, errs := e.Executor.CreateOperationContext(ctx, params)
	if len(errs) > 0 {
		return opCtx, errs
	}
	if sent && name.hash != "" { // only what is sound is kept
		e.automatic.Add(ctx, name.hash, params.Query)
	}
	if !trusted && e.mode == Log {
		e.log(ctx, opCtx)
	}
	return opCtx, nil
}

// Trusts tells whether a document is of the shop's own clients.
func (e *Executor) Trusts(text string) bool { return e.trusted.has(text) }

// find is the document that a request names. A name that nobody knows costs two lookups, and leaves nothing behind.
func (e *Executor) find(ctx context.Context, name name) (string, *gqlerror.Error) {
	if name.id == "" && name.hash == "" {
		return "", limit.Refuse(fault.BadRequest, "The parameter query is missing")
	}
	if text, ok := e.trusted.find(name); ok {
		return text, nil
	}
	if text, ok := e.automatic.Get(ctx, name.hash); ok {
		return text, nil
	}
	if e.mode == Enforce && !free(ctx) {
		return "", required() // sending the document would not help
	}
	// Clients look for this very message, or for the code.
	return "", limit.Refuse(fault.PersistedNotFound, "PersistedQueryNotFound")
}

// free tells whether somebody may send documents of their own wherever others may not: with the playground, say.
func free(ctx context.Context) bool { return viewer.From(ctx).Has(viewer.SchemaRead) }

func required() *gqlerror.Error {
	return limit.Refuse(fault.PersistedRequired, "This shop runs the documents of its own clients only")
}

// log tells once what Enforce would refuse.
func (e *Executor) log(ctx context.Context, opCtx *graphql.OperationContext) {
	sum := hashOf(opCtx.RawQuery)
	if _, known := e.logged.Get(ctx, sum); known {
		return
	}
	e.logged.Add(ctx, sum, struct{}{})
	e.logger.WarnContext(ctx, "a document is not trusted", "operation", opCtx.Operation.Name, "sha256", sum)
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Missing tells whether a request brings no document.
func Missing(params *graphql.RawParams) bool { return strings.TrimSpace(params.Query) == "" }
