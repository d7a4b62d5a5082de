package delivery_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"galley/ent/deliverymethod"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	. "galley/internal/delivery"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

// atOnce runs a function so often as close together as can be, and counts what came of it: a code, or "ok".
func atOnce(times int, fn func(i int) (*database.Outcome, error)) map[string]int {
	var (
		all   sync.WaitGroup
		mu    sync.Mutex
		count = map[string]int{}
		start = make(chan struct{})
	)
	for i := range times {
		all.Go(func() {
			<-start
			out, err := fn(i)
			outcome := "ok"
			if code, _ := fault.CodeOf(err); err != nil {
				outcome = string(code)
			} else if len(out.UserErrors) > 0 {
				outcome = string(out.UserErrors[0].Code)
			}
			mu.Lock()
			defer mu.Unlock()
			count[outcome]++
		})
	}
	close(start)
	all.Wait()
	return count
}

// TestAZoneIsChangedByOneAtATime has many change one zone at once: each sees what the one before has done.
func TestAZoneIsChangedByOneAtATime(t *testing.T) {
	t.Parallel()
	const many = 16
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, editor := New(db, "GBP"), staff(t.Context(), viewer.PricingRead, viewer.PricingWrite)
		system := databasetest.System(t.Context())
		zone := func(methods int) nodeid.ID {
			d := newDepot(t, db)
			key := d.zone("GB")
			for range methods {
				d.method(key, "Post", deliverymethod.BasisWEIGHT, 0, 1)
			}
			return nodeid.DeliveryZone.ID(key)
		}
		methods := func(z nodeid.ID) int {
			return db.Client.DeliveryMethod.Query().Where(deliverymethod.ZoneID(z.Key)).CountX(system)
		}
		t.Run("the last method of a zone is made once", func(t *testing.T) {
			z := zone(MaxMethods - 1)
			got := atOnce(many, func(int) (*database.Outcome, error) {
				in := byWeight()
				in.Zone = z
				return w.MethodCreate(editor, in)
			})
			if got["ok"] != 1 || got[string(TooMany)] != many-1 || methods(z) != MaxMethods {
				t.Errorf("%v, the zone has %d methods", got, methods(z))
			}
		})
		t.Run("a version that was read is changed once", func(t *testing.T) {
			z := zone(0)
			got := atOnce(many, func(i int) (*database.Outcome, error) {
				return w.ZoneUpdate(editor, ZoneUpdateInput{ID: z, ExpectedVersion: of(1), Name: of(fmt.Sprint("Zone ", i))})
			})
			if row := db.Client.DeliveryZone.GetX(system, z.Key); got["ok"] != 1 || got[string(fault.Conflict)] != many-1 || row.Version != 2 {
				t.Errorf("%v, the zone is in version %d", got, row.Version)
			}
		})
		t.Run("no change is lost", func(t *testing.T) {
			for range many {
				z := zone(0)
				got := atOnce(2, func(i int) (*database.Outcome, error) {
					if i == 0 {
						return w.ZoneUpdate(editor, ZoneUpdateInput{ID: z, Name: of("Emerald Isle")})
					}
					return w.ZoneUpdate(editor, ZoneUpdateInput{ID: z, Countries: []string{"IE"}})
				})
				if row := db.Client.DeliveryZone.GetX(system, z.Key); got["ok"] != 2 || row.Name != "Emerald Isle" || !slices.Equal(row.Countries, []string{"IE"}) {
					t.Errorf("%v, the zone is %v", got, row)
				}
			}
		})
		t.Run("a zone goes with all of its methods, or a method finds none", func(t *testing.T) {
			z := zone(3)
			got := atOnce(many, func(i int) (*database.Outcome, error) {
				if i == many/2 {
					return w.ZoneDelete(editor, ZoneDeleteInput{ID: z})
				}
				in := byWeight()
				in.Zone = z
				return w.MethodCreate(editor, in)
			})
			if got["ok"]+got[string(fault.NotFound)] != many || methods(z) != 0 {
				t.Errorf("%v, %d methods are left", got, methods(z))
			}
		})
	})
}
