package edge

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/edge/incremental"
	"galley/internal/fault"
	"galley/internal/origin"
)

// longestURL is how many bytes the query of a URL may have. A longer header is not read to its end, and answered 431.
const longestURL = 16 << 10

// query serves /query by the GraphQL-over-HTTP specification: what is wanted back, who is asking,
// what is asked, and then one answer.
func (s *Server) query(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Upgrade") != "" {
		s.socket(w, r)
		return
	}
	mediaType, ok := acceptable(r.Header.Values("Accept")) // empty where only streams are taken
	if !ok && !acceptsStream(r.Header.Values("Accept")) {
		s.refuse(w, r, typeJSON, notAcceptable())
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, POST")
		s.refuse(w, r, mediaType, fault.New(fault.MethodNotAllowed, "Send operations with POST, or queries with GET"))
		return
	}
	if len(r.URL.RawQuery) > longestURL {
		s.write(w, r, http.StatusRequestURITooLong, mediaType, s.refusal(r.Context(),
			fault.Newf(fault.PayloadTooLarge, "The URL's query is longer than %d bytes: send it with POST", longestURL)))
		return
	}
	if err := s.unforged(r); err != nil {
		s.refuse(w, r, mediaType, err)
		return
	}
	ctx, err := s.identify(r)
	if err != nil {
		s.refuse(w, r, mediaType, err)
		return
	}
	if err := s.meter.Owes(ctx); err != nil {
		s.refuse(w, r, mediaType, err)
		return
	}
	ctx = graphql.StartOperationTrace(ctx)
	params, err := s.read(w, r)
	if err != nil {
		s.meter.Fine(ctx, s.length(r))
		s.refuse(w, r, mediaType, err)
		return
	}
	s.run(ctx, w, r, mediaType, params)
}

// identify puts the origin and the viewer into the context. With an Authorization header cookies are
// neither read nor set.
func (s *Server) identify(r *http.Request) (context.Context, error) {
	c, jar, err := s.credentials(r)
	if err != nil {
		return r.Context(), err
	}
	x := exchangeOf(r.Context())
	o := origin.Origin{Address: s.address(r), UserAgent: userAgent(r.Header), RequestID: x.id}
	if x.jar = jar; jar != nil {
		o.Cookie = &jar.Cookie
	}
	return s.admit(origin.With(r.Context(), o), c)
}

// identifyAgain is identify for a stream that has begun: no cookie can be set any more.
func (s *Server) identifyAgain(r *http.Request) (context.Context, error) {
	c, _, err := s.credentials(r)
	if err != nil {
		return r.Context(), err
	}
	o := origin.Origin{Address: s.address(r), UserAgent: userAgent(r.Header), RequestID: exchangeOf(r.Context()).id}
	return s.admit(origin.With(r.Context(), o), c)
}

// credentials are what a request brings, and the jar that its cookie is from.
func (s *Server) credentials(r *http.Request) (Credentials, *jar, error) {
	c, err := credentials(r.Header)
	if err != nil || c.Bearer != "" {
		return c, nil, err
	}
	jar, err := s.jar(r)
	if jar != nil {
		c.Cookie = jar.brought
	}
	return c, jar, err
}

func (s *Server) admit(ctx context.Context, c Credentials) (context.Context, error) {
	if s.config.Viewer == nil {
		return ctx, nil
	}
	return s.config.Viewer(ctx, c)
}

// read takes the parameters from wherever the request has them.
func (s *Server) read(w http.ResponseWriter, r *http.Request) (*graphql.RawParams, error) {
	return timed(r.Header, func() (*graphql.RawParams, error) { return s.decode(w, r) })
}

// timed reads parameters, and notes how long it took and what header they came with.
func timed(header http.Header, read func() (*graphql.RawParams, error)) (*graphql.RawParams, error) {
	start := graphql.Now()
	params, err := read()
	if err != nil {
		return nil, err
	}
	params.Headers = header
	params.ReadTime = graphql.TraceTiming{Start: start, End: graphql.Now()}
	return params, nil
}

func (s *Server) decode(w http.ResponseWriter, r *http.Request) (*graphql.RawParams, error) {
	if r.Method == http.MethodGet {
		return decodeURL(r.URL.RawQuery)
	}
	if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return nil, fault.New(fault.UnsupportedMedia, "Request bodies are read uncompressed")
	}
	contentType, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if charset, ok := parameters["charset"]; err != nil || ok && !strings.EqualFold(charset, "utf-8") {
		contentType = ""
	}
	switch contentType {
	case typeJSON:
		body, err := readBody(w, r, s.limits.JSONBody)
		if err != nil {
			return nil, err
		}
		return decode(body)
	case "multipart/form-data":
		if !preflighted(r.Header) {
			return nil, fault.New(fault.Forbidden, "You may not do this with files alone: send the header GraphQL-Require-Preflight: 1 as well")
		}
		if err := bound(w, r, s.limits.UploadBody); err != nil {
			return nil, err
		}
		return decodeMultipart(r, s.limits)
	}
	return nil, fault.New(fault.UnsupportedMedia, "Request bodies are application/json in UTF-8, or multipart/form-data with files")
}

// bound makes reading the body fail beyond a size; one that is announced to be larger is not read.
func bound(w http.ResponseWriter, r *http.Request, size int64) error {
	if r.ContentLength > size {
		return fault.Newf(fault.PayloadTooLarge, "The request is larger than %d bytes", size)
	}
	r.Body = http.MaxBytesReader(w, r.Body, size)
	return nil
}

func readBody(w http.ResponseWriter, r *http.Request, size int64) ([]byte, error) {
	if err := bound(w, r, size); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(r.Body)
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, fault.Newf(fault.PayloadTooLarge, "The request is larger than %d bytes", size)
	}
	if err != nil {
		return nil, fault.Wrap(fault.BadRequest, "The request could not be read to its end", err)
	}
	return body, nil
}

// length is how long a request's body is, as far as anybody reads it. One that does not say may be that long.
func (s *Server) length(r *http.Request) int64 {
	if r.ContentLength < 0 {
		return s.limits.JSONBody
	}
	return min(r.ContentLength, s.limits.JSONBody)
}

// create has the executor read an operation. To be refused costs points, unless it is for having none: or whoever asks for more
// than comes back would soon have nothing at all.
func (s *Server) create(ctx context.Context, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	opCtx, errs := s.executor.CreateOperationContext(ctx, params)
	if len(errs) > 0 && errs[0].Extensions["code"] != string(fault.RateLimited) {
		s.meter.Fine(ctx, int64(len(params.Query)))
	}
	return opCtx, errs
}

// run has the executor run the operation, and chooses the kind of answer by what comes of it: one result, or a stream
// where there is more to come and the client takes it, or takes nothing else.
func (s *Server) run(ctx context.Context, w http.ResponseWriter, r *http.Request, mediaType string, params *graphql.RawParams) {
	opCtx, errs := s.create(ctx, params)
	if len(errs) > 0 {
		s.respond(w, r, mediaType, s.executor.DispatchError(graphql.WithOperationContext(ctx, opCtx), errs))
		return
	}
	exchangeOf(ctx).operationIs(opCtx.Operation)
	operation := opCtx.Operation.Operation
	f := formatFor(r.Header.Values("Accept"), operation)
	streams := f != format{}
	switch {
	case r.Method == http.MethodGet && (operation == ast.Mutation || operation == ast.Subscription && !streams):
		w.Header().Set("Allow", "POST")
		s.refuse(w, r, mediaType, fault.New(fault.MethodNotAllowed, "With GET only queries run, and subscriptions as a stream; send this operation with POST"))
	case operation == ast.Subscription && !streams:
		s.refuse(w, r, mediaType, badRequest("Subscriptions need a stream: accept "+typeStream+", or open a WebSocket"))
	case operation == ast.Subscription:
		s.subscribe(ctx, w, r, f, opCtx)
	case mediaType == "" && !streams:
		s.refuse(w, r, typeJSON, notAcceptable())
	default:
		s.execute(ctx, w, r, mediaType, f, opCtx)
	}
}

// execute runs a query or a mutation.
func (s *Server) execute(ctx context.Context, w http.ResponseWriter, r *http.Request, mediaType string, f format, opCtx *graphql.OperationContext) {
	if mediaType == "" || incremental.Defers(opCtx) {
		leave, err := s.enter(r)
		switch {
		case err == nil:
			defer leave()
		case mediaType == "":
			s.refuse(w, r, typeJSON, err)
			return
		}
		if err != nil || f == (format{}) {
			incremental.Whole(opCtx)
		}
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
	}
	responses, ctx := s.executor.DispatchOperation(ctx, opCtx)
	response := responses(ctx)
	switch {
	case ctx.Err() != nil: // the client has gone
		panic(http.ErrAbortHandler)
	case response != nil && (mediaType == "" || response.HasNext != nil && *response.HasNext):
		s.stream(ctx, w, f, responses, response)
	case response != nil:
		s.respond(w, r, mediaType, response)
	default:
		s.refuse(w, r, mediaType, errors.New("the executor gave no response"))
	}
}

func notAcceptable() error {
	return fault.Newf(fault.NotAcceptable, "Answers are %s or %s, and streams %s or %s", typeGraphQL, typeJSON, typeStream, typeParts)
}

// refuse answers a request that did not come to be a GraphQL operation. The status tells, whatever
// the media type.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, mediaType string, cause error) {
	failure := s.told(r.Context(), cause)
	if failure.Code == fault.Unauthenticated {
		w.Header().Set("WWW-Authenticate", `Bearer realm="galley"`)
	}
	s.write(w, r, statusOf(failure.Code), mediaType, &graphql.Response{Errors: gqlerror.List{{
		Message:    failure.Message,
		Extensions: failure.Extensions(),
	}}})
}

// told is what a client learns of an error; the log has the rest.
func (s *Server) told(ctx context.Context, err error) *fault.Error {
	failure, ok := errors.AsType[*fault.Error](err)
	if !ok {
		s.logger.ErrorContext(ctx, "request failed", "error", err)
		return fault.New(fault.Internal, maskedMessage(ctx))
	}
	return failure
}
