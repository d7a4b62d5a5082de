// Package mergesort sorts more records than memory holds: what does not fit lies in sorted runs in
// temporary files, which are merged while they are read.
package mergesort

import (
	"bytes"
	"errors"
	"iter"
	"slices"
)

const (
	// fanIn is how many runs of a level are merged into one of the next, so that the number of open
	// files and buffers grows with the logarithm of what is sorted.
	fanIn = 16
	// spanBytes is what the index of a record takes besides the record.
	spanBytes = 16
)

// Record is a key, by whose bytes is sorted, and what goes with it.
type Record struct{ Key, Value []byte }

// Sorter takes records and gives them back in the order of their keys. It is not safe for concurrent use.
type Sorter struct {
	dir    string
	memory int
	arena  []byte
	spans  []span
	levels [][]*run
}

// span is where a record lies in the arena: its key from at to value, its value from there to end.
type span struct{ at, value, end int }

// New makes a sorter that keeps about so many bytes in memory, and the rest in files of a directory
// ("" is the system's own for temporary files).
func New(dir string, memory int) *Sorter { return &Sorter{dir: dir, memory: memory} }

// Add takes a record. It keeps neither of the slices.
func (s *Sorter) Add(key, value []byte) error {
	if len(s.spans) > 0 && len(s.arena)+len(key)+len(value)+spanBytes*(len(s.spans)+1) > s.memory {
		if err := s.spill(); err != nil {
			return err
		}
	}
	at := len(s.arena)
	s.arena = append(append(s.arena, key...), value...)
	s.spans = append(s.spans, span{at: at, value: at + len(key), end: len(s.arena)})
	return nil
}

// Sorted gives all records by their keys; those with equal keys in any order. A record is valid until
// the next one. It can be read once.
func (s *Sorter) Sorted() iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		s.sort()
		sources := []source{&memory{s: s}}
		for _, level := range s.levels {
			for _, r := range level {
				sources = append(sources, r)
			}
		}
		for record, err := range merged(sources) {
			if !yield(record, err) || err != nil {
				return
			}
		}
	}
}

// Close removes the files.
func (s *Sorter) Close() error {
	var errs []error
	for _, level := range s.levels {
		for _, r := range level {
			errs = append(errs, r.close())
		}
	}
	s.levels, s.arena, s.spans = nil, nil, nil
	return errors.Join(errs...)
}

func (s *Sorter) sort() {
	slices.SortFunc(s.spans, func(a, b span) int {
		return bytes.Compare(s.arena[a.at:a.value], s.arena[b.at:b.value])
	})
}

// spill writes what is in memory as a run, and merges runs where there are many.
func (s *Sorter) spill() error {
	s.sort()
	r, err := s.write([]source{&memory{s: s}})
	if err != nil {
		return err
	}
	s.arena, s.spans = s.arena[:0], s.spans[:0]
	for level := 0; ; level++ {
		if level == len(s.levels) {
			s.levels = append(s.levels, nil)
		}
		s.levels[level] = append(s.levels[level], r)
		if len(s.levels[level]) < fanIn {
			return nil
		}
		var full []source
		for _, r := range s.levels[level] {
			full = append(full, r)
		}
		if r, err = s.write(full); err != nil {
			return err
		}
		for _, old := range s.levels[level] {
			if err := old.close(); err != nil {
				return err
			}
		}
		s.levels[level] = nil
	}
}

// write merges sources into a new run.
func (s *Sorter) write(sources []source) (*run, error) {
	r, err := newRun(s.dir)
	if err != nil {
		return nil, err
	}
	for record, err := range merged(sources) {
		if err == nil {
			err = r.append(record)
		}
		if err != nil {
			return nil, errors.Join(err, r.close())
		}
	}
	if err := r.rewind(); err != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

// source gives records in their order; ok is false after the last one.
type source interface {
	next() (record Record, ok bool, err error)
}

// memory is what a sorter has not spilt.
type memory struct {
	s  *Sorter
	at int
}

func (m *memory) next() (Record, bool, error) {
	if m.at == len(m.s.spans) {
		return Record{}, false, nil
	}
	p := m.s.spans[m.at]
	m.at++
	return Record{Key: m.s.arena[p.at:p.value], Value: m.s.arena[p.value:p.end]}, true, nil
}

// head is the next record of a source.
type head struct {
	Record
	from source
}

// merged gives the records of sorted sources in one order.
func merged(sources []source) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		var heads []head
		for _, from := range sources {
			record, ok, err := from.next()
			if err != nil {
				yield(Record{}, err)
				return
			}
			if ok {
				heads = append(heads, head{record, from})
			}
		}
		order := func(a, b head) int { return bytes.Compare(a.Key, b.Key) }
		slices.SortFunc(heads, order)
		for len(heads) > 0 {
			if !yield(heads[0].Record, nil) {
				return
			}
			record, ok, err := heads[0].from.next()
			if err != nil {
				yield(Record{}, err)
				return
			}
			first := head{record, heads[0].from}
			heads = slices.Delete(heads, 0, 1)
			if ok {
				at, _ := slices.BinarySearchFunc(heads, first, order)
				heads = slices.Insert(heads, at, first)
			}
		}
	}
}
