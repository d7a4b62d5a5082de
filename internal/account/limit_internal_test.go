package account

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"galley/internal/attempt"
	"galley/internal/database/databasetest"
	"galley/internal/origin"
	"galley/internal/secret"
)

// TestGuessesAreLimitedByAddressAndByAccount counts without hashing: a hundred hashes take their time.
func TestGuessesAreLimitedByAddressAndByAccount(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			counter := attempt.New(databasetest.Open(t, engine, func() time.Time { return start }), secret.Development())
			allowed := func(address, email func(i int) string) (allowed int) {
				for i := range 150 {
					ctx := t.Context()
					if a := address(i); a != "" {
						ctx = origin.With(ctx, origin.Origin{Address: netip.MustParseAddr(a)})
					}
					if counter.Count(ctx, guesses(ctx, email(i))...) == nil {
						allowed++
					}
				}
				return allowed
			}
			one := func(text string) func(int) string { return func(int) string { return text } }
			many := func(format string) func(int) string { return func(i int) string { return fmt.Sprintf(format, i) } }
			for says, c := range map[string]struct {
				address, email func(int) string
				want           int
			}{
				"from one address":                {one("192.0.2.1"), many("a%d@example.org"), 50},
				"from one network of IPv6":        {many("2001:db8::%x"), many("b%d@example.org"), 50},
				"of one account":                  {many("198.51.100.%d"), one("ada@example.org"), 100},
				"of one account, from no network": {one(""), one("bob@example.org"), 100},
			} {
				if got := allowed(c.address, c.email); got != c.want {
					t.Errorf("%s: %d instead of %d", says, got, c.want)
				}
			}
		})
	}
}
