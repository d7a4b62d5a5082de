package guard

import (
	"database/sql/driver"
	"io"
)

// pqRows is what lib/pq's rows can do.
type pqRows interface {
	driver.RowsNextResultSet
	driver.RowsColumnTypeScanType
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeLength
	driver.RowsColumnTypePrecisionScale
}

// rows are an operation that goes on until they are closed.
type rows struct {
	pqRows
	op operation
}

// rows is the end of an operation that found some.
func (o *operation) rows(found driver.Rows, err error) (driver.Rows, error) {
	if err != nil {
		return nil, o.end(err)
	}
	o.conn.reading = true
	return &rows{pqRows: found.(pqRows), op: *o}, nil
}

// Next reads a row.
func (r *rows) Next(dest []driver.Value) error {
	err := r.pqRows.Next(dest)
	if err == nil {
		return nil
	}
	if err != io.EOF { //nolint:errorlint // rows end with io.EOF itself; a wrapped one is a lost connection
		return r.op.judgeOnce(err)
	}
	if r.HasNextResultSet() {
		return io.EOF
	}
	r.op.conn.reading = false
	if err := r.op.judge(nil); err != nil {
		return err
	}
	return io.EOF
}

// Close reads what is left.
func (r *rows) Close() error {
	err := r.pqRows.Close()
	r.op.bound.release()
	r.op.conn.reading = false
	return r.op.judgeOnce(err)
}
