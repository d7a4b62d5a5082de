package database

import (
	stdsql "database/sql"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// load is how much work a driver takes at once, and how much it has.
type load interface {
	// capacity is what an engine does at once: reads, and transactions that write. Where one pool serves both, writes
	// is 0.
	capacity() (reads, writes int)
	collectors() []prometheus.Collector
}

// Capacity is how many operations the database serves at once without keeping them waiting: reads, and transactions
// that write. Where writes is 0 both share the places of reads.
func (db *DB) Capacity() (reads, writes int) { return db.driver.capacity() }

// Describe is Prometheus's: a database tells how busy its connections are.
func (db *DB) Describe(into chan<- *prometheus.Desc) {
	for _, c := range db.driver.collectors() {
		c.Describe(into)
	}
}

// Collect is Prometheus's too.
func (db *DB) Collect(into chan<- prometheus.Metric) {
	for _, c := range db.driver.collectors() {
		c.Collect(into)
	}
}

func (p postgres) capacity() (reads, writes int) { return places(p.DB()), 0 }

func (p postgres) collectors() []prometheus.Collector {
	return []prometheus.Collector{collectors.NewDBStatsCollector(p.DB(), "postgresql")}
}

// capacity has as many writers as share a COMMIT.
func (s *split) capacity() (reads, writes int) { return places(s.DB()), s.writer.limit }

func (s *split) collectors() []prometheus.Collector {
	return []prometheus.Collector{
		collectors.NewDBStatsCollector(s.DB(), "sqlite_readers"),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "galley_sqlite_writers_waiting", Help: "Transactions that wait for SQLite's one connection that writes.",
		}, func() float64 { return float64(s.writer.turns.waiting()) }),
	}
}

func places(pool *stdsql.DB) int { return pool.Stats().MaxOpenConnections }
