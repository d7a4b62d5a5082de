package edge

import (
	"compress/gzip"
	"net/http"
	"sync"
)

// leastGzip is the size from which compressing an answer pays.
const leastGzip = 1 << 10

// compressors are reused: one takes several hundred kilobytes.
type compressors struct{ pool sync.Pool }

func (c *compressors) get() *gzip.Writer {
	if z, ok := c.pool.Get().(*gzip.Writer); ok {
		return z
	}
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the error is for a level there is not
	return z
}

func (c *compressors) put(z *gzip.Writer) {
	z.Reset(nil)
	c.pool.Put(z)
}

func (s *Server) sendGzip(w http.ResponseWriter, status int, pieces [][]byte) {
	z := s.compressors.get()
	defer s.compressors.put(z)
	z.Reset(w)
	w.Header().Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	for _, piece := range pieces {
		if _, err := z.Write(piece); err != nil {
			return // the client has gone
		}
	}
	_ = z.Close() // the client has gone
}
