package edge

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"galley/internal/fault"
)

const (
	typeStream = "text/event-stream"
	// heartbeat is how often a stream without news says that it is there: proxies close what is silent for a minute.
	heartbeat = 15 * time.Second
	// slowest is how long a client may take to read a message.
	slowest = 10 * time.Second
)

// acceptsStream tells whether a client takes Server-Sent Events.
func acceptsStream(accept []string) bool {
	return slices.ContainsFunc(strings.Split(strings.Join(accept, ","), ","), func(element string) bool {
		mediaType, parameters, err := mime.ParseMediaType(element)
		return err == nil && mediaType == typeStream && weightOf(parameters) > 0
	})
}

// enter takes one of the places for streams, until it is left. A server that stops has none.
func (s *Server) enter(r *http.Request) (leave func(), err error) {
	if s.stopping.Err() != nil {
		return nil, fault.New(fault.Unavailable, "This server stops: try again")
	}
	return s.places.enter(s.address(r))
}

// stream answers with Server-Sent Events, in graphql-sse's mode of distinct connections: an event for each result, and
// one at the end. https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
func (s *Server) stream(ctx context.Context, w http.ResponseWriter, r *http.Request, opCtx *graphql.OperationContext) {
	leave, err := s.enter(r)
	if err != nil {
		s.refuse(w, r, typeJSON, err)
		return
	}
	defer leave()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	header := w.Header()
	header.Set("Content-Type", typeStream+"; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // nginx passes it on at once
	header.Add("Vary", "Accept")
	if x := exchangeOf(ctx); x.jar != nil {
		x.jar.write(header, s.config.Now())
	}
	out := events{w: w, control: http.NewResponseController(w)}
	if out.write(":\n\n") != nil {
		return
	}
	next := s.begin(ctx, r, opCtx)
	results := make(chan result)
	go func() {
		for more := true; more; {
			response, err := next()
			select {
			case results <- result{response, err}:
				more = err == nil
			case <-ctx.Done():
				return
			}
		}
	}()
	s.pass(ctx, out, results)
}

// result is one of an operation's results, or how it ended.
type result struct {
	response *graphql.Response
	err      error
}

// pass writes results as they come. A stream that is cut off, because the server stops or the subscription broke off, has no
// end: its client comes back.
func (s *Server) pass(ctx context.Context, out events, results <-chan result) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-s.stopping.Done():
			return
		case <-beat.C:
			err = out.write(":\n\n")
		case r := <-results:
			switch {
			case errors.Is(r.err, errBrokenOff):
				return
			case r.err != nil && !errors.Is(r.err, io.EOF):
				r.response = s.refusal(ctx, r.err)
			}
			if r.response != nil {
				err = out.result(r.response)
			}
			if err == nil && r.err != nil {
				_ = out.write("event: complete\ndata: \n\n") // whoever has gone needs no end
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// events writes Server-Sent Events, each within a time of its own.
type events struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (e events) result(response *graphql.Response) error {
	var b strings.Builder
	b.WriteString("event: next\ndata: ")
	for _, piece := range encode(response) {
		b.Write(piece)
	}
	b.WriteString("\n\n")
	return e.write(b.String())
}

func (e events) write(text string) error {
	if err := e.control.SetWriteDeadline(time.Now().Add(slowest)); err != nil {
		return err
	}
	if _, err := e.w.Write([]byte(text)); err != nil {
		return err
	}
	return e.control.Flush()
}
