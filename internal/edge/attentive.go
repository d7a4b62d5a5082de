package edge

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/fault"
	"galley/internal/viewer"
)

// attentive has a subscription end once its caller is not who it was: a session that was ended, a token that expired, a
// permission that was taken. Its credentials are looked at before each message but the first, which has just been allowed, and
// while none comes: once in a while, and whenever the shop says that something has changed about the viewer. The client subscribes
// anew, as whoever it is by then, and its first message is what there is.
func (s *Server) attentive(ctx context.Context, caller *http.Request, responses graphql.ResponseHandler) func() (*graphql.Response, error) {
	ctx, end := context.WithCancelCause(ctx)
	go s.watch(ctx, end, caller)
	first := true
	return func() (*graphql.Response, error) {
		response, err := s.next(ctx, responses)
		if _, changed := errors.AsType[*fault.Error](context.Cause(ctx)); changed {
			return nil, context.Cause(ctx)
		}
		if response != nil && !first {
			err = s.same(ctx, caller)
		}
		first = false
		return response, err
	}
}

// watch ends a subscription whose caller changes while no message comes. Where it cannot be told, it is looked again later.
func (s *Server) watch(ctx context.Context, end context.CancelCauseFunc, caller *http.Request) {
	again := time.NewTicker(s.limits.Streams.LookAgain)
	defer again.Stop()
	var changed <-chan struct{}
	if s.config.Changes != nil {
		changed = s.config.Changes(ctx)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		case <-changed:
		}
		err := s.same(ctx, caller)
		if failure, ok := errors.AsType[*fault.Error](err); ok && failure.Code == fault.Unauthenticated {
			end(err)
			return
		}
	}
}

// same is nil if the caller is still the viewer of the context.
func (s *Server) same(ctx context.Context, caller *http.Request) error {
	now, err := s.identifyAgain(caller.WithContext(ctx))
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(viewer.From(now), viewer.From(ctx)) {
		return fault.New(fault.Unauthenticated, "Who is asking has changed: subscribe again")
	}
	return nil
}

// refusal is the last message of an operation that has begun.
func (s *Server) refusal(ctx context.Context, cause error) *graphql.Response {
	failure := s.told(ctx, cause)
	return &graphql.Response{Errors: gqlerror.List{{Message: failure.Message, Extensions: failure.Extensions()}}}
}
