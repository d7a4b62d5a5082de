//go:build tools

package main

// The generators, so that go.mod knows their versions.
import (
	_ "entgo.io/ent/cmd/ent"
	_ "github.com/99designs/gqlgen"
)
