package limit

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/fault"
)

const messageBytes = 300

func refuse(code fault.Code, message string) *gqlerror.Error {
	return &gqlerror.Error{Message: message, Extensions: map[string]any{"code": string(code)}}
}

func refusef(code fault.Code, format string, args ...any) *gqlerror.Error {
	return refuse(code, fmt.Sprintf(format, args...))
}

func tooMuch(what string, have, limit int) *gqlerror.Error {
	return refusef(fault.ComplexityLimit, "The document has too many %s: %d, where %d are allowed", what, have, limit)
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
