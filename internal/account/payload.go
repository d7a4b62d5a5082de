package account

import (
	"time"

	"galley/internal/fault"
)

// SignInPayload is the SDL's payload of the same name.
type SignInPayload struct {
	Token      *string
	ExpiresAt  *time.Time
	UserID     int64
	UserErrors []fault.UserError
}

// SignUpPayload is the SDL's payload of the same name.
type SignUpPayload struct {
	Email      *string
	UserErrors []fault.UserError
}
