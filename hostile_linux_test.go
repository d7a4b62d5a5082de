//go:build whole

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
)

const (
	// mostCPU and mostMemory are what an attack may cost the program, each time.
	mostCPU    = 100 * time.Millisecond
	mostMemory = 16 << 20
	// mostWait is what a good query may take while attackers are at work, on a machine that may be small and busy.
	mostWait = 2 * time.Second

	attackers = 8
	siege     = 5 * time.Second
	good      = `{"query":"{ products(first: 5) { nodes { title priceFrom { amount } } } }"}`
)

// fortress is the program in production, with a shop that sells things, and what it costs to attack it.
type fortress struct {
	*program
	metrics string
	client  *http.Client
	away    *http.Client // at another address
}

// newFortress makes one whose callers have so many points, half of which come back each second. Without a bound they pay none: or
// most of what is sent here would be refused for having none.
func newFortress(t *testing.T, engine databasetest.Engine, points int) *fortress {
	t.Helper()
	meter, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	metrics := meter.Addr().String()
	_ = meter.Close()
	env, _ := freshShop(t, engine)
	env["GALLEY_METRICS_ADDR"], env["GALLEY_POINTS"], env["GALLEY_POINTS_PER_SECOND"] = metrics, strconv.Itoa(points), strconv.Itoa(max(points/2, 1))
	if out, err := command(t, env, "import", "online-retail", sampleFile); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return &fortress{program: launch(t, env), metrics: metrics, client: clientAt(t, "127.0.0.1"), away: clientAt(t, "127.0.0.2")}
}

// clientAt is a client at one of the machine's own addresses.
func clientAt(t *testing.T, address string) *http.Client {
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	transport := &http.Transport{MaxIdleConnsPerHost: attackers, DialContext: dialer.DialContext}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: time.Minute}
}

// cost is what the program spent.
type cost struct {
	cpu       time.Duration
	allocated float64 // bytes, whether or not they were held at the same time
}

func (c cost) String() string {
	return fmt.Sprintf("%8s CPU, %6.2f MB", c.cpu.Round(10*time.Microsecond), c.allocated/(1<<20))
}

// spent is what the program has cost since it began.
func (f *fortress) spent(t *testing.T) cost {
	t.Helper()
	var clock unix.Timespec
	if err := unix.ClockGettime(int32(^f.Process.Pid<<3|2), &clock); err != nil { // clock_getcpuclockid(3)
		t.Fatal(err)
	}
	return cost{time.Duration(clock.Nano()), measured(t, f.metrics, "go_memstats_alloc_bytes_total")}
}

// since is what each of so many attacks has cost.
func (f *fortress) since(t *testing.T, before cost, times int) cost {
	t.Helper()
	now := f.spent(t)
	return cost{(now.cpu - before.cpu) / time.Duration(times), (now.allocated - before.allocated) / float64(times)}
}

func (c cost) bound(t *testing.T, cpu time.Duration, memory float64) {
	t.Helper()
	if c.cpu > cpu || c.allocated > memory {
		t.Errorf("it costs %s, want at most %s and %.0f MB", c, cpu, memory/(1<<20))
	}
}

// answered is what came back.
type answered struct {
	status int
	codes  []string // of its errors
	size   int
}

func (a answered) String() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", a.status, strings.Join(slices.Compact(slices.Sorted(slices.Values(a.codes))), " ")))
}

// send sends a request. An error means that there is no answer, or that it is not as an answer has to be: JSON, with a code in
// each error, and without a word of the inside that was not said before.
func (f *fortress) send(ctx context.Context, r request) (answered, error) {
	return f.sendBy(ctx, f.client, r)
}

func (f *fortress) sendBy(ctx context.Context, client *http.Client, r request) (a answered, err error) {
	method, body := r.method, []byte(r.body)
	if method == "" {
		method = http.MethodPost
	}
	q, err := http.NewRequestWithContext(ctx, method, f.url+"/query"+r.url, bytes.NewReader(body))
	if err != nil {
		return a, err
	}
	q.Header.Set("Content-Type", "application/json")
	maps.Copy(q.Header, r.header)
	response, err := client.Do(q)
	if err != nil {
		return a, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return a, err
	}
	a.status, a.size = response.StatusCode, len(text)
	if word := graphtest.Inside.FindString(string(text)); word != "" && !strings.Contains(r.body+r.url, word) {
		return a, fmt.Errorf("it tells of %q: %.400s", word, text)
	}
	if response.StatusCode == http.StatusRequestHeaderFieldsTooLarge { // net/http's own, before there is a request
		return a, nil
	}
	var said answer
	if contentType := response.Header.Get("Content-Type"); !strings.HasPrefix(contentType, "application/json") || json.Unmarshal(text, &said) != nil {
		return a, fmt.Errorf("%d of type %q: %.400s", a.status, contentType, text)
	}
	for _, e := range said.Errors {
		if !errorCode.MatchString(e.Extensions.Code) || e.Message == "" {
			return a, fmt.Errorf("an error without a code or a message: %.400s", text)
		}
		a.codes = append(a.codes, e.Extensions.Code)
	}
	return a, nil
}

var errorCode = regexp.MustCompile(`^[A-Z_]+$`)

// asks has a good client ask, and says how long the answers took.
func (f *fortress) asks(t *testing.T, enough func(n int) bool) []time.Duration {
	t.Helper()
	var took []time.Duration
	for !enough(len(took)) {
		begun := time.Now()
		a, err := f.send(t.Context(), request{body: good})
		if err != nil || a.status != http.StatusOK || len(a.codes) > 0 {
			t.Errorf("a good query is answered %s, %v", a, err)
			break
		}
		took = append(took, time.Since(begun))
		time.Sleep(5 * time.Millisecond) // it is one client, and no attack
	}
	slices.Sort(took)
	return took
}

// usually is the median of what a good query takes.
func (f *fortress) usually(t *testing.T) time.Duration {
	t.Helper()
	took := f.asks(t, func(n int) bool { return n == 200 })
	if len(took) == 0 {
		t.FailNow()
	}
	return took[len(took)/2]
}

// TestHostile attacks the program: each attack by itself, to see what it costs, and all together, to see whether anybody else
// notices.
func TestHostile(t *testing.T) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			f := newFortress(t, engine, -1)
			usual := f.usually(t)
			t.Run("requests", f.requests)
			t.Run("connections", func(t *testing.T) { f.connections(t, usual) })
			for _, n := range []int{1, attackers} {
				t.Run(fmt.Sprintf("all, %d at once", n), func(t *testing.T) { f.besiege(t, n, usual) })
			}
			if said := f.out.String(); strings.Contains(said, "panic") || strings.Contains(said, "INTERNAL_SERVER_ERROR") {
				t.Errorf("the log has\n%.2000s", said)
			}
			t.Run(fmt.Sprintf("all, %d at once, who pay", attackers), func(t *testing.T) {
				f.stop()
				f := newFortress(t, engine, 5_000)
				if f.besiege(t, attackers, f.usually(t)) == 0 {
					t.Error("nothing was turned away unread")
				}
			})
		})
	}
}

// requests sends each attack often enough to see what one costs.
func (f *fortress) requests(t *testing.T) {
	const times = 10
	for _, name := range slices.Sorted(maps.Keys(hostileRequests())) {
		attack := hostileRequests()[name]
		t.Run(name, func(t *testing.T) {
			var last answered
			before := f.spent(t)
			for n := range times {
				a, err := f.send(t.Context(), attack.request(n))
				if err != nil {
					t.Fatal(err)
				}
				if a.String() != attack.want {
					t.Errorf("it is answered %s, want %s", a, attack.want)
				}
				last = a
			}
			each := f.since(t, before, times)
			each.bound(t, mostCPU, mostMemory)
			t.Logf("%s, %7d bytes sent, %7d answered, %s", each, len(attack.request(0).body), last.size, last)
		})
	}
}
