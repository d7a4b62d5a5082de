package attempt_test

import (
	"context"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"galley/ent"
	"galley/internal/attempt"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/origin"
	"galley/internal/secret"
)

func guesses() attempt.Limit { return attempt.Limit{Name: "guess", Burst: 3, Every: time.Minute} }

func bytesSent() attempt.Limit { return attempt.Limit{Name: "sent", Burst: 5, Every: time.Second} }

// counting is a counter on a clock that the test moves.
type counting struct {
	*attempt.Counter
	t     *testing.T
	db    *database.DB
	ahead *atomic.Int64
}

func each(t *testing.T, test func(t *testing.T, c counting)) {
	t.Helper()
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			ahead := new(atomic.Int64)
			start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
			db := databasetest.Open(t, engine, func() time.Time { return start.Add(time.Duration(ahead.Load())) })
			test(t, counting{attempt.New(db, secret.Development()), t, db, ahead})
		})
	}
}

func (c counting) later(d time.Duration) { c.ahead.Add(int64(d)) }

// allowed counts one attempt, and fails where it is not as wanted.
func (c counting) allowed(want bool, tries ...attempt.Try) {
	c.t.Helper()
	err := c.Count(c.t.Context(), tries...)
	if code, _ := fault.CodeOf(err); (err == nil) != want || err != nil && code != fault.RateLimited {
		c.t.Errorf("got %v, want it to be allowed: %v", err, want)
	}
}

func (c counting) giveBack(tries ...attempt.Try) {
	c.t.Helper()
	if err := c.db.InTx(c.t.Context(), func(ctx context.Context, tx *ent.Tx) error { return c.GiveBack(ctx, tx, tries...) }); err != nil {
		c.t.Fatal(err)
	}
}

func TestALimitIsUsedUpAndFillsAgain(t *testing.T) {
	each(t, func(t *testing.T, c counting) {
		ada, bob := guesses().By("ada"), guesses().By("bob")
		for range 3 {
			c.allowed(true, ada)
		}
		c.allowed(false, ada)
		c.allowed(true, bob)
		c.later(time.Minute - time.Microsecond)
		c.allowed(false, ada)
		c.later(time.Microsecond)
		c.allowed(true, ada)
		c.allowed(false, ada)
		c.later(24 * time.Hour) // as good as new, and no better
		for range 3 {
			c.allowed(true, ada)
		}
		c.allowed(false, ada)
	})
}

func TestARefusalSaysWhenToComeBack(t *testing.T) {
	each(t, func(t *testing.T, c counting) {
		ada := guesses().By("ada")
		for range 3 {
			c.allowed(true, ada)
		}
		c.later(10 * time.Second)
		err, _ := c.Count(t.Context(), ada).(*fault.Error) //nolint:errorlint // the very one
		if err == nil || err.Retry != 50*time.Second {
			t.Fatalf("got %+v", err)
		}
		c.later(err.Retry)
		c.allowed(true, ada)
	})
}

func TestOfAttemptsThatAreRefusedNoneCounts(t *testing.T) {
	each(t, func(t *testing.T, c counting) {
		pair, account := guesses().By("ada", "192.0.2.1"), bytesSent().By("ada")
		for range 3 {
			c.allowed(true, pair, account)
		}
		for range 10 { // a stranger goes on guessing: that is not the account's fault
			c.allowed(false, pair, account)
		}
		c.allowed(true, account)
		c.allowed(true, account)
		c.allowed(false, account)
		c.allowed(false, guesses().By("ada", "192.0.2.2"), account)
		for range 3 {
			c.allowed(true, guesses().By("ada", "192.0.2.2"))
		}
	})
}

func TestWhatWasNoGuessIsGivenBack(t *testing.T) {
	each(t, func(t *testing.T, c counting) {
		ada, sent := guesses().By("ada"), bytesSent().By("ada")
		for range 20 {
			c.allowed(true, ada, sent)
			c.giveBack(ada, sent)
		}
		for range 3 {
			c.allowed(true, ada, sent)
		}
		c.giveBack(ada, sent) // of a limit that is used up too
		c.allowed(true, ada)
		c.allowed(false, ada)
		c.giveBack(guesses().By("nobody")) // what was never counted makes nobody better off for long
		c.later(time.Hour)
		for range 3 {
			c.allowed(true, guesses().By("nobody"))
		}
		c.allowed(false, guesses().By("nobody"))
	})
}

func TestOfManyAtOnceAsManyAreAllowedAsOneAfterTheOther(t *testing.T) {
	each(t, func(t *testing.T, c counting) {
		var (
			wg      sync.WaitGroup
			allowed atomic.Int64
		)
		for i := range 64 {
			wg.Go(func() {
				tries := []attempt.Try{guesses().By("ada"), {Limit: attempt.Limit{Name: "other", Burst: 64, Every: time.Second}, Who: "ada"}}
				if i%2 == 1 { // rows are locked in any order
					tries[0], tries[1] = tries[1], tries[0]
				}
				err := c.Count(t.Context(), tries...)
				if code, _ := fault.CodeOf(err); err != nil && code != fault.RateLimited {
					t.Error(err)
				}
				if err == nil {
					allowed.Add(1)
				}
			})
		}
		wg.Wait()
		if n := allowed.Load(); n != 3 {
			t.Errorf("%d were allowed", n)
		}
	})
}

func TestNobodyReadsWhoWasCounted(t *testing.T) {
	each(t, func(t *testing.T, c counting) {
		c.allowed(true, guesses().By("ada@example.org", "192.0.2.1"))
		row := c.db.Client.Attempt.Query().OnlyX(databasetest.System(t.Context()))
		if strings.Contains(row.Subject, "ada") || strings.Contains(row.Subject, "192") || !strings.HasPrefix(row.Subject, "guess:") {
			t.Errorf("stored %q", row.Subject)
		}
	})
}

func TestAddress(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]string{
		"192.0.2.1":            "192.0.2.1",
		"::ffff:192.0.2.1":     "192.0.2.1",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
		"2001:db8:1:2:ffff::1": "2001:db8:1:2::/64",
		"fe80::1%eth0":         "fe80::/64",
	} {
		if got := attempt.Address(origin.With(t.Context(), origin.Origin{Address: netip.MustParseAddr(from)})); got != want {
			t.Errorf("%s counts as %q, want %q", from, got, want)
		}
	}
	if got := attempt.Address(t.Context()); got != "" {
		t.Errorf("nowhere counts as %q", got)
	}
}
