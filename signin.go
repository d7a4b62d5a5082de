package main

import (
	"fmt"
	"os"

	"galley/internal/identity"
)

// readProviders reads where one may sign in by OpenID Connect; nowhere without a file.
func readProviders(file string, getenv func(string) string) ([]*identity.Provider, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file) //nolint:gosec // the operator names it
	if err != nil {
		return nil, fmt.Errorf("GALLEY_OIDC_FILE: %w", err)
	}
	providers, err := identity.ParseProviders(text, getenv)
	if err != nil {
		return nil, fmt.Errorf("GALLEY_OIDC_FILE: %s: %w", file, err)
	}
	return providers, nil
}
