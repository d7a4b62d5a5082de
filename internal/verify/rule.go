package verify

import (
	"slices"
	"time"

	"galley/internal/nodeid"
)

// rule is a part of the invariant, and how to find the rows that break it.
type rule struct {
	name   string
	says   string
	of     nodeid.Kind                                        // what the rows' ids are of
	since  func(now time.Time, grace time.Duration) time.Time // $1 of the query, where it has one
	broken string                                             // selects id and note, in SQL that both engines know
}

// before is the moment that lies a grace back.
func before(now time.Time, grace time.Duration) time.Time { return now.Add(-grace) }

// rules are the whole of the invariant.
var rules = slices.Concat(stock, orders, payments, promises)

var stock = []rule{
	{
		name: "stock", of: nodeid.Variant,
		says: "Of each variant, what is available and what checkouts hold is what it began with and what came and went since",
		broken: `SELECT v.id, 'available ' || v.available || ' + held ' || COALESCE(r.held, 0) || ' is not opening ' || v.opening ||
    ' + moved ' || COALESCE(m.moved, 0) AS note
  FROM variants v
  LEFT JOIN (SELECT variant_id, SUM(quantity) AS held FROM reservations GROUP BY variant_id) r ON r.variant_id = v.id
  LEFT JOIN (SELECT variant_id, SUM(quantity) AS moved FROM stock_movements GROUP BY variant_id) m ON m.variant_id = v.id
  WHERE v.available + COALESCE(r.held, 0) <> v.opening + COALESCE(m.moved, 0)`,
	},
	{
		name: "reservations", of: nodeid.Cart, since: before,
		says: "Pieces are held only by open carts whose checkout is under way, and not long beyond its time",
		broken: `SELECT c.id, SUM(r.quantity) || ' pieces are held by a cart that is ' || c.status AS note
  FROM reservations r JOIN carts c ON c.id = r.cart_id
  WHERE c.status <> 'OPEN' OR c.reserved_until IS NULL OR c.reserved_until < $1
  GROUP BY c.id, c.status`,
	},
	{
		name: "sold", of: nodeid.Order,
		says: "What an order of a cart promises has left the stock, piece for piece, and no more of it came back",
		broken: `SELECT order_id AS id, 'of variant ' || variant_id || ' ' || SUM(promised) || ' are promised, ' || SUM(sold) || ' left and ' ||
    SUM(returned) || ' came back' AS note
  FROM (
    SELECT l.order_id, l.variant_id, l.quantity AS promised, 0 AS sold, 0 AS returned
    FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE o.cart_id IS NOT NULL AND l.variant_id IS NOT NULL
    UNION ALL
    SELECT m.order_id, m.variant_id, 0, CASE WHEN m.reason = 'SOLD' THEN -m.quantity ELSE 0 END, CASE WHEN m.reason = 'SOLD' THEN 0 ELSE m.quantity END
    FROM stock_movements m JOIN orders o ON o.id = m.order_id WHERE o.cart_id IS NOT NULL AND m.reason IN ('SOLD', 'CANCELLED')
  ) AS pieces
  GROUP BY order_id, variant_id HAVING SUM(promised) <> SUM(sold) OR SUM(returned) NOT BETWEEN 0 AND SUM(sold)`,
	},
}

var orders = []rule{
	{
		name: "order_total", of: nodeid.Order,
		says: "An order's total is its lines, less the discount, plus delivery and the tax that is not in them already",
		broken: `SELECT id, 'the total is ' || total_amount || ', its parts are ' || subtotal_amount || ' - ' || discount_amount || ' + ' ||
    delivery_amount || ' and tax ' || tax_amount AS note
  FROM orders
  WHERE total_amount <> subtotal_amount - discount_amount + delivery_amount + CASE WHEN tax_included THEN 0 ELSE tax_amount END`,
	},
	{
		name: "order_lines", of: nodeid.Order,
		says: "An order's sums are those of its lines, to the penny",
		broken: `SELECT o.id, 'the lines are ' || COALESCE(l.total, 0) || ' less ' || COALESCE(l.discount, 0) || ', the order says ' ||
    o.subtotal_amount || ' less ' || o.discount_amount AS note
  FROM orders o
  LEFT JOIN (SELECT order_id, SUM(total_amount) AS total, SUM(discount_amount) AS discount, SUM(tax_amount) AS tax FROM order_lines GROUP BY order_id) l
    ON l.order_id = o.id
  WHERE o.subtotal_amount <> COALESCE(l.total, 0) OR o.discount_amount <> COALESCE(l.discount, 0) OR o.tax_amount < COALESCE(l.tax, 0)`,
	},
	{
		name: "order_of_cart", of: nodeid.Order,
		says:   "A cart that an order was placed from takes no other order",
		broken: `SELECT o.id, 'its cart is ' || c.status AS note FROM orders o JOIN carts c ON c.id = o.cart_id WHERE c.status <> 'ORDERED'`,
	},
	{
		name: "fulfilled", of: nodeid.Order,
		says: "What an order says was sent is what its parcels hold",
		broken: `SELECT l.order_id AS id, 'of ' || l.sku || ' ' || l.fulfilled || ' are sent, and ' || COALESCE(p.quantity, 0) || ' in parcels' AS note
  FROM order_lines l JOIN orders o ON o.id = l.order_id
  LEFT JOIN (SELECT order_line_id, SUM(quantity) AS quantity FROM fulfilment_lines GROUP BY order_line_id) p ON p.order_line_id = l.id
  WHERE l.fulfilled <> COALESCE(p.quantity, 0) AND (o.cart_id IS NOT NULL OR p.quantity IS NOT NULL)`,
	},
}

var promises = []rule{
	{
		name: "promotion_uses", of: nodeid.Promotion,
		says: "A promotion was used as often as orders took it",
		broken: `SELECT p.id, 'it says ' || p.used || ' uses, orders say ' || COALESCE(u.uses, 0) AS note
  FROM promotions p LEFT JOIN (SELECT promotion_id, COUNT(*) AS uses FROM promotion_uses GROUP BY promotion_id) u ON u.promotion_id = p.id
  WHERE p.used <> COALESCE(u.uses, 0)`,
	},
	{
		name: "letters", of: nodeid.Order, since: func(now time.Time, _ time.Duration) time.Time { return now.Add(-remembered) },
		says: "The letter of every order that was placed in the last days has been asked for",
		broken: `SELECT o.id, 'order ' || o.number || ' has no letter' AS note
  FROM orders o
  WHERE o.status IN ('PLACED', 'COMPLETED') AND o.cart_id IS NOT NULL AND o.placed_at > $1
    AND CAST(o.id AS text) NOT IN (SELECT j.payload ->> 'order' FROM jobs j WHERE j.kind = 'order.placed' AND j.payload ->> 'order' IS NOT NULL)`,
	},
}

// remembered is for how long a job that is done is surely kept: a day less than it is.
const remembered = 6 * 24 * time.Hour
