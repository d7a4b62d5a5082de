// Package schema is the contract: the SDL that clients are built against, one file per domain.
package schema

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed *.graphql
var files embed.FS

// SDL is the whole schema as one document.
func SDL() string {
	var b strings.Builder
	names, err := fs.Glob(files, "*.graphql")
	if err != nil { // the pattern is sound
		panic(err)
	}
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil { // it was embedded
			panic(err)
		}
		b.Write(text)
		b.WriteByte('\n')
	}
	return strings.TrimSuffix(b.String(), "\n")
}
