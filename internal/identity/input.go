package identity

import (
	"time"

	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/session"
)

// StartInput is the SDL's OidcStartInput.
type StartInput struct {
	Provider, RedirectURI string
}

// StartPayload is the SDL's OidcStartPayload.
type StartPayload struct {
	URL        *string
	Flow       *string
	ExpiresAt  *time.Time
	UserErrors []fault.UserError
}

// CompleteInput is the SDL's OidcCompleteInput.
type CompleteInput struct {
	Flow, State, Code string
	Iss               *string
	Presentation      session.Presentation
}

// CompletePayload is the SDL's OidcCompletePayload.
type CompletePayload struct {
	Token, RefreshToken       *string
	TokenExpiresAt, ExpiresAt *time.Time
	UserID                    int64
	UserErrors                []fault.UserError
}

// UnlinkInput is the SDL's IdentityUnlinkInput.
type UnlinkInput struct {
	ID nodeid.ID
}
