package graphtest

import "sync"

// Statement is a statement as it was sent.
type Statement struct {
	SQL  string
	Args []any
}

// recorder notes the statements of a shop's operations.
type recorder struct {
	mu  sync.Mutex
	all []Statement
}

func (r *recorder) note(query string, args any) {
	list, _ := args.([]any)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, Statement{SQL: query, Args: list})
}

// Statements are those that were sent since it was last called.
func (s *Shop) Statements() []Statement {
	s.sent.mu.Lock()
	defer s.sent.mu.Unlock()
	taken := s.sent.all
	s.sent.all = nil
	return taken
}
