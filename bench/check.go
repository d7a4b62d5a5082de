package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// pair is the two servers at a task, on the same database.
type pair struct {
	*shop
	task           task
	galley, byHand *client
}

// compared is how many requests of each task are compared.
const compared = 25

// check makes sure that the servers do the same: the same answers byte by byte, the same rows written, the same
// refused.
func (s *shop) check(ctx context.Context, all servers) error {
	for _, t := range tasks {
		if !t.runsOn(s.engine) {
			continue
		}
		if err := s.compare(ctx, t, all.of(t)); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	return nil
}

func (s *shop) compare(ctx context.Context, t task, of []*process) error {
	galley, err := dial(ctx, of[0].address)
	if err != nil {
		return err
	}
	defer galley.close()
	byHand, err := dial(ctx, of[1].address)
	if err != nil {
		return err
	}
	defer byHand.close()
	p := pair{s, t, galley, byHand}
	if t.writes {
		err = p.compareWrites(ctx)
	} else {
		err = p.compareAnswers(ctx)
	}
	if err != nil {
		return err
	}
	return p.checkRefusals(ctx)
}

func (p pair) compareAnswers(ctx context.Context) error {
	asks, err := p.task.asks(ctx, p.shop, compared)
	if err != nil {
		return err
	}
	for _, a := range asks {
		one, err := p.galley.answer(p.task, a.ofGalley(p.task))
		if err != nil {
			return err
		}
		other, err := p.byHand.answer(p.task, a.ofHandwritten(p.task))
		if err != nil {
			return err
		}
		if !bytes.Equal(one, other) {
			return differ("answers", one, other)
		}
	}
	return nil
}

func differ(what string, one, other []byte) error {
	at := 0
	for at < min(len(one), len(other)) && one[at] == other[at] {
		at++
	}
	from := max(0, at-200)
	return fmt.Errorf("the %s differ at byte %d: Galley's are\n%s\nthe handwritten server's are\n%s", what, at,
		one[from:min(len(one), at+200)], other[from:min(len(other), at+200)])
}

// answer asks, and returns a copy of the answer if it is a success.
func (c *client) answer(t task, request []byte) ([]byte, error) {
	status, body, err := c.do(request)
	if err == nil && (status != http.StatusOK || !bytes.HasPrefix(body, []byte(t.begins))) {
		err = fmt.Errorf("asked\n%s\nanswered with %d\n%s", request, status, body)
	}
	return bytes.Clone(body), err
}

// made finds what each server makes by itself: keys and numbers; and what Galley tells besides in development mode.
var made = regexp.MustCompile(`(cart_|order_)[0-9A-Z]{13}|[0-9A-Z]{4}-[0-9A-Z]{4}|,"extensions":{.*}(})$`)

// compareWrites has both servers do the same to two carts that are alike, and compares the answers and the rows, all
// but keys, numbers and times.
func (p pair) compareWrites(ctx context.Context) error {
	var answers, rows [2][]byte
	for i, server := range []*client{p.galley, p.byHand} {
		p.carts = 0 // the same carts for both
		asks, err := p.task.asks(ctx, p.shop, compared)
		if err != nil {
			return err
		}
		for _, a := range asks {
			request := a.ofGalley(p.task)
			if server == p.byHand {
				request = a.ofHandwritten(p.task)
			}
			answer, err := server.answer(p.task, request)
			if err != nil {
				return err
			}
			written, err := p.written(ctx, a.cart, answer)
			if err != nil {
				return err
			}
			answers[i] = append(answers[i], made.ReplaceAll(answer, []byte("$1$2"))...)
			rows[i] = append(rows[i], written...)
		}
	}
	if !bytes.Equal(answers[0], answers[1]) {
		return differ("answers", answers[0], answers[1])
	}
	if !bytes.Equal(rows[0], rows[1]) {
		return differ("rows written", rows[0], rows[1])
	}
	return nil
}

// checkRefusals tries what neither server may do.
func (p pair) checkRefusals(ctx context.Context) error {
	carts, err := p.fillCarts(ctx, 2, 2)
	if err != nil {
		return err
	}
	own, others := carts[0], carts[1]
	order := others.place()
	if p.task.card {
		order = others.pay()
	}
	foreign := func(a ask) ask { a.token = own.owner.token; return a }
	asShopper := after("/users", own.owner.token, 1, p.users)[0]
	before, err := p.written(ctx, others.key, nil)
	if err != nil {
		return err
	}
	for _, r := range []struct {
		task string // begins the names of those that it is tried at
		what string
		ask  ask
	}{
		{"one user's", "orders without a sign-in", ask{method: "GET", path: "/me/orders"}},
		{"one user's", "a session there is not", ask{token: own.owner.token + "a", method: "GET", path: "/me/orders"}},
		{"10 users", "accounts for a shopper", asShopper},
		{"add to cart", "somebody else's cart filled", foreign(others.add(others.wanted))},
		{"add to cart", "a draft in a cart", others.addID(p.draft)},
		{"add to cart", "a cart without a sign-in", ask{method: "POST", path: "/carts/" + others.id() + "/lines", body: "{}", variables: others.add(others.wanted).variables}},
		{"place an order", "somebody else's cart ordered", foreign(order)},
	} {
		if !strings.HasPrefix(p.task.name, r.task) {
			continue
		}
		for server, request := range map[*client][]byte{p.galley: r.ask.ofGalley(p.task), p.byHand: r.ask.ofHandwritten(p.task)} {
			if answer, err := server.answer(p.task, request); err == nil {
				return fmt.Errorf("%s: not refused, but answered with\n%s", r.what, answer)
			} else if len(answer) == 0 {
				return err
			}
		}
	}
	rows, err := p.written(ctx, others.key, nil)
	if err == nil && before != rows {
		return errors.New("a refused request has written something")
	}
	return err
}
