package socket

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/coder/websocket"
)

// take does what a message says, or tells how the connection ends by it.
func (c *connection) take(operations context.Context, text []byte) *Leave {
	m, err := c.host.Decode(text)
	if err != nil {
		return Invalid()
	}
	switch m.Type {
	case "connection_init":
		return c.welcome(operations, m.Payload)
	case "subscribe":
		return c.subscribe(operations, m)
	case "complete":
		c.end(m.ID)
	case "ping":
		c.write(message("pong", "", m.Payload))
	case "pong":
	default:
		return Invalid()
	}
	return nil
}

func (c *connection) welcome(ctx context.Context, payload json.RawMessage) *Leave {
	if c.welcomed {
		return tooManyInits()
	}
	c.welcomed = true
	c.late.Stop()
	if leave := c.host.Welcome(ctx, payload); leave != nil {
		return leave
	}
	c.write(message("connection_ack", "", nil))
	return nil
}

// message is one of the server's. Without an id or a payload it has none.
func message(kind, id string, payload ...[]byte) []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	if id != "" {
		name, _ := json.Marshal(id) // of a string cannot fail
		b.WriteString(`"id":`)
		b.Write(name)
		b.WriteByte(',')
	}
	b.WriteString(`"type":"` + kind + `"`)
	for i, piece := range payload {
		if i == 0 && len(piece) > 0 {
			b.WriteString(`,"payload":`)
		}
		b.Write(piece)
	}
	b.WriteByte('}')
	return b.Bytes()
}

// write sends a message.
func (c *connection) write(text []byte) {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.put(text)
}

// put writes a message, and closes the connection where that fails. The caller holds writing, so that the time begins with
// the message.
func (c *connection) put(text []byte) bool {
	ctx, cancel := context.WithTimeout(context.Background(), c.limits.Write)
	defer cancel()
	if err := c.conn.Write(ctx, websocket.MessageText, text); err != nil {
		_ = c.conn.CloseNow()
		return false
	}
	return true
}
