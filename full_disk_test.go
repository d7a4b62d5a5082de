//go:build linux

package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/nodeid"
)

// A limit of the process's files stands for the disk: writing beyond it fails as it does on a full
// one, on every machine and without privileges.
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]func(t *testing.T, d *disk){
		"takes writes again when there is space": func(_ *testing.T, d *disk) { d.limit(unix.RLIM_INFINITY) },
		"keeps what it has when the process is killed": func(t *testing.T, d *disk) {
			d.stop()
			d.program = launch(t, map[string]string{"GALLEY_DATA": d.data})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := t.TempDir()
			d := &disk{t: t, data: data, program: launch(t, map[string]string{"GALLEY_DATA": data}), carts: map[int64]bool{}}
			d.write()
			d.fill()
			for range 3 { // it is full, and stays so
				if code := d.write(); code != fault.Unavailable {
					t.Errorf("a write on a full disk: %q", code)
				}
				d.read()
			}
			after(t, d)
			for range 3 {
				if code := d.write(); code != "" {
					t.Errorf("a write when there is space again: %s", code)
				}
				d.read()
			}
			if err := d.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if err := <-d.done; err != nil {
				t.Errorf("stop: %v\n%s", err, d.out.String())
			}
			d.done <- nil
			d.audit()
		})
	}
}

// disk is a process on a disk that gets full.
type disk struct {
	*program
	t    *testing.T
	data string

	mu    sync.Mutex
	carts map[int64]bool // that were acknowledged
}

func (d *disk) limit(bytes uint64) {
	d.t.Helper()
	if err := unix.Prlimit(d.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}, nil); err != nil {
		d.t.Fatal(err)
	}
}

// fill leaves 100 KB, which many clients use up.
func (d *disk) fill() {
	d.t.Helper()
	var used int64
	for _, name := range []string{"galley.db", "galley.db-wal"} {
		info, err := os.Stat(filepath.Join(d.data, name))
		if err != nil {
			d.t.Fatal(err)
		}
		used = max(used, info.Size())
	}
	d.limit(uint64(used) + 100<<10)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			code := d.write()
			for deadline := time.Now().Add(5 * time.Minute); code == "" && time.Now().Before(deadline); {
				code = d.write()
			}
			if code != fault.Unavailable {
				d.t.Errorf("the disk does not get full: %q", code)
			}
		})
	}
	wg.Wait()
}

// write opens a cart, and returns the code of its failure.
func (d *disk) write() fault.Code {
	d.t.Helper()
	a, err := post(context.Background(), d.url, "", `mutation { cartCreate { cart { id } } }`, nil)
	if err != nil {
		d.t.Errorf("no answer: %v", err)
		return fault.Internal
	}
	if len(a.Errors) > 0 {
		return fault.Code(a.Errors[0].Extensions.Code)
	}
	var data struct {
		CartCreate struct{ Cart struct{ ID string } }
	}
	if err := a.read(&data); err != nil {
		d.t.Error(err)
	}
	id, err := nodeid.Parse(data.CartCreate.Cart.ID)
	if err != nil {
		d.t.Error(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.carts[id.Key] = true
	return ""
}

// read asks for products and whether the process is ready, which needs no space.
func (d *disk) read() {
	d.t.Helper()
	a, err := post(d.t.Context(), d.url, "", `{ products { totalCount } }`, nil)
	if err != nil || len(a.Errors) > 0 {
		d.t.Errorf("read: %+v, %v", a, err)
	}
	r, err := http.NewRequestWithContext(d.t.Context(), http.MethodGet, d.url+"/readyz", nil)
	if err != nil {
		d.t.Fatal(err)
	}
	ready, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	_ = ready.Body.Close()
	if ready.StatusCode != http.StatusOK {
		d.t.Errorf("/readyz answers %s", ready.Status)
	}
}

// audit compares what was acknowledged with what is there.
func (d *disk) audit() {
	d.t.Helper()
	ctx := databasetest.System(d.t.Context())
	db, err := database.Open(ctx, database.Options{URL: "sqlite:" + filepath.Join(d.data, "galley.db"), Instance: 1})
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	found := db.Client.Cart.Query().IDsX(ctx)
	for _, id := range found {
		if !d.carts[id] {
			d.t.Errorf("cart %d is there, and was not acknowledged", id)
		}
		delete(d.carts, id)
	}
	if len(d.carts) > 0 {
		d.t.Errorf("%d acknowledged carts are lost, %d are there", len(d.carts), len(found))
	}
	rows, err := db.Client.QueryContext(ctx, "PRAGMA integrity_check")
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var verdict string
	if rows.Next(); rows.Scan(&verdict) != nil || verdict != "ok" || rows.Err() != nil {
		d.t.Errorf("PRAGMA integrity_check: %q, %v", verdict, rows.Err())
	}
}
