// Package explorer serves the GraphQL playground: GraphiQL, built ahead of
// time from the sources in /explorer and embedded gzipped, so that it works
// offline and under a strict Content-Security-Policy.
package explorer

import (
	"embed"
	"fmt"
	"net/http"
	"strings"
)

//go:embed dist/*.gz
var dist embed.FS

// page is the path of the playground; everything else lives below it.
const page = "/playground"

// policy lets the page load from its own origin alone. Monaco, the editor,
// writes style elements and attributes: styles may be inline, scripts may not.
const policy = "default-src 'none'; " +
	"script-src 'self'; " +
	"style-src 'self' 'unsafe-inline'; " +
	"connect-src 'self'; " +
	"img-src 'self' data:; " +
	"font-src 'self'; " +
	"worker-src 'self'; " +
	"frame-ancestors 'none'; " +
	"base-uri 'none'; " +
	"form-action 'none'"

// Handler serves the playground: the page at /playground, the example
// documents at /playground/examples.json, and below /playground/assets/ the
// built files, whose names change with their content. It panics when the
// embedded files are not what the build writes; such a binary must not start.
func Handler() http.Handler {
	files, err := load()
	if err != nil {
		panic(fmt.Sprintf("load the playground: %v", err))
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("X-Content-Type-Options", "nosniff")

		f, found := files[r.URL.Path]
		switch {
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			header.Set("Allow", "GET, HEAD")
			http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		case r.URL.Path == page+"/":
			http.Redirect(w, r, page, http.StatusMovedPermanently)
		case !found:
			http.NotFound(w, r)
		default:
			f.ServeHTTP(w, r)
		}
	})
}

// load answers every file by the path of its URL.
func load() (map[string]file, error) {
	const (
		revalidate = "no-cache"
		forever    = "public, max-age=31536000, immutable"
	)
	entries, err := dist.ReadDir("dist")
	if err != nil {
		return nil, fmt.Errorf("list the built files: %w", err)
	}
	files := make(map[string]file, len(entries)+1)
	for _, entry := range entries {
		name := strings.TrimSuffix(entry.Name(), ".gz")
		path, cacheControl := page+"/assets/"+name, forever
		switch name {
		case "index.html":
			path, cacheControl = page, revalidate
		case "licences.md":
			path, cacheControl = page+"/"+name, revalidate
		}
		zipped, err := dist.ReadFile("dist/" + entry.Name())
		if err != nil {
			return nil, fmt.Errorf("read a built file: %w", err)
		}
		if files[path], err = newFile(name, cacheControl, zipped); err != nil {
			return nil, err
		}
	}
	examples, err := zipJSON(Examples())
	if err != nil {
		return nil, fmt.Errorf("encode the examples: %w", err)
	}
	path := page + "/examples.json"
	if files[path], err = newFile("examples.json", revalidate, examples); err != nil {
		return nil, err
	}
	return files, nil
}
