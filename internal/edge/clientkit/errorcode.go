package clientkit

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// codes are all error codes of a schema, with what they mean.
type codes struct {
	// Errors are those of `errors[].extensions.code`.
	Errors []code `json:"errors"`
	// UserErrors are those of `userErrors { code }`, by their enum.
	UserErrors map[string][]code `json:"userErrors"`
}

type code struct {
	Code    string `json:"code"`
	Meaning string `json:"meaning"`
}

// errorEnum holds the codes of top-level errors; the enums of user errors are called after it, by what they are about.
const errorEnum = "ErrorCode"

func errorCodes(s *ast.Schema) codes {
	all := codes{UserErrors: map[string][]code{}}
	for _, d := range own(s) {
		switch {
		case d.Kind != ast.Enum:
		case d.Name == errorEnum:
			all.Errors = codesOf(d)
		case strings.HasSuffix(d.Name, errorEnum):
			all.UserErrors[d.Name] = codesOf(d)
		}
	}
	return all
}

func codesOf(enum *ast.Definition) []code {
	values := make([]code, 0, len(enum.EnumValues))
	for _, v := range enum.EnumValues {
		values = append(values, code{v.Name, strings.Join(strings.Fields(v.Description), " ")})
	}
	return values
}
