package database

import (
	"context"
	stdsql "database/sql"
	"fmt"
	"runtime"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"galley/internal/database/guard"
)

// postgres is PostgreSQL's driver: lib/pq behind its guard, with a pool of its own.
type postgres struct{ *sql.Driver }

func openPostgres(url string, connections int) (driver, error) {
	connector, err := guard.New(url)
	if err != nil {
		return nil, fmt.Errorf("read DATABASE_URL: %w", err)
	}
	if connections == 0 {
		connections = max(8, 4*runtime.GOMAXPROCS(0))
	}
	pool := stdsql.OpenDB(connector)
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	return postgres{sql.OpenDB(dialect.Postgres, pool)}, nil
}

func (p postgres) Ping(ctx context.Context) error { return p.DB().PingContext(ctx) }
