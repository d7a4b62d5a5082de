package observe

import (
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/fault"
)

// outcome is what became of an operation.
type outcome string

const (
	ok        outcome = "ok"
	erred     outcome = "errors"    // some of it was refused: it is the client's, or the shopper's, to mend
	failed    outcome = "failed"    // something is wrong with the shop
	refused   outcome = "refused"   // it did not run
	abandoned outcome = "abandoned" // its client went before there was an answer
)

// result gathers the answers of an operation.
type result struct {
	answers int
	codes   []fault.Code // of its errors, each once
}

func (r *result) add(response *graphql.Response) {
	r.answers++
	for _, code := range codesOf(response.Errors) {
		if !slices.Contains(r.codes, code) {
			r.codes = append(r.codes, code)
		}
	}
}

func (r *result) outcome() outcome {
	switch {
	case r.answers == 0:
		return abandoned
	case len(r.codes) == 0:
		return ok
	case slices.ContainsFunc(r.codes, ours):
		return failed
	}
	return erred
}

// ours tells whether the shop is to blame for an error.
func ours(code fault.Code) bool {
	return code == fault.Internal || code == fault.Unavailable || code == fault.OutcomeUnknown || code == unknown
}

// unknown is the code of an error that has none of the schema's.
const unknown fault.Code = "UNKNOWN"

// codesOf are the codes of errors, each once, and none that is not the schema's.
func codesOf(errs gqlerror.List) []fault.Code {
	var codes []fault.Code
	for _, err := range errs {
		text, _ := err.Extensions["code"].(string)
		code := fault.Code(text)
		if !slices.Contains(fault.Codes(), code) {
			code = unknown
		}
		if !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes
}
