package settlement_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"galley/internal/money"
	gateway "galley/internal/payment"
)

// till is a provider of payments: it holds, takes and gives back, each key once, and never more than there is.
type till struct {
	mu       sync.Mutex
	said     map[string]gateway.Answer // by key
	accounts map[string]*account       // by reference
	n        int
	calls    int
	deaf     map[string]int // how many answers to calls of a kind are lost after the work
	down     bool
	before   func(kind string) // runs before the work of a call, outside the lock
}

// account is what the provider knows of a payment.
type account struct {
	authorised, captured, refunded money.Minor
	void                           bool
	facts                          []gateway.Fact
}

func newTill() *till {
	return &till{said: map[string]gateway.Answer{}, accounts: map[string]*account{}, deaf: map[string]int{}}
}

var errLost = errors.New("the answer was lost")

func (t *till) Name() string { return "till" }

// once does what a key asks for, unless it was done, and may lose the answer.
func (t *till) once(ctx context.Context, kind, key string, work func() (gateway.Answer, error)) (gateway.Answer, error) {
	if t.before != nil {
		t.before(kind)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.down || ctx.Err() != nil {
		return gateway.Answer{}, errors.New("the provider cannot be reached")
	}
	t.calls++
	answer, known := t.said[key]
	if !known {
		var err error
		if answer, err = work(); err != nil {
			return answer, err
		}
		t.said[key] = answer
	}
	if t.deaf[kind] > 0 {
		t.deaf[kind]--
		return gateway.Answer{}, errLost
	}
	return answer, nil
}

func (t *till) Authorise(ctx context.Context, a gateway.Authorisation) (gateway.Answer, error) {
	return t.once(ctx, "authorise", a.Key, func() (gateway.Answer, error) {
		if a.Instrument == "declined" {
			return gateway.Answer{}, gateway.ErrDeclined{Message: "The card has no money"}
		}
		t.n++
		reference := fmt.Sprintf("ref%d", t.n)
		acc := &account{}
		t.accounts[reference] = acc
		answer := gateway.Answer{Reference: reference}
		if a.Instrument == "confirm" {
			acc.tell(gateway.ActionRequired, reference+":action", 0)
			answer.RedirectURL, answer.ClientSecret = "https://bank.example/"+reference, "secret-"+reference
		} else {
			acc.authorised = a.Amount.Amount
			acc.tell(gateway.Authorised, reference+":authorised", a.Amount.Amount)
		}
		answer.Facts = acc.facts
		return answer, nil
	})
}

// confirm is the shopper's, at the bank.
func (t *till) confirm(reference string, amount money.Minor) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if acc := t.accounts[reference]; !acc.void && acc.authorised == 0 {
		acc.authorised = amount
		acc.tell(gateway.Authorised, reference+":authorised", amount)
	}
}

func (t *till) Capture(ctx context.Context, r gateway.Request) (gateway.Answer, error) {
	return t.once(ctx, "capture", r.Key, func() (gateway.Answer, error) {
		acc := t.accounts[r.Reference]
		if acc.void || acc.captured+r.Amount.Amount > acc.authorised {
			return gateway.Answer{}, gateway.ErrDeclined{Message: "There is no such money"}
		}
		acc.captured += r.Amount.Amount
		acc.tell(gateway.Captured, r.Reference+":captured:"+r.Key, r.Amount.Amount)
		return gateway.Answer{Reference: r.Reference, Step: "cap-" + r.Key, Facts: acc.facts[len(acc.facts)-1:]}, nil
	})
}

func (t *till) Refund(ctx context.Context, r gateway.Request) (gateway.Answer, error) {
	return t.once(ctx, "refund", r.Key, func() (gateway.Answer, error) {
		acc := t.accounts[r.Reference]
		if acc.refunded+r.Amount.Amount > acc.captured {
			return gateway.Answer{}, gateway.ErrDeclined{Message: "There is no such money"}
		}
		acc.refunded += r.Amount.Amount
		acc.tell(gateway.Refunded, r.Reference+":refunded:"+r.Key, r.Amount.Amount)
		return gateway.Answer{Reference: r.Reference, Step: "re-" + r.Key, Facts: acc.facts[len(acc.facts)-1:]}, nil
	})
}

func (t *till) Void(ctx context.Context, r gateway.Request) (gateway.Answer, error) {
	return t.once(ctx, "void", r.Key, func() (gateway.Answer, error) {
		acc := t.accounts[r.Reference]
		if acc.captured == 0 && !acc.void {
			acc.void, acc.authorised = true, 0
			acc.tell(gateway.Voided, r.Reference+":voided", 0)
		}
		return gateway.Answer{Reference: r.Reference, Facts: acc.facts}, nil
	})
}

func (t *till) Lookup(ctx context.Context, reference string) (gateway.Answer, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.down || ctx.Err() != nil {
		return gateway.Answer{}, errors.New("the provider cannot be reached")
	}
	acc := t.accounts[reference]
	if acc == nil {
		return gateway.Answer{}, errors.New("no such payment")
	}
	return gateway.Answer{Reference: reference, Facts: append([]gateway.Fact(nil), acc.facts...)}, nil
}

// Notice reads what webhook wrote.
func (t *till) Notice(header http.Header, body []byte) ([]gateway.Notice, error) {
	if header.Get("Signature") != "good" {
		return nil, gateway.ErrForged
	}
	var n gateway.Notice
	if err := json.Unmarshal(body, &n); err != nil {
		return nil, err
	}
	return []gateway.Notice{n}, nil
}

// tell adds a fact.
func (a *account) tell(kind gateway.Kind, id string, amount money.Minor) {
	a.facts = append(a.facts, gateway.Fact{ID: id, Kind: kind, Amount: amount, At: time.Now().UTC().Truncate(time.Microsecond)})
}

// facts are all that happened to a payment.
func (t *till) facts(reference string) []gateway.Fact {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]gateway.Fact(nil), t.accounts[reference].facts...)
}

// book is what the provider holds of a payment, after all.
func (t *till) book(reference string) account {
	t.mu.Lock()
	defer t.mu.Unlock()
	return *t.accounts[reference]
}
