package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"galley/internal/database/databasetest"
)

// listener is one side of a WebSocket with a subscription.
type listener struct {
	t    *testing.T
	conn *websocket.Conn
}

// listenTo subscribes at a process, as whoever the token stands for.
func listenTo(t *testing.T, url, token, document string) *listener {
	t.Helper()
	conn, response, err := websocket.Dial(t.Context(), url+"/query", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		t.Fatal(err)
	}
	if response.Body != nil {
		_ = response.Body.Close()
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	l := &listener{t, conn}
	credentials := map[string]any{}
	if token != "" {
		credentials["Authorization"] = "Bearer " + token
	}
	l.send("connection_init", credentials)
	l.send("subscribe", map[string]any{"query": document})
	if m, closed := l.hear(); closed != nil || !strings.Contains(m, "connection_ack") {
		t.Fatal(m, closed)
	}
	return l
}

func (l *listener) send(kind string, payload any) {
	l.t.Helper()
	text, err := json.Marshal(map[string]any{"id": "it", "type": kind, "payload": payload})
	if err != nil {
		l.t.Fatal(err)
	}
	if err := l.conn.Write(l.t.Context(), websocket.MessageText, text); err != nil {
		l.t.Fatal(err)
	}
}

// hear is the next message, or how the connection was closed. What takes longer than half a minute does not come: it is sooner than
// the look that is taken once a minute.
func (l *listener) hear() (string, *websocket.CloseError) {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), 30*time.Second)
	defer cancel()
	_, text, err := l.conn.Read(ctx)
	if closed, ok := errors.AsType[websocket.CloseError](err); ok {
		return "", &closed
	}
	if err != nil {
		l.t.Fatal(err)
	}
	return string(text), nil
}

// placed is the next order that is told of; closed is true where the process has gone away instead.
func (l *listener) placed() (id, number string, closed bool) {
	l.t.Helper()
	text, end := l.hear()
	if end != nil {
		if end.Code != websocket.StatusGoingAway {
			l.t.Fatal(end)
		}
		return "", "", true
	}
	var m struct {
		Type    string
		Payload struct {
			Data struct{ OrderPlaced struct{ ID, Number string } }
		}
	}
	if err := json.Unmarshal([]byte(text), &m); err != nil || m.Type != "next" || m.Payload.Data.OrderPlaced.ID == "" {
		l.t.Fatal(text, err)
	}
	return m.Payload.Data.OrderPlaced.ID, m.Payload.Data.OrderPlaced.Number, false
}

func signedIn(t *testing.T, url, email, password string) string {
	t.Helper()
	var data struct{ SignIn struct{ Token string } }
	ask(t, url, "", fmt.Sprintf(`mutation { signIn(input: {email: %q, password: %q}) { token } }`, email, password), &data)
	return data.SignIn.Token
}

// buy places an order, and returns its number.
func buy(t *testing.T, url, token string) string {
	t.Helper()
	var shop struct {
		Products struct {
			Nodes []struct{ Variants []struct{ ID string } }
		}
	}
	ask(t, url, "", `{ products(first: 1, filter: {inStock: true}) { nodes { variants { id } } } }`, &shop)
	var cart struct {
		CartCreate struct{ Cart struct{ ID string } }
	}
	ask(t, url, token, fmt.Sprintf(`mutation { cartCreate(input: {lines: [{variant: %q}]}) { cart { id } } }`, shop.Products.Nodes[0].Variants[0].ID), &cart)
	var placed struct {
		CheckoutComplete struct{ Order *struct{ Number string } }
	}
	ask(t, url, token, fmt.Sprintf(`mutation { checkoutComplete(input: {cart: %q}) { order { number } } }`, cart.CartCreate.Cart.ID), &placed)
	if placed.CheckoutComplete.Order == nil {
		t.Fatal("no order is placed")
	}
	return placed.CheckoutComplete.Order.Number
}

// TestSubscribersOfSeveralProcesses has two processes on one PostgreSQL: what happens at one is told at the other.
func TestSubscribersOfSeveralProcesses(t *testing.T) {
	t.Parallel()
	env := map[string]string{"DATABASE_URL": databasetest.URL(t, databasetest.Postgres)}
	here, leave, _ := start(t, env, "--demo")
	there, _, _ := start(t, env)

	t.Run("a session that ends at one ends its sockets at the other, though nothing is told", func(t *testing.T) {
		token := signedIn(t, here, "17850@customers.example", "demo-shopper")
		quiet := listenTo(t, here, token, `subscription { stockChanged(variantIds: []) { sku } }`)
		if m, closed := quiet.hear(); closed != nil || !strings.Contains(m, `"stockChanged":[]`) {
			t.Fatal(m, closed)
		}
		var data struct{ SignOut struct{ SignedOut bool } }
		ask(t, there, token, `mutation { signOut { signedOut } }`, &data)
		if m, closed := quiet.hear(); closed == nil || closed.Code != 4403 || !data.SignOut.SignedOut {
			t.Error(m, closed)
		}
	})
	t.Run("an operation that its client ends is ended in the database", func(t *testing.T) {
		db, err := sql.Open("postgres", env["DATABASE_URL"])
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = tx.Rollback() }()
		if _, err := tx.ExecContext(t.Context(), "LOCK TABLE products IN ACCESS EXCLUSIVE MODE"); err != nil {
			t.Fatal(err)
		}
		waits := func(want int) {
			t.Helper()
			for deadline, n := time.Now().Add(30*time.Second), -1; n != want; time.Sleep(10 * time.Millisecond) {
				const query = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%products%'`
				if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil || time.Now().After(deadline) {
					t.Fatalf("%d statements wait, want %d, %v", n, want, err)
				}
			}
		}
		l := listenTo(t, there, "", `{ products(first: 1) { nodes { title } } }`)
		waits(1)
		l.send("complete", nil)
		waits(0)
	})
	t.Run("a process goes away, and who comes back at the other misses no order", func(t *testing.T) {
		staff := signedIn(t, here, "admin@galley.example", "demo-admin")
		shopper := signedIn(t, there, "17850@customers.example", "demo-shopper")
		told, first := map[string]bool{}, buy(t, there, shopper)
		feed := listenTo(t, here, staff, `subscription { orderPlaced { id number } }`)
		last, number, _ := feed.placed()
		if number != first {
			t.Errorf("it begins with %s, not with the latest, %s", number, first)
		}
		bought := []string{buy(t, here, shopper), buy(t, there, shopper)}
		go func() { _ = leave() }()
		for range 4 {
			bought = append(bought, buy(t, there, shopper))
		}
		for {
			id, number, closed := feed.placed()
			if closed {
				break
			}
			if told[number] {
				t.Errorf("%s is told twice", number)
			}
			last, told[number] = id, true
		}
		feed = listenTo(t, there, staff, fmt.Sprintf(`subscription { orderPlaced(after: %q) { id number } }`, last))
		for range 2 {
			bought = append(bought, buy(t, there, shopper))
		}
		for slices.ContainsFunc(bought, func(number string) bool { return !told[number] }) {
			_, number, closed := feed.placed() // or none comes in time
			if closed {
				t.Fatal("closed")
			}
			told[number] = true
		}
	})
}
