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
	if len(errs) > 0 {
		return opCtx, errs
	}
	for _, definition := range opCtx.Operation.VariableDefinitions {
		value, ok := params.Variables[definition.Variable]
		if !ok {
			continue
		}
		c := checker{schema: s.schema, path: ast.Path{ast.PathName("variable"), ast.PathName(definition.Variable)}}
		if err := c.check(definition.Type, value); err != nil {
			return opCtx, gqlerror.List{err}
		}
	}
	return opCtx, nil
}

// checker walks a value along its type. What must not be null, and which fields an input has, the
// executor has checked.
type checker struct {
	schema *ast.Schema
	path   ast.Path
}

func (c *checker) check(t *ast.Type, value any) *gqlerror.Error {
	if value == nil {
		return nil
	}
	if t.Elem != nil {
		return c.list(t.Elem, value)
	}
	definition := c.schema.Types[t.NamedType]
	if definition == nil {
		return nil
	}
	switch definition.Kind {
	case ast.Scalar:
		return c.scalar(definition.Name, value)
	case ast.Enum:
		name, ok := value.(string)
		if !ok || definition.EnumValues.ForName(name) == nil {
			return c.refuse("This is no value of the enum " + definition.Name)
		}
	case ast.InputObject:
		return c.input(definition, value)
	}
	return nil
}

// list takes a single value for a list of one, as the specification has it.
func (c *checker) list(element *ast.Type, value any) *gqlerror.Error {
	values, ok := value.([]any)
	if !ok {
		return c.check(element, value)
	}
	for i, v := range values {
		if err := c.within(ast.PathIndex(i), element, v); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) input(definition *ast.Definition, value any) *gqlerror.Error {
	fields, ok := value.(map[string]any)
	if !ok {
		return c.refuse("This must be an object")
	}
	if definition.Directives.ForName("oneOf") != nil && !hasOne(fields) {
		return c.refuse("Exactly one field of " + definition.Name + " must be given, and not be null")
	}
	for _, field := range definition.Fields {
		if v, ok := fields[field.Name]; ok {
			if err := c.within(ast.PathName(field.Name), field.Type, v); err != nil {
				return err
			}
		}
	}
	return nil
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
		_, ok = value.(json.Number)
	case "String":
		_, ok = value.(string)
	case "Boolean":
		_, ok = value.(bool)
	case "ID":
		_, ok = value.(string)
		ok = ok || isInteger(value, 64)
	}
	if !ok {
		return c.refuse("This is no value of the type " + name)
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

func (c *checker) within(step ast.PathElement, t *ast.Type, value any) *gqlerror.Error {
	c.path = append(c.path, step)
	err := c.check(t, value)
	c.path = c.path[:len(c.path)-1]
	return err
}

func (c *checker) refuse(message string) *gqlerror.Error {
	return &gqlerror.Error{
		Message:    message,
		Path:       append(ast.Path(nil), c.path...),
		Extensions: map[string]any{"code": string(fault.BadUserInput)},
	}
}
