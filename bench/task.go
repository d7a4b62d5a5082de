package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// task is one of the things that are measured.
type task struct {
	name   string
	query  string // for Galley
	begins string // what an answer begins with where nothing went wrong
	writes bool
	card   bool // by a test card, which Galley takes in development mode
	orders bool // places an order: this is measured on SQLite too
	// asks makes so many requests. Those of a task that writes can be sent once.
	asks func(ctx context.Context, s *shop, n int) ([]ask, error)
}

// ask is one request, for Galley and for the handwritten server.
type ask struct {
	token        string            // of the session
	variables    map[string]string // for Galley
	method, path string            // for the handwritten server
	body         string            // for the handwritten server
	cart         int64             // that it changes
}

const moneyFields = `{ amount currencyCode }`

const linesFields = `{ id title quantity unitPrice { amount } total { amount } variant { id sku product { id slug title } } }`

const ordersFields = `{ nodes { id number status placedAt total ` + moneyFields + ` lines ` + linesFields + ` } }`

const placedFields = `{ userErrors { code } order { id number status email total ` + moneyFields +
	` lines { title sku quantity unitPrice { amount } total { amount } } } }`

var tasks = []task{
	{
		name:   "product by id",
		query:  `query Product($id: ID!) { product(id: $id) { id slug title description status priceFrom ` + moneyFields + ` } }`,
		begins: `{"data":{"product":{"id":`,
		asks: func(_ context.Context, s *shop, n int) ([]ask, error) {
			return each(n, s.products, func(id string) ask {
				return ask{variables: map[string]string{"id": id}, method: "GET", path: "/products/" + id}
			}), nil
		},
	},
	{
		name: "20 products",
		query: `query Page($after: String) { products(first: 20, after: $after) { nodes { id slug title priceFrom ` + moneyFields +
			` } pageInfo { hasNextPage endCursor } } }`,
		begins: `{"data":{"products":{"nodes":[{`,
		asks:   func(_ context.Context, s *shop, n int) ([]ask, error) { return after("/products", "", n, s.pages), nil },
	},
	{
		name: "100 products × 10 fields",
		query: `query Feed($after: String) { products(first: 100, after: $after) { nodes { id slug title description status priceFrom ` +
			moneyFields + ` publishedAt createdAt updatedAt version } } }`,
		begins: `{"data":{"products":{"nodes":[{`,
		asks:   func(_ context.Context, s *shop, n int) ([]ask, error) { return after("/feed", "", n, s.pages), nil },
	},
	{
		name:   "one user's 10 newest orders, lines, products",
		query:  `query Mine { me { orders(first: 10) ` + ordersFields + ` } }`,
		begins: `{"data":{"me":{"orders":{"nodes":[{`,
		asks: func(_ context.Context, s *shop, n int) ([]ask, error) {
			return each(n, s.shoppers, func(p person) ask {
				return ask{token: p.token, method: "GET", path: "/me/orders"}
			}), nil
		},
	},
	{
		name:   "10 users × 5 orders × lines × product",
		query:  `query Desk($after: String) { users(first: 10, after: $after) { nodes { id email name orders(first: 5) ` + ordersFields + ` } } }`,
		begins: `{"data":{"users":{"nodes":[{`,
		asks: func(_ context.Context, s *shop, n int) ([]ask, error) {
			return after("/users", s.staff.token, n, s.users), nil
		},
	},
	{
		name: "add to cart",
		query: `mutation Add($cart: ID!, $variant: ID!) { cartLinesAdd(input: {cart: $cart, lines: [{variant: $variant, quantity: 1}]}) ` +
			`{ userErrors { code } cart { id totalQuantity subtotal ` + moneyFields + ` lines { quantity total { amount } variant { id sku product { id title } } } } } }`,
		begins: `{"data":{"cartLinesAdd":{"userErrors":[],"cart":{`,
		writes: true,
		asks: func(ctx context.Context, s *shop, n int) ([]ask, error) {
			carts, err := s.fillCarts(ctx, n, 2)
			asks := make([]ask, len(carts))
			for i, c := range carts {
				asks[i] = c.add(c.wanted)
			}
			return asks, err
		},
	},
	{
		name:   "place an order of 3 lines",
		query:  `mutation Place($cart: ID!) { checkoutComplete(input: {cart: $cart}) ` + placedFields + ` }`,
		begins: `{"data":{"checkoutComplete":{"userErrors":[],"order":{`,
		writes: true,
		orders: true,
		asks: func(ctx context.Context, s *shop, n int) ([]ask, error) {
			carts, err := s.fillCarts(ctx, n, 3)
			asks := make([]ask, len(carts))
			for i, c := range carts {
				asks[i] = c.place()
			}
			return asks, err
		},
	},
	{
		name: "place an order of 3 lines, by card",
		query: `mutation Pay($cart: ID!, $card: String!) { checkoutComplete(input: {cart: $cart, payment: CARD, instrument: $card}) ` +
			placedFields + ` }`,
		begins: `{"data":{"checkoutComplete":{"userErrors":[],"order":{`,
		writes: true,
		orders: true,
		card:   true,
		asks: func(ctx context.Context, s *shop, n int) ([]ask, error) {
			carts, err := s.fillCarts(ctx, n, 3)
			asks := make([]ask, len(carts))
			for i, c := range carts {
				asks[i] = c.pay()
			}
			return asks, err
		},
	},
}

// each makes n requests out of what there is, over and over.
func each[T any](n int, of []T, make func(T) ask) []ask {
	var asks []ask
	for i := range n {
		asks = append(asks, make(of[i%len(of)]))
	}
	return asks
}

func after(path, token string, n int, cursors []string) []ask {
	return each(n, cursors, func(cursor string) ask {
		return ask{token: token, variables: map[string]string{"after": cursor}, method: "GET", path: path + "?after=" + url.QueryEscape(cursor)}
	})
}

// ofGalley is the request as Galley takes it.
func (a ask) ofGalley(t task) []byte {
	body, err := json.Marshal(map[string]any{"query": t.query, "variables": a.variables})
	if err != nil { // texts always encode
		panic(err)
	}
	return request("POST", "/query", a.token, string(body))
}

// ofHandwritten is the request as the handwritten server takes it.
func (a ask) ofHandwritten(task) []byte { return request(a.method, a.path, a.token, a.body) }

func request(method, path, token, body string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nAccept: application/json\r\n", method, path)
	if token != "" {
		fmt.Fprintf(&b, "Authorization: Bearer %s\r\n", token)
	}
	if body != "" {
		fmt.Fprintf(&b, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	} else if method == "POST" {
		b.WriteString("Content-Length: 0\r\n")
	}
	return []byte(b.String() + "\r\n" + body)
}
