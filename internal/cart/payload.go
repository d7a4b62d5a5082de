package cart

import "galley/internal/database"

// CreatePayload is the SDL's CartCreatePayload. The token is never stored, but as a hash.
type CreatePayload struct {
	database.Outcome
	Token *string
}
