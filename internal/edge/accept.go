package edge

import (
	"mime"
	"strconv"
	"strings"
)

// The media types of an answer. They differ in the status of a request that was not executed:
// 4xx with the first, 200 with the second, which older clients need.
const (
	typeGraphQL = "application/graphql-response+json"
	typeJSON    = "application/json"
)

// acceptable chooses the media type of the answer by the weights of the Accept header. Streaming
// types beside JSON do not matter: there is one answer. Without a preference JSON it is.
func acceptable(accept []string) (mediaType string, ok bool) {
	header := strings.TrimSpace(strings.Join(accept, ","))
	if header == "" {
		return typeJSON, true
	}
	graphQL, json := accepted{}, accepted{}
	for element := range strings.SplitSeq(header, ",") {
		mediaRange, parameters, err := mime.ParseMediaType(element)
		if err != nil {
			continue
		}
		if charset, ok := parameters["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
			continue
		}
		weight := weightOf(parameters)
		graphQL.consider(mediaRange, typeGraphQL, weight)
		json.consider(mediaRange, typeJSON, weight)
	}
	switch {
	case graphQL.weight == 0 && json.weight == 0:
		return "", false
	case graphQL.weight > json.weight:
		return typeGraphQL, true
	case graphQL.weight == json.weight && graphQL.precision == exact:
		return typeGraphQL, true
	}
	return typeJSON, true
}

// accepted is what the most precise range says of a media type.
type accepted struct {
	weight    float64
	precision precision
}

type precision int

const (
	none precision = iota
	anything
	anyApplication
	exact
)

func (a *accepted) consider(mediaRange, mediaType string, weight float64) {
	p := none
	switch mediaRange {
	case mediaType:
		p = exact
	case "application/*":
		p = anyApplication
	case "*/*":
		p = anything
	}
	switch {
	case p == none || p < a.precision:
	case p > a.precision:
		*a = accepted{weight, p}
	default:
		a.weight = max(a.weight, weight)
	}
}

// weightOf is the q of a range. A malformed one makes the range unacceptable.
func weightOf(parameters map[string]string) float64 {
	q, ok := parameters["q"]
	if !ok {
		return 1
	}
	weight, err := strconv.ParseFloat(q, 64)
	if err != nil || !(weight >= 0 && weight <= 1) {
		return 0
	}
	return weight
}
