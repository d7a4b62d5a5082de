package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// connections is how many clients ask at the same time.
const connections = 32

// round is one server at one task for some seconds. What was used is per request.
type round struct {
	on         site
	task       string
	server     string
	number     int
	requests   int
	rate       float64       // requests a second
	cpu        time.Duration // CPU
	database   time.Duration // CPU
	p50, p99   time.Duration
	objects    float64 // allocated
	bytes      float64 // allocated
	answer     float64 // bytes of the body
	statements int
}

// measure starts both servers on the database of a scale, checks that they do the same, and measures each task.
func (h *harness) measure(ctx context.Context, on site, r *results) (err error) {
	s, err := h.openShop(ctx, on)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.db.Close()) }()
	servers, err := h.serve(ctx, on)
	if err != nil {
		return err
	}
	defer servers.stop()
	h.say("%s: comparing answers and rows", on)
	if err := s.check(ctx, servers); err != nil {
		return fmt.Errorf("%s: %w", on, err)
	}
	for _, t := range tasks {
		if !t.runsOn(on.engine) || !h.settings.wants(t) {
			continue
		}
		if err := h.measureTask(ctx, s, t, servers.of(t), r); err != nil {
			return fmt.Errorf("%s: %s: %w", on, t.name, err)
		}
	}
	return nil
}

// measureTask warms both servers up, and then measures them in turns. Who begins changes each time.
func (h *harness) measureTask(ctx context.Context, s *shop, t task, servers []*process, r *results) error {
	rates, statements := map[*process]float64{}, map[*process]int{}
	for _, p := range servers {
		var err error
		if statements[p], err = h.statements(ctx, s, t, p); err != nil {
			return err
		}
		warm, err := h.one(ctx, s, t, p, 5000, h.settings.seconds/4)
		if err != nil {
			return err
		}
		rates[p] = warm.rate
	}
	if err := s.settle(ctx, s.db); err != nil {
		return err
	}
	for number := range h.settings.rounds {
		for i := range servers {
			p := servers[(i+number)%2]
			measured, err := h.one(ctx, s, t, p, rates[p], h.settings.seconds)
			if err != nil {
				return err
			}
			rates[p] = max(rates[p], measured.rate)
			measured.on, measured.number, measured.statements = s.site, number+1, statements[p]
			r.rounds = append(r.rounds, measured)
			h.say("%-10s  %-45s %-12s %8.0f /s  server %v  database %v", s.site, t.name, p.name, measured.rate,
				measured.cpu.Round(time.Microsecond), measured.database.Round(time.Microsecond))
		}
	}
	if h.settings.profiles != "" {
		return h.profile(ctx, s, t, servers, rates)
	}
	return nil
}

// supply makes requests for so many seconds at a rate, with some to spare: those that write cannot be sent twice.
func (h *harness) supply(ctx context.Context, s *shop, t task, p *process, rate float64, lasts time.Duration) (*supply, error) {
	n := 2000
	if t.writes {
		n = 500 + int(1.5*rate*lasts.Seconds())
	}
	asks, err := t.asks(ctx, s, n)
	if err != nil {
		return nil, err
	}
	all := &supply{once: t.writes, begins: []byte(t.begins), requests: make([][]byte, len(asks))}
	for i, a := range asks {
		if p.name == handwrittenServer {
			all.requests[i] = a.ofHandwritten(t)
		} else {
			all.requests[i] = a.ofGalley(t)
		}
	}
	return all, nil
}

// one measures one round.
func (h *harness) one(ctx context.Context, s *shop, t task, p *process, rate float64, lasts time.Duration) (round, error) {
	all, err := h.supply(ctx, s, t, p, rate, lasts)
	if err != nil {
		return round{}, err
	}
	return h.use(ctx, t, p, all, lasts)
}

// use sends requests, and reads before and after what was used.
func (h *harness) use(ctx context.Context, t task, p *process, all *supply, lasts time.Duration) (round, error) {
	before, err := p.meter.Usage(ctx)
	if err != nil {
		return round{}, err
	}
	databaseBefore, err := h.cluster.cpu()
	if err != nil {
		return round{}, err
	}
	seen, err := send(ctx, p.address, all, connections, lasts)
	if err != nil {
		return round{}, err
	}
	database, err := h.cluster.cpu()
	if err != nil {
		return round{}, err
	}
	usage, err := p.meter.Usage(ctx)
	if err != nil {
		return round{}, err
	}
	used, n := usage.Minus(before), len(seen.latencies)
	return round{
		task: t.name, server: p.name, requests: n,
		rate:     float64(n) / seen.took.Seconds(),
		cpu:      used.CPU / time.Duration(n),
		database: (database - databaseBefore) / time.Duration(n),
		p50:      seen.quantile(0.50), p99: seen.quantile(0.99),
		objects: float64(used.Objects) / float64(n),
		bytes:   float64(used.Bytes) / float64(n),
		answer:  float64(seen.bytes) / float64(n),
	}, nil
}

// counted is for how many requests statements are counted.
const counted = 20

// statements counts what a request takes, BEGIN and COMMIT among them. PostgreSQL's processes hear of a setting when
// they get to it, so it counts until two counts agree.
func (h *harness) statements(ctx context.Context, s *shop, t task, p *process) (n int, err error) {
	if s.engine != postgres {
		return 0, nil // SQLite counts none
	}
	if err := h.cluster.countStatements(ctx, true); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, h.cluster.countStatements(ctx, false)) }()
	for last, tries := -1, 0; tries < 50; tries++ {
		all, err := h.supply(ctx, s, t, p, 0, 0)
		if err != nil {
			return 0, err
		}
		before, err := h.cluster.statements(ctx, s.name())
		if err != nil {
			return 0, err
		}
		if err := askAll(ctx, t, p, all.requests[:counted]); err != nil {
			return 0, err
		}
		now, err := h.cluster.statements(ctx, s.name())
		if err != nil {
			return 0, err
		}
		if n := now - before; n > 0 && n == last && n%counted == 0 {
			return n / counted, nil
		}
		last = now - before
	}
	return 0, errors.New("the number of statements is another each time")
}

// askAll asks one request after the other.
func askAll(ctx context.Context, t task, p *process, requests [][]byte) error {
	c, err := dial(ctx, p.address)
	if err != nil {
		return err
	}
	defer c.close()
	for _, request := range requests {
		if _, err := c.answer(t, request); err != nil {
			return err
		}
	}
	return nil
}

// profile writes where the CPU of both servers goes.
func (h *harness) profile(ctx context.Context, s *shop, t task, servers []*process, rates map[*process]float64) error {
	if err := os.MkdirAll(h.settings.profiles, 0o755); err != nil {
		return err
	}
	const seconds = 2
	for _, p := range servers {
		all, err := h.supply(ctx, s, t, p, 1.2*rates[p], (seconds+1)*time.Second)
		if err != nil {
			return err
		}
		name := strings.NewReplacer(" ", "-", ",", "", "×", "x", "'", "").Replace(fmt.Sprintf("%s-%s-%s.pprof", t.name, s.site, p.name))
		file, err := os.Create(filepath.Join(h.settings.profiles, name))
		if err != nil {
			return err
		}
		done := make(chan error, 1)
		go func() { done <- p.meter.Profile(ctx, seconds, file) }()
		_, err = h.use(ctx, t, p, all, (seconds+1)*time.Second)
		if err := errors.Join(err, <-done, file.Close()); err != nil {
			return err
		}
	}
	return nil
}
