package incremental

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// stream puts the executor's results of one operation together, and gives them as they are meant.
type stream struct {
	schema    *ast.Schema
	op        *graphql.OperationContext // as it is executed
	variables map[string]any
	whole     bool // nothing is deferred any more
	responses graphql.ResponseHandler

	tree    any
	root    part
	begun   bool
	ended   bool                     // the executor has no more
	waiting map[string][]*part       // by their path
	open    int                      // that are waiting
	ready   []result                 // to be given
	early   []*graphql.Response      // the executor's, whose place is not there yet
	errors  gqlerror.List            // that no result has told
	failing map[string]gqlerror.List // by the path of the object that they left incomplete

	extensions map[string]any
	ids        int
	notes      Notes // of the result that was given last
}

// part is a part of the answer that is given by itself: the first result, or a deferred fragment of an object.
type part struct {
	id    string
	path  ast.Path
	label string
	set   ast.SelectionSet
	typ   *ast.Definition
}

type result struct {
	response *graphql.Response
	notes    Notes
}

// newStream rewrites an operation, so that what the executor gives of it can be told apart.
func newStream(schema *ast.Schema, opCtx *graphql.OperationContext) *stream {
	s := &stream{
		schema: schema, op: opCtx, variables: opCtx.Variables,
		root:    part{set: opCtx.Operation.SelectionSet, typ: schema.Query},
		waiting: map[string][]*part{}, failing: map[string]gqlerror.List{},
	}
	number(opCtx, schema)
	return s
}

// next is a graphql.ResponseHandler: one result after the other, and nil at the end.
func (s *stream) next(ctx context.Context) *graphql.Response {
	if !s.begun {
		return s.begin(ctx)
	}
	for len(s.ready) == 0 {
		if s.ended || s.open == 0 {
			return nil
		}
		response := s.responses(ctx)
		if response == nil && ctx.Err() != nil {
			return nil // whoever asked has gone
		}
		s.take(response)
	}
	given := s.ready[0]
	s.ready = s.ready[1:]
	s.notes = given.notes
	more := len(s.ready) > 0 || s.open > 0
	if more || given.notes.ID != "" {
		given.response.HasNext = &more
	}
	given.response.Extensions, s.extensions = s.extensions, nil
	if !more {
		given.response.Errors = append(given.response.Errors, s.errors...)
		s.errors = nil
	}
	return given.response
}

// begin gives the first result.
func (s *stream) begin(ctx context.Context) *graphql.Response {
	s.begun = true
	response := s.responses(ctx)
	if response == nil || len(response.Data) == 0 {
		s.ended = true
		return response
	}
	var err error
	if s.tree, err = parse(response.Data); err != nil {
		panic(err)
	}
	if s.whole = response.HasNext == nil || !*response.HasNext; s.whole {
		s.ended = true
		return s.only(response)
	}
	s.expect(s.tree, s.op.Operation.SelectionSet, s.schema.Query)
	s.errors, s.extensions = response.Errors, response.Extensions
	s.wait(&s.root)
	s.attempt(s.waitingAt(nil))
	return s.next(ctx)
}

// only makes a response the whole answer: the executor had nothing to defer.
func (s *stream) only(response *graphql.Response) *graphql.Response {
	w := writer{stream: s}
	if err := w.value(s.tree, []ast.SelectionSet{s.root.set}, s.root.typ, nil); err != nil {
		panic(err)
	}
	response.Data, response.HasNext = w.Bytes(), nil
	return response
}

// take puts a further result of the executor's into the tree, or its end, and sees what is complete by that.
func (s *stream) take(response *graphql.Response) {
	if response != nil {
		s.errors = append(s.errors, response.Errors...)
		s.extensions = response.Extensions
		s.early = append(s.early, response)
		for s.place() { // one may be what others have waited for
		}
	}
	if response == nil || response.HasNext == nil || !*response.HasNext {
		s.ended = true
		s.settle(s.tree)
		for _, path := range slices.Sorted(maps.Keys(s.waiting)) {
			s.attempt(path)
		}
	}
}

// place merges one of the results that have come: below a deferred field they may come before its own. Where an error took
// the object away they never find it.
func (s *stream) place() bool {
	for i, response := range s.early {
		object := s.at(response.Path)
		if object == nil {
			continue
		}
		s.early = slices.Delete(s.early, i, i+1)
		s.merge(object, response)
		for n := range len(response.Path) + 1 { // parts of objects above may have waited for it
			s.attempt(s.waitingAt(response.Path[:n]))
		}
		return true
	}
	return false
}

// merge puts what a deferred group of the executor's has given into its object.
func (s *stream) merge(object map[string]any, response *graphql.Response) {
	value, err := parse(response.Data)
	if err != nil {
		panic(err)
	}
	given, ok := value.(map[string]any)
	if !ok && len(response.Errors) > 0 {
		s.failing[s.waitingAt(response.Path)] = response.Errors
	}
	for key, value := range object {
		a, isAbsent := value.(absent)
		if !isAbsent {
			continue
		}
		value, there := given[key]
		switch {
		case there:
			s.fill(object, a.field, value)
		case !slices.ContainsFunc(a.field.Deferrables, func(d *graphql.Deferrable) bool { return d.Label == response.Label }):
			// another group's
		case !ok:
			object[key] = failed{}
		default:
			s.fill(object, a.field, nil)
		}
	}
}

// waitingAt is the key of a path among what is waiting.
func (s *stream) waitingAt(path ast.Path) string { return path.String() }

func (s *stream) wait(p *part) {
	key := s.waitingAt(p.path)
	s.waiting[key] = append(s.waiting[key], p)
	s.open++
}

// attempt writes what waits at a path, so far as it is complete.
func (s *stream) attempt(key string) {
	for _, p := range slices.Clone(s.waiting[key]) {
		s.write(p)
	}
}

// write makes a result of a part if all of it is there, and then of what is to follow it.
func (s *stream) write(p *part) {
	w := writer{stream: s}
	data := []byte("null")
	err := errFailed
	c := s.collect(p.typ, p.set)
	if object := s.at(p.path); object != nil {
		err = w.object(object, c, p.path)
	}
	switch {
	case err == nil:
		data = w.Bytes()
	case errors.Is(err, errAbsent):
		return
	default:
		w.found = nil
	}
	key := s.waitingAt(p.path)
	s.waiting[key] = slices.DeleteFunc(s.waiting[key], func(other *part) bool { return other == p })
	s.open--
	r := result{
		response: &graphql.Response{Data: data, Path: p.path, Label: p.label, Errors: s.errorsOf(p, c)},
		notes:    Notes{ID: p.id},
	}
	if err != nil && len(r.response.Errors) == 0 {
		r.response.Errors = s.failing[key]
	}
	for _, found := range w.found {
		found.id = strconv.Itoa(s.ids)
		s.ids++
		s.wait(found)
		r.notes.Pending = append(r.notes.Pending, Fragment{ID: found.id, Path: found.path, Label: found.label})
	}
	s.ready = append(s.ready, r)
	for _, found := range w.found {
		s.write(found)
	}
}

// errorsOf takes the errors in a part's fields: the first result has all that there were until then.
func (s *stream) errorsOf(p *part, c *collection) (own gqlerror.List) {
	if p == &s.root {
		own, s.errors = s.errors, nil
		return own
	}
	s.errors = slices.DeleteFunc(s.errors, func(err *gqlerror.Error) bool {
		is := len(err.Path) > len(p.path) && slices.Equal(err.Path[:len(p.path)], p.path) &&
			slices.ContainsFunc(c.fields, func(f selected) bool { return err.Path[len(p.path)] == ast.PathName(f.key) })
		if is {
			own = append(own, err)
		}
		return is
	})
	return own
}
