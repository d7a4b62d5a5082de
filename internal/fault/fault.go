// Package fault gives errors the stable codes that clients may rely on.
//
// A code stands at the edge of a workflow; whatever has none is unexpected, and is masked where
// errors are presented.
package fault

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"
)

// Code is a value of the SDL's enum ErrorCode, sent as extensions.code.
type Code string

// The codes of top-level errors.
const (
	Unauthenticated      Code = "UNAUTHENTICATED"
	Forbidden            Code = "FORBIDDEN"
	BadUserInput         Code = "BAD_USER_INPUT"
	NotFound             Code = "NOT_FOUND"
	Conflict             Code = "CONFLICT"
	RateLimited          Code = "RATE_LIMITED"
	IdempotencyKeyReused Code = "IDEMPOTENCY_KEY_REUSED"
	ParseFailed          Code = "GRAPHQL_PARSE_FAILED"
	ValidationFailed     Code = "GRAPHQL_VALIDATION_FAILED"
	BadRequest           Code = "BAD_REQUEST"
	PayloadTooLarge      Code = "PAYLOAD_TOO_LARGE"
	MethodNotAllowed     Code = "METHOD_NOT_ALLOWED"
	NotAcceptable        Code = "NOT_ACCEPTABLE"
	UnsupportedMedia     Code = "UNSUPPORTED_MEDIA_TYPE"
	ComplexityLimit      Code = "COMPLEXITY_LIMIT_EXCEEDED"
	PersistedNotFound    Code = "PERSISTED_QUERY_NOT_FOUND"
	PersistedRequired    Code = "PERSISTED_DOCUMENT_REQUIRED"
	Timeout              Code = "TIMEOUT"
	Unavailable          Code = "UNAVAILABLE"
	OutcomeUnknown       Code = "OUTCOME_UNKNOWN"
	Internal             Code = "INTERNAL_SERVER_ERROR"
)

// Codes lists every code, in the SDL's order.
func Codes() []Code {
	return []Code{
		Unauthenticated, Forbidden, BadUserInput, NotFound, Conflict, RateLimited, IdempotencyKeyReused,
		ParseFailed, ValidationFailed, BadRequest, PayloadTooLarge, MethodNotAllowed, NotAcceptable,
		UnsupportedMedia, ComplexityLimit, PersistedNotFound, PersistedRequired, Timeout, Unavailable, OutcomeUnknown, Internal,
	}
}

// Error is an error whose code and message may be shown to a client. Its cause may not.
type Error struct {
	Code    Code
	Message string
	Retry   time.Duration // when to try again, where that is known: sent as extensions.retryAfter
	cause   error
}

// New makes an error with a code and a message for the client.
func New(code Code, message string) *Error { return &Error{Code: code, Message: message} }

// Newf is New with a format.
func Newf(code Code, format string, args ...any) *Error {
	return New(code, fmt.Sprintf(format, args...))
}

// Wrap gives an error a code and a message for the client; the cause stays for the log.
func Wrap(code Code, message string, cause error) *Error {
	return &Error{Code: code, Message: message, cause: cause}
}

// Limited makes the error of somebody who tries something too often.
func Limited(message string, retry time.Duration) *Error {
	return &Error{Code: RateLimited, Message: message, Retry: retry}
}

func (e *Error) Error() string {
	if e.cause == nil {
		return e.Message
	}
	return e.Message + ": " + e.cause.Error()
}

func (e *Error) Unwrap() error { return e.cause }

// Extensions are what a client is told beside the message: the code, and in how many seconds to try again.
func (e *Error) Extensions() map[string]any {
	told := map[string]any{"code": string(e.Code)}
	if e.Retry > 0 {
		told["retryAfter"] = int(math.Ceil(e.Retry.Seconds()))
	}
	return told
}

// CodeOf finds the code of an error, or false for one that must be masked.
func CodeOf(err error) (Code, bool) {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code, true
	}
	return "", false
}

// Reason is the code of a user error: a value of one of the SDL's enums XErrorCode.
type Reason string

// MarshalGQL writes the enum value.
func (r Reason) MarshalGQL(w io.Writer) { _, _ = io.WriteString(w, strconv.Quote(string(r))) }

// UnmarshalGQL is there for gqlgen only: reasons are never sent by clients.
func (r *Reason) UnmarshalGQL(v any) error {
	s, ok := v.(string)
	if !ok {
		return New(BadUserInput, "An error code must be a name")
	}
	*r = Reason(s)
	return nil
}

// UserError is something that the person at the other end can mend. It is data of a payload, and
// part of the outcome that an idempotency key replays.
type UserError struct {
	Code    Reason   `json:"code"`
	Field   []string `json:"field,omitempty"`
	Message string   `json:"message"`
}

// Rejected is the outcome of a workflow that changed nothing because of what the caller can mend.
type Rejected []UserError

// Reject makes a Rejected of one user error; field is the path into the mutation's input.
func Reject(code Reason, message string, field ...string) Rejected {
	return Rejected{{Code: code, Field: field, Message: message}}
}

func (r Rejected) Error() string {
	if len(r) == 0 {
		return "rejected"
	}
	return fmt.Sprintf("rejected: %s: %s", r[0].Code, r[0].Message)
}

// Collector gathers user errors, so that a form shows all of them at once.
type Collector struct{ errs Rejected }

// Add notes a user error unless ok.
func (c *Collector) Add(ok bool, code Reason, message string, field ...string) {
	if !ok {
		c.errs = append(c.errs, UserError{Code: code, Field: field, Message: message})
	}
}

// Err returns what was noted as Rejected, or nil.
func (c *Collector) Err() error {
	if len(c.errs) == 0 {
		return nil
	}
	return c.errs
}
