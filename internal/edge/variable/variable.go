// Package variable holds the values of variables to their types.
//
// The executor's own check is lenient where JSON and Go differ from GraphQL: it takes 5 for a
// String and "5" for an Int, enum values in any case, integers beyond 32 bits, and any number of
// fields of a @oneOf input. A client that leans on that breaks elsewhere, and "5" is not 5 in a
// price. So what the executor lets through is checked once more, strictly.
package variable

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/fault"
)

// Strict puts the check behind an executor's own. The schema is the one that it executes.
func Strict(next graphql.GraphExecutor, schema *ast.Schema) graphql.GraphExecutor {
	return strict{next, schema}
}

type strict struct {
	graphql.GraphExecutor
	schema *ast.Schema
}

// CreateOperationContext refuses an operation whose variables are not of their types.
func (s strict) CreateOperationContext(
	ctx context.Context, params *graphql.RawParams,
) (*graphql.OperationContext, gqlerror.List) {
	opCtx, errs := s.GraphExecutor.CreateOperationContext(ctx, params)
	if len(errs) > 0 && !ofVariable(errs[0]) {
		return opCtx, errs
	}
	for _, definition := range opCtx.Operation.VariableDefinitions {
		c := checker{schema: s.schema, definition: definition}
		if err := c.variable(params.Variables); err != nil {
			return opCtx, gqlerror.List{err}
		}
	}
	if len(errs) > 0 { // of what the executor alone knows
		c := checker{schema: s.schema, definition: opCtx.Operation.VariableDefinitions[0]}
		return opCtx, gqlerror.List{c.refuse("A variable is not of its type")}
	}
	return opCtx, nil
}

// ofVariable tells the executor's errors in variables from those in the document.
func ofVariable(err *gqlerror.Error) bool {
	return len(err.Path) > 0 && err.Path[0] == ast.PathName("variable")
}

// checker walks a value along its type, as https://spec.graphql.org/September2025/#sec-Coercing-Variable-Values and the
// input coercion of each kind of type have it.
type checker struct {
	schema     *ast.Schema
	definition *ast.VariableDefinition
	path       ast.Path // below the variable
}

func (c *checker) variable(values map[string]any) *gqlerror.Error {
	value, sent := values[c.definition.Variable]
	switch {
	case sent:
		return c.check(c.definition.Type, value)
	case c.definition.Type.NonNull && c.definition.DefaultValue == nil:
		return c.refuse("%s is missing, where %s is needed", c.place(), c.definition.Type)
	}
	return nil
}

func (c *checker) check(t *ast.Type, value any) *gqlerror.Error {
	if value == nil {
		if t.NonNull {
			return c.refuse("%s is null, where %s is needed", c.place(), t)
		}
		return nil
	}
	if t.Elem != nil {
		return c.list(t.Elem, value)
	}
	switch definition := c.schema.Types[t.NamedType]; definition.Kind {
	case ast.Scalar:
		return c.scalar(definition.Name, value)
	case ast.Enum:
		name, ok := value.(string)
		if !ok || definition.EnumValues.ForName(name) == nil {
			return c.refuse("%s is no value of the enum %s", c.place(), definition.Name)
		}
	case ast.InputObject:
		return c.input(definition, value)
	}
	return nil
}

// list takes a single value for a list of one, as the specification has it. The executor has made such lists already, and
// not of type any.
func (c *checker) list(element *ast.Type, value any) *gqlerror.Error {
	values := reflect.ValueOf(value)
	if values.Kind() != reflect.Slice {
		return c.check(element, value)
	}
	for i := range values.Len() {
		if err := c.within(ast.PathIndex(i), element, values.Index(i).Interface()); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) input(definition *ast.Definition, value any) *gqlerror.Error {
	fields, ok := value.(map[string]any)
	if !ok {
		return c.refuse("%s is no object, where the input %s is needed", c.place(), definition.Name)
	}
	if unknown := unknownOf(definition, fields); unknown != "" {
		return c.refuse("%s has a field that the input %s does not: %.80q", c.place(), definition.Name, unknown)
	}
	if definition.Directives.ForName("oneOf") != nil && !hasOne(fields) {
		return c.refuse("%s has not exactly one field of the input %s, or has null for it", c.place(), definition.Name)
	}
	for _, field := range definition.Fields {
		v, sent := fields[field.Name]
		switch {
		case sent:
			if err := c.within(ast.PathName(field.Name), field.Type, v); err != nil {
				return err
			}
		case field.Type.NonNull && field.DefaultValue == nil:
			return c.refuse("%s has no field %s, which the input %s needs", c.place(), field.Name, definition.Name)
		}
	}
	return nil
}

// unknownOf is the first field that the input does not have, by its name.
func unknownOf(definition *ast.Definition, fields map[string]any) (unknown string) {
	for name := range fields {
		if definition.Fields.ForName(name) == nil && (unknown == "" || name < unknown) {
			unknown = name
		}
	}
	return unknown
}

func hasOne(fields map[string]any) bool {
	for _, value := range fields {
		return len(fields) == 1 && value != nil
	}
	return false
}

// scalar checks the scalars of the specification. Others check themselves.
func (c *checker) scalar(name string, value any) *gqlerror.Error {
	ok := true
	switch name {
	case "Int":
		ok = isInteger(value, 32)
	case "Float":
		ok = isFinite(value)
	case "String":
		_, ok = value.(string)
	case "Boolean":
		_, ok = value.(bool)
	case "ID":
		_, ok = value.(string)
		ok = ok || isInteger(value, 64)
	}
	if !ok {
		return c.refuse("%s is no value of the type %s", c.place(), name)
	}
	return nil
}

func isInteger(value any, bits int) bool {
	n, ok := value.(json.Number)
	if !ok {
		return false
	}
	_, err := strconv.ParseInt(n.String(), 10, bits)
	return err == nil
}

func isFinite(value any) bool {
	n, ok := value.(json.Number)
	if !ok {
		return false
	}
	_, err := n.Float64()
	return err == nil
}

func (c *checker) within(step ast.PathElement, t *ast.Type, value any) *gqlerror.Error {
	c.path = append(c.path, step)
	err := c.check(t, value)
	c.path = c.path[:len(c.path)-1]
	return err
}

// place is where the value stands: $input.lines[2].quantity. Only names of the schema are in it, however deep a client nests.
func (c *checker) place() string {
	const longest = 200
	place := "$" + c.definition.Variable
	for i, step := range c.path {
		if len(place) > longest {
			return place + "…"
		}
		if _, named := step.(ast.PathName); named {
			place += "."
		}
		place += c.path[i : i+1].String()
	}
	return place
}

// refuse makes a request error, which has no path: that is for fields of the answer (section 7.1.2).
func (c *checker) refuse(format string, args ...any) *gqlerror.Error {
	err := &gqlerror.Error{
		Message:    fmt.Sprintf(format, args...),
		Extensions: map[string]any{"code": string(fault.BadUserInput), "variable": c.place()},
	}
	if at := c.definition.Position; at != nil {
		err.Locations = []gqlerror.Location{{Line: at.Line, Column: at.Column}}
	}
	return err
}
