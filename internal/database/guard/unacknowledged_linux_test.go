package guard_test

import (
	"net"
	"syscall"
	"testing"

	"galley/internal/database/databasetest"
	"galley/internal/database/guard"
)

// TestTheSystemGivesUpToo looks at what the system was told: waiting for it would take half a minute.
func TestTheSystemGivesUpToo(t *testing.T) {
	t.Parallel()
	address := databasetest.URL(t, databasetest.Postgres)
	conn, err := guard.Dial(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	err = raw.Control(func(fd uintptr) {
		for name, option := range map[string]struct{ level, option, want int }{
			"what is not acknowledged is given up": {syscall.IPPROTO_TCP, 18, 30_000},
			"a silent peer is asked":               {syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1},
			"after a while":                        {syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE, 15},
		} {
			if got, err := syscall.GetsockoptInt(int(fd), option.level, option.option); err != nil || got != option.want {
				t.Errorf("%s: %d instead of %d, %v", name, got, option.want, err)
			}
		}
	})
	if err != nil {
		t.Error(err)
	}
}
