// Package mailtest is a mail server for tests: it speaks SMTP, keeps what it is given, and behaves as badly as it
// is told to.
package mailtest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Letter is what the sink was given.
type Letter struct {
	From, To string // of the envelope
	Header   mail.Header
	Body     string // with all parts
	Raw      string
}

// ID is its Message-ID.
func (l Letter) ID() string { return l.Header.Get("Message-ID") }

// Readable is the letter as a person sees it: its headers, then its parts, decoded.
func (l Letter) Readable(tb testing.TB) string {
	tb.Helper()
	var b strings.Builder
	words := new(mime.WordDecoder)
	for _, name := range []string{"From", "To", "Subject", "Message-Id", "Date", "Auto-Submitted"} {
		value, err := words.DecodeHeader(l.Header.Get(name))
		if err != nil {
			tb.Fatal(err)
		}
		fmt.Fprintf(&b, "%s: %s\n", name, value)
	}
	_, parameters, err := mime.ParseMediaType(l.Header.Get("Content-Type"))
	if err != nil {
		tb.Fatal(err)
	}
	parts := multipart.NewReader(strings.NewReader(l.Body), parameters["boundary"])
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			tb.Fatal(err)
		}
		text, err := io.ReadAll(part) // quoted-printable is decoded by the reader
		if err != nil {
			tb.Fatal(err)
		}
		fmt.Fprintf(&b, "\n-- %s --\n%s", part.Header.Get("Content-Type"), strings.ReplaceAll(string(text), "\r\n", "\n"))
	}
}

// Sink is a mail server.
type Sink struct {
	URL string // smtp://127.0.0.1:PORT

	mu      sync.Mutex
	letters []Letter
	logins  []string
	misdeed func(to string) error
	come    *sync.Cond
}

// Options make a sink that asks for more than most tests need.
type Options struct {
	TLS      *tls.Config // offers STARTTLS
	Implicit bool        // TLS from the first byte
	Password string      // asks for this one
}

// New starts a sink. It ends with the test.
func New(tb testing.TB) *Sink { return Open(tb, Options{}) }

// Open is New with options.
func Open(tb testing.TB, o Options) *Sink {
	tb.Helper()
	listener, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	s := &Sink{URL: "smtp://" + listener.Addr().String()}
	s.come = sync.NewCond(&s.mu)
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{sink: s, password: o.Password}, nil
	}))
	server.Domain = "mailtest"
	server.TLSConfig = o.TLS
	server.AllowInsecureAuth = o.TLS == nil
	server.ErrorLog = quiet{}
	if o.Implicit {
		listener = tls.NewListener(listener, o.TLS)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener)
	}()
	tb.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	return s
}

// Misbehave has a function answer each letter: an error refuses it, and a function that does not return has the
// client wait. Nil takes everything again.
func (s *Sink) Misbehave(f func(to string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.misdeed = f
}

// Refuse is what a mail server says: a code such as 451 or 550, an enhanced one, and words.
func Refuse(code int, enhanced [3]int, words string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode(enhanced), Message: words}
}

// Letters are those that the sink took.
func (s *Sink) Letters() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Letter(nil), s.letters...)
}

// Logins are the users that gave the password.
func (s *Sink) Logins() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.logins...)
}

// Wait waits until enough letters have come.
func (s *Sink) Wait(tb testing.TB, enough func([]Letter) bool) []Letter {
	tb.Helper()
	late := false
	timer := time.AfterFunc(time.Minute, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		late = true
		s.come.Broadcast()
	})
	defer timer.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for !enough(s.letters) {
		if late {
			tb.Fatalf("the letters do not come: there are %d", len(s.letters))
		}
		s.come.Wait()
	}
	return append([]Letter(nil), s.letters...)
}

// session is a connection's.
type session struct {
	sink     *Sink
	password string
	trusted  bool
	from, to string
}

func (s *session) AuthMechanisms() []string {
	if s.password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != s.password {
			return errors.New("wrong password")
		}
		s.trusted = true
		s.sink.mu.Lock()
		defer s.sink.mu.Unlock()
		s.sink.logins = append(s.sink.logins, user)
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.password != "" && !s.trusted {
		return smtp.ErrAuthRequired
	}
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	s.sink.mu.Lock()
	misdeed := s.sink.misdeed
	s.sink.mu.Unlock()
	if misdeed != nil {
		return misdeed(to)
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	read, err := mail.ReadMessage(strings.NewReader(string(raw)))
	if err != nil {
		return err
	}
	body, err := io.ReadAll(read.Body)
	if err != nil {
		return err
	}
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	s.sink.letters = append(s.sink.letters, Letter{From: s.from, To: s.to, Header: read.Header, Body: string(body), Raw: string(raw)})
	s.sink.come.Broadcast()
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// quiet says nothing of connections that tests cut.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}
