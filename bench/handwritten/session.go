package handwritten

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
)

const sessionSQL = `SELECT u.id, u.staff, u.permissions FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.token_hash = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 AND u.active`

// caller is who a session's token stands for.
type caller struct {
	user        int64
	permissions []string // of staff
}

// caller finds out who is asking. Here nothing is for those who do not say.
func (s *server) caller(ctx context.Context, r *http.Request) (caller, error) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return caller{}, refusal(http.StatusUnauthorized)
	}
	var (
		hash        = sha256.Sum256([]byte(token))
		c           caller
		staff       bool
		permissions []byte
	)
	err := s.session.QueryRowContext(ctx, hash[:], time.Now()).Scan(&c.user, &staff, &permissions)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return caller{}, refusal(http.StatusUnauthorized)
	case err != nil:
		return caller{}, err
	}
	if staff && len(permissions) > 0 {
		err = json.Unmarshal(permissions, &c.permissions)
	}
	return c, err
}

// may tells whether the caller holds all of the permissions.
func (c caller) may(permissions ...string) bool {
	return !slices.ContainsFunc(permissions, func(p string) bool { return !slices.Contains(c.permissions, p) })
}
