package mail

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	texttemplate "text/template"
	"time"
	"unicode"
)

// Options tell what letters say about their shop.
type Options struct {
	Shop       string           // its name
	Storefront string           // the address of its pages, without a slash at the end
	From       string           // the e-mail address that letters come from
	Now        func() time.Time // the clock
}

// message is a letter, written.
type message struct {
	ID                  string // its Message-ID, without brackets
	To, Name            string
	Subject, Text, HTML string
	At                  time.Time
}

//go:embed letters/*.tmpl
var files embed.FS

// composer writes letters. A file of letters/ holds the words of one: its subject, text and HTML.
type composer struct {
	Options
	text map[Template]*texttemplate.Template
	html map[Template]*htmltemplate.Template
}

// templates lists the letters that can be written.
func templates() []Template {
	return []Template{
		ConfirmSignUp, HasAccount, VerifyEmail, ResetPassword, NoAccount, PasswordChanged, ConfirmEmail, EmailChanged,
		NewDevice, DeletionScheduled, AccountDeleted, OrderPlaced, OrderCancelled, OrderExpired, OrderShipped, OrderTracking, OrderDelivered,
		OrderRefunded, OrderAccess,
	}
}

// unproven are the letters to addresses of which nobody knows whose they are. They leave the name out, which
// may be what a stranger wants to tell somebody else.
var unproven = map[Template]bool{ConfirmSignUp: true, HasAccount: true, VerifyEmail: true, NoAccount: true, ConfirmEmail: true}

func newComposer(o Options) (*composer, error) {
	c := &composer{Options: o, text: map[Template]*texttemplate.Template{}, html: map[Template]*htmltemplate.Template{}}
	functions := map[string]any{"hours": hours, "moment": moment}
	for _, t := range templates() {
		names := []string{"letters/layout.tmpl", "letters/" + string(t) + ".tmpl"}
		text, err := texttemplate.New("").Funcs(functions).ParseFS(files, names...)
		if err != nil {
			return nil, fmt.Errorf("read letter: %w", err)
		}
		html, err := htmltemplate.New("").Funcs(functions).ParseFS(files, names...)
		if err != nil {
			return nil, fmt.Errorf("read letter: %w", err)
		}
		c.text[t], c.html[t] = text, html
	}
	return c, nil
}

// view is what templates see.
type view struct {
	Shop, Storefront, Name string
	Subject                string
	Data                   any
}

// Link is the address of a page of the storefront that is given the letter's token.
func (v view) Link(page string) (string, error) {
	d, ok := v.Data.(TokenData)
	if !ok || d.Token == "" {
		return "", errors.New("the letter has no token")
	}
	return v.Storefront + page + "?token=" + url.QueryEscape(d.Token), nil
}

// OrderLink is the address of the storefront's page of an order, which the letter's token opens.
func (v view) OrderLink() (string, error) {
	d, ok := v.Data.(OrderData)
	if !ok || d.Token == "" {
		return "", errors.New("the letter has no order's token")
	}
	return v.Storefront + "/orders/" + url.PathEscape(d.Number) + "?token=" + url.QueryEscape(d.Token), nil
}

// sendable are the ids that a Message-ID can be made of as they are.
var sendable = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)

func (c *composer) compose(l Letter) (message, error) {
	text, html := c.text[l.Template], c.html[l.Template]
	if text == nil || !sendable.MatchString(l.ID) {
		return message{}, fmt.Errorf("write letter: %q with the id %q is none", l.Template, l.ID)
	}
	if a, err := mail.ParseAddress(l.To); err != nil || a.Address != l.To {
		return message{}, refused{text: "this is not an e-mail address", permanent: true}
	}
	m := message{ID: l.ID + "@" + domain(c.From), To: l.To, At: c.Now()}
	if !unproven[l.Template] {
		m.Name = oneLine(l.Name)
	}
	v := view{Shop: c.Shop, Storefront: c.Storefront, Name: m.Name, Data: l.Data}
	var subject, plain, rich bytes.Buffer
	if err := text.ExecuteTemplate(&subject, "subject", v); err != nil {
		return message{}, fmt.Errorf("write letter: %w", err)
	}
	v.Subject = oneLine(subject.String())
	err := errors.Join(text.ExecuteTemplate(&plain, "text layout", v), html.ExecuteTemplate(&rich, "html layout", v))
	if err != nil {
		return message{}, fmt.Errorf("write letter: %w", err)
	}
	m.Subject, m.Text, m.HTML = v.Subject, plain.String(), rich.String()
	return m, nil
}

// oneLine makes a header of a text: nothing in it can begin another one.
func oneLine(s string) string {
	const most = 200
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))
	words := []rune(strings.Join(strings.Fields(s), " "))
	return string(words[:min(len(words), most)])
}

// domain is what stands behind the @ of an address.
func domain(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

func hours(n int) string {
	if n == 1 {
		return "one hour"
	}
	return fmt.Sprintf("%d hours", n)
}

func moment(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04") + " UTC" }
