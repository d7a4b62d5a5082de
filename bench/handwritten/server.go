// Package handwritten is what Galley is measured against: the same answers from a handler for each case, by
// net/http and lib/pq alone. Statements are prepared, one for each level, and JSON is appended by hand. It
// checks who is asking, and whose rows they are, as Galley does, but can do nothing else, and where it refuses
// it says no more than a status.
package handwritten

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"sync"
	"time"

	_ "github.com/lib/pq" // as Galley's

	"galley/internal/snowflake"
)

// Instance is the number in the keys that it makes; its caller keeps Galley from leasing the same.
const Instance = 1022

// server answers the cases.
type server struct {
	db      *sql.DB
	keys    *snowflake.Generator
	buffers sync.Pool

	session, product, page, feed, newest, accounts, newestOfMany, lines, add, cart, place, pay, settle *sql.Stmt
}

// New makes the handler on a database of Galley's, with a pool as large as Galley's own. PostgreSQL plans each statement
// once: left alone, it would plan those with arrays each time anew.
func New(ctx context.Context, address string) (http.Handler, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("read the database's address: %w", err)
	}
	query := u.Query()
	query.Set("plan_cache_mode", "force_generic_plan")
	u.RawQuery = query.Encode()
	db, err := sql.Open("postgres", u.String())
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	connections := max(8, 4*runtime.GOMAXPROCS(0))
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	s := &server{db: db, keys: snowflake.New(Instance, time.Now)}
	for _, p := range []struct {
		to   **sql.Stmt
		text string
	}{
		{&s.session, sessionSQL}, {&s.product, productSQL}, {&s.page, pageSQL}, {&s.feed, feedSQL},
		{&s.newest, newestSQL}, {&s.accounts, accountsSQL}, {&s.newestOfMany, newestOfManySQL}, {&s.lines, linesSQL},
		{&s.add, addSQL}, {&s.cart, cartSQL}, {&s.place, placeSQL},
		{&s.pay, paySQL}, {&s.settle, settleSQL},
	} {
		if *p.to, err = db.PrepareContext(ctx, p.text); err != nil { //nolint:sqlclosecheck // it lives as long as the process
			return nil, errors.Join(fmt.Errorf("prepare %s: %w", p.text, err), db.Close())
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /products/{id}", s.answer(s.oneProduct))
	mux.HandleFunc("GET /products", s.answer(s.pageOfProducts))
	mux.HandleFunc("GET /feed", s.answer(s.feedOfProducts))
	mux.HandleFunc("GET /me/orders", s.answer(s.myOrders))
	mux.HandleFunc("GET /users", s.answer(s.usersWithOrders))
	mux.HandleFunc("POST /carts/{id}/lines", s.answer(s.addToCart))
	mux.HandleFunc("POST /carts/{id}/order", s.answer(s.placeOrder))
	mux.HandleFunc("POST /carts/{id}/order/card", s.answer(s.payOrder))
	return mux, nil
}

// refusal is an answer without data: its status tells why.
type refusal int

func (r refusal) Error() string { return http.StatusText(int(r)) }

// buffer is one of those that are used again.
func (s *server) buffer() *[]byte {
	if b, ok := s.buffers.Get().(*[]byte); ok {
		return b
	}
	return new([]byte)
}

// answer sends what write appends to a buffer, which is used again.
func (s *server) answer(write func(b []byte, r *http.Request) ([]byte, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		buffer := s.buffer()
		defer s.buffers.Put(buffer)
		b, err := write((*buffer)[:0], r)
		var refused refusal
		switch {
		case errors.As(err, &refused):
			http.Error(w, refused.Error(), int(refused))
			return
		case err != nil:
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		*buffer = b
		header := w.Header()
		header.Set("Content-Type", "application/json; charset=utf-8")
		header.Set("Content-Length", strconv.Itoa(len(b)))
		header.Set("Cache-Control", "no-store")
		_, _ = w.Write(b) // or the client has gone
	}
}
