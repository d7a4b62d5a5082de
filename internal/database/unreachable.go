package database

import (
	sqldriver "database/sql/driver"
	"errors"
	"io"
	"net"

	"github.com/lib/pq"
)

// Unreachable tells whether an error means that the database does not answer for now: the connection
// could not be made or was lost, or the server is starting, stopping or full.
func Unreachable(err error) bool {
	if e, ok := errors.AsType[*pq.Error](err); ok {
		switch e.Code.Class() {
		case "08", "53", "57": // connection exception, insufficient resources, operator intervention
			return true
		}
		return false
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return true
	}
	return sqliteUnreachable(err) || errors.Is(err, sqldriver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}
