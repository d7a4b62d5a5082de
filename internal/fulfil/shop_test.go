package fulfil_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"galley/ent"
	"galley/ent/order"
	"galley/ent/payment"
	"galley/ent/product"
	"galley/ent/stockmovement"
	"galley/internal/cart"
	"galley/internal/checkout"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/fulfil"
	"galley/internal/job"
	"galley/internal/lifecycle"
	"galley/internal/live"
	"galley/internal/money"
	"galley/internal/nodeid"
	"galley/internal/postal"
	"galley/internal/quote"
	"galley/internal/secret"
	"galley/internal/settlement"
	"galley/internal/viewer"
)

const gbp money.Currency = "GBP"

// shop is a database with orders in it.
type shop struct {
	t         *testing.T
	db        *database.DB
	carts     *cart.Workflow
	checkouts *checkout.Workflow
	orders    *fulfil.Workflow
	states    *lifecycle.Workflow
	letters   *outbox
	system    context.Context
	n         *atomic.Int64 // makes names
}

func open(t *testing.T, db *database.DB) shop {
	t.Helper()
	jobs, letters := job.New(db), new(outbox)
	states := lifecycle.New(db, jobs, new(live.Broker))
	payments := settlement.New(settlement.Options{Database: db, Jobs: jobs, Orders: states})
	return shop{
		t, db, cart.New(cart.Options{Database: db, Currency: gbp, Secrets: secret.Development(), Live: new(live.Broker)}),
		checkout.New(checkout.Options{
			Database: db, Prices: quote.Source{Currency: gbp, Now: db.Now}, Jobs: jobs, Orders: states, Payments: payments, Live: new(live.Broker),
			Secrets: secret.Development(), Reservation: time.Minute,
		}),
		fulfil.New(fulfil.Options{Database: db, Jobs: jobs, Mail: letters, Secrets: secret.Development(), Orders: states, Payments: payments}),
		states, letters, databasetest.System(t.Context()), new(atomic.Int64),
	}
}

// each runs a test on a shop of each engine.
func each(t *testing.T, test func(s shop)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) { test(open(t, db)) })
}

// run runs a subtest in the shop.
func (s shop) run(name string, test func(s shop)) {
	s.t.Run(name, func(t *testing.T) { test(s.in(t)) })
}

// in is the shop for a subtest.
func (s shop) in(t *testing.T) shop {
	s.t, s.system = t, databasetest.System(t.Context())
	return s
}

func (s shop) name() string { return strconv.FormatInt(s.n.Add(1), 10) }

// variant is on sale, with so many pieces.
func (s shop) variant(available int) *ent.Variant {
	s.t.Helper()
	name := s.name()
	p := s.db.Client.Product.Create().SetTitle("Mug").SetSlug("mug-" + name).SetTitleKey([]byte(name)).
		SetStatus(product.StatusPUBLISHED).SetCurrency(gbp).SaveX(s.system)
	return s.db.Client.Variant.Create().SetProductID(p.ID).SetSku("SKU" + name).SetPriceAmount(295).SetCurrency(gbp).
		SetAvailable(available).SaveX(s.system)
}

func (s shop) shopper() context.Context {
	s.t.Helper()
	name := s.name()
	u := s.db.Client.User.Create().SetEmail(name + "@customers.example").SetNameKey([]byte(name)).SaveX(s.system)
	return viewer.With(s.t.Context(), viewer.Viewer{Kind: viewer.Shopper, UserID: u.ID})
}

// staff is somebody with an account and permissions.
func (s shop) staff(permissions ...viewer.Permission) context.Context {
	s.t.Helper()
	ctx := s.shopper()
	v := viewer.From(ctx)
	v.Kind, v.Permissions = viewer.Staff, permissions
	viewer.Become(ctx, v)
	return ctx
}

func (s shop) visitor() context.Context { return viewer.With(s.t.Context(), viewer.Viewer{}) }

func of(v *ent.Variant, quantity int) cart.LineInput {
	return cart.LineInput{Variant: v.NodeID(), Quantity: quantity}
}

// many are lines of so many variants.
func (s shop) many(n int) (lines []cart.LineInput) {
	for range n {
		lines = append(lines, of(s.variant(10), 1))
	}
	return lines
}

// place places an order of the viewer's; a visitor becomes a guest by it. It is nil where the stock
// did not do.
func (s shop) place(ctx context.Context, lines ...cart.LineInput) *ent.Order {
	s.t.Helper()
	filled, err := s.carts.Create(ctx, cart.CreateInput{Lines: lines})
	if err != nil {
		s.t.Error(err)
		return nil
	}
	if len(filled.UserErrors) > 0 {
		return nil
	}
	email := "ann@customers.example"
	out, err := s.checkouts.Complete(ctx, checkout.CompleteInput{
		Cart: nodeid.Cart.ID(filled.Key), Email: &email, Payment: payment.MethodMANUAL,
		ShippingAddress: &postal.Address{Name: "Ann Lee", Line1: "Mill Lane 2", City: "Leeds", Country: "GB"},
	})
	if err != nil {
		s.t.Error(err)
		return nil
	}
	if len(out.UserErrors) > 0 {
		return nil
	}
	return s.db.Client.Order.GetX(s.system, out.Key)
}

func (s shop) cancel(ctx context.Context, o *ent.Order, reason string) (*database.Outcome, error) {
	return s.orders.Cancel(ctx, fulfil.CancelInput{ID: o.NodeID(), Reason: reason})
}

func (s shop) read(o *ent.Order) *ent.Order { return s.db.Client.Order.GetX(s.system, o.ID) }

func (s shop) left(v *ent.Variant) int { return s.db.Client.Variant.GetX(s.system, v.ID).Available }

func (s shop) payment(o *ent.Order) payment.Status {
	return s.db.Client.Payment.Query().Where(payment.OrderID(o.ID)).OnlyX(s.system).Status
}

// stays runs a mutation and asserts that the order, its payment and the stock stay as they are.
func (s shop) stays(o *ent.Order, mutation func() (*database.Outcome, error)) (*database.Outcome, error) {
	s.t.Helper()
	type state struct {
		status           order.Status
		version          int
		reason           string
		payment          payment.Status
		movements, total int
	}
	now := func() state {
		o, total := s.read(o), 0
		for _, v := range s.db.Client.Variant.Query().AllX(s.system) {
			total += v.Available
		}
		moves := s.db.Client.StockMovement.Query().Where(stockmovement.OrderID(o.ID)).CountX(s.system)
		return state{o.Status, o.Version, o.CancelReason, s.payment(o), moves, total}
	}
	before := now()
	out, err := mutation()
	if after := now(); after != before {
		s.t.Errorf("%+v became %+v", before, after)
	}
	return out, err
}

// refused asserts user errors, written "CODE at/path".
func (s shop) refused(want ...string) func(*database.Outcome, error) {
	s.t.Helper()
	return func(out *database.Outcome, err error) {
		s.t.Helper()
		if err != nil {
			s.t.Fatal(err)
		}
		var got []string
		for _, e := range out.UserErrors {
			got = append(got, string(e.Code)+" "+strings.Join(e.Field, "/"))
		}
		if !slices.Equal(got, want) || out.Key != 0 {
			s.t.Errorf("got %q, key %d; want %q", got, out.Key, want)
		}
	}
}

// failed asserts a top-level error.
func (s shop) failed(want fault.Code) func(*database.Outcome, error) {
	s.t.Helper()
	return func(out *database.Outcome, err error) {
		s.t.Helper()
		if code, _ := fault.CodeOf(err); code != want || out != nil {
			s.t.Errorf("got %+v, %v; want %s", out, err, want)
		}
	}
}

// atOnce runs functions as close together as can be.
func atOnce(n int, fn func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			fn(i)
		})
	}
	close(start)
	wg.Wait()
}

// untilAwaited returns when another transaction waits for this one. On SQLite there is nothing to
// wait for: its one writer begins when this one has ended.
func untilAwaited(ctx context.Context, db *database.DB, tx *ent.Tx) error {
	if !db.Postgres() {
		return nil
	}
	for range 1000 {
		rows, err := tx.QueryContext(ctx, "SELECT 1 FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid")
		if err != nil {
			return err
		}
		awaited := rows.Next()
		if err := rows.Close(); err != nil || awaited {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
	return errors.New("nobody waits for this transaction")
}
