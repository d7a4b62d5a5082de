package fulfil_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"

	"galley/ent"
	"galley/ent/order"
	"galley/ent/orderline"
	"galley/ent/payment"
	"galley/ent/stockmovement"
	"galley/internal/cart"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/fulfil"
	"galley/internal/viewer"
)

func TestCancelAtOnce(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		for _, exactly := range []bool{false, true} {
			name := "puts the pieces back once"
			if exactly {
				name += ", with the version read"
			}
			t.Run(name, func(t *testing.T) {
				s := s.in(t)
				ctx, v := s.shopper(), s.variant(10)
				o := s.place(ctx, of(v, 3))
				in := fulfil.CancelInput{ID: o.NodeID()}
				if exactly {
					in.ExpectedVersion = &o.Version
				}
				var mu sync.Mutex
				won, refused, conflicts := 0, 0, 0
				atOnce(16, func(int) {
					out, err := s.orders.Cancel(ctx, in)
					mu.Lock()
					defer mu.Unlock()
					code, _ := fault.CodeOf(err)
					switch {
					case code == fault.Conflict:
						conflicts++
					case err != nil:
						t.Error(err)
					case len(out.UserErrors) > 0 && out.UserErrors[0].Code == fulfil.NotCancellable:
						refused++
					default:
						won++
					}
				})
				if won != 1 || refused+conflicts != 15 || exactly && refused > 0 || !exactly && conflicts > 0 {
					t.Errorf("%d won, %d were refused, %d conflicts", won, refused, conflicts)
				}
				if s.left(v) != 10 || s.read(o).Version != 2 {
					t.Errorf("%d are left, %+v", s.left(v), s.read(o))
				}
			})
		}
	})
}

func TestWhatChangesMeanwhile(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		// meanwhile cancels an order beside a transaction that changes it, and commits when the
		// cancellation waits for it: it has read then what was there before.
		meanwhile := func(t *testing.T, in fulfil.CancelInput, ctx context.Context, change func(*ent.OrderUpdateOne)) (out *database.Outcome, err error) {
			t.Helper()
			var wg sync.WaitGroup
			if err := db.InTx(s.system, func(system context.Context, tx *ent.Tx) error {
				update := tx.Order.UpdateOneID(in.ID.Key)
				change(update)
				if err := update.Exec(system); err != nil {
					return err
				}
				wg.Go(func() { out, err = s.orders.Cancel(ctx, in) })
				return untilAwaited(system, db, tx)
			}); err != nil {
				t.Fatal(err)
			}
			wg.Wait()
			return out, err
		}
		t.Run("what is completed meanwhile is not cancelled", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant(10)
			o := s.place(ctx, of(v, 3))
			s.refused("NOT_CANCELLABLE id")(meanwhile(t, fulfil.CancelInput{ID: o.NodeID()}, ctx,
				func(u *ent.OrderUpdateOne) { u.SetStatus(order.StatusCOMPLETED) }))
			if s.left(v) != 7 || s.payment(o) != payment.StatusPENDING || s.read(o).Status != order.StatusCOMPLETED {
				t.Errorf("%d are left, %+v", s.left(v), s.read(o))
			}
		})
		t.Run("what is changed meanwhile is a conflict for who has read another version", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant(10)
			o := s.place(ctx, of(v, 3))
			s.failed(fault.Conflict)(meanwhile(t, fulfil.CancelInput{ID: o.NodeID(), ExpectedVersion: &o.Version}, ctx,
				func(u *ent.OrderUpdateOne) { u.AddVersion(1) }))
			if s.left(v) != 7 || s.read(o).Status != order.StatusPLACED {
				t.Errorf("%d are left, %+v", s.left(v), s.read(o))
			}
		})
		t.Run("and for everybody else no hindrance", func(t *testing.T) {
			s := s.in(t)
			ctx, v := s.shopper(), s.variant(10)
			o := s.place(ctx, of(v, 3))
			out, err := meanwhile(t, fulfil.CancelInput{ID: o.NodeID()}, ctx, func(u *ent.OrderUpdateOne) { u.AddVersion(1) })
			if err != nil || len(out.UserErrors) > 0 || s.left(v) != 10 || s.read(o).Version != 3 {
				t.Errorf("got %+v, %v; %+v", out, err, s.read(o))
			}
		})
	})
}

// What a variant began with is what is left and what orders hold, whatever shoppers order and call
// off at once, and its movements say the same.
func TestStockIsConserved(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		const each = 25
		var variants []*ent.Variant
		for range 4 {
			variants = append(variants, s.variant(each))
		}
		var mu sync.Mutex
		var placed []*ent.Order
		cancelled := 0
		staff := s.staff(viewer.OrderRead, viewer.OrderWrite)
		atOnce(12, func(worker int) {
			random := rand.New(rand.NewPCG(7, uint64(worker))) //nolint:gosec // chance, not a secret
			for range 12 {
				mu.Lock()
				var o *ent.Order
				if len(placed) > 0 && random.IntN(3) == 0 {
					o = placed[random.IntN(len(placed))] // one that others may be at, too
				}
				mu.Unlock()
				if o != nil {
					out, err := s.cancel(staff, o, "")
					if err != nil {
						t.Error(err)
						continue
					}
					mu.Lock()
					if len(out.UserErrors) == 0 {
						cancelled++
					}
					mu.Unlock()
					continue
				}
				var lines []cart.LineInput
				for _, v := range random.Perm(len(variants))[:1+random.IntN(3)] {
					lines = append(lines, of(variants[v], 1+random.IntN(4)))
				}
				if o := s.place(s.visitor(), lines...); o != nil {
					mu.Lock()
					placed = append(placed, o)
					mu.Unlock()
				}
			}
		})
		if len(placed) == 0 || cancelled == 0 {
			t.Fatalf("%d orders, %d cancelled", len(placed), cancelled)
		}
		if n := db.Client.Order.Query().Where(order.StatusEQ(order.StatusCANCELLED)).CountX(s.system); n != cancelled {
			t.Errorf("%d are cancelled, %d were told so", n, cancelled)
		}
		for _, v := range variants {
			held, moved := 0, 0
			for _, l := range db.Client.OrderLine.Query().Where(orderline.VariantID(v.ID),
				orderline.HasOrderWith(order.StatusEQ(order.StatusPLACED))).AllX(s.system) {
				held += l.Quantity
			}
			for _, m := range db.Client.StockMovement.Query().Where(stockmovement.VariantID(v.ID)).AllX(s.system) {
				moved += m.Quantity
			}
			if left := s.left(v); left+held != each || left-moved != each {
				t.Errorf("of %s %d are left, orders hold %d, and %d moved", v.Sku, left, held, moved)
			}
		}
	})
}
