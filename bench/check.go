package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"

	"galley/internal/nodeid"
)

// pair is the two servers, on the same database.
type pair struct {
	shop           *shop
	galley, byHand *client
}

// compared is how many requests of each task are compared.
const compared = 25

// check makes sure that the servers do the same: the same answers byte by byte, the same rows written, the same
// refused.
func (p pair) check(ctx context.Context) error {
	for _, t := range tasks {
		compare := p.compareAnswers
		if t.writes {
			compare = p.compareWrites
		}
		if err := compare(ctx, t); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	return p.checkRefusals(ctx)
}

func (p pair) compareAnswers(ctx context.Context, t task) error {
	asks, err := t.asks(ctx, p.shop, compared)
	if err != nil {
		return err
	}
	for _, a := range asks {
		one, err := p.galley.answer(t, a.ofGalley(t))
		if err != nil {
			return err
		}
		other, err := p.byHand.answer(t, a.ofHandwritten(t))
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

// made finds what each server makes by itself: keys and numbers.
var made = regexp.MustCompile(`(cart_|order_)[0-9A-Z]{13}|[0-9A-Z]{4}-[0-9A-Z]{4}`)

// compareWrites has both servers do the same to two carts that are alike, and compares the answers and the rows, all
// but keys, numbers and times.
func (p pair) compareWrites(ctx context.Context, t task) error {
	var answers, rows [2][]byte
	for i, server := range []*client{p.galley, p.byHand} {
		p.shop.carts = 0 // the same carts for both
		asks, err := t.asks(ctx, p.shop, compared)
		if err != nil {
			return err
		}
		for _, a := range asks {
			request := a.ofGalley(t)
			if server == p.byHand {
				request = a.ofHandwritten(t)
			}
			answer, err := server.answer(t, request)
			if err != nil {
				return err
			}
			written, err := p.shop.written(ctx, a.cart, answer)
			if err != nil {
				return err
			}
			answers[i] = append(answers[i], made.ReplaceAll(answer, []byte("$1"))...)
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

var orderMade = regexp.MustCompile(`order_[0-9A-Z]{13}`)

// written is the rows of a cart, and of the order that an answer names.
func (s *shop) written(ctx context.Context, cart int64, answer []byte) (rows []byte, err error) {
	var order int64
	if text := orderMade.Find(answer); text != nil {
		id, err := nodeid.Parse(string(text))
		if err != nil {
			return nil, err
		}
		order = id.Key
	}
	// The handwritten order leaves out what explains its price, the letters' token, and what its cart was told of it.
	// Both servers take of the same stock: what is left and what was sold must be what there was.
	err = s.db.QueryRowContext(ctx, `SELECT jsonb_build_object(
		'cart', (SELECT to_jsonb(c) - ARRAY['id', 'created_at', 'updated_at', 'version', 'email', 'shipping_address', 'billing_address', 'delivery_quote_id', 'quote'] FROM carts c WHERE id = $1),
		'held', (SELECT jsonb_agg(to_jsonb(l) - ARRAY['id', 'created_at', 'cart_id'] ORDER BY id) FROM cart_lines l WHERE cart_id = $1),
		'order', (SELECT to_jsonb(o) - ARRAY['id', 'created_at', 'updated_at', 'placed_at', 'number', 'cart_id', 'access_hash', 'quote'] FROM orders o WHERE id = $2),
		'lines', (SELECT jsonb_agg(to_jsonb(l) - ARRAY['id', 'order_id'] ORDER BY position) FROM order_lines l WHERE order_id = $2),
		'payments', (SELECT jsonb_agg(to_jsonb(y) - ARRAY['id', 'created_at', 'updated_at', 'order_id']) FROM payments y WHERE order_id = $2),
		'moved', (SELECT jsonb_agg(to_jsonb(m) - ARRAY['id', 'created_at', 'order_id'] ORDER BY variant_id) FROM stock_movements m WHERE order_id = $2),
		'stock', (SELECT jsonb_agg(v.available - (SELECT COALESCE(SUM(m.quantity), 0) FROM stock_movements m WHERE m.variant_id = v.id AND m.reason = 'SOLD')
			ORDER BY v.id) FROM variants v JOIN order_lines l ON l.variant_id = v.id WHERE l.order_id = $2))::text`, cart, order).Scan(&rows)
	if err != nil {
		return nil, fmt.Errorf("read what was written: %w", err)
	}
	return rows, nil
}

// checkRefusals tries what neither server may do.
func (p pair) checkRefusals(ctx context.Context) error {
	mine, desk, add, place := tasks[3], tasks[4], tasks[5], tasks[6]
	carts, err := p.shop.fillCarts(ctx, 2, 2)
	if err != nil {
		return err
	}
	own, others := carts[0], carts[1]
	foreign := func(a ask) ask { a.token = own.owner.token; return a }
	asShopper := after("/users", own.owner.token, 1, p.shop.users)[0]
	before, err := p.shop.written(ctx, others.key, nil)
	if err != nil {
		return err
	}
	for _, r := range []struct {
		what string
		task task
		ask  ask
	}{
		{"orders without a sign-in", mine, ask{method: "GET", path: "/me/orders"}},
		{"a session there is not", mine, ask{token: own.owner.token + "a", method: "GET", path: "/me/orders"}},
		{"accounts for a shopper", desk, asShopper},
		{"somebody else's cart filled", add, foreign(others.add(others.wanted))},
		{"somebody else's cart ordered", place, foreign(others.place())},
		{"a draft in a cart", add, others.addID(p.shop.draft)},
		{"a cart without a sign-in", add, ask{method: "POST", path: "/carts/" + others.id() + "/lines", body: "{}", variables: others.add(others.wanted).variables}},
	} {
		for server, request := range map[*client][]byte{p.galley: r.ask.ofGalley(r.task), p.byHand: r.ask.ofHandwritten(r.task)} {
			if answer, err := server.answer(r.task, request); err == nil {
				return fmt.Errorf("%s: not refused, but answered with\n%s", r.what, answer)
			} else if len(answer) == 0 {
				return err
			}
		}
	}
	rows, err := p.shop.written(ctx, others.key, nil)
	if err == nil && !bytes.Equal(before, rows) {
		return errors.New("a refused request has written something")
	}
	return err
}
