//go:build faults

package faults

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	_ "github.com/lib/pq" // statements beside the guarded ones

	"galley/ent"
	"galley/ent/category"
	"galley/internal/database"
	"galley/internal/viewer"
)

// TestFaultStandbyIsGone has a server whose COMMITs wait for a standby that is not there. Whoever cancels
// such a wait is told by PostgreSQL, in a notice, that it is committed here and maybe nowhere else.
func TestFaultStandbyIsGone(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	db := migrated(t, c.url("sslmode=disable"))
	admin, err := sql.Open("postgres", c.url("sslmode=disable"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = admin.Close() }()
	do := func(statement string) {
		t.Helper()
		if _, err := admin.ExecContext(t.Context(), statement); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	}
	do(`ALTER SYSTEM SET synchronous_standby_names = 'nobody'`)
	do(`SELECT pg_reload_conf()`)
	eventually(t, "the server waits for its standby", func() bool {
		var names string
		return admin.QueryRowContext(t.Context(), `SHOW synchronous_standby_names`).Scan(&names) == nil && names == "nobody"
	})
	ctx := viewer.AsSystem(t.Context())
	create := func(name string) func(context.Context, *ent.Tx) (int64, error) {
		return func(ctx context.Context, tx *ent.Tx) (int64, error) {
			made, err := tx.Category.Create().SetName(name).SetSlug(name).Save(ctx)
			if err != nil {
				return 0, err
			}
			return made.ID, nil
		}
	}
	there := func(name string) bool { return db.Client.Category.Query().Where(category.Name(name)).ExistX(ctx) }
	// cancelWait cancels a COMMIT that waits.
	cancelWait := func() {
		eventually(t, "a COMMIT waits", func() bool {
			var n int
			return admin.QueryRowContext(t.Context(),
				`SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`).Scan(&n) == nil && n > 0
		})
	}
	t.Run("and the time is up", func(t *testing.T) {
		err := db.InTxWithin(ctx, time.Second, func(ctx context.Context, tx *ent.Tx) error {
			_, err := create("in time")(ctx, tx)
			return err
		})
		if !errors.Is(err, database.ErrOutcomeUnknown) || !there("in time") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("and somebody cancels the wait", func(t *testing.T) {
		go cancelWait()
		if _, err := db.Mutate(ctx, create("cancelled")); !errors.Is(err, database.ErrOutcomeUnknown) || !there("cancelled") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("and somebody cancels a statement outside a transaction", func(t *testing.T) {
		go cancelWait()
		err := db.Client.Category.Create().SetName("alone").SetSlug("alone").Exec(ctx)
		if !errors.Is(err, database.ErrOutcomeUnknown) || !there("alone") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("and under a key it is done once it can be", func(t *testing.T) {
		go func() {
			cancelWait()
			do(`ALTER SYSTEM RESET synchronous_standby_names`)
			do(`SELECT pg_reload_conf()`)
		}()
		out, err := db.Mutate(database.WithRequest(ctx, database.Request{Scope: "test", Key: "k", Hash: []byte("x")}), create("keyed"))
		if err != nil || db.Client.Category.Query().Where(category.Name("keyed")).OnlyIDX(ctx) != out.Key {
			t.Errorf("got %+v, %v", out, err)
		}
	})
}

// TestFaultFailover kills a server under load, and its standby takes over.
func TestFaultFailover(t *testing.T) {
	t.Parallel()
	first := newCluster(t, "synchronous_standby_names = '*'", "synchronous_commit = local")
	dir := home(t)
	second := &cluster{home: dir, data: filepath.Join(dir, "data"), password: first.password}
	db := migrated(t, first.url("sslmode=disable"))
	second.run(t, "pg_basebackup", "--write-recovery-conf", "--checkpoint=fast", "--pgdata="+second.data,
		"--dbname="+first.url("sslmode=disable"))
	second.configure(t, "unix_socket_directories = '"+dir+"'")
	second.start(t)
	// From here on nothing is acknowledged that the standby does not have.
	first.configure(t, "synchronous_commit = on")
	first.run(t, "pg_ctl", "reload", "--silent", "--pgdata="+first.data)
	eventually(t, "the standby keeps up", func() bool {
		return db.Ping(t.Context()) == nil && synchronous(t, first)
	})
	// Of the two hosts only the one that takes writes will do; before them, one that is not there.
	both := open(t, first.url("sslmode=disable&target_session_attrs=read-write", "127.0.0.1:1", first.host(), second.host()), 2)
	load := start(t, both)
	load.until(t, 100)
	first.run(t, "pg_ctl", "stop", "--silent", "--mode=immediate", "--pgdata="+first.data)
	second.run(t, "pg_ctl", "promote", "--silent", "--wait", "--pgdata="+second.data)
	load.until(t, 100)
	load.end(t, both)
}

// synchronous tells whether a server has a standby that its COMMITs wait for.
func synchronous(t *testing.T, c *cluster) bool {
	t.Helper()
	db, err := sql.Open("postgres", c.url("sslmode=disable"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var n int
	err = db.QueryRowContext(t.Context(), `SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync' AND current_setting('synchronous_commit') = 'on'`).Scan(&n)
	return err == nil && n == 1
}
