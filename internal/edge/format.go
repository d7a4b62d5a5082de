package edge

import (
	"mime"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

const (
	typeStream = "text/event-stream"
	typeParts  = "multipart/mixed"
)

// format is how an answer of several results is written. The zero format is none.
type format struct {
	contentType string
	parts       bool // of multipart/mixed, instead of events
	wrapped     bool // each result stands in an object, under payload
	pending     bool // what is deferred is announced, and told by ids
}

// formatFor chooses the format of an operation's results by the weights of the Accept header. Among those of one weight
// a subscription comes as events, and an answer in parts: clients write both types, and read either. What becomes of a
// subscription in parts its client must know (Apollo's subscriptionSpec), and it is of no use to a query.
func formatFor(accept []string, operation ast.Operation) (chosen format) {
	best := 0.0
	for element := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		mediaType, parameters, err := mime.ParseMediaType(element)
		if err != nil {
			continue
		}
		f, ok := formatOf(mediaType, parameters, operation == ast.Subscription)
		weight := weightOf(parameters)
		if preferred := f.parts == (operation != ast.Subscription); ok && (weight > best || weight == best && weight > 0 && preferred) {
			best, chosen = weight, f
		}
	}
	return chosen
}

// formatOf is the format that a media range stands for.
func formatOf(mediaType string, parameters map[string]string, subscription bool) (format, bool) {
	f := format{parts: mediaType == typeParts}
	switch parameters["incrementalspec"] {
	case "":
	case "v0.2":
		f.pending = true
	default:
		return f, false
	}
	if spec, ok := parameters["deferspec"]; ok && spec != "20220824" {
		return f, false
	}
	switch spec := parameters["subscriptionspec"]; {
	case mediaType == typeStream && spec == "":
		f.contentType = typeStream + "; charset=utf-8"
	case !f.parts:
		return f, false
	case subscription && spec == "1.0":
		f.wrapped, f.contentType = true, typeParts+`;boundary="`+boundary+`";subscriptionSpec=1.0`
	case subscription || spec != "":
		return f, false
	case f.pending:
		f.contentType = typeParts + `;boundary="` + boundary + `";incrementalSpec=v0.2`
	default:
		f.contentType = typeParts + `;boundary="` + boundary + `";deferSpec=20220824`
	}
	return f, true
}

// acceptsStream tells whether a client takes several results in any way.
func acceptsStream(accept []string) bool {
	return formatFor(accept, ast.Query) != format{} || formatFor(accept, ast.Subscription) != format{}
}
