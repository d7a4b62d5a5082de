package edge

import (
	"errors"
	"net"
	"testing"
)

func TestDoor(t *testing.T) {
	t.Parallel()
	t.Run("who stands before it is let in before it closes", func(t *testing.T) {
		t.Parallel()
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		const waiting = 5
		for range waiting { // the system makes the connections; nobody has accepted them
			conn, err := net.Dial("tcp", listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
		}
		d := &door{Listener: listener}
		if err := d.shut(); err != nil {
			t.Fatal(err)
		}
		for n := 0; ; n++ {
			conn, err := d.Accept()
			if errors.Is(err, net.ErrClosed) {
				if n != waiting {
					t.Errorf("%d were let in", n)
				}
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			_ = conn.Close()
		}
		if _, err := net.Dial("tcp", listener.Addr().String()); err == nil {
			t.Error("it is still open")
		}
	})
	t.Run("a listener without deadlines is closed", func(t *testing.T) {
		t.Parallel()
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		d := &door{Listener: struct{ net.Listener }{listener}}
		if err := d.shut(); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("got %v", err)
		}
	})
}
