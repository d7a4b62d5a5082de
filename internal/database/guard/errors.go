package guard

import (
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/lib/pq"
)

var (
	// ErrOutcomeUnknown is the error of a COMMIT, or of a statement outside a transaction, that was
	// sent, and whose answer was lost: it may have happened.
	ErrOutcomeUnknown = errors.New("the outcome is unknown")

	// ErrNoConnection is the error of a connection that could not be made, or that was lost before
	// anything could have happened: in a transaction whose COMMIT was not sent.
	ErrNoConnection = errors.New("no connection")

	// ErrStale is the error of a transaction that met a statement prepared before its tables changed.
	// Nothing of it happened, and the next one prepares anew.
	ErrStale = errors.New("a prepared statement is older than its tables")
)

// errSilent is why a socket was closed on which nobody answered in time.
var errSilent = errors.New("the server did not answer in time")

// lost tells whether an error means that the connection is gone. Under TLS lib/pq notices some of
// them only by accident, which is why the socket is asked too (link.failed).
func lost(err error) bool {
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return true
	}
	_, ok := errors.AsType[*net.OpError](err)
	return ok
}

// ends tells whether the server ends the connection with this answer. It says so in its own
// language as well, which lib/pq does not understand.
func ends(answer *pq.Error) bool {
	return strings.HasPrefix(string(answer.Code), "57P") || answer.Code.Class() == "08" || answer.Fatal()
}

const (
	queryCanceled     = "57014"
	completionUnknown = "40003"
)

// stale tells whether the server refuses to run a prepared statement because its tables have
// changed, or because it does not know it any more. Nothing of it has happened then.
func stale(err error) (changed, unknown bool) {
	answer, ok := errors.AsType[*pq.Error](err)
	if !ok {
		return false, false
	}
	// Of all that is "not supported" it is this function's; messages are translated, names are not.
	return answer.Code == "0A000" && answer.Routine == "RevalidateCachedQuery", answer.Code == "26000"
}
