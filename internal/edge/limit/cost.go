package limit

import (
	"encoding/json"
	"math"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

const (
	defaultPage = 20  // of a connection whose first and last are absent
	largestPage = 100 // what a connection gives at most
	plainList   = 10  // a list without a page

	introspected = 12_000 // values, about as dear as all that a schema tells of itself
)

// Cost is the size that an answer may reach, estimated from a validated operation.
type Cost struct {
	Nodes  int64 // objects with an identity: those that have an id, or an abstract type
	Values int64 // fields of all objects
	Writes int64 // fields of a mutation
}

// Estimate follows an operation and multiplies along its lists. A list counts as long as its page
// (first or last, variables resolved), as its argument ids, or as 10; edges and nodes of a
// connection count as its page; introspection counts alike, whatever it asks for. A fragment is
// estimated once, so the work stays proportional to the document however its fragments nest.
func Estimate(opCtx *graphql.OperationContext) Cost {
	e := estimator{variables: opCtx.Variables}
	cost := e.selections(opCtx.Operation.SelectionSet, plainList)
	if opCtx.Operation.Operation == ast.Mutation {
		cost.Writes = writes(opCtx.Operation.SelectionSet)
	}
	return cost
}

// writes counts the fields of a mutation. There are few: see Limits.RootFields.
func writes(set ast.SelectionSet) int64 {
	var n int64
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			n++
		case *ast.InlineFragment:
			n += writes(selection.SelectionSet)
		case *ast.FragmentSpread:
			n += writes(selection.Definition.SelectionSet)
		}
	}
	return n
}

// Points is what an operation takes out of its caller's bucket: an object is one, a hundred values are another, and a
// write is ten.
func (c Cost) Points() int64 { return max(1, c.Nodes+c.Values/100+10*c.Writes) }

func (c Cost) check(most Size) *gqlerror.Error {
	const advice = "ask for smaller pages or fewer levels"
	switch {
	case c.Nodes > int64(most.Nodes):
		return exceeded{"objects", most.Nodes, c.Nodes}.refuse("The answer may hold %d objects, where %d are allowed: %s", c.Nodes, most.Nodes, advice)
	case c.Values > int64(most.Values):
		return exceeded{"values", most.Values, c.Values}.refuse("The answer may hold %d values, where %d are allowed: %s", c.Values, most.Values, advice)
	}
	return nil
}

func (c Cost) plus(o Cost) Cost {
	return Cost{Nodes: add(c.Nodes, o.Nodes), Values: add(c.Values, o.Values), Writes: c.Writes}
}

func (c Cost) times(n int64) Cost {
	return Cost{Nodes: multiply(c.Nodes, n), Values: multiply(c.Values, n)}
}

// estimator works on documents that other requests share, and only reads them.
type estimator struct {
	variables map[string]any
	fragments map[fragmentOnPage]Cost
}

// fragmentOnPage is a fragment within a connection of some page size, which its edges and nodes
// count as.
type fragmentOnPage struct {
	fragment *ast.FragmentDefinition
	page     int64
}

// selections is the cost of one object's selections; page is how long its edges and nodes are.
func (e *estimator) selections(set ast.SelectionSet, page int64) Cost {
	var total Cost
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			if e.included(selection.Directives) {
				total = total.plus(e.field(selection, page))
			}
		case *ast.InlineFragment:
			if e.included(selection.Directives) {
				total = total.plus(e.selections(selection.SelectionSet, page))
			}
		case *ast.FragmentSpread:
			if selection.Definition != nil && e.included(selection.Directives) {
				total = total.plus(e.fragment(selection.Definition, page))
			}
		}
	}
	return total
}

func (e *estimator) fragment(fragment *ast.FragmentDefinition, page int64) Cost {
	key := fragmentOnPage{fragment, page}
	if known, ok := e.fragments[key]; ok {
		return known
	}
	cost := e.selections(fragment.SelectionSet, page)
	if e.fragments == nil {
		e.fragments = make(map[fragmentOnPage]Cost)
	}
	e.fragments[key] = cost
	return cost
}

func (e *estimator) field(field *ast.Field, page int64) Cost {
	if field.Definition == nil {
		return Cost{Values: 1}
	}
	if field.Name == "__schema" || field.Name == "__type" {
		return Cost{Values: introspected}
	}
	ownPage, paged := e.page(field)
	each := Cost{Values: 1}
	if len(field.SelectionSet) > 0 {
		each = each.plus(e.selections(field.SelectionSet, ownPage))
		if identified(field.SelectionSet) {
			each.Nodes = add(each.Nodes, 1)
		}
	}
	for t := field.Definition.Type; t.Elem != nil; t = t.Elem {
		switch {
		case paged:
			each = each.times(ownPage)
		case field.Name == "edges", field.Name == "nodes" && !takes(field, "ids"):
			each = each.times(page)
		default:
			each = each.times(e.listed(field))
		}
	}
	return each
}

// page is how many elements a field's first or last asks for, and whether it takes them at all.
func (e *estimator) page(field *ast.Field) (size int64, paged bool) {
	size = -1
	for _, name := range [...]string{"first", "last"} {
		definition := field.Definition.Arguments.ForName(name)
		if definition == nil {
			continue
		}
		paged = true
		asked, ok := e.argument(field, name)
		if !ok && definition.DefaultValue != nil {
			asked, ok = constant(definition.DefaultValue)
		}
		if n, isNumber := number(asked); ok && isNumber {
			size = max(size, min(n, largestPage))
		}
	}
	switch {
	case !paged:
		return plainList, false
	case size < 0:
		return defaultPage, true
	}
	return size, true
}

// listed is how long a list without a page is taken to be.
func (e *estimator) listed(field *ast.Field) int64 {
	if ids, ok := e.argument(field, "ids"); ok {
		if ids, ok := ids.([]any); ok {
			return int64(len(ids))
		}
	}
	return plainList
}

func (e *estimator) argument(field *ast.Field, name string) (any, bool) {
	argument := field.Arguments.ForName(name)
	if argument == nil {
		return nil, false
	}
	if argument.Value.Kind == ast.Variable {
		value, ok := e.variables[argument.Value.Raw]
		return value, ok && value != nil
	}
	return constant(argument.Value)
}

// included is false for what @skip and @include leave out of this request.
func (e *estimator) included(directives ast.DirectiveList) bool {
	for _, directive := range directives {
		if directive.Name != "skip" && directive.Name != "include" {
			continue
		}
		condition := directive.Arguments.ForName("if")
		if condition == nil {
			continue
		}
		value, err := condition.Value.Value(e.variables)
		if on, ok := value.(bool); err == nil && ok && on == (directive.Name == "skip") {
			return false
		}
	}
	return true
}

func takes(field *ast.Field, argument string) bool {
	return field.Definition.Arguments.ForName(argument) != nil
}

// identified tells whether the object that a selection set belongs to has an identity.
func identified(set ast.SelectionSet) bool {
	var object *ast.Definition
	switch first := set[0].(type) {
	case *ast.Field:
		object = first.ObjectDefinition
	case *ast.InlineFragment:
		object = first.ObjectDefinition
	case *ast.FragmentSpread:
		object = first.ObjectDefinition
	}
	if object == nil {
		return false
	}
	return object.Kind == ast.Union || object.Fields.ForName("id") != nil
}

func constant(value *ast.Value) (any, bool) {
	v, err := value.Value(nil)
	return v, err == nil && v != nil
}

func number(value any) (int64, bool) {
	switch value := value.(type) {
	case int64:
		return value, true
	case int:
		return int64(value), true
	case float64:
		return int64(value), value == math.Trunc(value)
	case json.Number:
		n, err := value.Int64()
		return n, err == nil
	}
	return 0, false
}

// enough is where sums and products stop growing; a page times it still fits.
const enough = int64(1) << 50

func add(a, b int64) int64 { return min(a+b, enough) }

func multiply(a, n int64) int64 {
	if n > 0 && a > enough/n {
		return enough
	}
	return a * n
}
