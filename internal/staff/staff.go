// Package staff says who may do what: roles, who has them, and the API keys of machines. Nobody grants or
// takes what they do not hold, and the last administrator stays.
package staff

import (
	"context"
	"log/slog"
	"slices"

	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/session"
	"galley/internal/viewer"
)

// What can be wrong with what staff may do: the values of the SDL's StaffErrorCode.
const (
	Invalid           fault.Reason = "INVALID"
	NameTaken         fault.Reason = "NAME_TAKEN"
	TooMany           fault.Reason = "TOO_MANY"
	NotStaff          fault.Reason = "NOT_STAFF"
	OwnAccount        fault.Reason = "OWN_ACCOUNT"
	LastAdministrator fault.Reason = "LAST_ADMINISTRATOR"
)

const (
	longestName        = 100 // characters
	longestDescription = 500
)

// Workflow does what the mutations of roles and API keys ask for.
type Workflow struct {
	db       *database.DB
	sessions *session.Workflow
	log      *slog.Logger
}

// New makes the workflow of a shop's staff.
func New(db *database.DB, sessions *session.Workflow, log *slog.Logger) *Workflow {
	return &Workflow{db: db, sessions: sessions, log: log}
}

// mayWrite refuses those who may not say what others may do, whatever the schema's directives say.
func mayWrite(ctx context.Context) (viewer.Viewer, error) {
	return viewer.From(ctx), viewer.Need(ctx, viewer.StaffWrite)
}

// MayMove refuses a change of permissions by somebody who does not hold all that are granted or taken.
func MayMove(v viewer.Viewer, before, after []viewer.Permission) error {
	for _, p := range viewer.Permissions() {
		if slices.Contains(before, p) != slices.Contains(after, p) && !v.Has(p) {
			return fault.Newf(fault.Forbidden, "You cannot grant or take %s: you do not hold it", p)
		}
	}
	return nil
}

// checkName notes what is wrong with the name of a role or a key.
func checkName(c *fault.Collector, name string) {
	c.Add(name != "", Invalid, "It needs a name", "name")
	c.Add(fault.IsLine(name, longestName), Invalid, "A name is one line of at most 100 characters", "name")
}
