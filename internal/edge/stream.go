package edge

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"galley/internal/edge/incremental"
	"galley/internal/edge/limit"
	"galley/internal/fault"
)

const (
	// heartbeat is how often a stream without news says that it is there.
	heartbeat = 15 * time.Second
	// slowest is how long a client may take to read a message.
	slowest = 10 * time.Second
	// mostStreams bounds the streams and sockets of a process.
	mostStreams = 10_000
	// mostTogether is how many results of deferred fragments are sent as one.
	mostTogether = 64
)

// enter takes one of the places for streams, until it is left.
func (s *Server) enter() (leave func(), err error) {
	if s.streams.Add(1) > mostStreams {
		s.streams.Add(-1)
		return nil, fault.New(fault.Unavailable, "Too many streams are open: try again later")
	}
	return func() { s.streams.Add(-1) }, nil
}

// subscribe answers with the results of a subscription: as Server-Sent Events, in graphql-sse's mode of distinct
// connections (https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md), or in Apollo's parts
// (https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol).
func (s *Server) subscribe(ctx context.Context, w http.ResponseWriter, r *http.Request, f format, opCtx *graphql.OperationContext) {
	leave, err := s.enter()
	if err != nil {
		s.refuse(w, r, typeJSON, err)
		return
	}
	defer leave()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out := s.begin(ctx, w, f)
	if out.open() != nil {
		return
	}
	responses, ctx := s.executor.DispatchOperation(ctx, opCtx)
	results := make(chan noted)
	go s.collect(ctx, s.attentive(r, opCtx, responses), results)
	s.pass(ctx, out, results)
}

// stream answers with the results of a query, of which there is one.
func (s *Server) stream(ctx context.Context, w http.ResponseWriter, f format, responses graphql.ResponseHandler, first *graphql.Response) {
	out := s.begin(ctx, w, f)
	results := make(chan noted, mostTogether)
	results <- noted{first, incremental.Of(ctx)}
	if out.open() != nil {
		return
	}
	go s.collect(ctx, responses, results)
	s.pass(ctx, out, results)
}

// begin sets the header of a stream.
func (s *Server) begin(ctx context.Context, w http.ResponseWriter, f format) frames {
	header := w.Header()
	header.Set("Content-Type", f.contentType)
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // nginx passes it on at once
	header.Add("Vary", "Accept")
	if x := exchangeOf(ctx); x.jar != nil {
		x.jar.write(header, s.config.Now())
	}
	return frames{format: f, w: w, control: http.NewResponseController(w)}
}

// collect gives results to whoever writes them, until there are no more, or nobody is there.
func (s *Server) collect(ctx context.Context, responses graphql.ResponseHandler, results chan<- noted) {
	defer close(results)
	for response := s.next(ctx, responses); response != nil; response = s.next(ctx, responses) {
		select {
		case results <- noted{response, incremental.Of(ctx)}:
		case <-ctx.Done():
			return
		}
	}
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
func (s *Server) pass(ctx context.Context, out frames, results <-chan noted) {
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
			err = out.beat()
		case result, more := <-results:
			switch {
			case !more:
				out.close()
				return
			case result.Path != nil:
				err = out.result(out.encodeMore(together(result, results)))
			default:
				result.Errors = limit.Cap(result.Errors, mostErrors)
				err = out.result(out.encode(result))
			}
		}
		if err != nil {
			return
		}
	}
}

// together are a result and those that have come by now as well.
func together(first noted, results <-chan noted) []noted {
	all := []noted{first}
	for len(all) < mostTogether {
		select {
		case result, more := <-results:
			if !more {
				return all
			}
			all = append(all, result)
		default:
			return all
		}
	}
	return all
}
