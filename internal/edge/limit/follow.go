package limit

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// follow checks what fragments make of a document: how deep it nests, how many fields stand at the
// root of an operation, and how much the validator walks, which follows every operation and every
// fragment to its end. A fragment that spreads itself counts as empty there: validation refuses it.
func (m *measurement) follow(doc *ast.QueryDocument, limits Limits) *gqlerror.Error {
	operations := len(doc.Operations)
	f := &follower{
		fragments: make(map[string]*part, len(doc.Fragments)),
		nesting:   make(map[*part]int, len(m.parts)),
		roots:     make(map[*part]int, len(m.parts)),
	}
	for i, fragment := range doc.Fragments {
		if _, twice := f.fragments[fragment.Name]; !twice {
			f.fragments[fragment.Name] = m.parts[operations+i]
		}
	}
	visits := 0
	for i, p := range m.parts {
		if nesting := f.nestingOf(p); nesting > limits.Nesting {
			return tooMuch("depth", "selection sets within one another", nesting, limits.Nesting)
		}
		if roots := f.rootsOf(p); i < operations && roots > limits.RootFields {
			return tooMuch("rootFields", "fields at the root of one operation", roots, limits.RootFields)
		}
		if visits += f.visitsOf(p, map[*part]bool{}); visits > limits.Visits {
			return tooMuch("visits", "selections once fragments are followed", visits, limits.Visits)
		}
	}
	return nil
}

// follower remembers what it has found out about a part, so that each is followed once.
type follower struct {
	fragments map[string]*part
	nesting   map[*part]int
	roots     map[*part]int
}

func (f *follower) nestingOf(p *part) int {
	if known, ok := f.nesting[p]; ok {
		return known
	}
	f.nesting[p] = 0
	deepest := p.nesting
	for name, at := range p.spreads {
		if fragment := f.fragments[name]; fragment != nil {
			deepest = max(deepest, at+f.nestingOf(fragment))
		}
	}
	f.nesting[p] = deepest
	return deepest
}

// rootsOf is capped, since a fragment spread twice counts twice at every step.
func (f *follower) rootsOf(p *part) int {
	const enough = 1 << 20
	if known, ok := f.roots[p]; ok {
		return known
	}
	f.roots[p] = 0
	fields := p.rootFields
	for _, name := range p.rootSpread {
		if fragment := f.fragments[name]; fragment != nil {
			fields = min(fields+f.rootsOf(fragment), enough)
		}
	}
	f.roots[p] = fields
	return fields
}

// visitsOf counts a part and the fragments it reaches, each of them once.
func (f *follower) visitsOf(p *part, seen map[*part]bool) int {
	if seen[p] {
		return 0
	}
	seen[p] = true
	visits := p.selections
	for name := range p.spreads {
		if fragment := f.fragments[name]; fragment != nil {
			visits += f.visitsOf(fragment, seen)
		}
	}
	return visits
}
