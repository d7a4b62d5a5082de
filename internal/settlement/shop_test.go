package settlement_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"galley/ent"
	"galley/ent/order"
	"galley/ent/orderevent"
	"galley/ent/payment"
	"galley/ent/paymentevent"
	"galley/ent/paymentstep"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/job"
	"galley/internal/lifecycle"
	"galley/internal/live"
	"galley/internal/money"
	gateway "galley/internal/payment"
	"galley/internal/settlement"
	"galley/internal/viewer"
)

const gbp money.Currency = "GBP"

// clock is the shop's, which tests move on.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time       { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) pass(d time.Duration) { c.ahead.Add(int64(d)) }

// shop is a database with orders to be paid.
type shop struct {
	*testing.T
	db     *database.DB
	clock  *clock
	jobs   *job.Queue
	live   *live.Broker
	till   *till
	pay    *settlement.Workflow
	system context.Context
	n      *atomic.Int64
}

// each runs a test on a fresh shop of each engine.
func each(t *testing.T, test func(s shop)) {
	t.Helper()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			test(open(t, engine, false))
		})
	}
}

func open(t *testing.T, engine databasetest.Engine, hold bool) shop {
	t.Helper()
	c := new(clock)
	db := databasetest.Open(t, engine, c.now)
	jobs, broker, till := job.New(db), new(live.Broker), newTill()
	return shop{t, db, c, jobs, broker, till, settlement.New(settlement.Options{ReturnOrigins: []string{"https://shop.example"},
		Database: db, Jobs: jobs, Orders: lifecycle.New(db, jobs, broker),
		Gateways: gateway.Gateways{"till": till}, Card: "till", Window: time.Hour, Hold: hold,
	}), databasetest.System(t.Context()), new(atomic.Int64)}
}

// order is an order of an account over 30.00, and its payment.
func (s shop) order(m settlement.Means) (*ent.Order, *ent.Payment) {
	s.Helper()
	o := s.bare(m.Method)
	return o, s.ask(o, m)
}

// bare is an order without a payment.
func (s shop) bare(method payment.Method) *ent.Order {
	name := strconv.FormatInt(s.n.Add(1), 10)
	u := s.db.Client.User.Create().SetEmail(name + "@customers.example").SetNameKey([]byte(name)).SaveX(s.system)
	return s.db.Client.Order.Create().SetNumber("N" + name).SetUserID(u.ID).SetEmail(u.Email).SetStatus(settlement.Begins(method, 3000)).
		SetSubtotalAmount(3000).SetTotalAmount(3000).SetCurrency(gbp).SetCountry("GB").SetPlacedAt(s.db.Now()).
		SetExpiresAt(s.db.Now().Add(time.Hour)).SaveX(s.system)
}

func (s shop) ask(o *ent.Order, m settlement.Means) *ent.Payment {
	s.Helper()
	var asked *settlement.Asked
	s.must(s.db.InTx(s.system, func(ctx context.Context, tx *ent.Tx) (err error) {
		asked, err = s.pay.Ask(ctx, tx, o, m)
		return err
	}))
	return s.db.Client.Payment.GetX(s.system, asked.Payment)
}

func card(instrument string) settlement.Means {
	return settlement.Means{Method: payment.MethodCARD, Instrument: instrument, ReturnURL: "https://shop.example/paid"}
}

// paid is an order that was paid by card, and placed; what is taken of it depends on the shop.
func (s shop) paid() (*ent.Order, *ent.Payment) {
	s.Helper()
	o, p := s.order(card("good"))
	s.pay.Begin(s.system, p.ID)
	s.work()
	return s.read(o), s.again(p)
}

// work does the jobs that are due, until none is.
func (s shop) work() {
	s.Helper()
	ctx, cancel := context.WithCancel(s.system)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.jobs.Run(ctx, time.Minute)
	}()
	s.until("the jobs that are due are done", func() bool {
		due := s.db.Client.Job.Query().AllX(s.system)
		return !slices.ContainsFunc(due, func(j *ent.Job) bool {
			mine := strings.HasPrefix(j.Kind, "payment.") || j.Kind == "order.expire"
			return mine && j.Status == "WAITING" && (j.LeasedAt != nil || !j.RunAt.After(s.db.Now()))
		})
	})
	cancel()
	<-done
}

func (s shop) until(what string, true func() bool) {
	s.Helper()
	for end := time.Now().Add(time.Minute); !true(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			s.Fatalf("waited in vain until %s", what)
		}
	}
}

func (s shop) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s shop) read(o *ent.Order) *ent.Order      { return s.db.Client.Order.GetX(s.system, o.ID) }
func (s shop) again(p *ent.Payment) *ent.Payment { return s.db.Client.Payment.GetX(s.system, p.ID) }

// owner is who ordered.
func (s shop) owner(o *ent.Order) context.Context {
	return viewer.With(s.Context(), viewer.Viewer{Kind: viewer.Shopper, UserID: *o.UserID})
}

// staff is somebody with an account and permissions.
func (s shop) staff(permissions ...viewer.Permission) context.Context {
	name := "staff" + strconv.FormatInt(s.n.Add(1), 10)
	u := s.db.Client.User.Create().SetEmail(name + "@shop.example").SetNameKey([]byte(name)).SetStaff(true).SaveX(s.system)
	return viewer.With(s.Context(), viewer.Viewer{Kind: viewer.Staff, UserID: u.ID, Permissions: permissions})
}

func (s shop) cashier() context.Context { return s.staff(viewer.OrderRead, viewer.PaymentWrite) }

// webhook tells facts of a payment.
func (s shop) webhook(reference string, facts ...gateway.Fact) error {
	body, err := json.Marshal(gateway.Notice{Reference: reference, Facts: facts})
	s.must(err)
	return s.pay.Notify(s.Context(), "till", http.Header{"Signature": {"good"}}, body)
}

// is asserts how a payment stands, written "STATUS authorised/captured/refunded", and the order.
func (s shop) is(p *ent.Payment, want string, status order.Status) {
	s.Helper()
	p = s.again(p)
	if got := stands(p); got != want {
		s.Errorf("the payment is %s instead of %s", got, want)
	}
	if o := s.db.Client.Order.GetX(s.system, p.OrderID); o.Status != status {
		s.Errorf("the order is %s instead of %s", o.Status, status)
	}
	s.sound(p)
}

func stands(p *ent.Payment) string {
	return strings.Join([]string{string(p.Status) + " " + text(p.AuthorisedAmount), text(p.CapturedAmount), text(p.RefundedAmount)}, "/")
}

func text(m money.Minor) string { return strconv.FormatInt(int64(m), 10) }

// sound asserts that a payment's amounts are those of its ledger, and what the provider has in its books.
func (s shop) sound(p *ent.Payment) {
	s.Helper()
	sums := map[paymentevent.Kind]money.Minor{}
	for _, e := range s.db.Client.PaymentEvent.Query().Where(paymentevent.PaymentID(p.ID)).AllX(s.system) {
		sums[e.Kind] += e.Amount
	}
	if p.AuthorisedAmount != sums["AUTHORISED"] || p.CapturedAmount != sums["CAPTURED"] || p.RefundedAmount != sums["REFUNDED"] {
		s.Errorf("payment %+v, ledger %v", p, sums)
	}
	if p.Reference == "" {
		return
	}
	if book := s.till.book(p.Reference); p.CapturedAmount != book.captured || p.RefundedAmount != book.refunded {
		s.Errorf("payment %s, the provider has %+v", stands(p), book)
	}
}

// steps are those of a payment, written "KIND amount STATUS".
func (s shop) steps(p *ent.Payment) (all []string) {
	for _, st := range s.db.Client.PaymentStep.Query().Where(paymentstep.PaymentID(p.ID)).Order(paymentstep.ByID()).AllX(s.system) {
		all = append(all, string(st.Kind)+" "+text(st.Amount)+" "+string(st.Status))
	}
	return all
}

// timeline is what an order's says.
func (s shop) timeline(o *ent.Order) (all []string) {
	for _, e := range s.db.Client.OrderEvent.Query().Where(orderevent.OrderID(o.ID)).Order(orderevent.ByID()).AllX(s.system) {
		all = append(all, string(e.Kind))
	}
	return all
}

func (s shop) same(what string, got, want []string) {
	s.Helper()
	if !slices.Equal(got, want) {
		s.Errorf("%s: got %q, want %q", what, got, want)
	}
}

// fine asserts that a mutation was done.
func (s shop) fine(out *database.Outcome, err error) {
	s.Helper()
	if err != nil || len(out.UserErrors) > 0 {
		s.Fatalf("got %+v, %v", out, err)
	}
}

// refused asserts user errors, written "CODE at/path".
func (s shop) refused(want ...string) func(*database.Outcome, error) {
	return func(out *database.Outcome, err error) {
		s.Helper()
		s.must(err)
		var got []string
		for _, e := range out.UserErrors {
			got = append(got, string(e.Code)+" "+strings.Join(e.Field, "/"))
		}
		s.same("user errors", got, want)
	}
}

// failed asserts a top-level error.
func (s shop) failed(want fault.Code) func(*database.Outcome, error) {
	return func(out *database.Outcome, err error) {
		s.Helper()
		if code, _ := fault.CodeOf(err); code != want {
			s.Errorf("got %+v, %v; want %s", out, err, want)
		}
	}
}

// atOnce runs functions as close together as can be.
func atOnce(fns ...func()) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for _, fn := range fns {
		wg.Go(func() {
			<-start
			fn()
		})
	}
	close(start)
	wg.Wait()
}

// times is a function as often as this.
func times(n int, fn func()) []func() { return slices.Repeat([]func(){fn}, n) }

// holding runs a test on shops that hold money until staff take it.
func holding(t *testing.T, test func(s shop)) {
	t.Helper()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			test(open(t, engine, true))
		})
	}
}

func counted(s shop) (context.Context, *database.Counter) { return database.WithCounter(s.system) }

func isForged(err error) bool { return errors.Is(err, gateway.ErrForged) }
