package edge

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"strings"
)

// Landing is what the page at / tells besides what the server knows itself.
type Landing struct {
	// Example is an operation of the shop's schema, shown as a curl command.
	Example string
	// Accounts are those of the demo shop. They are shown in development only.
	Accounts []Account
	// Notes are sentences shown in development only: where the data lies, how to begin.
	Notes []string
}

// Account is a demo account.
type Account struct{ Role, Email, Password string }

//go:embed landing.html
var landingHTML string

//go:embed landing.css
var landingCSS string

// landingPage serves a page without scripts, whose only style is allowed by its hash.
type landingPage struct {
	server   *Server
	template *template.Template
	policy   string
	view     landingView
}

type landingView struct {
	Landing
	Style       template.CSS
	Version     string
	Development bool
	Explorer    bool
	Mail        bool
	ClientKit   bool
	Origin      string
	Body        string
}

func newLandingPage(s *Server) (*landingPage, error) {
	page, err := template.New("landing").Parse(landingHTML)
	if err != nil {
		return nil, fmt.Errorf("parse landing page: %w", err)
	}
	view := landingView{
		Landing:     s.config.Landing,
		Style:       template.CSS(landingCSS), //nolint:gosec // our own file
		Version:     s.config.Version,
		Development: s.config.Development,
		Explorer:    s.config.Development && s.config.Explorer != nil,
		Mail:        s.config.Development && s.config.Mail != nil,
		ClientKit:   s.config.Development && s.config.ClientKit != nil,
	}
	if !view.Development {
		view.Accounts, view.Notes = nil, nil
	}
	if view.Example == "" {
		view.Example = "{ __typename }"
	}
	body, err := json.Marshal(map[string]string{"query": view.Example})
	if err != nil {
		return nil, fmt.Errorf("encode example: %w", err)
	}
	// The command stands in single quotes of a shell.
	view.Body = strings.ReplaceAll(string(body), "'", `\u0027`)
	hash := sha256.Sum256([]byte(landingCSS))
	return &landingPage{
		server:   s,
		template: page,
		view:     view,
		policy: "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
			"style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'",
	}, nil
}

func (p *landingPage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	view := p.view
	view.Origin = p.origin(r)
	var body bytes.Buffer
	if err := p.template.Execute(&body, view); err != nil {
		panic(fmt.Errorf("write landing page: %w", err))
	}
	w.Header().Set("Content-Security-Policy", p.policy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	p.server.send(w, r, http.StatusOK, body.Bytes())
}

// origin is where the client reached us.
func (p *landingPage) origin(r *http.Request) string {
	if p.server.secure(r) {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
