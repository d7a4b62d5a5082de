package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"galley/ent"
	"galley/ent/orderevent"
	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
	"galley/internal/live"
	"galley/internal/viewer"
)

// subscribed runs a subscription; next waits for its next message, and returns nil at its end.
func subscribed(t *testing.T, s *graphtest.Shop, as viewer.Viewer, document string) (next func() *graphql.Response) {
	t.Helper()
	ctx, cancel := context.WithTimeout(viewer.With(t.Context(), as), time.Minute)
	t.Cleanup(cancel)
	exec := s.Executor()
	ctx = graphql.StartOperationTrace(ctx)
	opCtx, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: document, ReadTime: graphql.TraceTiming{Start: graphql.Now(), End: graphql.Now()}})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	responses, ctx := exec.DispatchOperation(graphql.WithOperationContext(ctx, opCtx), opCtx)
	return func() *graphql.Response { return responses(ctx) }
}

func onEngines(t *testing.T, test func(t *testing.T, engine databasetest.Engine)) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			test(t, engine)
		})
	}
}

func told(t *testing.T, next func() *graphql.Response, want string) {
	t.Helper()
	r := next()
	switch {
	case r == nil:
		t.Errorf("the subscription has ended, want %s", want)
	case len(r.Errors) > 0 || string(r.Data) != want:
		t.Errorf("got %s %v, want %s", r.Data, r.Errors, want)
	}
}

func TestSubscriptions(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, engine databasetest.Engine) {
		s := graphtest.New(t, engine)
		system, ada := viewer.AsSystem(t.Context()), s.Rows.Viewer("ada")
		change := func(key int64, reason string) {
			t.Helper()
			if err := s.Database.InTx(system, func(ctx context.Context, tx *ent.Tx) error {
				s.Live.AfterCommit(tx, live.Order(key))
				return tx.Order.UpdateOneID(key).SetCancelReason(reason).AddVersion(1).Exec(ctx)
			}); err != nil {
				t.Fatal(err)
			}
		}
		t.Run("an order is told as it is, and as it becomes, with what belongs to it", func(t *testing.T) {
			o := s.Rows.Orders["A1"]
			next := subscribed(t, s, ada, fmt.Sprintf(`subscription { orderUpdated(id: %q) { number cancelReason lines { quantity } customer { email } } }`, o.NodeID()))
			told(t, next, `{"orderUpdated":{"number":"A1","cancelReason":"","lines":[{"quantity":1},{"quantity":1}],"customer":{"email":"ada@galley.example"}}}`)
			change(o.ID, "why")
			told(t, next, `{"orderUpdated":{"number":"A1","cancelReason":"why","lines":[{"quantity":1},{"quantity":1}],"customer":{"email":"ada@galley.example"}}}`)
		})
		t.Run("what is not one's own, or not there, is not told of", func(t *testing.T) {
			for _, document := range []string{
				fmt.Sprintf(`subscription { orderUpdated(id: %q) { number } }`, s.Rows.Orders["B1"].NodeID()),
				fmt.Sprintf(`subscription { cartUpdated(id: %q) { status } }`, s.Rows.Carts["bob"].NodeID()),
				fmt.Sprintf(`subscription { cartUpdated(id: %q) { status } }`, s.Rows.Orders["A1"].NodeID()),
			} {
				r := subscribed(t, s, ada, document)()
				if r == nil || len(r.Errors) != 1 || r.Errors[0].Extensions["code"] != "NOT_FOUND" {
					t.Errorf("%s: %+v", document, r)
				}
			}
			r := subscribed(t, s, ada, `subscription { orderPlaced { number } }`)()
			if r == nil || len(r.Errors) != 1 || r.Errors[0].Extensions["code"] != "FORBIDDEN" {
				t.Errorf("%+v", r)
			}
		})
		t.Run("stock is told to anybody, of what is on sale", func(t *testing.T) {
			v := s.Rows.Variants["22001"]
			next := subscribed(t, s, viewer.Viewer{}, fmt.Sprintf(`subscription { stockChanged(variantIds: [%q, %q]) { sku available } }`, v.NodeID(), s.Rows.Orders["A1"].NodeID()))
			told(t, next, fmt.Sprintf(`{"stockChanged":[{"sku":"22001","available":%d}]}`, v.Available))
			if err := s.Database.InTx(system, func(ctx context.Context, tx *ent.Tx) error {
				s.Live.AfterCommit(tx, live.Stock(v.ID))
				return tx.Variant.UpdateOneID(v.ID).SetAvailable(v.Available - 1).Exec(ctx)
			}); err != nil {
				t.Fatal(err)
			}
			told(t, next, fmt.Sprintf(`{"stockChanged":[{"sku":"22001","available":%d}]}`, v.Available-1))
		})
	})
}

// place writes what placing an order leaves, for a feed: an event in its timeline.
func place(t *testing.T, s *graphtest.Shop, o *ent.Order, kind orderevent.Kind) {
	t.Helper()
	if err := s.Database.InTx(viewer.AsSystem(t.Context()), func(ctx context.Context, tx *ent.Tx) error {
		s.Live.AfterCommit(tx, live.Placed)
		return tx.OrderEvent.Create().SetOrderID(o.ID).SetKind(kind).Exec(ctx)
	}); err != nil {
		t.Error(err)
	}
}

func TestEachPlacedOrderIsToldOnce(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, engine databasetest.Engine) {
		s := graphtest.New(t, engine)
		staff := s.Rows.Viewer("staff")
		orders := []string{"A1", "A2", "A3", "B1", "G1"}
		place(t, s, s.Rows.Orders["A1"], orderevent.KindPLACED)
		next := subscribed(t, s, staff, `subscription { orderPlaced { number } }`)
		told(t, next, `{"orderPlaced":{"number":"A1"}}`)
		var all sync.WaitGroup
		for _, number := range orders[1:] {
			all.Go(func() {
				place(t, s, s.Rows.Orders[number], orderevent.KindPLACED)
				place(t, s, s.Rows.Orders[number], orderevent.KindCONFIRMED)
			})
		}
		seen := map[string]int{}
		for range orders[1:] {
			r := next()
			if r == nil || len(r.Errors) > 0 {
				t.Fatalf("%+v", r)
			}
			var data struct{ OrderPlaced struct{ Number string } }
			if err := json.Unmarshal(r.Data, &data); err != nil {
				t.Fatal(err)
			}
			seen[data.OrderPlaced.Number]++
		}
		all.Wait()
		if len(seen) != 4 || seen["A1"] != 0 {
			t.Errorf("told of %v", seen)
		}
		t.Run("and who comes back hears of those since", func(t *testing.T) {
			after := subscribed(t, s, staff, fmt.Sprintf(`subscription { orderPlaced(after: %q) { number } }`, s.Rows.Orders["A1"].NodeID()))
			for range orders[1:] {
				if r := after(); r == nil || len(r.Errors) > 0 {
					t.Fatalf("%+v", r)
				}
			}
		})
	})
}

func TestMutationsAreToldToSubscribers(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, engine databasetest.Engine) {
		s := graphtest.New(t, engine)
		ada, v := s.Rows.Viewer("ada"), s.Rows.Variants["85123A"]
		cart := s.Rows.Carts["ada"].NodeID()
		stock := subscribed(t, s, viewer.Viewer{}, fmt.Sprintf(`subscription { stockChanged(variantIds: [%q]) { available } }`, v.NodeID()))
		pieces := func(less int) string { return fmt.Sprintf(`{"stockChanged":[{"available":%d}]}`, v.Available-less) }
		told(t, stock, pieces(0))
		basket := subscribed(t, s, ada, fmt.Sprintf(`subscription { cartUpdated(id: %q) { status totalQuantity } }`, cart))
		told(t, basket, `{"cartUpdated":{"status":"OPEN","totalQuantity":2}}`)

		s.Must(t, ada, fmt.Sprintf(`mutation { cartLinesAdd(input: {cart: %q, lines: [{variant: %q}]}) { userErrors { code } } }`, cart, v.NodeID()), nil, nil)
		told(t, basket, `{"cartUpdated":{"status":"OPEN","totalQuantity":3}}`)

		const to = `shippingAddress: {name: "Ada", line1: "1 High Street", city: "York", country: "GB"}`
		s.Must(t, ada, fmt.Sprintf(`mutation { checkoutStart(input: {cart: %q, %s}) { userErrors { code } } }`, cart, to), nil, nil)
		told(t, stock, pieces(3))
		told(t, basket, `{"cartUpdated":{"status":"OPEN","totalQuantity":3}}`)

		var placed struct {
			CheckoutComplete struct{ Order struct{ ID string } }
		}
		s.Must(t, ada, fmt.Sprintf(`mutation { checkoutComplete(input: {cart: %q}) { order { id } } }`, cart), nil, &placed)
		told(t, basket, `{"cartUpdated":{"status":"ORDERED","totalQuantity":3}}`)
		order := subscribed(t, s, ada, fmt.Sprintf(`subscription { orderUpdated(id: %q) { status } }`, placed.CheckoutComplete.Order.ID))
		told(t, order, `{"orderUpdated":{"status":"PLACED"}}`)

		s.Must(t, ada, fmt.Sprintf(`mutation { orderCancel(input: {id: %q}) { userErrors { code } } }`, placed.CheckoutComplete.Order.ID), nil, nil)
		told(t, order, `{"orderUpdated":{"status":"CANCELLED"}}`)
		told(t, stock, pieces(0))
	})
}
