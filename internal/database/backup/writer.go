package backup

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"strconv"
	"time"
	"unicode/utf8"
)

// writer writes the file's lines.
type writer struct {
	lines  *bufio.Writer // before gzip: it is slow with short writes
	gzip   *gzip.Writer
	file   *bufio.Writer // behind it: it makes short writes
	sum    hash.Hash
	line   []byte
	rows   map[string]int64
	report Report
}

func newWriter(w io.Writer) *writer {
	const size = 64 << 10
	file := bufio.NewWriterSize(w, size)
	compressed, err := gzip.NewWriterLevel(file, gzip.BestSpeed) // half of a shop are pictures, which get no smaller
	if err != nil {                                              // the level is valid
		panic(err)
	}
	lines := bufio.NewWriterSize(compressed, size)
	return &writer{lines: lines, gzip: compressed, file: file, sum: sha256.New(), rows: map[string]int64{}}
}

// write writes the line that was made.
func (w *writer) write() error {
	w.line = append(w.line, '\n')
	w.sum.Write(w.line)
	w.report.Bytes += int64(len(w.line))
	_, err := w.lines.Write(w.line)
	return err
}

func (w *writer) json(v any) (err error) {
	if w.line, err = json.Marshal(v); err != nil {
		return err
	}
	return w.write()
}

func (w *writer) table(t tableHeader) error {
	w.rows[t.Table] = 0
	w.report.Tables++
	return w.json(t)
}

func (w *writer) row(t tableHeader, values []any) (err error) {
	w.line = append(w.line[:0], '[')
	for i, c := range t.Columns {
		if i > 0 {
			w.line = append(w.line, ',')
		}
		if w.line, err = appendValue(w.line, c.Kind, values[i]); err != nil {
			return fmt.Errorf("row %v, column %s: %w", values[0], c.Name, err)
		}
	}
	w.line = append(w.line, ']')
	w.rows[t.Table]++
	w.report.Rows++
	return w.write()
}

func (w *writer) end() (*Report, error) {
	var e end
	e.End.Rows, e.End.SHA256 = w.rows, hex.EncodeToString(w.sum.Sum(nil))
	if err := w.json(e); err != nil {
		return nil, err
	}
	for _, flush := range []func() error{w.lines.Flush, w.gzip.Close, w.file.Flush} {
		if err := flush(); err != nil {
			return nil, err
		}
	}
	return &w.report, nil
}

// appendValue writes what a driver returned for a column. SQLite returns what is stored, whatever the column's type.
func appendValue(b []byte, k kind, value any) ([]byte, error) {
	switch v := value.(type) {
	case nil:
		return append(b, "null"...), nil
	case int64:
		switch k {
		case whole, instant:
			return strconv.AppendInt(b, v, 10), nil
		case boolean:
			return strconv.AppendBool(b, v != 0), nil
		}
	case bool:
		if k == boolean {
			return strconv.AppendBool(b, v), nil
		}
	case time.Time:
		if k == instant {
			return strconv.AppendInt(b, v.UnixMicro(), 10), nil
		}
	case string:
		return appendBytes(b, k, []byte(v))
	case []byte:
		return appendBytes(b, k, v)
	}
	return nil, fmt.Errorf("a value of type %T where %s belongs", value, k)
}

func appendBytes(b []byte, k kind, v []byte) ([]byte, error) {
	switch k {
	case binary:
		return appendBase64(b, v), nil
	case text, object:
		if !utf8.Valid(v) { // SQLite takes any bytes for text; JSON would not
			return append(appendBase64(append(b, `{"bytes":`...), v), '}'), nil
		}
		return appendString(b, v), nil
	}
	return nil, fmt.Errorf("text where %s belongs", k)
}

func appendBase64(b, v []byte) []byte {
	return append(base64.StdEncoding.AppendEncode(append(b, '"'), v), '"')
}

// appendString writes text as JSON has it.
func appendString(b, v []byte) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	for _, c := range v {
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
