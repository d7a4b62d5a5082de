package limit

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/fault"
)

const messageBytes = 300

// Refuse makes the error of a request that is not run.
func Refuse(code fault.Code, message string) *gqlerror.Error {
	return &gqlerror.Error{Message: message, Extensions: map[string]any{"code": string(code)}}
}

func refusef(code fault.Code, format string, args ...any) *gqlerror.Error {
	return Refuse(code, fmt.Sprintf(format, args...))
}

// Refused is what an executor answers for a request that it does not run.
func Refused(ctx context.Context, params *graphql.RawParams, err *gqlerror.Error) (*graphql.OperationContext, gqlerror.List) {
	return &graphql.OperationContext{
		RawQuery:      params.Query,
		OperationName: params.OperationName,
		Headers:       params.Headers,
		Stats:         graphql.Stats{Read: params.ReadTime, OperationStart: graphql.GetStartTime(ctx)},
	}, gqlerror.List{err}
}

// exceeded is a limit that a document does not keep. Its name is that of the setting.
type exceeded struct {
	Name string `json:"name"`
	Most int    `json:"most"`
	Have int64  `json:"have,omitempty"` // not known of tokens: reading ends at the limit
}

func (e exceeded) refuse(format string, args ...any) *gqlerror.Error {
	err := refusef(fault.ComplexityLimit, format, args...)
	err.Extensions["limit"] = e
	return err
}

func tooMuch(name, what string, have, most int) *gqlerror.Error {
	return exceeded{name, most, int64(have)}.refuse("The document has too many %s: %d, where %d are allowed", what, have, most)
}

func setCode(err *gqlerror.Error, code fault.Code) {
	if err.Extensions == nil {
		err.Extensions = map[string]any{}
	}
	err.Extensions["code"] = string(code)
}

// Cap keeps the first errors of a list, says how many it left out, and cuts messages that quote
// much of what the client sent.
func Cap(errs gqlerror.List, most int) gqlerror.List {
	if left := len(errs) - most; left > 0 {
		note := &gqlerror.Error{Message: fmt.Sprintf("More errors are not listed: %d", left)}
		if code, ok := errs[0].Extensions["code"]; ok {
			note.Extensions = map[string]any{"code": code}
		}
		errs = append(errs[:most:most], note)
	}
	for _, err := range errs {
		err.Message = shorten(err.Message)
	}
	return errs
}

func shorten(message string) string {
	if len(message) <= messageBytes {
		return message
	}
	cut := messageBytes
	for cut > 0 && !utf8.RuneStart(message[cut]) {
		cut--
	}
	return strings.Clone(message[:cut]) + " …"
}
