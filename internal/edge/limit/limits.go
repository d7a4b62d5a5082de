// Package limit bounds what one GraphQL document may cost, before and after validation.
//
// Validating a document is at worst quadratic in its size, and a document of a few hundred bytes
// may ask for gigabytes. So a document is measured on its own parse first (size, nesting, aliases,
// repeated names …), validated only if it passes, and then its answer is estimated with the
// variables of the request, and paid for out of a bucket that its caller has. What passed the first
// step is remembered by its text.
package limit

import "galley/internal/viewer"

// Limits are the bounds of one document. A field left at zero takes the value of [Defaults].
type Limits struct {
	DocumentBytes int // the text of the document
	Tokens        int // punctuation, names, values and comments
	NameBytes     int // one name
	Nesting       int // selection sets within selection sets, those of fragments included
	ValueNesting  int // lists and objects within one literal value
	Operations    int // operations in the document
	RootFields    int // fields at the root of one operation, those of fragments included
	Fragments     int // named fragments in the document
	Aliases       int // fields that are renamed
	Directives    int // directives in the document
	Repeats       int // fields and fragments selected once more where they already stand
	Visits        int // selections walked when each operation and fragment is followed to its end

	Answer      Size // what an answer may hold
	StaffAnswer Size // what it may hold for staff and API keys

	Errors     int // errors of a refused document that are told
	CacheBytes int // memory for the documents that passed
}

// Size is how much an answer holds, by an estimate.
type Size struct {
	Nodes  int // objects with an identity
	Values int // fields
}

// Defaults are generous for what people and their tools write, and tight enough for the worst that anybody may ask to cost
// less than a tenth of a second (see docs/performance.md, Under attack): a page of a hundred products with ten fields, and
// their variants and pictures, passes. Whoever works in the shop may ask for "100 users, 20 orders each, all lines with their
// variants and products" (62,100 nodes when an order is taken to have 10 lines).
func Defaults() Limits {
	return Limits{
		DocumentBytes: 64 << 10,
		Tokens:        5_000,
		NameBytes:     128,
		Nesting:       30,
		ValueNesting:  20,
		Operations:    50,
		RootFields:    20,
		Fragments:     100,
		Aliases:       30,
		Directives:    100,
		Repeats:       200,
		Visits:        20_000,
		Answer:        Size{Nodes: 5_000, Values: 15_000},
		StaffAnswer:   Size{Nodes: 100_000, Values: 1_000_000},
		Errors:        10,
		CacheBytes:    8 << 20,
	}
}

// orDefaults fills what is zero.
func (l Limits) orDefaults() Limits {
	d := Defaults()
	for _, f := range []struct {
		have *int
		want int
	}{
		{&l.DocumentBytes, d.DocumentBytes},
		{&l.Tokens, d.Tokens},
		{&l.NameBytes, d.NameBytes},
		{&l.Nesting, d.Nesting},
		{&l.ValueNesting, d.ValueNesting},
		{&l.Operations, d.Operations},
		{&l.RootFields, d.RootFields},
		{&l.Fragments, d.Fragments},
		{&l.Aliases, d.Aliases},
		{&l.Directives, d.Directives},
		{&l.Repeats, d.Repeats},
		{&l.Visits, d.Visits},
		{&l.Answer.Nodes, d.Answer.Nodes},
		{&l.Answer.Values, d.Answer.Values},
		{&l.StaffAnswer.Nodes, d.StaffAnswer.Nodes},
		{&l.StaffAnswer.Values, d.StaffAnswer.Values},
		{&l.Errors, d.Errors},
		{&l.CacheBytes, d.CacheBytes},
	} {
		if *f.have == 0 {
			*f.have = f.want
		}
	}
	return l
}

// answer is how much an answer to this viewer may hold.
func (l Limits) answer(v viewer.Viewer) Size {
	if v.Kind == viewer.Staff || v.Kind == viewer.APIKey {
		return l.StaffAnswer
	}
	return l.Answer
}
