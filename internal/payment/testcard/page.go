package testcard

import (
	"bytes"
	"context"
	"crypto/hmac"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
)

// Path is where the page is served.
const Path = "/pay/test"

//go:embed page.html
var pageHTML string

// Page is where shoppers confirm a payment, or refuse it. What they decide is told as a provider's webhook is.
type Page struct {
	gateway *Gateway
	notify  func(ctx context.Context, gateway string, header http.Header, body []byte) error
	page    *template.Template
}

// NewPage makes the page of a gateway, and tells what is decided on it.
func NewPage(g *Gateway, notify func(ctx context.Context, gateway string, header http.Header, body []byte) error) *Page {
	return &Page{gateway: g, notify: notify, page: template.Must(template.New("page").Parse(pageHTML))}
}

// ServeHTTP asks with GET, and is told with POST.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	reference, back := query.Get("payment"), query.Get("return")
	signature, err := hex.DecodeString(query.Get("signature"))
	begun, unknown := parse(reference)
	if err != nil || unknown != nil || !hmac.Equal(signature, p.gateway.sign(reference+"\n"+back)) {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodPost {
		p.show(w, back, shown{Amount: begun.amount.String()})
		return
	}
	confirmed := r.PostFormValue("decision") == "confirm"
	if err := p.tell(r.Context(), told{Reference: reference, Confirmed: confirmed}); err != nil {
		http.Error(w, "The shop did not hear of it; try again", http.StatusServiceUnavailable)
		return
	}
	switch {
	case back != "":
		http.Redirect(w, r, back, http.StatusSeeOther)
	case confirmed:
		p.show(w, back, shown{Done: "The payment is confirmed."})
	default:
		p.show(w, back, shown{Done: "The payment is refused."})
	}
}

func (p *Page) tell(ctx context.Context, t told) error {
	body, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("write notice: %w", err)
	}
	header := http.Header{}
	header.Set(signatureHeader, hex.EncodeToString(p.gateway.sign(string(body))))
	return p.notify(ctx, Name, header, body)
}

type shown struct{ Amount, Done string }

// show writes the page. Browsers follow a form's redirect only to where its page may send forms.
func (p *Page) show(w http.ResponseWriter, back string, what shown) {
	var body bytes.Buffer
	if err := p.page.Execute(&body, what); err != nil {
		panic(fmt.Errorf("write page: %w", err))
	}
	action := "'self'"
	if u, err := url.Parse(back); err == nil && u.Host != "" {
		action += " " + u.Scheme + "://" + u.Host
	}
	header := w.Header()
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action "+action)
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	_, _ = w.Write(body.Bytes())
}
