package limit

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// measure checks a parsed document, which need not be valid: fragments may be missing, be defined
// twice, or spread themselves.
func measure(doc *ast.QueryDocument, limits Limits) *gqlerror.Error {
	m := &measurement{deepest: limits.Nesting}
	for _, op := range doc.Operations {
		m.name(op.Name)
		m.directives += len(op.Directives)
		m.arguments(op.Directives)
		for _, variable := range op.VariableDefinitions {
			m.name(variable.Variable)
			m.name(variable.Type.Name())
			m.value(variable.DefaultValue, 1)
			m.directives += len(variable.Directives)
			m.arguments(variable.Directives)
		}
		m.part(op.SelectionSet)
	}
	for _, fragment := range doc.Fragments {
		m.name(fragment.Name)
		m.name(fragment.TypeCondition)
		m.directives += len(fragment.Directives)
		m.arguments(fragment.Directives)
		m.part(fragment.SelectionSet)
	}
	for _, c := range []struct {
		name, what string
		have, most int
	}{
		{"operations", "operations", len(doc.Operations), limits.Operations},
		{"fragments", "fragments", len(doc.Fragments), limits.Fragments},
		{"aliases", "aliases", m.aliases, limits.Aliases},
		{"directives", "directives", m.directives, limits.Directives},
		{"repeats", "repeated selections", m.repeats, limits.Repeats},
		{"nameBytes", "bytes in one name", m.longest, limits.NameBytes},
		{"valueDepth", "levels of lists and objects in one value", m.valueNesting, limits.ValueNesting},
	} {
		if c.have > c.most {
			return tooMuch(c.name, c.what, c.have, c.most)
		}
	}
	return m.follow(doc, limits)
}

// measurement gathers what can be counted without following fragments.
type measurement struct {
	deepest int // walking stops below this nesting

	aliases      int
	directives   int
	repeats      int
	longest      int
	valueNesting int
	parts        []*part // operations, then fragments
}

// part is an operation or a fragment on its own.
type part struct {
	selections int            // selections, arguments and literal values
	nesting    int            // selection sets within one another
	rootFields int            // fields at its root
	spreads    map[string]int // fragments spread in it: at which nesting, the deepest
	rootSpread []string       // fragments spread at its root
}

func (m *measurement) part(set ast.SelectionSet) {
	p := &part{spreads: map[string]int{}}
	m.parts = append(m.parts, p)
	m.walk(p, set, 1, true)
}

// walk measures a selection set at a nesting of its part. The root reaches into inline fragments.
func (m *measurement) walk(p *part, set ast.SelectionSet, nesting int, root bool) {
	p.nesting = max(p.nesting, nesting)
	if nesting > m.deepest {
		return
	}
	p.selections += len(set)
	m.repeats += repeats(set)
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			m.name(selection.Alias)
			m.name(selection.Name)
			if selection.Alias != selection.Name {
				m.aliases++
			}
			if root {
				p.rootFields++
			}
			m.directives += len(selection.Directives)
			p.selections += len(selection.Arguments) + m.arguments(selection.Directives)
			for _, argument := range selection.Arguments {
				m.name(argument.Name)
				p.selections += m.value(argument.Value, 1)
			}
			if len(selection.SelectionSet) > 0 {
				m.walk(p, selection.SelectionSet, nesting+1, false)
			}
		case *ast.InlineFragment:
			m.name(selection.TypeCondition)
			m.directives += len(selection.Directives)
			p.selections += m.arguments(selection.Directives)
			m.walk(p, selection.SelectionSet, nesting+1, root)
		case *ast.FragmentSpread:
			m.name(selection.Name)
			m.directives += len(selection.Directives)
			p.selections += m.arguments(selection.Directives)
			if root {
				p.rootSpread = append(p.rootSpread, selection.Name)
			}
			p.spreads[selection.Name] = max(p.spreads[selection.Name], nesting)
		}
	}
}

// arguments measures the arguments of directives, and returns how many values they hold.
func (m *measurement) arguments(directives ast.DirectiveList) int {
	values := 0
	for _, directive := range directives {
		m.name(directive.Name)
		for _, argument := range directive.Arguments {
			m.name(argument.Name)
			values += m.value(argument.Value, 1)
		}
	}
	return values
}

// value measures a literal, and returns how many values it holds.
func (m *measurement) value(value *ast.Value, nesting int) int {
	if value == nil {
		return 0
	}
	m.valueNesting = max(m.valueNesting, nesting)
	if value.Kind == ast.EnumValue || value.Kind == ast.Variable {
		m.name(value.Raw)
	}
	values := 1
	for _, child := range value.Children {
		m.name(child.Name)
		values += m.value(child.Value, nesting+1)
	}
	return values
}

func (m *measurement) name(name string) { m.longest = max(m.longest, len(name)) }

// repeats counts the selections of a set, inline fragments flattened, that stand there already:
// the validator compares each such pair with all that is below it.
func repeats(set ast.SelectionSet) int {
	if len(set) < 2 && !hasInline(set) {
		return 0
	}
	seen := make(map[string]struct{}, len(set))
	return countRepeats(set, seen)
}

func countRepeats(set ast.SelectionSet, seen map[string]struct{}) int {
	repeated := 0
	for _, selection := range set {
		var key string
		switch selection := selection.(type) {
		case *ast.Field:
			key = selection.Alias
		case *ast.FragmentSpread:
			key = "..." + selection.Name
		case *ast.InlineFragment:
			repeated += countRepeats(selection.SelectionSet, seen)
			continue
		}
		if _, ok := seen[key]; ok {
			repeated++
		}
		seen[key] = struct{}{}
	}
	return repeated
}

func hasInline(set ast.SelectionSet) bool {
	for _, selection := range set {
		if _, ok := selection.(*ast.InlineFragment); ok {
			return true
		}
	}
	return false
}
