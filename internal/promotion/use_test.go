package promotion_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lib/pq"

	"galley/ent"
	"galley/ent/promotion"
	"galley/ent/promotionuse"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/pricing"
	. "galley/internal/promotion"
)

// desk is where orders take promotions.
type desk struct {
	t      *testing.T
	db     *database.DB
	system context.Context
}

func newDesk(t *testing.T, db *database.DB) desk {
	t.Helper()
	return desk{t: t, db: db, system: databasetest.System(t.Context())}
}

func (d desk) promotion(set func(*ent.PromotionCreate)) int64 {
	d.t.Helper()
	c := d.db.Client.Promotion.Create().SetName("Ten off").SetKind(promotion.KindPERCENTAGE).SetBasisPoints(1000).SetCurrency("GBP")
	set(c)
	return c.SaveX(d.system).ID
}

func (d desk) order() int64 {
	d.t.Helper()
	key, err := d.db.NextKey()
	if err != nil {
		d.t.Fatal(err)
	}
	return d.db.Client.Order.Create().SetID(key).SetNumber(fmt.Sprintf("N%d", key)).SetEmail("ada@galley.example").
		SetSubtotalAmount(0).SetTotalAmount(0).SetCurrency("GBP").SetPlacedAt(d.db.Now()).SaveX(d.system).ID
}

var errRefused = errors.New("refused")

// take runs Take in a transaction that is undone when something is refused, as orders do.
func (d desk) take(order int64, customer string, promotions ...int64) []int64 {
	d.t.Helper()
	var refused []int64
	err := d.db.InTx(d.t.Context(), func(ctx context.Context, tx *ent.Tx) (err error) {
		var applied []pricing.Applied
		for _, key := range promotions {
			applied = append(applied, pricing.Applied{Key: key, Amount: 100})
		}
		if refused, err = Take(ctx, tx, d.db, order, customer, applied); err == nil && len(refused) > 0 {
			err = errRefused
		}
		d.noCircle(err)
		return err
	})
	if err != nil && !errors.Is(err, errRefused) {
		d.t.Error(err)
	}
	return refused
}

func (d desk) giveBack(order int64) {
	d.t.Helper()
	err := d.db.InTx(d.t.Context(), func(ctx context.Context, tx *ent.Tx) error {
		err := GiveBack(ctx, tx, d.db, order)
		d.noCircle(err)
		return err
	})
	if err != nil {
		d.t.Error(err)
	}
}

// noCircle fails the test when transactions wait for each other in a circle, which InTx would hide.
func (d desk) noCircle(err error) {
	d.t.Helper()
	if e, ok := errors.AsType[*pq.Error](err); ok && e.Code == "40P01" {
		d.t.Error(err)
	}
}

// used fails the test unless a promotion counts so many orders, and has a row of each.
func (d desk) used(key int64, want int) {
	d.t.Helper()
	counted := d.db.Client.Promotion.GetX(d.system, key).Used
	rows := d.db.Client.PromotionUse.Query().Where(promotionuse.PromotionID(key)).CountX(d.system)
	if counted != want || rows != want {
		d.t.Errorf("promotion counts %d uses and has %d rows, want %d", counted, rows, want)
	}
}

func TestTake(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		d := newDesk(t, db)
		t.Run("an order without promotions takes none", func(t *testing.T) {
			if refused := d.take(d.order(), "ada@galley.example"); refused != nil {
				t.Errorf("refused %v", refused)
			}
		})
		t.Run("all are taken, and told what they took off", func(t *testing.T) {
			a, b := d.promotion(func(*ent.PromotionCreate) {}), d.promotion(func(*ent.PromotionCreate) {})
			order := d.order()
			if refused := d.take(order, "ada@galley.example", b, a); refused != nil {
				t.Errorf("refused %v", refused)
			}
			d.used(a, 1)
			d.used(b, 1)
			u := db.Client.PromotionUse.Query().Where(promotionuse.PromotionID(a)).OnlyX(d.system)
			if u.Amount != 100 || u.OrderID != order || u.Once != nil {
				t.Errorf("got %v", u)
			}
		})
		t.Run("one that is refused is named, and nothing is taken", func(t *testing.T) {
			good := d.promotion(func(*ent.PromotionCreate) {})
			for name, bad := range map[string]int64{
				"is switched off": d.promotion(func(c *ent.PromotionCreate) { c.SetActive(false) }),
				"has not begun":   d.promotion(func(c *ent.PromotionCreate) { c.SetStartsAt(db.Now().Add(time.Hour)) }),
				"is over":         d.promotion(func(c *ent.PromotionCreate) { c.SetEndsAt(db.Now()) }),
				"is used up":      d.promotion(func(c *ent.PromotionCreate) { c.SetUsageLimit(3).SetUsed(3) }),
				"is not there":    1,
			} {
				if refused := d.take(d.order(), "ada@galley.example", good, bad); !slices.Equal(refused, []int64{bad}) {
					t.Errorf("that %s: refused %v", name, refused)
				}
			}
			d.used(good, 0)
		})
		t.Run("one within its dates and its limit is taken", func(t *testing.T) {
			p := d.promotion(func(c *ent.PromotionCreate) {
				c.SetStartsAt(db.Now().Add(-time.Hour)).SetEndsAt(db.Now().Add(time.Hour)).SetUsageLimit(1)
			})
			if refused := d.take(d.order(), "ada@galley.example", p); refused != nil {
				t.Errorf("refused %v", refused)
			}
			d.used(p, 1)
		})
		t.Run("a customer takes what is once for each customer once, until it is given back", func(t *testing.T) {
			p := d.promotion(func(c *ent.PromotionCreate) { c.SetOncePerCustomer(true) })
			other := d.promotion(func(c *ent.PromotionCreate) { c.SetOncePerCustomer(true) })
			order := d.order()
			d.take(order, "ada@galley.example", p)
			if refused := d.take(d.order(), "ada@galley.example", p, other); !slices.Equal(refused, []int64{p}) {
				t.Errorf("refused %v", refused)
			}
			if refused := d.take(d.order(), "bob@galley.example", p); refused != nil {
				t.Errorf("refused %v to somebody else", refused)
			}
			d.used(p, 2)
			d.used(other, 0)
			d.giveBack(order)
			d.giveBack(order)
			d.used(p, 1)
			if refused := d.take(d.order(), "ada@galley.example", p); refused != nil {
				t.Errorf("refused %v", refused)
			}
		})
		t.Run("who took it cannot be read", func(t *testing.T) {
			p := d.promotion(func(c *ent.PromotionCreate) { c.SetOncePerCustomer(true) })
			q := d.promotion(func(c *ent.PromotionCreate) { c.SetOncePerCustomer(true) })
			d.take(d.order(), "ada@galley.example", p, q)
			a := db.Client.PromotionUse.Query().Where(promotionuse.PromotionID(p)).OnlyX(d.system)
			b := db.Client.PromotionUse.Query().Where(promotionuse.PromotionID(q)).OnlyX(d.system)
			if len(*a.Once) != 64 || *a.Once == *b.Once {
				t.Errorf("%s and %s", *a.Once, *b.Once)
			}
		})
		t.Run("an order that took nothing gives nothing back", func(t *testing.T) { d.giveBack(d.order()) })
	})
}

func TestTakeInRaces(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		d := newDesk(t, db)
		// at has 64 orders take promotions at once, and counts those that did.
		at := func(customer func(int) string, promotions func(int) []int64) int {
			orders := make([]int64, 64)
			for i := range orders {
				orders[i] = d.order()
			}
			var taken atomic.Int64
			var wg sync.WaitGroup
			for i, order := range orders {
				wg.Go(func() {
					if d.take(order, customer(i), promotions(i)...) == nil {
						taken.Add(1)
					}
				})
			}
			wg.Wait()
			return int(taken.Load())
		}
		anybody := func(i int) string { return fmt.Sprintf("customer%d@galley.example", i) }
		t.Run("what may be taken once, asked for by 64 at once, is taken once", func(t *testing.T) {
			p := d.promotion(func(c *ent.PromotionCreate) { c.SetUsageLimit(1) })
			if n := at(anybody, func(int) []int64 { return []int64{p} }); n != 1 {
				t.Errorf("taken %d times", n)
			}
			d.used(p, 1)
		})
		t.Run("what a customer may take once, asked for by 64 orders at once, is taken once", func(t *testing.T) {
			p := d.promotion(func(c *ent.PromotionCreate) { c.SetOncePerCustomer(true) })
			if n := at(func(int) string { return "ada@galley.example" }, func(int) []int64 { return []int64{p} }); n != 1 {
				t.Errorf("taken %d times", n)
			}
			d.used(p, 1)
		})
		t.Run("several, named in any order, and given back meanwhile, are counted to the last", func(t *testing.T) {
			var keys []int64
			for range 4 {
				keys = append(keys, d.promotion(func(c *ent.PromotionCreate) { c.SetUsageLimit(20).SetOncePerCustomer(true) }))
			}
			var orders []int64
			for range 64 {
				orders = append(orders, d.order())
			}
			var left atomic.Int64
			var wg sync.WaitGroup
			for i, order := range orders {
				wg.Go(func() {
					mine := slices.Clone(keys)
					if i%2 == 1 {
						slices.Reverse(mine)
					}
					taken := d.take(order, anybody(i%32), mine...) == nil
					if i%4 == 0 {
						d.giveBack(order)
						taken = false
					}
					if taken {
						left.Add(1)
					}
				})
			}
			wg.Wait()
			if left.Load() > 20 {
				t.Errorf("%d orders have what 20 may have", left.Load())
			}
			for _, key := range keys {
				d.used(key, int(left.Load()))
			}
		})
	})
}
