package edge

import (
	"context"
	"net/http"
	"reflect"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/fault"
	"galley/internal/viewer"
)

// attentive has a subscription end once its caller is not who it was: a session that was ended, a token that expired, a
// permission that was taken. Before each message but the first, which has just been allowed, its credentials are looked
// at again. The client subscribes anew, as whoever it is by then, and its first message is what there is.
func (s *Server) attentive(caller *http.Request, opCtx *graphql.OperationContext, responses graphql.ResponseHandler) graphql.ResponseHandler {
	if opCtx.Operation.Operation != ast.Subscription {
		return responses
	}
	first, ended := true, false
	return func(ctx context.Context) *graphql.Response {
		if ended {
			return nil
		}
		response := responses(ctx)
		if response == nil || first {
			first = false
			return response
		}
		now, err := s.identifyAgain(caller.WithContext(ctx))
		if err == nil && !reflect.DeepEqual(viewer.From(now), viewer.From(ctx)) {
			err = fault.New(fault.Unauthenticated, "Who is asking has changed: subscribe again")
		}
		if err != nil {
			ended = true
			return s.refusal(ctx, err)
		}
		return response
	}
}

// refusal is the last message of an operation that has begun.
func (s *Server) refusal(ctx context.Context, cause error) *graphql.Response {
	failure := s.told(ctx, cause)
	return &graphql.Response{Errors: gqlerror.List{{Message: failure.Message, Extensions: failure.Extensions()}}}
}
