package history_test

import (
	"os"
	"path/filepath"
	"testing"
	_ "time/tzdata" // the tests run where no time zone database is installed

	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/history"
)

const (
	sampleFile = "../demo/data/online-retail-sample.csv.gz"
	wholeFile  = "../onlineretail/testdata/online-retail.csv.gz"
)

// importFile imports a file, and lists what it rejects in a directory of the test's own.
func importFile(t testing.TB, db *database.DB, name string, o history.Options) (*history.Report, error) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if o.Currency == "" {
		o.Currency = "GBP"
	}
	if o.Rejected == "" {
		o.Rejected = filepath.Join(t.TempDir(), "rejected.csv")
	}
	return history.Import(t.Context(), db, history.Source{Name: filepath.Base(name), Reader: f, Size: info.Size()}, o)
}

func TestTmpWhole(t *testing.T) {
	for _, e := range databasetest.Engines() {
		db := databasetest.New(t, e)
		r, err := importFile(t, db, wholeFile, history.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Log(r)
	}
}
