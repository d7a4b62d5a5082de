package account_test

import (
	"context"
	"net/netip"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"galley/ent"
	entjob "galley/ent/job"
	"galley/internal/database/databasetest"
	"galley/internal/job"
	"galley/internal/mail"
	"galley/internal/origin"
)

// outbox keeps the letters that are sent, or fails.
type outbox struct {
	mu   sync.Mutex
	sent []mail.Letter
	fail error
}

func (o *outbox) Send(_ context.Context, l mail.Letter) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fail == nil {
		o.sent = append(o.sent, l)
	}
	return o.fail
}

// since are the letters that were sent after the first n.
func (o *outbox) since(n int) []mail.Letter {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.sent[n:])
}

// work does the jobs that are due, and returns their letters. It does each twice, as after a crash: the letters
// of the second time have to be the same.
func (s shop) work() (all []mail.Letter) {
	s.t.Helper()
	due := s.db.Client.Job.Query().Where(entjob.StatusEQ(entjob.StatusWAITING), entjob.RunAtLTE(s.db.Now())).Order(entjob.ByID()).AllX(s.system())
	for _, row := range due {
		first := s.attempt(row)
		if second := s.attempt(row); row.Kind != "account.delete" && !reflect.DeepEqual(first, second) {
			s.t.Errorf("%s sends %+v, and the second time %+v", row.Kind, first, second)
		}
		s.db.Client.Job.UpdateOne(row).SetStatus(entjob.StatusDONE).ExecX(s.system())
		all = append(all, first...)
	}
	return all
}

func jobOf(row *ent.Job) job.Job {
	return job.Job{Key: row.ID, Kind: row.Kind, Payload: row.Payload, Attempt: 1}
}

func (s shop) attempt(row *ent.Job) []mail.Letter {
	s.t.Helper()
	before := len(s.letters.since(0))
	if err := s.w.Handlers()[row.Kind](s.system(), jobOf(row)); err != nil {
		s.t.Fatalf("%s: %v", row.Kind, err)
	}
	return s.letters.since(before)
}

// letter does the jobs that are due, and returns the one letter to an address that comes of it.
func (s shop) letter(want mail.Template, to string) mail.Letter {
	s.t.Helper()
	all := slices.DeleteFunc(s.work(), func(l mail.Letter) bool { return l.To != to })
	if len(all) != 1 || all[0].Template != want || all[0].ID == "" {
		s.t.Fatalf("sent %+v, want %s to %s", all, want, to)
	}
	return all[0]
}

// token is the secret of the one letter that the jobs send.
func (s shop) token(want mail.Template, to string) string {
	s.t.Helper()
	return s.letter(want, to).Data.(mail.TokenData).Token
}

// moved is a shop on a clock that the test moves.
func moved(t *testing.T, test func(t *testing.T, s shop, later func(time.Duration))) {
	t.Helper()
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			ahead, start := new(atomic.Int64), time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
			db := databasetest.Open(t, engine, func() time.Time { return start.Add(time.Duration(ahead.Load())) })
			test(t, open(t, db), func(d time.Duration) { ahead.Add(int64(d)) })
		})
	}
}

// at is a context whose request comes from a network address.
func at(ctx context.Context, address string) context.Context {
	return origin.With(ctx, origin.Origin{Address: netip.MustParseAddr(address)})
}
