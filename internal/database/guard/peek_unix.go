//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package guard

import (
	"errors"
	"syscall"
)

// quiet tells whether an idle socket is open and has nothing to read. What a server says unasked is
// that it closes the connection, or closed it; a connection that said anything else is cheap to replace.
func (l *link) quiet() bool {
	c, ok := l.Conn.(syscall.Conn)
	if !ok {
		return l.failed() == nil
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return false
	}
	quiet := false
	err = raw.Read(func(fd uintptr) bool {
		var b [1]byte
		for {
			_, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
			if errors.Is(err, syscall.EINTR) {
				continue
			}
			quiet = errors.Is(err, syscall.EAGAIN)
			return true
		}
	})
	return quiet && err == nil
}
