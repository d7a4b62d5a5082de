package socket_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"galley/internal/edge/socket"
)

// raw is a connection whose client keeps to nothing.
type raw struct {
	t      *testing.T
	conn   net.Conn
	reader *bufio.Reader
}

func (h *shop) rawly(t *testing.T) *raw {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(h.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	_, _ = fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: %s\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n", socket.Protocol)
	reader := bufio.NewReader(conn)
	response, err := http.ReadResponse(reader, nil) //nolint:bodyclose // of an upgrade it is the connection
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusSwitchingProtocols || response.Header.Get("Sec-WebSocket-Extensions") != "" {
		t.Fatalf("status %d, extensions %s", response.StatusCode, response.Header.Get("Sec-WebSocket-Extensions"))
	}
	r := &raw{t, conn, reader}
	r.write(frame(0x81, `{"type":"connection_init"}`))
	if opcode, text := r.frame(); opcode != 1 || text != `{"type":"connection_ack"}` {
		t.Fatal(opcode, text)
	}
	return r
}

// frame is one of a client's, with a mask of zeros. Its first byte has the flags and the opcode.
func frame(first byte, text string) []byte {
	b := []byte{first}
	switch n := len(text); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	default:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	}
	return append(append(b, 0, 0, 0, 0), text...)
}

func (r *raw) write(b []byte) {
	r.t.Helper()
	if _, err := r.conn.Write(b); err != nil {
		r.t.Fatal(err)
	}
}

// frame is the server's next, of opcode 8 also where there is none.
func (r *raw) frame() (opcode byte, text string) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(r.reader, head); err != nil {
		return 8, err.Error()
	}
	n := int(head[1])
	if n == 126 {
		if _, err := io.ReadFull(r.reader, head); err != nil {
			return 8, err.Error()
		}
		n = int(binary.BigEndian.Uint16(head))
		head[0] = 0x81
	}
	payload := make([]byte, n)
	if _, err := io.ReadFull(r.reader, payload); err != nil {
		return 8, err.Error()
	}
	return head[0] & 0xf, string(payload)
}

func (r *raw) expectClose(code websocket.StatusCode) {
	r.t.Helper()
	opcode, text := r.frame()
	if opcode != 8 || len(text) < 2 || websocket.StatusCode(binary.BigEndian.Uint16([]byte(text))) != code {
		r.t.Errorf("opcode %d, %q, want code %d", opcode, text, code)
	}
}

func TestHostileFrames(t *testing.T) {
	t.Parallel()
	t.Run("compressed ones, which nobody agreed to, are no bombs", func(t *testing.T) {
		t.Parallel()
		r := open(t, socket.Limits{}).rawly(t)
		r.write(frame(0xc1, "\xaa\x56\xca"))
		r.expectClose(websocket.StatusProtocolError)
	})
	t.Run("a message of endless pieces is too large", func(t *testing.T) {
		t.Parallel()
		r := open(t, socket.Limits{MessageBytes: 10_000}).rawly(t)
		r.write(frame(0x01, "["))
		piece := frame(0x00, strings.Repeat(" ", 1_000))
		r.write(bytes.Repeat(piece, 11))
		r.expectClose(websocket.StatusMessageTooBig)
	})
	t.Run("a message that does not come to its end ends the connection", func(t *testing.T) {
		t.Parallel()
		r := open(t, socket.Limits{Message: 50 * time.Millisecond}).rawly(t)
		r.write(frame(0x01, "["))
		if opcode, text := r.frame(); opcode != 8 || strings.Contains(text, "timeout") { // ours
			t.Error(opcode, text)
		}
	})
	t.Run("a flood of pings has few pongs, and what comes after it is read", func(t *testing.T) {
		t.Parallel()
		r := open(t, socket.Limits{Messages: 20}).rawly(t)
		go func() {
			_, _ = r.conn.Write(bytes.Repeat(frame(0x89, "?"), 20_000))
			_, _ = r.conn.Write(frame(0x81, `{"type":"ping"}`))
		}()
		pongs := 0
		opcode, text := r.frame()
		for ; opcode == 10; opcode, text = r.frame() {
			pongs++
		}
		if pongs > 1_000 || text != `{"type":"pong"}` {
			t.Errorf("%d pongs, then %s", pongs, text)
		}
	})
	t.Run("a flood of empty pieces makes a message all the same", func(t *testing.T) {
		t.Parallel()
		r := open(t, socket.Limits{}).rawly(t)
		r.write(frame(0x01, `{"type":`))
		r.write(bytes.Repeat(frame(0x00, ""), 50_000))
		r.write(frame(0x80, `"ping"}`))
		if _, text := r.frame(); text != `{"type":"pong"}` {
			t.Error(text)
		}
	})
}

func TestFloods(t *testing.T) {
	t.Parallel()
	t.Run("messages are read no faster than they may come", func(t *testing.T) {
		t.Parallel()
		c := open(t, socket.Limits{Messages: 100}).enter(t)
		begun := time.Now()
		go func() {
			for range 700 { // five hundred at once
				_ = c.conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"ping"}`))
			}
		}()
		for range 700 {
			c.expect(`{"type":"pong"}`)
		}
		if took := time.Since(begun); took < time.Second {
			t.Errorf("they took %s", took)
		}
	})
	t.Run("of ten thousand operations a few run, and the others are told", func(t *testing.T) {
		t.Parallel()
		h := open(t, socket.Limits{Operations: 10, Messages: 1_000_000})
		c := h.enter(t)
		go func() {
			for i := range 10_000 {
				_ = c.conn.Write(t.Context(), websocket.MessageText, []byte(subscribe(fmt.Sprint(i), "lasts")))
			}
		}()
		refused, results := 0, 0
		for refused < 9_990 || results < 20 {
			message, closed := c.hear()
			switch {
			case closed != nil:
				t.Fatal(closed)
			case strings.Contains(message, "RATE_LIMITED"):
				refused++
			default:
				results++
			}
		}
		if len(h.began) != 10 {
			t.Errorf("%d ran", len(h.began))
		}
	})
	t.Run("who does not read is cut off, and nothing runs for them", func(t *testing.T) {
		t.Parallel()
		h := open(t, socket.Limits{Write: 100 * time.Millisecond})
		r := h.rawly(t)
		r.write(frame(0x81, subscribe("a", "flood")))
		r.write(frame(0x81, subscribe("b", "flood")))
		await(t, h.ended, "flood")
		await(t, h.ended, "flood")
	})
}
