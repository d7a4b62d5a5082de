package edge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"galley/internal/edge/incremental"
	"galley/internal/fault"
)

// results gives what an operation answers, one result after the other. Its error is io.EOF at the end, errBrokenOff where a
// subscription ended that has no end, a *fault.Error of the code Unauthenticated once the caller is not who it was, and any other
// where it failed.
type results func() (noted, error)

// errBrokenOff is the end of a subscription that could not go on: what it read was not to be had any more. Its client subscribes
// again, and hears why, or what there is.
var errBrokenOff = errors.New("the subscription broke off")

// perform has an operation run on behalf of the caller, who is watched while it lasts.
func (s *Server) perform(ctx context.Context, caller *http.Request, opCtx *graphql.OperationContext) results {
	responses, ctx := s.executor.DispatchOperation(ctx, opCtx)
	subscription := opCtx.Operation.Operation == ast.Subscription
	next := func() (*graphql.Response, error) { return s.next(ctx, responses) }
	if subscription {
		next = s.attentive(ctx, caller, responses)
	}
	failed := false
	return func() (noted, error) {
		response, err := next()
		switch {
		case err != nil:
			return noted{}, err
		case response == nil && ctx.Err() != nil:
			return noted{}, context.Cause(ctx)
		case response == nil && subscription && !failed:
			return noted{}, errBrokenOff
		case response == nil:
			return noted{}, io.EOF
		}
		failed = len(response.Data) == 0
		response.Data = bytes.Clone(response.Data) // gqlgen writes a subscription's next one over it
		return noted{response, incremental.Of(ctx)}, nil
	}
}

// next is the following result, or nil at the end. A panic of a resolver's ends the operation alone.
func (s *Server) next(ctx context.Context, responses graphql.ResponseHandler) (response *graphql.Response, err error) {
	defer s.contain(ctx, &err)
	return responses(ctx), nil
}

// contain makes a panic an error, which the client is not told.
func (s *Server) contain(ctx context.Context, err *error) {
	if p := recover(); p != nil {
		s.logger.ErrorContext(ctx, "a stream panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		*err = fault.New(fault.Internal, maskedMessage(ctx))
	}
}
