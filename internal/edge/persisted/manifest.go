package persisted

import (
	"encoding/json"
	"errors"
	"fmt"
)

// document is an operation with its fragments, as a client's build wrote it down.
type document struct{ id, text string }

// parse reads a manifest, which is a JSON object of one of two formats:
//
//   - ids with their documents, as graphql-codegen (persisted-documents.json) and the Relay compiler (persisted.json) write it
//   - {"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id": …, "body": …}]},
//     as Apollo's tools for the web, Kotlin and Swift write it
func parse(manifest []byte) ([]document, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(manifest, &fields); err != nil {
		return nil, fmt.Errorf("no JSON object: %w", err)
	}
	var documents []document
	if _, ok := fields["format"]; ok {
		var err error
		if documents, err = parseApollo(manifest); err != nil {
			return nil, err
		}
	} else {
		for id, value := range fields {
			d := document{id: id}
			if err := json.Unmarshal(value, &d.text); err != nil {
				return nil, fmt.Errorf("the document %.80q is not a string", id)
			}
			documents = append(documents, d)
		}
	}
	for _, d := range documents {
		if d.id == "" || d.text == "" || len(d.id) > longest {
			return nil, fmt.Errorf("the document %.80q needs an id of at most %d bytes, and a text", d.id, longest)
		}
	}
	return documents, nil
}

func parseApollo(manifest []byte) ([]document, error) {
	var apollo struct {
		Format     string `json:"format"`
		Version    int    `json:"version"`
		Operations []struct {
			ID   string `json:"id"`
			Body string `json:"body"`
		} `json:"operations"`
	}
	if err := json.Unmarshal(manifest, &apollo); err != nil {
		return nil, fmt.Errorf("read Apollo's manifest: %w", err)
	}
	if apollo.Format != "apollo-persisted-query-manifest" || apollo.Version != 1 {
		return nil, errors.New("the format is not apollo-persisted-query-manifest, version 1")
	}
	documents := make([]document, len(apollo.Operations))
	for i, operation := range apollo.Operations {
		documents[i] = document{operation.ID, operation.Body}
	}
	return documents, nil
}
