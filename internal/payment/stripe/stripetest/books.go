package stripetest

// Book is what a server knows of a payment, to compare a ledger with.
type Book struct {
	ID           string
	Key          string // the idempotency key that it was made under
	Number       string // the order's, from its metadata
	Status       string
	Currency     string
	Asked        int64
	Held         int64 // what can still be captured
	Captured     int64
	Refunded     int64 // or about to be
	Refunds      []string
	Holds        int // how often its card was charged with success; more than once would be a double charge
	Attempts     int
	ClientSecret string
}

// Books are all payments, in the order in which they were made.
func (s *Server) Books() []Book {
	s.mu.Lock()
	defer s.mu.Unlock()
	books := make([]Book, 0, len(s.order))
	for _, p := range s.order {
		books = append(books, p.book())
	}
	return books
}

// Book is one payment, if there is such a one.
func (s *Server) Book(id string) (Book, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.intents[id]
	if p == nil {
		return Book{}, false
	}
	return p.book(), true
}

func (p *intent) book() Book {
	b := Book{
		ID: p.ID, Key: p.key, Number: p.Metadata["order"], Status: p.Status, Currency: p.Currency, Asked: p.Amount, Held: p.AmountCapturable,
		Captured: p.AmountReceived, Refunded: p.refunded(), Holds: p.held, Attempts: p.charges, ClientSecret: p.ClientSecret,
	}
	for _, r := range p.refunds {
		b.Refunds = append(b.Refunds, r.ID)
	}
	return b
}
