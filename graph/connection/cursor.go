package connection

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"galley/internal/fault"
)

// cursor is a row's place in an order: the value that it is sorted by, and its key. It says which
// order it belongs to, since it means nothing in another.
type cursor struct {
	Sort  string `json:"s"`
	Int   int64  `json:"i,omitempty"` // an amount, a score, or microseconds
	Bytes []byte `json:"b,omitempty"` // a sort key
	Key   int64  `json:"k"`
}

// encoding is base64url, so that a cursor can stand in a page's address.
var encoding = base64.RawURLEncoding.Strict()

// maxCursor bounds what is decoded: a sort key is a title of 300 characters at the most.
const maxCursor = 4096

func (c cursor) String() string {
	text, err := json.Marshal(c)
	if err != nil { // numbers and bytes always encode
		panic(err)
	}
	return encoding.EncodeToString(text)
}

func parseCursor(s, sort string) (*cursor, error) {
	var c cursor
	if len(s) > maxCursor {
		return nil, badCursor()
	}
	text, err := encoding.DecodeString(s)
	if err != nil || json.Unmarshal(text, &c) != nil || c.String() != s {
		return nil, badCursor()
	}
	if c.Sort != sort {
		return nil, fault.New(fault.BadUserInput, "This cursor belongs to another order of the list")
	}
	return &c, nil
}

func badCursor() error {
	return fault.New(fault.BadUserInput, "This is not a cursor of this list")
}

// set notes the value that a row is sorted by.
func (c *cursor) set(value any) {
	switch v := value.(type) {
	case time.Time:
		c.Int = v.UnixMicro()
	case int64:
		c.Int = v
	case []byte:
		c.Bytes = v
	}
}
