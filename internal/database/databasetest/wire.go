package databasetest

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"sync"
)

// wire is a connection that goes through a proxy.
type wire struct {
	proxy          *Proxy
	client, server net.Conn
	texts          map[string]string // of the statements that are prepared here, by name

	mu       sync.Mutex
	breaking bool // the answer that comes is the one to break
	point    Point
}

// requests carries what the client says.
func (w *wire) requests() {
	in := bufio.NewReader(w.client)
	if !w.greet(in) {
		w.cut()
		return
	}
	var batch []byte // messages up to the one that the server answers
	var carrier Message
	var text string
	for {
		frame, err := readFrame(in)
		if err != nil {
			w.end()
			return
		}
		batch = append(batch, frame...)
		switch m := Message(frame[0]); m {
		case Query:
			carrier, text = m, cString(frame[5:])
		case Parse:
			name := cString(frame[5:])
			carrier, text = m, cString(frame[5+len(name)+1:])
			w.texts[name] = text
		case Bind:
			if carrier == AnyMessage { // else it follows its Parse at once, and comes under that
				portal := cString(frame[5:])
				carrier, text = m, w.texts[cString(frame[5+len(portal)+1:])]
			}
		}
		if m := frame[0]; m == 'P' || m == 'B' || m == 'D' || m == 'E' || m == 'C' {
			continue // more is to come before the server answers
		}
		if !w.pass(batch, carrier, text) {
			return
		}
		batch, carrier, text = nil, AnyMessage, ""
	}
}

// pass sends messages on, or breaks them, and tells whether the connection goes on.
func (w *wire) pass(batch []byte, m Message, text string) bool {
	if w.proxy.isSilent() {
		return true
	}
	point, struck := Point(0), false
	if m != AnyMessage {
		point, struck = w.proxy.strikes(m, text)
	}
	switch {
	case !struck:
	case point == Unheard:
		return true
	case point == Before:
		w.cut()
		return false
	case point == Halfway:
		_, _ = w.server.Write(batch[:len(batch)/2])
		w.cut()
		return false
	default:
		w.mu.Lock()
		w.breaking, w.point = true, point
		w.mu.Unlock()
	}
	if _, err := w.server.Write(batch); err != nil {
		w.cut()
		return false
	}
	return true
}

// answers carries what the server says.
func (w *wire) answers() {
	in := bufio.NewReader(w.server)
	var held []byte
	for {
		frame, err := readFrame(in)
		if err != nil {
			w.end()
			return
		}
		w.mu.Lock()
		breaking, point := w.breaking, w.point
		w.mu.Unlock()
		switch {
		case breaking:
			held = append(held, frame...)
			if frame[0] != 'Z' && frame[0] != 'G' { // ready for the next, or for the rows of a COPY
				continue
			}
			if point == Answering || point == Stalled {
				_, _ = w.client.Write(held[:len(held)/2])
			}
			if point >= Unheard { // nothing is passed on any more, and nothing is closed
				w.mu.Lock()
				w.breaking = false
				w.mu.Unlock()
				continue
			}
			w.cut()
			return
		case w.proxy.isSilent():
		default:
			if _, err := w.client.Write(frame); err != nil {
				w.cut()
				return
			}
		}
	}
}

// end tells one side that the other has gone, unless nothing passes.
func (w *wire) end() {
	if !w.proxy.isSilent() {
		w.cut()
	}
}

func (w *wire) cut() { w.proxy.forget(w.client, w.server) }

// greet passes the first message on, which has no type: the start of a session, or a cancellation.
func (w *wire) greet(in *bufio.Reader) bool {
	head := make([]byte, 4)
	if _, err := io.ReadFull(in, head); err != nil {
		return false
	}
	body := make([]byte, max(binary.BigEndian.Uint32(head), 4)-4)
	if _, err := io.ReadFull(in, body); err != nil {
		return false
	}
	if w.proxy.isSilent() {
		return true
	}
	_, err := w.server.Write(append(head, body...))
	return err == nil
}

func readFrame(in *bufio.Reader) ([]byte, error) {
	head := make([]byte, 5)
	if _, err := io.ReadFull(in, head); err != nil {
		return nil, err
	}
	frame := make([]byte, 1+max(binary.BigEndian.Uint32(head[1:]), 4))
	copy(frame, head)
	_, err := io.ReadFull(in, frame[5:])
	return frame, err
}

func cString(b []byte) string {
	text, _, _ := bytes.Cut(b, []byte{0})
	return string(text)
}
