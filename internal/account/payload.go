package account

import (
	"time"

	"galley/internal/fault"
	"galley/internal/session"
)

// SignInPayload is the SDL's payload of the same name.
type SignInPayload struct {
	Token, RefreshToken       *string
	TokenExpiresAt, ExpiresAt *time.Time
	UserID                    int64
	UserErrors                []fault.UserError
}

// signedIn is the payload of a sign-in that opened a session.
func signedIn(o *session.Opened, userID int64) *SignInPayload {
	return &SignInPayload{
		Token: o.Token, TokenExpiresAt: o.TokenExpiresAt, RefreshToken: o.RefreshToken, ExpiresAt: &o.ExpiresAt, UserID: userID,
	}
}

// LetterPayload is the SDL's payload of the same name.
type LetterPayload struct {
	Email      *string
	UserErrors []fault.UserError
}

// ExportPayload is the SDL's AccountExportPayload.
type ExportPayload struct {
	JSON       *string
	UserErrors []fault.UserError
}
