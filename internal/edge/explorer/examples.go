package explorer

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed examples
var exampleFiles embed.FS

// Example is a document that the playground opens in a tab of its own.
type Example struct {
	// Name is for people: "Browse products".
	Name string `json:"name"`
	// Query is the document, with the comment that explains it.
	Query string `json:"query"`
	// Variables is a JSON object, or empty.
	Variables string `json:"variables"`
	// Headers is a JSON object of request headers, or empty.
	Headers string `json:"headers"`
}

// Examples answers the example documents in the order of their tabs: each
// examples/NN-name.graphql with its .variables.json and .headers.json, if any.
func Examples() []Example {
	paths, err := fs.Glob(exampleFiles, "examples/*.graphql")
	if err != nil {
		panic(fmt.Sprintf("list the examples: %v", err)) // a bad pattern only
	}
	examples := make([]Example, 0, len(paths))
	for _, path := range paths {
		stem := strings.TrimSuffix(path, ".graphql")
		examples = append(examples, Example{
			Name:      exampleName(stem),
			Query:     exampleText(path),
			Variables: exampleText(stem + ".variables.json"),
			Headers:   exampleText(stem + ".headers.json"),
		})
	}
	return examples
}

// exampleName makes "Browse products" of "examples/01-browse-products".
func exampleName(stem string) string {
	_, name, _ := strings.Cut(stem, "-")
	name = strings.ReplaceAll(name, "-", " ")
	return strings.ToUpper(name[:1]) + name[1:]
}

// exampleText answers the text of an embedded file, or nothing where there is none.
func exampleText(path string) string {
	text, err := exampleFiles.ReadFile(path)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
