package lifecycle

import (
	"strconv"

	"galley/internal/secret"
	"galley/internal/token"
)

// The tokens that open one order each: letters carry them, and requests bring them as X-Order-Token.
const (
	TokenPrefix = "ot_"
	TokenBytes  = 16
)

// AccessToken is the token that opens an order to whoever reads the mail of its address. It is the same each time, so
// that every letter about the order has the same link; the order keeps its SHA-256 (token.Hash) as access_hash.
func AccessToken(ring *secret.Ring, orderKey int64, email string) string {
	bound := strconv.FormatInt(orderKey, 10) + "\x00" + email
	return token.Derive(TokenPrefix, string(ring.Derive("order", bound)), TokenBytes)
}
