package account

import (
	"errors"
	"strings"
	"testing"
)

func TestAnExportIsBounded(t *testing.T) {
	t.Parallel()
	var d document
	row := strings.Repeat("x", 1<<20)
	err := d.list("rows", func() error {
		for range 100 {
			if err := d.row(row); err != nil {
				return err
			}
		}
		return nil
	})
	if !errors.Is(err, errTooLarge) || d.Len() > largestExport {
		t.Errorf("%d bytes, %v", d.Len(), err)
	}
}
