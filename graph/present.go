package graph

import (
	"context"
	"errors"
	"log/slog"
	"maps"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/database"
	"galley/internal/fault"
)

const (
	unreachable    = "The shop cannot answer right now: try again"
	abandoned      = "Nobody waits for this any more"
	outcomeUnknown = "This may or may not have happened: send it again with the same idempotency key, or look first"
)

// present is the one place where errors become what a client sees: an error with a code keeps its
// message, anything else is masked, and logged with its cause.
func present(log *slog.Logger) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		out := &gqlerror.Error{Path: graphql.GetPath(ctx)}
		var located *gqlerror.Error
		if errors.As(err, &located) {
			out.Locations = located.Locations
			if located.Path != nil {
				out.Path = located.Path
			}
		}
		var coded *fault.Error
		switch {
		case errors.As(err, &coded):
			out.Message = coded.Message
			out.Extensions = coded.Extensions()
		case located != nil && located.Unwrap() == nil:
			return request(located) // gqlgen's own: parsing, validation, coercion
		case errors.Is(err, database.ErrOutcomeUnknown):
			log.ErrorContext(ctx, "a mutation may or may not have happened", "error", err, "path", out.Path.String())
			out.Message = outcomeUnknown
			out.Extensions = map[string]any{"code": string(fault.OutcomeUnknown)}
		case errors.Is(ctx.Err(), context.Canceled):
			log.DebugContext(ctx, "whoever asked has gone", "error", err)
			out.Message = abandoned
			out.Extensions = map[string]any{"code": string(fault.Timeout)}
		case database.Unreachable(err):
			log.ErrorContext(ctx, "the database does not answer", "error", err)
			out.Message = unreachable
			out.Extensions = map[string]any{"code": string(fault.Unavailable)}
		case errors.Is(err, context.DeadlineExceeded):
			log.WarnContext(ctx, "operation ran out of time", "error", err)
			out.Message = "This took too long"
			out.Extensions = map[string]any{"code": string(fault.Timeout)}
		default:
			log.ErrorContext(ctx, "unexpected error", "error", err, "path", out.Path.String())
			out.Message = "Something unexpected happened"
			out.Extensions = map[string]any{"code": string(fault.Internal)}
		}
		return out
	}
}

// request gives gqlgen's own errors their code of the SDL.
func request(err *gqlerror.Error) *gqlerror.Error {
	code := fault.BadUserInput
	switch err.Extensions["code"] {
	case "GRAPHQL_PARSE_FAILED":
		code = fault.ParseFailed
	case "GRAPHQL_VALIDATION_FAILED":
		code = fault.ValidationFailed
	case "INTERNAL_SERVER_ERROR":
		code = fault.Internal
	default:
		if c, ok := err.Extensions["code"].(string); ok {
			code = fault.Code(c)
		}
	}
	extensions := map[string]any{}
	maps.Copy(extensions, err.Extensions) // what the edge's errors say besides
	extensions["code"] = string(code)
	return &gqlerror.Error{Message: err.Message, Path: err.Path, Locations: err.Locations, Extensions: extensions}
}

// recovered makes a panic an error that is masked like any other.
func recovered(log *slog.Logger) graphql.RecoverFunc {
	return func(ctx context.Context, cause any) error {
		log.ErrorContext(ctx, "panic in a resolver", "cause", cause)
		return fault.New(fault.Internal, "Something unexpected happened")
	}
}
