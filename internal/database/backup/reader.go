package backup

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"strconv"
)

// maxLine bounds the memory that a file can make a restore take. A picture has at most 10 MB, 14 in base64.
const maxLine = 64 << 20

// errForeign is the error of a file that no backup begins like.
var errForeign = errors.New("this is no backup of Galley")

// reader reads the file's lines.
type reader struct {
	in     *bufio.Reader
	line   []byte // the last
	sum    hash.Hash
	header header
	rows   map[string]int64
	report Report
}

func newReader(r io.Reader) (*reader, error) {
	compressed, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errForeign, err)
	}
	in := &reader{in: bufio.NewReaderSize(compressed, 64<<10), sum: sha256.New(), rows: map[string]int64{}}
	line, err := in.next()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errForeign, err)
	}
	if err := json.Unmarshal(line, &in.header); err != nil || in.header.Galley != "backup" {
		return nil, errForeign
	}
	if in.header.Format != format {
		return nil, fmt.Errorf("the backup's format is %d and this program reads %d: restore it with a newer version of Galley", in.header.Format, format)
	}
	return in, nil
}

// next returns a line, valid until the next. There always is one until the end was read.
func (r *reader) next() ([]byte, error) {
	r.sum.Write(r.line) // the one before: the end is not part of what its checksum is of
	r.line = r.line[:0]
	for {
		piece, err := r.in.ReadSlice('\n')
		r.line = append(r.line, piece...)
		r.report.Bytes += int64(len(piece))
		switch {
		case err == nil:
			return r.line, nil
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil, errors.New("the backup is cut off before its end")
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, damaged(err)
		case len(r.line) > maxLine:
			return nil, fmt.Errorf("the backup has a line of more than %d MB", maxLine>>20)
		}
	}
}

func damaged(err error) error { return fmt.Errorf("the backup is damaged: %w", err) }

// target takes what a backup has.
type target interface {
	begin(tableHeader) error
	row([]any) error
	finish() error // the table
	value(k kind, raw json.RawMessage) (any, error)
}

// each gives everything to a target, and returns when the file has ended as it should.
func (r *reader) each(to target) error {
	line, err := r.next()
	if err != nil {
		return err
	}
	for {
		var t tableHeader
		if err := json.Unmarshal(line, &t); err != nil {
			return damaged(err)
		}
		if t.Table == "" {
			return r.end(line)
		}
		if _, again := r.rows[t.Table]; again {
			return damaged(fmt.Errorf("table %s is there twice", t.Table))
		}
		r.rows[t.Table] = 0
		r.report.Tables++
		if err := to.begin(t); err != nil {
			return fmt.Errorf("table %s: %w", t.Table, err)
		}
		if line, err = r.tableRows(t, to); err != nil {
			return fmt.Errorf("table %s, row %d: %w", t.Table, r.rows[t.Table], err)
		}
		if err := to.finish(); err != nil {
			return fmt.Errorf("table %s: %w", t.Table, err)
		}
	}
}

// tableRows gives a table's rows to the target, and returns the line after them.
func (r *reader) tableRows(t tableHeader, to target) ([]byte, error) {
	var raw []json.RawMessage
	for {
		line, err := r.next()
		if err != nil || line[0] != '[' {
			return line, err
		}
		r.rows[t.Table]++
		r.report.Rows++
		if err := json.Unmarshal(line, &raw); err != nil {
			return nil, damaged(err)
		}
		if len(raw) != len(t.Columns) {
			return nil, damaged(fmt.Errorf("%d values for %d columns", len(raw), len(t.Columns)))
		}
		values := make([]any, len(raw))
		for i, c := range t.Columns {
			if string(raw[i]) == "null" {
				continue
			}
			if values[i], err = to.value(c.Kind, raw[i]); err != nil {
				return nil, damaged(fmt.Errorf("column %s: %w", c.Name, err))
			}
		}
		if err := to.row(values); err != nil {
			return nil, err
		}
	}
}

// end compares what was read with what the last line says.
func (r *reader) end(line []byte) error {
	var e end
	if err := json.Unmarshal(line, &e); err != nil {
		return damaged(err)
	}
	switch {
	case e.End.SHA256 != hex.EncodeToString(r.sum.Sum(nil)):
		return damaged(errors.New("its checksum is wrong"))
	case !maps.Equal(e.End.Rows, r.rows):
		return damaged(errors.New("rows are missing"))
	}
	switch _, err := r.in.ReadByte(); { // gzip compares its own checksum at its end
	case err == nil:
		return damaged(errors.New("something follows its end"))
	case !errors.Is(err, io.EOF):
		return damaged(err)
	}
	return nil
}

// decode reads a value as the file has it.
func decode(k kind, raw json.RawMessage) (any, error) {
	switch k {
	case whole, instant:
		return strconv.ParseInt(string(raw), 10, 64)
	case boolean:
		return strconv.ParseBool(string(raw))
	case binary:
		return decodeBytes(raw)
	case text, object:
		if raw[0] == '{' {
			var foreign struct{ Bytes json.RawMessage }
			if err := json.Unmarshal(raw, &foreign); err != nil {
				return nil, err
			}
			v, err := decodeBytes(foreign.Bytes)
			return string(v), err
		}
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err
	}
	return nil, fmt.Errorf("this program knows no values of kind %q", k)
}

func decodeBytes(raw json.RawMessage) ([]byte, error) {
	if len(raw) < 2 || raw[0] != '"' {
		return nil, errors.New("no base64")
	}
	return base64.StdEncoding.AppendDecode([]byte{}, raw[1:len(raw)-1])
}
