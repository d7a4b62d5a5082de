package socket

import (
	"strings"

	"github.com/coder/websocket"
)

// Leave is how a connection ends: a code of RFC 6455, section 7.4.1, or of the protocol's own. It is an error of operations.
type Leave struct {
	Code   websocket.StatusCode
	Reason string // of which 123 bytes are told
}

func (l *Leave) Error() string { return l.Reason }

// Invalid ends the connection of a client that does not keep to the protocol.
func Invalid() *Leave { return &Leave{4400, "Invalid message received"} }

// Forbidden ends the connection of somebody who may not be there, or no longer. Clients come back with other credentials.
func Forbidden(reason string) *Leave { return &Leave{4403, reason} }

// TryLater ends a connection that clients open again after a while.
func TryLater(reason string) *Leave { return &Leave{websocket.StatusTryAgainLater, reason} }

func goingAway() *Leave          { return &Leave{websocket.StatusGoingAway, "Going away: connect again"} }
func unauthorized() *Leave       { return &Leave{4401, "Unauthorized: begin with connection_init"} }
func otherProtocol() *Leave      { return &Leave{4406, "Subprotocol not acceptable: speak " + Protocol} }
func initTimeout() *Leave        { return &Leave{4408, "Connection initialisation timeout"} }
func duplicate(id string) *Leave { return &Leave{4409, "Subscriber for " + id + " already exists"} }
func tooManyInits() *Leave       { return &Leave{4429, "Too many initialisation requests"} }
func internalError() *Leave      { return &Leave{4500, "Internal server error"} }

// told is the reason, within what a frame holds.
func (l *Leave) told() string {
	const most = 123
	return strings.ToValidUTF8(l.Reason[:min(len(l.Reason), most)], "") // a letter may have been cut
}
