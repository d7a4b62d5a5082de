package onlineretail

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Header is the first line of every file.
const Header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"

// MaxLine is the longest line that is read, in bytes; those of the data set
// stay below 200. It bounds what a Reader keeps in memory.
const MaxLine = 16 << 10

var (
	// ErrHeader says that a stream does not begin with [Header].
	ErrHeader = errors.New("the first line is not the header of an Online Retail file")
	// ErrLineTooLong is the cause of a [RowError] about a line longer than [MaxLine].
	ErrLineTooLong = fmt.Errorf("line longer than %d bytes", MaxLine)
)

// RowError is a row that could not be read. The rows behind it can.
type RowError struct {
	// Line is the number of the line in the file; the header is line 1.
	Line int
	// Text is the line as written, cut off at [MaxLine] bytes.
	Text string
	// Err says what is wrong with it.
	Err error
}

// Error names the line and what is wrong with it.
func (e *RowError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap gives the cause.
func (e *RowError) Unwrap() error { return e.Err }

// Reader reads rows from a stream. What it keeps in memory does not grow with
// the stream. It is not safe for concurrent use.
type Reader struct {
	lines *bufio.Reader
	line  int
	text  string
	err   error
}

// NewReader begins to read a file, gzipped or not, and checks its header.
func NewReader(r io.Reader) (*Reader, error) {
	if _, err := zone(); err != nil {
		return nil, err
	}
	lines, err := unpacked(r)
	if err != nil {
		return nil, err
	}
	reader := &Reader{lines: lines}
	header, err := reader.next()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: it is empty", ErrHeader)
	}
	if errors.Is(err, ErrLineTooLong) {
		return nil, fmt.Errorf("%w: it is %w", ErrHeader, ErrLineTooLong)
	}
	if err != nil {
		return nil, fmt.Errorf("read header: %w", err)
	}
	if strings.TrimPrefix(header, "\ufeff") != Header {
		return nil, fmt.Errorf("%w: it is %.100q, not %q", ErrHeader, header, Header)
	}
	return reader, nil
}

// unpacked gives the stream itself, or what is packed in it where it begins
// with the two magic bytes of gzip.
func unpacked(r io.Reader) (*bufio.Reader, error) {
	plain := bufio.NewReaderSize(r, MaxLine)
	magic, err := plain.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read header: %w", err)
	}
	if string(magic) != "\x1f\x8b" {
		return plain, nil
	}
	packed, err := gzip.NewReader(plain)
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	return bufio.NewReaderSize(packed, MaxLine), nil
}

// Read gives the next row. Its error is a [*RowError] where this row alone is
// at fault and reading can go on, [io.EOF] after the last row, and final
// otherwise. Blank lines are no rows.
func (r *Reader) Read() (Row, error) {
	if r.err != nil {
		return Row{}, r.err
	}
	text, err := r.next()
	for err == nil && text == "" {
		text, err = r.next()
	}
	switch {
	case errors.Is(err, ErrLineTooLong):
		return Row{}, &RowError{Line: r.line, Text: text, Err: err}
	case errors.Is(err, io.EOF):
		r.err = io.EOF
		return Row{}, r.err
	case err != nil:
		r.err = fmt.Errorf("read after line %d: %w", r.line, err)
		return Row{}, r.err
	}
	row, err := ParseRow(text, r.line)
	if err != nil {
		return Row{}, &RowError{Line: r.line, Text: text, Err: err}
	}
	r.text = text
	return row, nil
}

// Text is the line of the row that was read last, as it is written.
func (r *Reader) Text() string { return r.text }

// next gives the next line without its end. A line that is too long is skipped
// to its end, and only its beginning is kept. A line cut off by an error of the
// stream is not given out.
func (r *Reader) next() (string, error) {
	slice, err := r.lines.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		text := string(slice)
		r.line++
		if err := r.skipLine(); err != nil {
			return "", err
		}
		return text, ErrLineTooLong
	case errors.Is(err, io.EOF) && len(slice) > 0:
	case err != nil:
		return "", err
	}
	r.line++
	text := strings.TrimSuffix(string(slice), "\n")
	return strings.TrimSuffix(text, "\r"), nil
}

func (r *Reader) skipLine() error {
	for {
		_, err := r.lines.ReadSlice('\n')
		switch {
		case err == nil || errors.Is(err, io.EOF):
			return nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return err
		}
	}
}
