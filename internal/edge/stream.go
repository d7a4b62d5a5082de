package edge

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"galley/internal/edge/limit"
	"galley/internal/fault"
)

const (
	typeStream = "text/event-stream"
	// heartbeat is how often a stream without news says that it is there: proxies close what is silent for a minute.
	heartbeat = 15 * time.Second
	// slowest is how long a client may take to read a message.
	slowest = 10 * time.Second
	// mostStreams bounds the streams and sockets of a process.
	mostStreams = 10_000
)

// acceptsStream tells whether a client takes Server-Sent Events.
func acceptsStream(accept []string) bool {
	return slices.ContainsFunc(strings.Split(strings.Join(accept, ","), ","), func(element string) bool {
		mediaType, parameters, err := mime.ParseMediaType(element)
		return err == nil && mediaType == typeStream && weightOf(parameters) > 0
	})
}

// enter takes one of the places for streams, until it is left.
func (s *Server) enter() (leave func(), err error) {
	if s.streams.Add(1) > mostStreams {
		s.streams.Add(-1)
		return nil, fault.New(fault.Unavailable, "Too many streams are open: try again later")
	}
	return func() { s.streams.Add(-1) }, nil
}

// stream answers with Server-Sent Events, in graphql-sse's mode of distinct connections: an event for each result, and
// one at the end. https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
func (s *Server) stream(ctx context.Context, w http.ResponseWriter, r *http.Request, opCtx *graphql.OperationContext) {
	leave, err := s.enter()
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
	responses, ctx := s.executor.DispatchOperation(ctx, opCtx)
	responses = s.attentive(r, opCtx, responses)
	results := make(chan *graphql.Response)
	go func() {
		defer close(results)
		for response := s.next(ctx, responses); response != nil; response = s.next(ctx, responses) {
			select {
			case results <- response:
			case <-ctx.Done():
				return
			}
		}
	}()
	s.pass(ctx, out, results)
}

// next is the following result, or nil at the end; a panic of a resolver's ends the stream alone.
func (s *Server) next(ctx context.Context, responses graphql.ResponseHandler) (response *graphql.Response) {
	defer func() {
		if p := recover(); p != nil {
			s.logger.ErrorContext(ctx, "a stream panicked", "panic", fmt.Sprint(p))
			response = nil
		}
	}()
	return responses(ctx)
}

// pass writes results as they come. A stream that is cut off, because the server stops, has no end: its client comes
// back, to another server.
func (s *Server) pass(ctx context.Context, out events, results <-chan *graphql.Response) {
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
		case response, more := <-results:
			if !more {
				_ = out.write("event: complete\ndata: \n\n") // whoever has gone needs no end
				return
			}
			response.Errors = limit.Cap(response.Errors, mostErrors)
			err = out.result(response)
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
