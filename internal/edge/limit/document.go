package limit

import (
	"errors"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"galley/internal/fault"
)

// outline is what is remembered of a document that passed: the names of its operations.
type outline []string

func weighOutline(text string, o outline) int {
	weight := len(text) + 128
	for _, name := range o {
		weight += len(name) + 16
	}
	return weight
}

// inspect parses a document and measures it. Its work is proportional to the size of the document.
func inspect(text string, limits Limits) (outline, *gqlerror.Error) {
	if len(text) > limits.DocumentBytes {
		return nil, tooMuch("bytes", "bytes", len(text), limits.DocumentBytes)
	}
	doc, err := parse(text, limits.Tokens)
	if err != nil {
		return nil, err
	}
	if len(doc.Operations) == 0 {
		return nil, Refuse(fault.ParseFailed, "The document holds no operation")
	}
	if err := measure(doc, limits); err != nil {
		return nil, err
	}
	names := make(outline, len(doc.Operations))
	for i, op := range doc.Operations {
		names[i] = strings.Clone(op.Name)
	}
	return names, nil
}

func parse(text string, tokens int) (*ast.QueryDocument, *gqlerror.Error) {
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, tokens)
	if err == nil {
		return doc, nil
	}
	failure, ok := errors.AsType[*gqlerror.Error](err)
	if !ok {
		failure = gqlerror.Wrap(err)
	}
	if strings.HasPrefix(failure.Message, "exceeded token limit") {
		return nil, exceeded{Name: "tokens", Most: tokens}.refuse("The document has more than %d tokens", tokens)
	}
	setCode(failure, fault.ParseFailed)
	return nil, failure
}

// choose tells whether the document has the operation that the request names.
func (o outline) choose(name string) *gqlerror.Error {
	if name == "" {
		if len(o) > 1 {
			return Refuse(fault.BadRequest, "The document holds several operations: operationName must say which one to run")
		}
		return nil
	}
	for _, have := range o {
		if have == name {
			return nil
		}
	}
	return Refuse(fault.BadRequest, "The document holds no operation of the name given as operationName")
}
