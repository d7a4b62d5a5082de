package mail

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// boxed is how many letters a box keeps.
const boxed = 100

// Box keeps letters instead of sending them, for development: its pages show the latest.
type Box struct {
	composer *composer
	pages    *template.Template

	mu      sync.Mutex
	letters []boxedLetter // the oldest first
	last    int           // the latest one's number
}

type boxedLetter struct {
	Number int
	From   string
	message
}

//go:embed box.html
var boxHTML string

// NewBox makes an empty box.
func NewBox(o Options) (*Box, error) {
	c, err := newComposer(o)
	if err != nil {
		return nil, err
	}
	pages, err := template.New("").Parse(boxHTML)
	if err != nil {
		return nil, fmt.Errorf("parse pages of letters: %w", err)
	}
	return &Box{composer: c, pages: pages}, nil
}

// Send puts a letter into the box.
func (b *Box) Send(_ context.Context, l Letter) error {
	m, err := b.composer.compose(l)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last++
	b.letters = append(b.letters, boxedLetter{Number: b.last, From: b.composer.From, message: m})
	if len(b.letters) > boxed {
		b.letters = slices.Delete(b.letters, 0, len(b.letters)-boxed)
	}
	return nil
}

// latest are the letters, the latest first.
func (b *Box) latest() []boxedLetter {
	b.mu.Lock()
	defer b.mu.Unlock()
	letters := slices.Clone(b.letters)
	slices.Reverse(letters)
	return letters
}

const (
	// The pages run no script and load nothing; the frame shows a letter's HTML.
	pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	// The letter's HTML is nobody's: it may do nothing but be looked at, in that frame alone.
	letterPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups allow-popups-to-escape-sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)

// ServeHTTP shows the box at /mail, a letter at /mail/NUMBER and its HTML at /mail/NUMBER/html.
func (b *Box) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	path := strings.Trim(strings.TrimPrefix(r.URL.Path, "/mail"), "/")
	if path == "" {
		b.show(w, "list", b.latest())
		return
	}
	number, part, _ := strings.Cut(path, "/")
	n, err := strconv.Atoi(number)
	letters := b.latest()
	i := slices.IndexFunc(letters, func(l boxedLetter) bool { return l.Number == n })
	switch {
	case err != nil || i < 0 || part != "" && part != "html":
		http.NotFound(w, r)
	case part == "html":
		header := w.Header()
		header.Set("Content-Security-Policy", letterPolicy)
		header.Set("X-Frame-Options", "SAMEORIGIN")
		header.Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(letters[i].HTML))
	default:
		b.show(w, "letter", letters[i])
	}
}

func (b *Box) show(w http.ResponseWriter, page string, data any) {
	var body bytes.Buffer
	if err := b.pages.ExecuteTemplate(&body, page, data); err != nil {
		panic(fmt.Errorf("write page of letters: %w", err))
	}
	w.Header().Set("Content-Security-Policy", pagePolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(body.Bytes())
}
