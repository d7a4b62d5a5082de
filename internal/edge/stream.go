package edge

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"galley/internal/edge/incremental"
	"galley/internal/fault"
)

const (
	// heartbeat is how often a stream without news says that it is there.
	heartbeat = 15 * time.Second
	// slowest is how long a client may take to read a message.
	slowest = 10 * time.Second
	// mostTogether is how many results of deferred fragments are sent as one.
	mostTogether = 64
)

// enter takes one of the places for streams, until it is left. A server that stops has none.
func (s *Server) enter(r *http.Request) (leave func(), err error) {
	if s.stopping.Err() != nil {
		return nil, fault.New(fault.Unavailable, "This server stops: try again")
	}
	return s.places.enter(s.address(r))
}

// subscribe answers with the results of a subscription: as Server-Sent Events, in graphql-sse's mode of distinct
// connections (https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md), or in Apollo's parts
// (https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol).
func (s *Server) subscribe(ctx context.Context, w http.ResponseWriter, r *http.Request, f format, opCtx *graphql.OperationContext) {
	leave, err := s.enter(r)
	if err != nil {
		s.refuse(w, r, typeJSON, err)
		return
	}
	defer leave()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out := s.frames(ctx, w, f)
	if out.open() != nil {
		return
	}
	s.pass(ctx, out, s.perform(ctx, r, opCtx))
}

// stream answers with the results of a query, of which there is one.
func (s *Server) stream(ctx context.Context, w http.ResponseWriter, f format, responses graphql.ResponseHandler, first *graphql.Response) {
	out := s.frames(ctx, w, f)
	if out.open() != nil {
		return
	}
	told := noted{first, incremental.Of(ctx)}
	s.pass(ctx, out, func() (noted, error) {
		if told.Response != nil {
			now := told
			told.Response = nil
			return now, nil
		}
		response, err := s.next(ctx, responses)
		if response == nil && err == nil {
			err = io.EOF
		}
		return noted{response, incremental.Of(ctx)}, err
	})
}

// frames sets the header of a stream.
func (s *Server) frames(ctx context.Context, w http.ResponseWriter, f format) frames {
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

// outcome is one of an operation's results, or how it ended.
type outcome struct {
	noted
	err error
}

// collect gives results to whoever writes them, until there are no more, or nobody is there.
func collect(ctx context.Context, next results, outcomes chan<- outcome) {
	for {
		result, err := next()
		select {
		case outcomes <- outcome{result, err}:
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// pass writes results as they come. A stream that is cut off, because the server stops or the subscription broke off, has no
// end: its client comes back.
func (s *Server) pass(ctx context.Context, out frames, next results) {
	outcomes := make(chan outcome, mostTogether)
	go collect(ctx, next, outcomes)
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		var err error
		var o outcome
		select {
		case <-ctx.Done():
			return
		case <-s.stopping.Done():
			return
		case <-beat.C:
			err = out.beat()
		case o = <-outcomes:
			switch {
			case o.err != nil:
			case o.Path != nil:
				var all []noted
				all, o = together(o, outcomes)
				err = out.result(out.encodeMore(all))
			default:
				err = out.result(out.encode(o.noted))
			}
		}
		if err == nil && o.err != nil {
			s.end(ctx, out, o.err)
		}
		if err != nil || o.err != nil {
			return
		}
	}
}

// end ends a stream, and tells why it ends before its time.
func (s *Server) end(ctx context.Context, out frames, cause error) {
	if errors.Is(cause, errBrokenOff) {
		return
	}
	if !errors.Is(cause, io.EOF) && out.result(out.encode(noted{Response: s.refusal(ctx, cause)})) != nil {
		return
	}
	out.close()
}

// together are a result and those that have come by now as well, and what has come last: it may be the end.
func together(last outcome, outcomes <-chan outcome) ([]noted, outcome) {
	all := []noted{last.noted}
	for len(all) < mostTogether {
		select {
		case last = <-outcomes:
			if last.err != nil {
				return all, last
			}
			all = append(all, last.noted)
		default:
			return all, last
		}
	}
	return all, last
}
