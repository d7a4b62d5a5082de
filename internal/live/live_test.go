package live_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"galley/ent"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/live"
)

func broker() *live.Broker { return live.NewBroker(slog.New(slog.DiscardHandler)) }

func told(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	case <-time.After(time.Minute):
		return false
	}
}

func silent(c <-chan struct{}) bool {
	select {
	case <-c:
		return false
	default:
		return true
	}
}

func TestBroker(t *testing.T) {
	t.Parallel()
	t.Run("who waits for a topic is told, and nobody else", func(t *testing.T) {
		t.Parallel()
		b := broker()
		one, both, other := b.Subscribe(t.Context(), live.Order(1)), b.Subscribe(t.Context(), live.Order(1), live.Cart(1)), b.Subscribe(t.Context(), live.Cart(1))
		b.Publish(live.Order(1))
		if !told(one) || !told(both) || !silent(other) {
			t.Error("told somebody else")
		}
	})
	t.Run("what comes together is told once", func(t *testing.T) {
		t.Parallel()
		b := broker()
		c := b.Subscribe(t.Context(), live.Stocks([]int64{1, 2})...)
		for range 1_000 {
			b.Publish(live.Stock(1), live.Stock(2))
		}
		if !told(c) || !silent(c) {
			t.Error("told again")
		}
	})
	t.Run("who has gone is forgotten", func(t *testing.T) {
		t.Parallel()
		b := broker()
		ctx, cancel := context.WithCancel(t.Context())
		c := b.Subscribe(ctx, live.Placed)
		cancel()
		for b.Waiting() > 0 {
			time.Sleep(time.Millisecond)
		}
		b.Publish(live.Placed)
		if !silent(c) {
			t.Error("still told")
		}
	})
}

func TestAfterCommit(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := broker()
		c := b.Subscribe(t.Context(), live.Order(1))
		within := func(fail error) error {
			return db.InTx(t.Context(), func(_ context.Context, tx *ent.Tx) error {
				b.AfterCommit(tx, live.Order(1))
				if !silent(c) {
					t.Error("told before the commit")
				}
				return fail
			})
		}
		if err := within(errors.New("no")); err == nil || !silent(c) {
			t.Errorf("told of what did not happen, %v", err)
		}
		if err := within(nil); err != nil || !told(c) {
			t.Errorf("not told, %v", err)
		}
	})
}

func TestProcessesTellEachOther(t *testing.T) {
	t.Parallel()
	db := databasetest.Open(t, databasetest.Postgres, nil)
	here, there := broker(), broker()
	for _, b := range []*live.Broker{here, there} {
		go b.Run(t.Context(), db)
	}
	// hears publishes until the other side is told: it may not listen yet.
	hears := func(c <-chan struct{}, topics ...live.Topic) {
		t.Helper()
		for deadline := time.Now().Add(time.Minute); ; {
			here.Publish(topics...)
			select {
			case <-c:
				return
			case <-time.After(50 * time.Millisecond):
				if time.Now().After(deadline) {
					t.Fatal("not told")
				}
			}
		}
	}
	order, placed := there.Subscribe(t.Context(), live.Order(7)), there.Subscribe(t.Context(), live.Placed)
	hears(order, live.Order(7))
	if !silent(placed) {
		t.Error("told of another topic")
	}
	t.Run("and none hears itself", func(t *testing.T) {
		own, others := here.Subscribe(t.Context(), live.Order(8)), there.Subscribe(t.Context(), live.Order(8))
		here.Publish(live.Order(8))
		if !told(own) || !told(others) {
			t.Fatal("not told")
		}
		after := here.Subscribe(t.Context(), live.Order(9))
		there.Publish(live.Order(9)) // what is told in this order is heard in it
		if !told(after) || !silent(own) {
			t.Error("told of its own change twice")
		}
	})
	t.Run("and one of an earlier version, which gives no name, is heard", func(t *testing.T) {
		old := there.Subscribe(t.Context(), live.Order(11))
		if err := db.Notify(t.Context(), "galley_live", string(live.Order(11))); err != nil || !told(old) {
			t.Errorf("not told, %v", err)
		}
	})
	many := make([]int64, 2_000) // more than a message holds
	for i := range many {
		many[i] = int64(i) + 1<<60
	}
	last := there.Subscribe(t.Context(), live.Stock(many[len(many)-1]))
	hears(last, live.Stocks(many)...)

	t.Run("and after a lost connection everybody reads anew", func(t *testing.T) {
		quiet := there.Subscribe(t.Context(), live.Cart(1))
		if _, err := db.Client.ExecContext(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"); err != nil {
			t.Fatal(err)
		}
		if !told(quiet) {
			t.Error("what was missed is not told")
		}
		hears(order, live.Order(7))
	})
}
