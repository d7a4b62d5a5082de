package delivery

import (
	"context"
	"fmt"
	"strings"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/deliverymethod"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/pricing"
	"galley/internal/viewer"
)

// MethodCreate adds a way to deliver to a zone.
func (w *Workflow) MethodCreate(ctx context.Context, in MethodCreateInput) (*database.Outcome, error) {
	return w.mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		z, err := holdZone(ctx, tx, in.Zone, nil)
		if err != nil {
			return 0, err
		}
		var c fault.Collector
		m := &ent.DeliveryMethod{Basis: in.Basis, Position: in.Position, Active: in.Active}
		e := edit{c: &c, m: m}
		e.words(&in.Name, &in.Description, &in.TaxCategory)
		m.Tiers = w.readTiers(&c, in.Basis, in.Tiers)
		n, err := tx.DeliveryMethod.Query().Where(deliverymethod.ZoneID(z.ID)).Count(viewer.AsSystem(ctx))
		if err != nil {
			return 0, fmt.Errorf("count delivery methods: %w", err)
		}
		c.Add(n < MaxMethods, TooMany, fmt.Sprintf("A zone has at most %d methods", MaxMethods), "zone")
		if err := c.Err(); err != nil {
			return 0, err
		}
		row, err := tx.DeliveryMethod.Create().SetZoneID(z.ID).SetName(m.Name).SetDescription(m.Description).SetBasis(m.Basis).SetTiers(m.Tiers).
			SetCurrency(w.currency).SetTaxCategory(m.TaxCategory).SetPosition(m.Position).SetActive(m.Active).Save(ctx)
		if err != nil {
			return 0, fmt.Errorf("create delivery method: %w", err)
		}
		return row.ID, nil
	})
}

// MethodUpdate changes a method. Options that carts were offered stay until they end.
func (w *Workflow) MethodUpdate(ctx context.Context, in MethodUpdateInput) (*database.Outcome, error) {
	return w.mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		m, err := holdMethod(ctx, tx, in.ID, in.ExpectedVersion)
		if err != nil {
			return 0, err
		}
		var c fault.Collector
		e := edit{c: &c, m: m}
		e.words(in.Name, in.Description, in.TaxCategory)
		c.Add(in.Basis == nil || *in.Basis == m.Basis || in.Tiers != nil, Invalid, "Another basis needs another table of prices", "tiers")
		if in.Basis != nil {
			m.Basis = *in.Basis
		}
		if in.Tiers != nil {
			m.Tiers = w.readTiers(&c, m.Basis, in.Tiers)
		}
		if in.Position != nil {
			m.Position = *in.Position
		}
		if in.Active != nil {
			m.Active = *in.Active
		}
		if err := c.Err(); err != nil {
			return 0, err
		}
		err = tx.DeliveryMethod.Update().Where(deliverymethod.ID(m.ID)).AddVersion(1).SetName(m.Name).SetDescription(m.Description).
			SetBasis(m.Basis).SetTiers(m.Tiers).SetTaxCategory(m.TaxCategory).SetPosition(m.Position).SetActive(m.Active).Exec(ctx)
		if err != nil {
			return 0, fmt.Errorf("update delivery method: %w", err)
		}
		return m.ID, nil
	})
}

// edit makes a method what an input says, and notes what is wrong with it.
type edit struct {
	c *fault.Collector
	m *ent.DeliveryMethod
}

// words sets those texts of a method that are given.
func (e edit) words(name, description, taxCategory *string) {
	if name != nil {
		e.m.Name = strings.TrimSpace(*name)
		e.c.Line(e.m.Name, maxMethodName, true, Invalid, "name")
	}
	if description != nil {
		e.m.Description = strings.TrimSpace(*description)
		e.c.Line(e.m.Description, maxDescription, false, Invalid, "description")
	}
	if taxCategory != nil {
		category, ok := pricing.TaxCategory(*taxCategory)
		e.c.Add(ok, Invalid, "A tax category is 1 to 40 small letters, digits and hyphens", "taxCategory")
		e.m.TaxCategory = category
	}
}

// holdMethod reads a method that the viewer may see, and keeps it from others until the transaction ends.
func holdMethod(ctx context.Context, tx *ent.Tx, id nodeid.ID, expected *int) (*ent.DeliveryMethod, error) {
	q := tx.DeliveryMethod.Query().Where(deliverymethod.ID(id.KeyOf(nodeid.DeliveryMethod)))
	q.Modify(database.Locked(sql.LockNoKeyUpdate))
	m, err := q.Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return nil, fault.New(fault.NotFound, "There is no such delivery method")
	case err != nil:
		return nil, fmt.Errorf("hold delivery method: %w", err)
	}
	return m, fault.Expect(m.Version, expected)
}
