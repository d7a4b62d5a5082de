package incremental

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// absent stands in the tree where the executor has put null for a value that it may give later.
type absent struct{ field graphql.CollectedField }

// failed stands where a value that must not be null could not be had.
type failed struct{}

var (
	errAbsent = errors.New("a value is still to come")
	errFailed = errors.New("a value could not be had")
)

// parse reads data, numbers with their digits.
func parse(data []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("read the executor's data: %w", err)
	}
	return value, nil
}

// expect marks in a value of the executor's what it may give later.
func (s *stream) expect(value any, set ast.SelectionSet, declared *ast.Definition) {
	switch value := value.(type) {
	case []any:
		for _, element := range value {
			s.expect(element, set, declared)
		}
	case map[string]any:
		typ := s.typeOf(value, declared)
		for _, f := range graphql.CollectFields(s.op, set, s.namesOf(typ)) {
			switch below, there := value[f.Alias]; {
			case !there:
			case below == nil && f.IsDeferred():
				value[f.Alias] = absent{f}
			case len(f.Selections) > 0:
				s.expect(below, f.Selections, s.schema.Types[f.Definition.Type.Name()])
			}
		}
	}
}

// fill puts a value where it was absent.
func (s *stream) fill(object map[string]any, f graphql.CollectedField, value any) {
	if value == nil && f.Definition.Type.NonNull {
		value = failed{}
	}
	object[f.Alias] = value
	if len(f.Selections) > 0 {
		s.expect(value, f.Selections, s.schema.Types[f.Definition.Type.Name()])
	}
}

// settle takes as null what is absent in a value and is not to come any more.
func (s *stream) settle(value any) {
	switch value := value.(type) {
	case []any:
		for _, element := range value {
			s.settle(element)
		}
	case map[string]any:
		for _, below := range value {
			if a, ok := below.(absent); ok {
				s.fill(value, a.field, nil)
			} else {
				s.settle(below)
			}
		}
	}
}

func (s *stream) typeOf(object map[string]any, declared *ast.Definition) *ast.Definition {
	if name, ok := object[typeAlias].(string); ok {
		return s.schema.Types[name]
	}
	return declared
}

// namesOf are the type conditions that a type meets.
func (s *stream) namesOf(typ *ast.Definition) []string {
	names := []string{typ.Name}
	for _, of := range s.schema.Implements[typ.Name] {
		names = append(names, of.Name)
	}
	return names
}

// at finds an object in the tree, if an error has left it there.
func (s *stream) at(path ast.Path) map[string]any {
	value := s.tree
	for _, step := range path {
		switch step := step.(type) {
		case ast.PathName:
			object, _ := value.(map[string]any)
			value = object[string(step)]
		case ast.PathIndex:
			list, ok := value.([]any)
			if !ok || int(step) >= len(list) {
				return nil
			}
			value = list[step]
		}
	}
	object, _ := value.(map[string]any)
	return object
}

// writer writes a part of the tree, and notes the fragments that are to be given after it.
type writer struct {
	*stream
	bytes.Buffer
	found []*part
}

func (w *writer) value(value any, sets []ast.SelectionSet, declared *ast.Definition, path ast.Path) error {
	switch value := value.(type) {
	case []any:
		if len(sets) == 0 {
			break
		}
		w.WriteByte('[')
		for i, element := range value {
			if i > 0 {
				w.WriteByte(',')
			}
			if err := w.value(element, sets, declared, append(path, ast.PathIndex(i))); err != nil {
				return err
			}
		}
		w.WriteByte(']')
		return nil
	case map[string]any:
		if len(sets) == 0 {
			break
		}
		return w.object(value, w.collect(w.typeOf(value, declared), sets...), path)
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("write a value: %w", err)
	}
	w.Truncate(w.Len() - 1) // the end of a line
	return nil
}

func (w *writer) object(object map[string]any, c *collection, path ast.Path) error {
	w.WriteByte('{')
	comma := false
	for _, f := range c.fields {
		value, there := object[f.key]
		switch value.(type) {
		case absent:
			return errAbsent
		case failed:
			return errFailed
		}
		if !there {
			continue
		}
		if comma {
			w.WriteByte(',')
		}
		comma = true
		fmt.Fprintf(w, "%q:", f.key) // a name: letters, digits and _
		if err := w.value(value, f.sets, w.schema.Types[f.definition.Type.Name()], append(path, ast.PathName(f.key))); err != nil {
			return err
		}
	}
	w.WriteByte('}')
	for _, d := range c.later {
		w.found = append(w.found, &part{path: append(ast.Path{}, path...), label: d.label, set: d.set, typ: c.typ})
	}
	return nil
}
