// Package faults tests the database layer on servers that it restarts, kills and fails over: PostgreSQL and
// PgBouncer of its own, behind the build tag faults (make faults).
package faults
