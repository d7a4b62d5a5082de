package limit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/edge/limit"
	"galley/internal/fault"
	"galley/internal/origin"
	"galley/internal/viewer"
)

// till is a metered executor on a clock that the test moves.
type till struct {
	*limit.Meter
	ahead *atomic.Int64
}

func newTill(tb testing.TB, bucket limit.Bucket) till {
	tb.Helper()
	ahead := new(atomic.Int64)
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	now := func() time.Time { return start.Add(time.Duration(ahead.Load())) }
	return till{limit.Metered(shop(tb), limit.Limits{}, limit.Tariff{Bucket: bucket, Show: true, Now: now}), ahead}
}

func (c till) later(d time.Duration) { c.ahead.Add(int64(d)) }

// caller is somebody at an address.
func caller(address string, v viewer.Viewer) context.Context {
	ctx := viewer.With(graphql.StartOperationTrace(context.Background()), v)
	if address == "" {
		return ctx
	}
	return origin.With(ctx, origin.Origin{Address: netip.MustParseAddr(address)})
}

func (c till) ask(ctx context.Context, query string) (map[string]any, gqlerror.List) {
	return c.asking(ctx, &graphql.RawParams{Query: query})
}

// asking runs a request, and returns extensions.cost as a client reads it.
func (c till) asking(ctx context.Context, params *graphql.RawParams) (map[string]any, gqlerror.List) {
	opCtx, errs := c.CreateOperationContext(ctx, params)
	if len(errs) > 0 {
		return nil, errs
	}
	responses, ctx := c.DispatchOperation(graphql.WithOperationContext(ctx, opCtx), opCtx)
	text, err := json.Marshal(responses(ctx).Extensions["cost"])
	if err != nil {
		return nil, gqlerror.List{gqlerror.Wrap(err)}
	}
	var cost map[string]any
	_ = json.Unmarshal(text, &cost)
	return cost, nil
}

func TestPoints(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]float64{
		`{ __typename }`: 1,
		`{ me { id } }`:  1,
		`{ me { orders(first: 7) { nodes { id } } } }`:                                     8,
		`mutation { orderCancel(id: "a") { id } }`:                                         11,
		`mutation { a: orderCancel(id: "a") { id } b: orderCancel(id: "b") { id } }`:       22,
		`mutation { ...M } fragment M on Mutation { ... { orderCancel(id: "a") { id } } }`: 11,
		`{ users(first: 100) { nodes { id ` + numberedFields(49) + ` } } }`:                151,
	} {
		cost, errs := newTill(t, limit.Bucket{}).ask(caller("192.0.2.1", viewer.Viewer{}), query)
		if errs != nil || cost["points"] != want {
			t.Errorf("%.80s: %v %v, want %v points", query, cost, errs, want)
		}
	}
}

func numberedFields(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "n%d: name ", i)
	}
	return b.String()
}

func TestTheCostIsTold(t *testing.T) {
	t.Parallel()
	shown := newTill(t, limit.Bucket{Size: 100, PerSecond: 10})
	cost, errs := shown.ask(caller("192.0.2.1", viewer.Viewer{}), `{ me { orders(first: 7) { nodes { id } } } }`)
	want := map[string]any{
		"points":  8.0,
		"objects": map[string]any{"estimated": 8.0, "limit": 5_000.0},
		"values":  map[string]any{"estimated": 16.0, "limit": 15_000.0},
		"bucket":  map[string]any{"size": 100.0, "remaining": 92.0, "perSecond": 10.0},
	}
	if errs != nil || fmt.Sprint(cost) != fmt.Sprint(want) {
		t.Errorf("told %v, %v\nwant %v", cost, errs, want)
	}
	quiet := limit.Metered(shop(t), limit.Limits{}, limit.Tariff{})
	for asked, told := range map[any]bool{true: true, false: false, nil: false, "true": false} {
		cost, errs := till{Meter: quiet}.asking(caller("", viewer.Viewer{}), &graphql.RawParams{Query: `{ me { id } }`, Extensions: map[string]any{"cost": asked}})
		if errs != nil || (cost != nil) != told {
			t.Errorf("asked with %v: told %v, %v", asked, cost, errs)
		}
	}
}

func TestCallersPay(t *testing.T) {
	t.Parallel()
	const query = `{ me { orders(first: 39) { nodes { id } } } }` // 40 points
	till := newTill(t, limit.Bucket{Size: 100, PerSecond: 10})
	ctx := caller("192.0.2.1", viewer.Viewer{})
	pays := func(ctx context.Context, remaining float64) {
		t.Helper()
		cost, errs := till.ask(ctx, query)
		if errs != nil {
			t.Fatalf("refused: %v", errs)
		}
		if got := cost["bucket"].(map[string]any)["remaining"]; got != remaining { //nolint:forcetypeassert // of a test
			t.Errorf("%v remain, want %v", got, remaining)
		}
	}
	refused := func(ctx context.Context, seconds int) {
		t.Helper()
		_, errs := till.ask(ctx, query)
		if codeOf(errs) != "RATE_LIMITED" || errs[0].Extensions["retryAfter"] != seconds {
			t.Errorf("errors %v %v, want one to try again in %d s", errs, errs[0].Extensions, seconds)
		}
	}
	pays(ctx, 60)
	pays(ctx, 20)
	refused(ctx, 2)
	refused(ctx, 2) // which costs nothing
	if cost, errs := till.ask(ctx, `{ me { id } }`); errs != nil {
		t.Errorf("less is refused: %v %v", cost, errs)
	}
	till.later(2 * time.Second)
	refused(ctx, 1)
	till.later(100 * time.Millisecond)
	pays(ctx, 0)
	till.later(time.Hour) // full again, and no fuller
	pays(ctx, 60)
	_, errs := till.ask(ctx, `{ me { orders(first: 100) { nodes { id lines { id } } } } }`)
	if codeOf(errs) != "COMPLEXITY_LIMIT_EXCEEDED" || !strings.Contains(fmt.Sprint(errs[0].Extensions["limit"]), "points") {
		t.Errorf("what costs more than a bucket holds: %v", errs)
	}
}

func TestWhatIsRefusedCosts(t *testing.T) {
	t.Parallel()
	till := newTill(t, limit.Bucket{Size: 150, PerSecond: 10})
	ctx, other := caller("192.0.2.1", viewer.Viewer{}), caller("192.0.2.2", viewer.Viewer{})
	owes := func(ctx context.Context, want time.Duration) {
		t.Helper()
		var limited *fault.Error
		err := till.Owes(ctx)
		if (err != nil) != (want > 0) || err != nil && (!errors.As(err, &limited) || limited.Code != fault.RateLimited || limited.Retry != want) {
			t.Errorf("owes %v, want %s", err, want)
		}
	}
	till.Fine(ctx, 99)                                                                                                     // 50 points
	if cost, errs := till.ask(ctx, `{ me { id } }`); errs != nil || cost["bucket"].(map[string]any)["remaining"] != 99.0 { //nolint:forcetypeassert // of a test
		t.Errorf("after a fine: %v %v", cost, errs)
	}
	till.Fine(ctx, 4_900) // 99, which is all there is
	owes(ctx, 0)
	till.Fine(ctx, 0)
	owes(ctx, 5*time.Second)
	owes(other, 0)
	owes(caller("", viewer.Viewer{}), 0)
	if _, errs := till.ask(ctx, `{ me { id } }`); codeOf(errs) != "RATE_LIMITED" || errs[0].Extensions["retryAfter"] != 6 {
		t.Errorf("who owes is answered: %v", errs)
	}
	till.later(5 * time.Second)
	owes(ctx, 0)
	till.Fine(ctx, 1<<40) // a bucket at the most
	owes(ctx, 15*time.Second)
	free := newTill(t, limit.Bucket{})
	free.Fine(ctx, 1<<40)
	if err := free.Owes(ctx); err != nil {
		t.Errorf("where nobody pays: %v", err)
	}
}

func TestWhoPays(t *testing.T) {
	t.Parallel()
	const query = `{ me { orders(first: 99) { nodes { id } } } }` // 102 points
	ada := viewer.Viewer{Kind: viewer.Shopper, UserID: 1}
	for _, c := range []struct {
		name           string
		first, second  context.Context
		together, free bool
	}{
		{"an address is one", caller("192.0.2.1", viewer.Viewer{}), caller("192.0.2.1", viewer.Viewer{}), true, false},
		{"another is another", caller("192.0.2.1", viewer.Viewer{}), caller("192.0.2.2", viewer.Viewer{}), false, false},
		{"a network of IPv6 is one", caller("2001:db8::1", viewer.Viewer{}), caller("2001:db8::2", viewer.Viewer{}), true, false},
		{"an account is one, wherever it is", caller("192.0.2.1", ada), caller("192.0.2.2", ada), true, false},
		{"two accounts at an address are two", caller("192.0.2.1", ada), caller("192.0.2.1", viewer.Viewer{Kind: viewer.Shopper, UserID: 2}), false, false},
		{"an account pays for itself, not for its address", caller("192.0.2.1", ada), caller("192.0.2.1", viewer.Viewer{}), false, false},
		{"a key is not the account of the same number", caller("192.0.2.1", ada), caller("192.0.2.1", viewer.Viewer{Kind: viewer.APIKey, APIKeyID: 1}), false, false},
		{"a cart's token makes nobody another", caller("192.0.2.1", viewer.Viewer{Kind: viewer.Guest, CartToken: []byte("a")}), caller("192.0.2.1", viewer.Viewer{Kind: viewer.Guest, CartToken: []byte("b")}), true, false},
		{"nobody pays for what comes from no network", caller("", viewer.Viewer{}), caller("", viewer.Viewer{}), false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			till := newTill(t, limit.Bucket{Size: 150, PerSecond: 1})
			if _, errs := till.ask(c.first, query); errs != nil {
				t.Fatal(errs)
			}
			if _, errs := till.ask(c.second, query); (errs != nil) != c.together {
				t.Errorf("errors %v", errs)
			}
			if _, errs := till.ask(c.first, query); (errs == nil) != c.free {
				t.Errorf("errors %v", errs)
			}
		})
	}
}

func TestManyPayAtOnce(t *testing.T) {
	t.Parallel()
	till := newTill(t, limit.Bucket{Size: 100, PerSecond: 1})
	var (
		wg   sync.WaitGroup
		paid atomic.Int64
	)
	for range 300 {
		wg.Go(func() {
			if _, errs := till.ask(caller("192.0.2.1", viewer.Viewer{}), `{ me { id } }`); errs == nil {
				paid.Add(1)
			}
		})
	}
	wg.Wait()
	if n := paid.Load(); n != 100 {
		t.Errorf("%d were paid for, of 100 points", n)
	}
}
