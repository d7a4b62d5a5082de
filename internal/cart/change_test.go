package cart_test

import (
	"testing"

	"galley/ent"
	"galley/ent/order"
	"galley/internal/cart"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/nodeid"
)

func TestBounds(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		var lines []cart.LineInput
		for range cart.MaxLines + 1 {
			lines = append(lines, of(s.variant(), 1))
		}
		ctx := s.guest()
		id := s.open(ctx)
		s.refused("INVALID_QUANTITY lines")(s.add(ctx, id, lines[:cart.MaxLinesAtOnce+1]...))
		s.refused("INVALID_QUANTITY lines")(s.update(ctx, id, make([]cart.LineUpdateInput, cart.MaxLinesAtOnce+1)...))
		s.refused("INVALID_QUANTITY lines")(s.remove(ctx, id, make([]nodeid.ID, cart.MaxLinesAtOnce+1)...))
		s.fine(id)(s.add(ctx, id, lines[:100]...))
		s.fine(id)(s.add(ctx, id, lines[100:199]...))
		s.refused("INVALID_QUANTITY lines")(s.add(ctx, id, lines[199:]...))
		s.fine(id)(s.add(ctx, id, lines[199]))
		s.fine(id)(s.add(ctx, id, lines[:100]...))
		s.refused("INVALID_QUANTITY lines")(s.add(ctx, id, lines[200]))
		if n := len(s.lines(id)); n != cart.MaxLines {
			t.Errorf("the cart has %d lines", n)
		}
	})
}

func TestLinesUpdateAndRemove(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		set := func(l *ent.CartLine, quantity int) cart.LineUpdateInput {
			return cart.LineUpdateInput{ID: l.NodeID(), Quantity: quantity}
		}
		t.Run("quantities are set, and zero removes", func(t *testing.T) {
			s := s.in(t)
			ctx, a, b, c := s.guest(), s.variant(), s.variant(), s.variant()
			id := s.open(ctx, of(a, 1), of(b, 2), of(c, 3))
			l := s.lines(id)
			s.fine(id)(s.update(ctx, id, set(l[0], 5), set(l[1], 0)))
			s.holds(id, "5×"+a.Sku+" 3×"+c.Sku)
			if s.lines(id)[0].ID != l[0].ID {
				t.Error("the line was replaced")
			}
		})
		t.Run("of a line that is named twice the last quantity counts", func(t *testing.T) {
			s := s.in(t)
			ctx, a, b := s.guest(), s.variant(), s.variant()
			id := s.open(ctx, of(a, 1), of(b, 2))
			l := s.lines(id)
			s.fine(id)(s.update(ctx, id, set(l[0], 0), set(l[1], 3), set(l[0], 4), set(l[1], 0)))
			s.holds(id, "4×"+a.Sku)
		})
		t.Run("everything wrong is told at once, and nothing changes", func(t *testing.T) {
			s := s.in(t)
			ctx, a, b, limited, gone := s.shopper(), s.variant(), s.variant(), s.variant(limit(3)), s.variant()
			id := s.open(ctx, of(a, 1), of(b, 2), of(limited, 3), of(gone, 1))
			others := s.open(s.guest(), of(a, 7))
			s.bought(ctx, limited, 2, order.StatusPLACED)
			gone.Update().SetArchived(true).ExecX(s.system)
			l := s.lines(id)
			s.refused(
				"LINE_NOT_FOUND lines/1/id",
				"LINE_NOT_FOUND lines/2/id",
				"INVALID_QUANTITY lines/3/quantity",
				"INSUFFICIENT_STOCK lines/4/quantity",
				"PURCHASE_LIMIT lines/5/quantity",
				"VARIANT_UNAVAILABLE lines/6/id",
				"INVALID_QUANTITY lines/7/quantity",
			)(s.update(ctx, id, set(l[0], 9), set(s.lines(others)[0], 1),
				cart.LineUpdateInput{ID: nodeid.Cart.ID(l[0].ID), Quantity: 1},
				set(l[0], -1), set(l[1], 11), set(l[2], 2), set(l[3], 1), set(l[0], 100_001)))
			s.holds(id, "1×"+a.Sku+" 2×"+b.Sku+" 3×"+limited.Sku+" 1×"+gone.Sku)
			s.holds(others, "7×"+a.Sku)
		})
		t.Run("what is no longer sold can be taken out", func(t *testing.T) {
			s := s.in(t)
			ctx, a, b := s.guest(), s.variant(), s.variant()
			id := s.open(ctx, of(a, 1), of(b, 2))
			a.Update().SetArchived(true).ExecX(s.system)
			b.Update().SetArchived(true).ExecX(s.system)
			l := s.lines(id)
			s.fine(id)(s.update(ctx, id, set(l[0], 0)))
			s.holds(id, "2×"+b.Sku)
			s.fine(id)(s.remove(ctx, id, l[1].NodeID(), l[1].NodeID()))
			s.holds(id, "")
		})
		t.Run("a line that is not there cannot be removed, and the others stay", func(t *testing.T) {
			s := s.in(t)
			ctx, a := s.guest(), s.variant()
			id, others := s.open(ctx, of(a, 1)), s.open(s.guest(), of(a, 2))
			s.refused("LINE_NOT_FOUND lines/1", "LINE_NOT_FOUND lines/2")(s.remove(ctx, id,
				s.lines(id)[0].NodeID(), s.lines(others)[0].NodeID(), nodeid.CartLine.ID(1)))
			s.holds(id, "1×"+a.Sku)
			s.holds(others, "2×"+a.Sku)
		})
	})
}
