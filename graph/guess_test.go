package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"galley/graph"
	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
	"galley/internal/viewer"
)

// TestAnOperationTriesOnePassword sends what hashes a password twice in one operation, by aliases and by fragments:
// a thousand guesses in one request would pass every limit on requests.
func TestAnOperationTriesOnePassword(t *testing.T) {
	t.Parallel()
	shop := graphtest.New(t, databasetest.SQLite) // it is refused before any statement
	tried := 0
	for _, f := range ownFields(graph.Schema().Mutation) {
		if !slices.Contains(append(hashes, "userCreate", "userUpdate"), f.Name) {
			continue
		}
		op := operations()[f.Name]
		document := op.document
		if op.own != nil {
			document = fmt.Sprintf(document, op.own(shop.Rows))
		}
		field, begins := strings.CutPrefix(document, "mutation { f:")
		field, ends := strings.CutSuffix(field, "}")
		if !begins || !ends {
			t.Fatalf("%s is not written as others are: %s", f.Name, document)
		}
		for how, twice := range map[string]string{
			"aliases":   "mutation { a:" + field + " b:" + field + " }",
			"fragments": "mutation { ...A ... { b:" + field + " } } fragment A on Mutation { a:" + field + " }",
			"mixed":     "mutation { a:" + field + " b: signIn(input: {email: \"a@galley.example\", password: \"x\"}) { userErrors { code } } }",
		} {
			tried++
			answer := shop.Do(t, viewer.Viewer{Kind: viewer.System}, twice, nil)
			if codes := answer.Codes(); !slices.Equal(slices.Compact(codes), []string{"BAD_USER_INPUT"}) || answer.Statements > 0 {
				t.Errorf("%s twice by %s: %v after %d statements, %s", f.Name, how, codes, answer.Statements, answer.Data)
			}
		}
	}
	t.Logf("%d operations", tried)
}
