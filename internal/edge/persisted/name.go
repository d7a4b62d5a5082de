package persisted

import (
	"fmt"
	"maps"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/edge/limit"
	"galley/internal/fault"
)

const (
	documentID = "documentId"
	longest    = 256 // bytes of an id
)

// name is how a request names a document: by the id of a trusted one, or by a hash, which may be such an id as well.
type name struct{ id, hash string }

// Name notes among a request's parameters the documentId that it was sent with.
func Name(params *graphql.RawParams, id string) {
	params.Extensions = maps.Clone(params.Extensions)
	if params.Extensions == nil {
		params.Extensions = map[string]any{}
	}
	params.Extensions[documentID] = id
}

// Named tells whether a request names a document, rightly or not.
func Named(params *graphql.RawParams) bool {
	return params.Extensions[documentID] != nil || params.Extensions["persistedQuery"] != nil
}

// nameOf reads the name of a document out of a request's extensions:
// {"persistedQuery": {"version": 1, "sha256Hash": "…"}}, or what Name noted.
func nameOf(extensions map[string]any) (name, *gqlerror.Error) {
	id, ok := extensions[documentID].(string)
	if !ok && extensions[documentID] != nil {
		return name{}, badRequest("The parameter documentId must be a string")
	}
	persisted := extensions["persistedQuery"]
	if persisted == nil {
		return name{id: id}, nil
	}
	if id != "" {
		return name{}, badRequest("A document is named once: by documentId, or by extensions.persistedQuery")
	}
	fields, ok := persisted.(map[string]any)
	if !ok {
		return name{}, badRequest("The extension persistedQuery must be an object")
	}
	if fmt.Sprint(fields["version"]) != "1" {
		return name{}, badRequest("The extension persistedQuery is served in version 1")
	}
	hash, ok := fields["sha256Hash"].(string)
	if !ok || hash == "" {
		return name{}, badRequest("The extension persistedQuery needs a sha256Hash")
	}
	return name{hash: hash}, nil
}

// fits refuses a name that is not that of the document it was sent with.
func (n name) fits(text string) *gqlerror.Error {
	switch {
	case n.id != "":
		return badRequest("Send query or documentId, not both")
	case n.hash != "" && n.hash != hashOf(text):
		return badRequest("The extension persistedQuery has another sha256Hash than the query")
	}
	return nil
}

// ids are what the document may be called in a manifest: documentId may say by which hash it was made.
func (n name) ids() []string {
	switch {
	case len(n.id) > longest || len(n.hash) > longest:
		return nil
	case n.hash != "":
		return []string{n.hash}
	}
	return []string{n.id, strings.TrimPrefix(n.id, "sha256:")}
}

func badRequest(message string) *gqlerror.Error { return limit.Refuse(fault.BadRequest, message) }
