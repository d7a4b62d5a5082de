package catalog

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"time"

	"galley/ent/picture"
	"galley/internal/fault"
	"galley/internal/viewer"
)

// stored is a picture as its rows describe it.
type stored struct {
	id            int64
	format        format
	sha256        []byte
	width, height int
}

// ServePicture answers /media/…: a picture for whoever knows its name, in the size and format that the
// URL asks for. What is under a URL never changes.
func (w *Workflow) ServePicture(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("X-Content-Type-Options", "nosniff")
	if rw.Header().Get("Content-Security-Policy") == "" {
		rw.Header().Set("Content-Security-Policy", "default-src 'none'")
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		rw.Header().Set("Allow", "GET, HEAD")
		refusePicture(rw, r, http.StatusMethodNotAllowed)
		return
	}
	wish, ok := parseWish(strings.TrimPrefix(r.URL.Path, "/media/"))
	if !ok {
		refusePicture(rw, r, http.StatusNotFound)
		return
	}
	s, err := w.stored(r.Context(), wish.name)
	if err != nil {
		w.fail(rw, r, err)
		return
	}
	key, mediaType, ok := s.choose(wish)
	if !ok {
		refusePicture(rw, r, http.StatusNotFound)
		return
	}
	tag := s.tag(key)
	keepForEver := func() {
		rw.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		rw.Header().Set("ETag", tag)
	}
	if matches(r.Header.Values("If-None-Match"), tag) {
		keepForEver()
		rw.WriteHeader(http.StatusNotModified)
		return
	}
	data, err := w.pictures.get(r.Context(), key, func(ctx context.Context) ([]byte, error) { return w.produce(ctx, s, key) })
	if err != nil {
		w.fail(rw, r, err)
		return
	}
	keepForEver()
	rw.Header().Set("Content-Type", mediaType)
	http.ServeContent(rw, r, "", time.Time{}, bytes.NewReader(data))
}

// stored finds a picture by its name, whoever asks: the name is the right to see it. Where there is
// none, the picture has no id.
func (w *Workflow) stored(ctx context.Context, name string) (s stored, err error) {
	var tokens []any
	for _, f := range formats() {
		tokens = append(tokens, name+"."+f.ending)
	}
	rows, err := w.db.Client.QueryContext(ctx, `SELECT p.id, p.format, p.sha256, m.width, m.height
FROM media AS m JOIN pictures AS p ON p.id = m.picture_id WHERE m.token IN ($1, $2, $3, $4)`, tokens...)
	if err != nil {
		return stored{}, fmt.Errorf("find picture: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&s.id, &name, &s.sha256, &s.width, &s.height); err != nil {
			return stored{}, fmt.Errorf("read picture: %w", err)
		}
		var ok bool
		if s.format, ok = formatNamed(name); !ok {
			return stored{}, fmt.Errorf("picture %d is of format %q", s.id, name)
		}
	}
	return s, rows.Err()
}

// choose tells what a wish comes to: the file itself where it is what was asked for, or else a picture
// that is made of it, which has at most MaxMade pixels a side. URLs that come to the same share it.
func (s stored) choose(w wish) (key pictureKey, mediaType string, ok bool) {
	if s.id == 0 || s.width < 1 || s.height < 1 {
		return pictureKey{}, "", false
	}
	key = pictureKey{picture: s.id, format: s.format.name}
	width, height := fit(s.width, s.height, w.width, w.height)
	if w.ending == s.format.ending && width == s.width && height == s.height {
		return key, "image/" + s.format.name, true
	}
	to, ok := find(func(f format) bool { return f.ending == w.ending })
	if _, made := to.made(); !ok || !made {
		return pictureKey{}, "", false
	}
	key.format = to.name
	key.width, key.height = bounded(width, height)
	return key, "image/" + to.name, true
}

// tag is a strong ETag. What we make is the same bytes each time, as long as the compiler's library
// is the same.
func (s stored) tag(key pictureKey) string {
	sum := s.sha256
	if key.width > 0 {
		made := sha256.Sum256(fmt.Appendf(nil, "%x %dx%d %s %s 1", s.sha256, key.width, key.height, key.format, runtime.Version()))
		sum = made[:]
	}
	return `"` + hex.EncodeToString(sum)[:32] + `"`
}

func matches(headers []string, tag string) bool {
	for _, header := range headers {
		for candidate := range strings.SplitSeq(header, ",") {
			candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
			if candidate == tag || candidate == "*" {
				return true
			}
		}
	}
	return false
}

// produce reads a picture's file, and makes of it what was asked for.
func (w *Workflow) produce(ctx context.Context, s stored, key pictureKey) ([]byte, error) {
	if key.width > 0 {
		leave, err := w.pictures.enter(ctx, s.width, s.height)
		if err != nil {
			return nil, err
		}
		defer leave()
	}
	file, err := w.db.Client.Picture.Query().Where(picture.ID(s.id)).Select(picture.FieldData).Only(viewer.AsSystem(ctx))
	if err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	if key.width == 0 {
		return file.Data, nil
	}
	to, _ := formatNamed(key.format)
	made, _ := to.made()
	data, err := render(s.format, file.Data, key.width, key.height, made)
	if err != nil {
		return nil, fmt.Errorf("make picture %d: %w", s.id, err)
	}
	return data, nil
}

// fail answers what went wrong, and logs what nobody expected.
func (w *Workflow) fail(rw http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // nobody is there
	}
	if code, _ := fault.CodeOf(err); code == fault.Unavailable {
		rw.Header().Set("Retry-After", "1")
		refusePicture(rw, r, http.StatusServiceUnavailable)
		return
	}
	w.log.LogAttrs(r.Context(), slog.LevelError, "serve picture", slog.Any("error", err))
	refusePicture(rw, r, http.StatusInternalServerError)
}

func refusePicture(rw http.ResponseWriter, r *http.Request, status int) {
	rw.Header().Set("Cache-Control", "no-store")
	if status == http.StatusNotFound {
		http.NotFound(rw, r) // as everywhere
		return
	}
	http.Error(rw, http.StatusText(status), status)
}
