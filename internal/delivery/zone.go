package delivery

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/deliverymethod"
	"galley/ent/deliveryzone"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/postal"
	"galley/internal/viewer"
)

// ZoneCreate makes a zone. Nothing is delivered to it until it has a method.
func (w *Workflow) ZoneCreate(ctx context.Context, in ZoneCreateInput) (*database.Outcome, error) {
	return w.mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		var c fault.Collector
		name, countries := strings.TrimSpace(in.Name), readCountries(&c, in.Countries)
		c.Line(name, maxZoneName, true, Invalid, "name")
		n, err := tx.DeliveryZone.Query().Count(viewer.AsSystem(ctx))
		if err != nil {
			return 0, fmt.Errorf("count delivery zones: %w", err)
		}
		c.Add(n < MaxZones, TooMany, fmt.Sprintf("A shop has at most %d zones", MaxZones))
		if err := c.Err(); err != nil {
			return 0, err
		}
		z, err := tx.DeliveryZone.Create().SetName(name).SetCountries(countries).Save(ctx)
		if err != nil {
			return 0, fmt.Errorf("create delivery zone: %w", err)
		}
		return z.ID, nil
	})
}

// ZoneUpdate changes a zone. Options that carts were offered stay until they end.
func (w *Workflow) ZoneUpdate(ctx context.Context, in ZoneUpdateInput) (*database.Outcome, error) {
	return w.mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		z, err := holdZone(ctx, tx, in.ID, in.ExpectedVersion)
		if err != nil {
			return 0, err
		}
		var c fault.Collector
		name, countries := z.Name, z.Countries
		if in.Name != nil {
			name = strings.TrimSpace(*in.Name)
			c.Line(name, maxZoneName, true, Invalid, "name")
		}
		if in.Countries != nil {
			countries = readCountries(&c, in.Countries)
		}
		if err := c.Err(); err != nil || name == z.Name && slices.Equal(countries, z.Countries) {
			return z.ID, err
		}
		err = tx.DeliveryZone.Update().Where(deliveryzone.ID(z.ID)).AddVersion(1).SetName(name).SetCountries(countries).Exec(ctx)
		if err != nil {
			return 0, fmt.Errorf("update delivery zone: %w", err)
		}
		return z.ID, nil
	})
}

// ZoneDelete removes a zone with its methods.
func (w *Workflow) ZoneDelete(ctx context.Context, in ZoneDeleteInput) (*database.Outcome, error) {
	return w.mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		z, err := holdZone(ctx, tx, in.ID, in.ExpectedVersion)
		if err != nil {
			return 0, err
		}
		if _, err := tx.DeliveryMethod.Delete().Where(deliverymethod.ZoneID(z.ID)).Exec(ctx); err != nil {
			return 0, fmt.Errorf("delete delivery methods: %w", err)
		}
		if err := tx.DeliveryZone.DeleteOneID(z.ID).Exec(ctx); err != nil {
			return 0, fmt.Errorf("delete delivery zone: %w", err)
		}
		return z.ID, nil
	})
}

// holdZone reads a zone that the viewer may see, and keeps it from others until the transaction ends.
func holdZone(ctx context.Context, tx *ent.Tx, id nodeid.ID, expected *int) (*ent.DeliveryZone, error) {
	q := tx.DeliveryZone.Query().Where(deliveryzone.ID(id.KeyOf(nodeid.DeliveryZone)))
	q.Modify(database.Locked(sql.LockUpdate))
	z, err := q.Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return nil, fault.New(fault.NotFound, "There is no such delivery zone")
	case err != nil:
		return nil, fmt.Errorf("hold delivery zone: %w", err)
	}
	return z, fault.Expect(z.Version, expected)
}

// readCountries sorts the codes of countries, each once, and notes what is none.
func readCountries(c *fault.Collector, codes []string) []string {
	countries := []string{}
	for i, code := range codes {
		code = strings.ToUpper(strings.TrimSpace(code))
		if !postal.IsCountry(code) {
			c.Add(false, Invalid, "This is not the code of a country, such as GB", "countries", strconv.Itoa(i))
			continue
		}
		countries = append(countries, code)
	}
	slices.Sort(countries)
	return slices.Compact(countries)
}
