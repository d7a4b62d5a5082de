package database

import (
	sqldriver "database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/lib/pq"

	"galley/internal/database/guard"
)

// Unreachable tells whether an error means that the database does not answer for now: the connection
// could not be made or was lost, or the server is starting, stopping or full.
func Unreachable(err error) bool {
	if e, ok := errors.AsType[*pq.Error](err); ok {
		return unreachable(e) || errors.Is(err, guard.ErrNoConnection)
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return true
	}
	for _, lost := range []error{guard.ErrNoConnection, ErrOutcomeUnknown, sqldriver.ErrBadConn, io.EOF, io.ErrUnexpectedEOF} {
		if errors.Is(err, lost) {
			return true
		}
	}
	return sqliteUnreachable(err)
}

func unreachable(answer *pq.Error) bool {
	switch answer.Code.Class() {
	case "08", "53": // connection exception, insufficient resources
		return true
	}
	return strings.HasPrefix(string(answer.Code), "57P") // the server is stopping or starting
}
