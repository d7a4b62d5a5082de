package config

import (
	"errors"
	"fmt"
	"time"
)

// Graph are the settings of what clients may ask for.
type Graph struct {
	Introspection    string        `setting:"GALLEY_INTROSPECTION" placeholder:"WHO" help:"Who is told the schema, by introspection and by suggestions of names: on (everybody), staff (who holds SCHEMA_READ) or off; without it on in development, and staff in production."`
	DocumentsFile    string        `name:"documents-file" setting:"GALLEY_DOCUMENTS_FILE" placeholder:"FILE,…" help:"Trusted documents: manifests of graphql-codegen, Relay or Apollo; read again when they change."`
	Documents        string        `setting:"GALLEY_DOCUMENTS" default:"off" placeholder:"MODE" help:"What becomes of documents that are not trusted: off (they run), log (they are logged, each once) or enforce (they are refused to who does not hold SCHEMA_READ)."`
	OperationTimeout time.Duration `setting:"GALLEY_OPERATION_TIMEOUT" default:"10s" placeholder:"TIME" help:"How long a query may take; the database stops with it."`
	Points           int           `setting:"GALLEY_POINTS" placeholder:"N" help:"Points that a caller may spend at once, an object of an answer being one; without it 200000 in production and no bound in development; -1 for no bound."`
	PointsPerSecond  int           `setting:"GALLEY_POINTS_PER_SECOND" default:"5000" placeholder:"N" help:"Points that come back each second."`
	LimitBytes       int           `setting:"GALLEY_LIMIT_BYTES" default:"65536" placeholder:"N" help:"Most bytes of a document."`
	LimitTokens      int           `setting:"GALLEY_LIMIT_TOKENS" default:"5000" placeholder:"N" help:"Most tokens of a document."`
	LimitDepth       int           `setting:"GALLEY_LIMIT_DEPTH" default:"30" placeholder:"N" help:"Most selections within one another, fragments included."`
	LimitAliases     int           `setting:"GALLEY_LIMIT_ALIASES" default:"30" placeholder:"N" help:"Most aliases of a document."`
	LimitRootFields  int           `setting:"GALLEY_LIMIT_ROOT_FIELDS" default:"20" placeholder:"N" help:"Most fields at the root of an operation."`
	LimitDirectives  int           `setting:"GALLEY_LIMIT_DIRECTIVES" default:"100" placeholder:"N" help:"Most directives of a document."`
	LimitFragments   int           `setting:"GALLEY_LIMIT_FRAGMENTS" default:"100" placeholder:"N" help:"Most named fragments of a document."`
	LimitErrors      int           `setting:"GALLEY_LIMIT_ERRORS" default:"10" placeholder:"N" help:"Most errors that are told of a refused document."`
	LimitObjects     int           `setting:"GALLEY_LIMIT_OBJECTS" default:"5000" placeholder:"N" help:"Most objects that an answer may hold, by an estimate."`
	LimitValues      int           `setting:"GALLEY_LIMIT_VALUES" default:"15000" placeholder:"N" help:"Most fields that an answer may hold, by an estimate."`
	StaffObjects     int           `name:"limit-staff-objects" setting:"GALLEY_LIMIT_STAFF_OBJECTS" default:"100000" placeholder:"N" help:"Most objects of an answer to staff or an API key."`
	StaffValues      int           `name:"limit-staff-values" setting:"GALLEY_LIMIT_STAFF_VALUES" default:"1000000" placeholder:"N" help:"Most fields of an answer to staff or an API key."`
}

const (
	mostOf        = 100_000_000 // of anything that is counted
	defaultPoints = 200_000
)

func (s Serve) validateGraph() error {
	var errs []error
	switch s.Introspection {
	case "", "on", "staff", "off":
	default:
		errs = append(errs, fmt.Errorf("GALLEY_INTROSPECTION is on, staff or off, not %q", s.Introspection))
	}
	switch s.Documents {
	case "off":
	case "log", "enforce":
		if s.DocumentsFile == "" {
			errs = append(errs, fmt.Errorf("GALLEY_DOCUMENTS: %s needs the trusted documents in GALLEY_DOCUMENTS_FILE", s.Documents))
		}
	default:
		errs = append(errs, fmt.Errorf("GALLEY_DOCUMENTS is off, log or enforce, not %q", s.Documents))
	}
	if s.OperationTimeout < 100*time.Millisecond || s.OperationTimeout > time.Minute {
		errs = append(errs, errors.New("GALLEY_OPERATION_TIMEOUT is between 100ms and 1m"))
	}
	for _, n := range []struct {
		name        string
		have, least int
	}{
		{"GALLEY_POINTS", s.Points, -1},
		{"GALLEY_POINTS_PER_SECOND", s.PointsPerSecond, 1},
		{"GALLEY_LIMIT_BYTES", s.LimitBytes, 1},
		{"GALLEY_LIMIT_TOKENS", s.LimitTokens, 1},
		{"GALLEY_LIMIT_DEPTH", s.LimitDepth, 1},
		{"GALLEY_LIMIT_ALIASES", s.LimitAliases, 1},
		{"GALLEY_LIMIT_ROOT_FIELDS", s.LimitRootFields, 1},
		{"GALLEY_LIMIT_DIRECTIVES", s.LimitDirectives, 1},
		{"GALLEY_LIMIT_FRAGMENTS", s.LimitFragments, 1},
		{"GALLEY_LIMIT_ERRORS", s.LimitErrors, 1},
		{"GALLEY_LIMIT_OBJECTS", s.LimitObjects, 1},
		{"GALLEY_LIMIT_VALUES", s.LimitValues, 1},
		{"GALLEY_LIMIT_STAFF_OBJECTS", s.StaffObjects, 1},
		{"GALLEY_LIMIT_STAFF_VALUES", s.StaffValues, 1},
	} {
		if n.have < n.least || n.have > mostOf {
			errs = append(errs, fmt.Errorf("%s is between %d and %d", n.name, n.least, mostOf))
		}
	}
	return errors.Join(errs...)
}

// DocumentFiles are the manifests of trusted documents.
func (g Graph) DocumentFiles() []string { return list(g.DocumentsFile) }

// BucketSize is how many points a caller may spend at once; 0 is no bound.
func (s Serve) BucketSize() int {
	switch {
	case s.Points < 0 || s.Points == 0 && Mode(s.Mode) == Development:
		return 0
	case s.Points == 0:
		return defaultPoints
	}
	return s.Points
}
