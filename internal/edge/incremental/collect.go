package incremental

import (
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// selected is a field of an object, by its response key.
type selected struct {
	key        string
	definition *ast.FieldDefinition
	sets       []ast.SelectionSet // below it, from every place that it is selected in
}

// deferred is a fragment that is to be given later.
type deferred struct {
	set   ast.SelectionSet
	label string
}

// collection is what a selection asks of an object, apart from what it defers. (Specification, section 6.3.2)
type collection struct {
	*stream
	typ    *ast.Definition
	fields []selected
	later  []deferred
	seen   map[*ast.FragmentDefinition]bool
}

func (s *stream) collect(typ *ast.Definition, sets ...ast.SelectionSet) *collection {
	c := &collection{stream: s, typ: typ, seen: map[*ast.FragmentDefinition]bool{}}
	for _, set := range sets {
		c.add(set)
	}
	return c
}

func (c *collection) add(set ast.SelectionSet) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			if c.included(selection.Directives) {
				c.field(selection)
			}
		case *ast.InlineFragment:
			if c.included(selection.Directives) && c.applies(selection.TypeCondition) {
				c.fragment(selection.Directives, selection.SelectionSet)
			}
		case *ast.FragmentSpread:
			definition := selection.Definition
			if !c.included(selection.Directives) || c.seen[definition] || !c.applies(definition.TypeCondition) {
				continue
			}
			if _, later := c.isDeferred(selection.Directives); !later {
				c.seen[definition] = true
			}
			c.fragment(selection.Directives, definition.SelectionSet)
		}
	}
}

func (c *collection) field(f *ast.Field) {
	for i := range c.fields {
		if c.fields[i].key == f.Alias {
			c.fields[i].sets = append(c.fields[i].sets, f.SelectionSet)
			return
		}
	}
	field := selected{key: f.Alias, definition: f.Definition}
	if len(f.SelectionSet) > 0 {
		field.sets = append(field.sets, f.SelectionSet)
	}
	c.fields = append(c.fields, field)
}

func (c *collection) fragment(directives ast.DirectiveList, set ast.SelectionSet) {
	if label, later := c.isDeferred(directives); later {
		c.later = append(c.later, deferred{set, label})
		return
	}
	c.add(set)
}

// isDeferred tells whether a fragment is deferred, and by what label.
func (c *collection) isDeferred(directives ast.DirectiveList) (label string, later bool) {
	if c.whole {
		return "", false
	}
	d := directives.ForName("defer")
	if d == nil || !holds(d, c.variables, true) {
		return "", false
	}
	if argument := d.Arguments.ForName("label"); argument != nil {
		if value, err := argument.Value.Value(c.variables); err == nil {
			label, _ = value.(string)
		}
	}
	return label, true
}

func (c *collection) included(directives ast.DirectiveList) bool {
	if d := directives.ForName("skip"); d != nil && holds(d, c.variables, false) {
		return false
	}
	d := directives.ForName("include")
	return d == nil || holds(d, c.variables, false)
}

// holds is the value of a directive's argument if.
func holds(d *ast.Directive, variables map[string]any, absent bool) bool {
	argument := d.Arguments.ForName("if")
	if argument == nil {
		return absent
	}
	value, err := argument.Value.Value(variables)
	if err != nil {
		return absent
	}
	is, _ := value.(bool)
	return is
}

func (c *collection) applies(condition string) bool {
	if condition == "" || condition == c.typ.Name {
		return true
	}
	for _, possible := range c.schema.PossibleTypes[condition] {
		if possible.Name == c.typ.Name {
			return true
		}
	}
	return false
}

// Defers tells whether an operation has a @defer anywhere.
func Defers(opCtx *graphql.OperationContext) bool {
	if !strings.Contains(opCtx.RawQuery, "defer") {
		return false
	}
	if anyDeferred(opCtx.Operation.SelectionSet) {
		return true
	}
	for _, fragment := range opCtx.Doc.Fragments {
		if anyDeferred(fragment.SelectionSet) {
			return true
		}
	}
	return false
}

func anyDeferred(set ast.SelectionSet) bool {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			if anyDeferred(selection.SelectionSet) {
				return true
			}
		case *ast.InlineFragment:
			if selection.Directives.ForName("defer") != nil || anyDeferred(selection.SelectionSet) {
				return true
			}
		case *ast.FragmentSpread:
			if selection.Directives.ForName("defer") != nil {
				return true
			}
		}
	}
	return false
}
