package stock

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/schema/rule"
	"galley/ent/variant"
	"galley/internal/database"
	"galley/internal/viewer"
)

// Low is so many available pieces as are too few of a variant that has no mark of its own.
const Low = 5

// Level is where a variant's pieces are.
type Level struct {
	Available int // may be promised
	Reserved  int // held by checkouts under way
	Committed int // promised by orders, and not sent yet
	LowAt     int // so many available pieces or fewer are too few
}

// OnHand is what lies in the store.
func (l *Level) OnHand() int { return l.Available + l.Reserved + l.Committed }

// IsLow tells whether somebody should order more.
func (l *Level) IsLow() bool { return l.Available <= l.LowAt }

// Levels are those of the variants that the viewer may see, in one statement; none for who may not read the stock.
func Levels(ctx context.Context, client *ent.Client, keys []int64) (map[int64]*Level, error) {
	var rows []struct {
		ID, Available, Reserved, Committed int64
		LowStock                           *int64 `sql:"low_stock"`
	}
	err := client.Variant.Query().Where(database.AnyOf(variant.FieldID, keys), permitted(ctx)).Modify(func(s *sql.Selector) {
		id := s.C(variant.FieldID)
		s.Select(id, s.C(variant.FieldAvailable), s.C(variant.FieldLowStock))
		s.AppendSelectExpr(
			sql.Raw("CAST((SELECT COALESCE(SUM(r.quantity), 0) FROM reservations r WHERE r.variant_id = "+id+") AS bigint) AS reserved"),
			sql.Raw("CAST((SELECT COALESCE(SUM(l.quantity - l.fulfilled), 0) FROM order_lines l JOIN orders o ON o.id = l.order_id "+
				"WHERE l.variant_id = "+id+" AND o.status IN ('PENDING_PAYMENT', 'PLACED')) AS bigint) AS committed"),
		)
	}).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read stock levels: %w", err)
	}
	levels := make(map[int64]*Level, len(rows))
	for _, r := range rows {
		level := &Level{Available: int(r.Available), Reserved: int(r.Reserved), Committed: int(r.Committed), LowAt: Low}
		if r.LowStock != nil {
			level.LowAt = int(*r.LowStock)
		}
		levels[r.ID] = level
	}
	return levels, nil
}

// IsLow is the predicate of variants on sale of which too few pieces are available: no more than their mark, or fewer
// than a number. Who may not read the stock finds none.
func IsLow(ctx context.Context, below *int) func(*sql.Selector) {
	return func(s *sql.Selector) {
		permitted(ctx)(s)
		available := s.C(variant.FieldAvailable)
		s.Where(sql.EQ(s.C(variant.FieldArchived), false))
		if below != nil {
			s.Where(sql.LT(available, *below))
			return
		}
		s.Where(sql.P(func(b *sql.Builder) {
			b.WriteString(fmt.Sprintf("%s <= COALESCE(%s, %d)", available, s.C(variant.FieldLowStock), Low))
		}))
	}
}

// permitted leaves nothing to who may not read the stock, whatever was checked before.
func permitted(ctx context.Context) func(*sql.Selector) {
	return func(s *sql.Selector) { rule.Permitted(viewer.StockRead).Apply(ctx, s) }
}
