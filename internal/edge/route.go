package edge

import "net/http"

type route struct {
	pattern string // of http.ServeMux
	handler http.Handler
}

// routes are all there are. A pattern without a method answers for its methods itself.
func (s *Server) routes() []route {
	routes := []route{
		{"GET /{$}", s.landing},
		{"/query", s.shared(s.query)},
		{"GET /livez", http.HandlerFunc(s.livez)},
		{"GET /readyz", http.HandlerFunc(s.readyz)},
	}
	if s.config.Media != nil {
		routes = append(routes,
			route{"GET /media/", embeddable(s.config.Media)},
			route{"GET /media", http.NotFoundHandler()}) // or else it would be sent to /media/, where nothing is
	}
	if s.config.Metrics != nil {
		routes = append(routes, route{"GET /metrics", http.HandlerFunc(s.metrics)})
	}
	if s.config.Keys != nil {
		routes = append(routes, route{"GET /.well-known/jwks.json", s.config.Keys})
	}
	if s.config.Webhook != nil {
		routes = append(routes, route{"POST /webhooks/{gateway}", http.HandlerFunc(s.webhook)})
	}
	if s.config.Development && s.config.TestPayments != nil {
		routes = append(routes, route{"/pay/test", s.config.TestPayments})
	}
	if s.config.Development && s.config.Mail != nil {
		routes = append(routes,
			route{"GET /mail", s.config.Mail},
			route{"GET /mail/", s.config.Mail})
	}
	if s.config.Development && s.config.Explorer != nil {
		routes = append(routes,
			route{"GET /playground", s.config.Explorer},
			route{"GET /playground/", s.config.Explorer})
	}
	if s.config.Development && s.config.ClientKit != nil {
		routes = append(routes, route{"GET /client-kit/", s.config.ClientKit})
	}
	return routes
}

// Routes lists the patterns that the server answers.
func (s *Server) Routes() []string {
	var patterns []string
	for _, route := range s.routes() {
		patterns = append(patterns, route.pattern)
	}
	return patterns
}
