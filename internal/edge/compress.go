package edge

import (
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// leastCompressed is the size from which compressing an answer pays.
const leastCompressed = 1 << 10

// compressor is a way to write an answer in fewer bytes. Each takes several hundred kilobytes, and is used again.
type compressor interface {
	io.WriteCloser
	Reset(w io.Writer)
}

// compressors are those of the content codings that answers have, at their fastest: what better ones save in bytes they
// cost in time.
type compressors struct{ gzip, zstd sync.Pool }

func (c *compressors) get(coding string) (z compressor, put func()) {
	pool, fresh := &c.gzip, newGzip
	if coding == "zstd" {
		pool, fresh = &c.zstd, newZstd
	}
	z, ok := pool.Get().(compressor)
	if !ok {
		z = fresh()
	}
	return z, func() {
		z.Reset(nil)
		pool.Put(z)
	}
}

func newGzip() compressor {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the error is for a level there is not
	return z
}

func newZstd() compressor {
	z, _ := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), // the error is for options that do not go together
		zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(256<<10))
	return z
}

func (s *Server) sendCompressed(w http.ResponseWriter, coding string, status int, pieces [][]byte) {
	z, put := s.compressors.get(coding)
	defer put()
	z.Reset(w)
	w.Header().Set("Content-Encoding", coding)
	w.WriteHeader(status)
	for _, piece := range pieces {
		if _, err := z.Write(piece); err != nil {
			return // the client has gone
		}
	}
	_ = z.Close() // the client has gone
}

// contentCoding chooses how an answer is compressed by the weights of the Accept-Encoding header. Empty is not at all.
func contentCoding(acceptEncoding []string) (coding string) {
	weights := map[string]float64{}
	for element := range strings.SplitSeq(strings.Join(acceptEncoding, ","), ",") {
		name, parameter, _ := strings.Cut(element, ";")
		weight := 1.0
		if q, ok := strings.CutPrefix(strings.TrimSpace(parameter), "q="); ok {
			weight = weightOf(map[string]string{"q": q})
		}
		weights[strings.ToLower(strings.TrimSpace(name))] = weight
	}
	best := 0.0
	for _, ours := range []string{"zstd", "gzip"} {
		weight, named := weights[ours]
		if !named && ours == "gzip" {
			weight = weights["*"] // who takes anything is given what everybody knows
		}
		if weight > best {
			best, coding = weight, ours
		}
	}
	return coding
}
