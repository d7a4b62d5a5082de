package mergesort

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

const buffer = 64 << 10

// run is a sorted temporary file.
type run struct {
	file   *os.File
	w      *bufio.Writer
	r      *bufio.Reader
	record Record
}

// newRun makes a file that has no name any more where the system allows that, so that nothing of it
// is left even if the process is killed.
func newRun(dir string) (*run, error) {
	file, err := os.CreateTemp(dir, "galley-sort-")
	if err != nil {
		return nil, fmt.Errorf("make temporary file: %w", err)
	}
	_ = os.Remove(file.Name())
	return &run{file: file, w: bufio.NewWriterSize(file, buffer)}, nil
}

func (r *run) append(record Record) error {
	var lengths [2 * binary.MaxVarintLen64]byte
	head := binary.AppendUvarint(binary.AppendUvarint(lengths[:0], uint64(len(record.Key))), uint64(len(record.Value)))
	for _, part := range [][]byte{head, record.Key, record.Value} {
		if _, err := r.w.Write(part); err != nil {
			return fmt.Errorf("write temporary file: %w", err)
		}
	}
	return nil
}

// rewind ends writing and begins reading.
func (r *run) rewind() error {
	if err := r.w.Flush(); err != nil {
		return fmt.Errorf("write temporary file: %w", err)
	}
	if _, err := r.file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read temporary file: %w", err)
	}
	r.w, r.r = nil, bufio.NewReaderSize(r.file, buffer)
	return nil
}

func (r *run) next() (Record, bool, error) {
	key, err := binary.ReadUvarint(r.r)
	if errors.Is(err, io.EOF) {
		return Record{}, false, nil
	}
	var value uint64
	if err == nil {
		value, err = binary.ReadUvarint(r.r)
	}
	if err == nil {
		r.record.Key, err = fill(r.r, r.record.Key, key)
	}
	if err == nil {
		r.record.Value, err = fill(r.r, r.record.Value, value)
	}
	if err != nil {
		return Record{}, false, fmt.Errorf("read temporary file: %w", err)
	}
	return r.record, true, nil
}

// fill reads n bytes into the room of a slice.
func fill(r io.Reader, room []byte, n uint64) ([]byte, error) {
	if uint64(cap(room)) < n {
		room = make([]byte, n)
	}
	room = room[:n]
	_, err := io.ReadFull(r, room)
	return room, err
}

func (r *run) close() error {
	if err := r.file.Close(); err != nil {
		return fmt.Errorf("close temporary file: %w", err)
	}
	if err := os.Remove(r.file.Name()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove temporary file: %w", err)
	}
	return nil
}
