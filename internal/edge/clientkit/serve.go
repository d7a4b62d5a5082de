package clientkit

import (
	_ "embed"
	"html/template"
	"net/http"
	"path"
	"sync"
)

// home is the path of the kit's index; its files lie below.
const home = "/client-kit/"

//go:embed index.html
var indexHTML string

// Handler serves the kit, with an index of its files. It is made when it is first asked for.
func Handler() http.Handler {
	files := sync.OnceValues(Files)
	index := template.Must(template.New("index").Parse(indexHTML))
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+home+"{$}", func(w http.ResponseWriter, _ *http.Request) {
		all, err := files()
		if err != nil {
			panic(err) // it is our own schema
		}
		w.Header().Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = index.Execute(w, all) // whoever has gone needs no page
	})
	mux.HandleFunc("GET "+home+"{name}", func(w http.ResponseWriter, r *http.Request) {
		all, err := files()
		if err != nil {
			panic(err)
		}
		for _, f := range all {
			if f.Name == r.PathValue("name") {
				w.Header().Set("Content-Type", mediaType(f.Name))
				_, _ = w.Write(f.Text)
				return
			}
		}
		http.NotFound(w, r)
	})
	return mux
}

func mediaType(name string) string {
	if path.Ext(name) == ".json" {
		return "application/json"
	}
	return "text/plain; charset=utf-8"
}
