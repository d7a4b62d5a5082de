package explorer

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// file is one answer of the playground, kept zipped as it usually travels.
type file struct {
	zipped       []byte
	size         int // of the content, unzipped
	contentType  string
	cacheControl string
	etag         string
}

func newFile(name, cacheControl string, zipped []byte) (file, error) {
	contentType, err := contentTypeOf(name)
	if err != nil {
		return file{}, err
	}
	const trailer = 8 // checksum and length of the content, both little-endian
	if len(zipped) < trailer {
		return file{}, fmt.Errorf("%s is not gzipped", name)
	}
	sum := sha256.Sum256(zipped)
	return file{
		zipped:       zipped,
		size:         int(binary.LittleEndian.Uint32(zipped[len(zipped)-4:])),
		contentType:  contentType,
		cacheControl: cacheControl,
		// Weak, since it stands for the zipped and the plain form alike.
		etag: `W/"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`,
	}, nil
}

// contentTypeOf knows every kind of file that the build writes, and no other.
func contentTypeOf(name string) (string, error) {
	switch extension := path.Ext(name); extension {
	case ".css":
		return "text/css; charset=utf-8", nil
	case ".html":
		return "text/html; charset=utf-8", nil
	case ".js":
		return "text/javascript; charset=utf-8", nil
	case ".json":
		return "application/json", nil
	case ".md":
		return "text/plain; charset=utf-8", nil
	case ".svg":
		return "image/svg+xml", nil
	case ".ttf":
		return "font/ttf", nil
	case ".woff2":
		return "font/woff2", nil
	default:
		return "", fmt.Errorf("%s: no content type for %q", name, extension)
	}
}

// ServeHTTP answers a GET or HEAD request with the file, zipped where the
// client takes it so.
func (f file) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", f.cacheControl)
	header.Set("ETag", f.etag)
	header.Set("Vary", "Accept-Encoding")
	if matches(r.Header.Values("If-None-Match"), f.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}

	header.Set("Content-Type", f.contentType)
	var content io.Reader = bytes.NewReader(f.zipped)
	if acceptsGzip(r.Header.Values("Accept-Encoding")) {
		header.Set("Content-Encoding", "gzip")
		header.Set("Content-Length", strconv.Itoa(len(f.zipped)))
	} else {
		unzipped, err := gzip.NewReader(content)
		if err != nil { // it was unzipped once at start
			panic(fmt.Errorf("unzip %s: %w", r.URL.Path, err))
		}
		content = unzipped
		header.Set("Content-Length", strconv.Itoa(f.size))
	}
	if r.Method == http.MethodHead {
		return
	}
	// A failed write means that the client went away: nobody is left to tell.
	_, _ = io.Copy(w, content)
}

// matches tells whether an If-None-Match header names the tag.
func matches(values []string, etag string) bool {
	for value := range strings.SplitSeq(strings.Join(values, ","), ",") {
		if value = strings.TrimSpace(value); value == "*" || value == etag {
			return true
		}
	}
	return false
}

// acceptsGzip tells whether an Accept-Encoding header takes gzip. The name
// itself counts before the wildcard, and a weight of zero is a refusal.
func acceptsGzip(values []string) bool {
	wildcard := false
	for coding := range strings.SplitSeq(strings.Join(values, ","), ",") {
		name, parameters, _ := strings.Cut(coding, ";")
		accepted := !isZero(parameters)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "gzip", "x-gzip":
			return accepted
		case "*":
			wildcard = accepted
		}
	}
	return wildcard
}

// isZero tells whether the parameters of a coding give it the weight of zero.
func isZero(parameters string) bool {
	name, value, found := strings.Cut(parameters, "=")
	if !found || !strings.EqualFold(strings.TrimSpace(name), "q") {
		return false
	}
	weight, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	return err == nil && weight == 0
}

// zipJSON encodes a value as zipped JSON.
func zipJSON(value any) ([]byte, error) {
	var buffer bytes.Buffer
	zipper := gzip.NewWriter(&buffer)
	if err := json.NewEncoder(zipper).Encode(value); err != nil {
		return nil, fmt.Errorf("encode JSON: %w", err)
	}
	if err := zipper.Close(); err != nil {
		return nil, fmt.Errorf("zip JSON: %w", err)
	}
	return buffer.Bytes(), nil
}
