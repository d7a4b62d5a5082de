// Package guard stands between database/sql and lib/pq, and makes three promises that lib/pq does not:
// nothing runs twice because a connection was cut, nothing waits longer than its context on a network
// that fell silent, and a COMMIT whose answer is not certain is not called done. It also keeps
// statements prepared, so that each costs one round trip.
package guard

import (
	"context"
	"database/sql/driver"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/lib/pq"
)

// limits are the times that an operation may take beyond what its context says.
type limits struct {
	// grace is what lib/pq has to cancel a statement whose context has ended, before its socket is closed.
	grace time.Duration
	// host bounds the making of a connection to one host, unless the URL has a connect_timeout.
	host time.Duration
	// commit bounds a COMMIT, and closing what ends a connection's use: ROLLBACK and the like.
	commit, closing time.Duration
}

func usual() limits {
	return limits{grace: time.Second, host: 5 * time.Second, commit: 30 * time.Second, closing: 5 * time.Second}
}

// Connector makes guarded connections.
type Connector struct {
	pq     *pq.Connector
	limits limits
	binary bool // binary_parameters=yes: behind a pooler, where no statement stays prepared

	// plans counts how often tables changed under a prepared statement. Connections that were made
	// before the last time are replaced.
	plans atomic.Int64
}

var _ driver.Connector = (*Connector)(nil)

// New reads a URL as lib/pq does, with several hosts, TLS and all.
func New(url string) (*Connector, error) {
	config, err := pq.NewConfig(perHost(url))
	if err != nil {
		return nil, err
	}
	limits := usual()
	if config.ConnectTimeout <= 0 {
		config.ConnectTimeout = limits.host
	}
	inner, err := pq.NewConnectorConfig(config)
	if err != nil {
		return nil, err
	}
	inner.Dialer(dialer{limits})
	return &Connector{pq: inner, limits: limits, binary: config.BinaryParameters}, nil
}

// Driver is lib/pq's.
func (c *Connector) Driver() driver.Driver { return c.pq.Driver() }

// Connect makes a connection to the first host that takes it.
func (c *Connector) Connect(ctx context.Context) (driver.Conn, error) {
	dialling := &dialling{ctx: ctx}
	made, err := c.pq.Connect(context.WithValue(ctx, diallingKey{}, dialling))
	link := dialling.end()
	if err != nil {
		return nil, missing(dueTo(ctx, err))
	}
	inner, ok := made.(pqConn)
	if !ok || link == nil {
		_ = made.Close()
		return nil, fmt.Errorf("lib/pq made a %T, which cannot be guarded", made)
	}
	conn := &conn{pqConn: inner, connector: c, link: link, plans: c.plans.Load()}
	if !c.binary {
		conn.statements = newStatements()
	}
	pq.SetNoticeHandler(made, conn.notice)
	return conn, nil
}
