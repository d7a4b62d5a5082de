// Package migrate has the tables as Ent made them from ent/schema, and the migrations that lead to them.
package migrate

import (
	"embed"
	"io/fs"

	"entgo.io/ent/dialect"
)

// The next lines are what `go run ./ent/migrate/new` adds to: a file for each version and engine, and the
// SHA-256 of each, as sha256sum prints it.
//
//go:embed sqlite/*.sql postgres/*.sql checksums.txt
var files embed.FS

// Files holds an engine's versioned migrations.
func Files(engine string) fs.FS {
	folder, err := fs.Sub(files, Folder(engine))
	if err != nil { // the names are valid
		panic(err)
	}
	return folder
}

// Folder is where an engine's migrations are, beside this file.
func Folder(engine string) string {
	if engine == dialect.SQLite {
		return "sqlite"
	}
	return "postgres"
}

// Checksums is the list of what was released.
func Checksums() (string, error) {
	text, err := files.ReadFile("checksums.txt")
	return string(text), err
}
