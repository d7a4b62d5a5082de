package identity

import (
	"errors"
	"net/http"
	"time"
)

const (
	patience    = 10 * time.Second // for an answer, to its last byte
	mostAnswer  = 512 << 10        // bytes, after they are unpacked
	mostHeaders = 64 << 10
)

// newClient makes the client that speaks to issuers: they get little time, little memory, and send it nowhere else.
func newClient() *http.Client {
	transport := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    patience,
		IdleConnTimeout:        time.Minute,
		MaxIdleConnsPerHost:    4,
		MaxResponseHeaderBytes: mostHeaders,
	}
	return &http.Client{
		Transport: bounded{transport},
		Timeout:   patience,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("an issuer must not send us elsewhere")
		},
	}
}

// bounded cuts answers that are too long off, with an error. What is written into a failure is for nobody, but for the error
// code that a POST is answered with: the libraries would write it into the log.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if r.Method == http.MethodGet && answer.StatusCode != http.StatusOK {
		_ = answer.Body.Close() // an answer's end is of no use either
		answer.Body = http.NoBody
		return answer, nil
	}
	answer.Body = http.MaxBytesReader(nil, answer.Body, mostAnswer)
	return answer, nil
}
