package database_test

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"testing"

	"github.com/lib/pq"

	"galley/internal/database"
)

func TestUnreachable(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"a refused connection":     {&net.OpError{Op: "dial", Err: errors.New("connection refused")}, true},
		"a lost connection":        {fmt.Errorf("read users: %w", driver.ErrBadConn), true},
		"a server that shuts down": {&pq.Error{Code: "57P01"}, true},
		"too many connections":     {&pq.Error{Code: "53300"}, true},
		"a mistake in a statement": {&pq.Error{Code: "42601"}, false},
		"a broken rule":            {&pq.Error{Code: "23505"}, false},
		"nothing":                  {nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := database.Unreachable(c.err); got != c.want {
				t.Errorf("%v: %v", c.err, got)
			}
		})
	}
}
