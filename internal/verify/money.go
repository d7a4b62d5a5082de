package verify

import "galley/internal/nodeid"

// payments are the rules of money. A payment that was made by hand before there was a ledger has no events: what it says stands.
var payments = []rule{
	{
		name: "ledger", of: nodeid.Payment,
		says: "A payment's amounts are what its events in the ledger add up to",
		broken: `SELECT p.id, 'it says ' || p.authorised_amount || ', ' || p.captured_amount || ', ' || p.refunded_amount || '; its events say ' ||
    COALESCE(e.authorised, 0) || ', ' || COALESCE(e.captured, 0) || ', ' || COALESCE(e.refunded, 0) AS note
  FROM payments p
  LEFT JOIN (
    SELECT payment_id,
      SUM(CASE WHEN kind = 'AUTHORISED' THEN amount ELSE 0 END) AS authorised,
      SUM(CASE WHEN kind = 'CAPTURED' THEN amount ELSE 0 END) AS captured,
      SUM(CASE WHEN kind = 'REFUNDED' THEN amount ELSE 0 END) AS refunded
    FROM payment_events GROUP BY payment_id
  ) e ON e.payment_id = p.id
  WHERE (p.gateway <> 'manual' OR e.payment_id IS NOT NULL)
    AND (p.authorised_amount <> COALESCE(e.authorised, 0) OR p.captured_amount <> COALESCE(e.captured, 0) OR p.refunded_amount <> COALESCE(e.refunded, 0))`,
	},
	{
		name: "captured", of: nodeid.Payment,
		says: "No more is taken than was authorised, and no more given back than was taken",
		broken: `SELECT id, 'authorised ' || authorised_amount || ', captured ' || captured_amount || ', refunded ' || refunded_amount AS note
  FROM payments
  WHERE refunded_amount > captured_amount OR captured_amount > CASE WHEN gateway = 'manual' THEN due_amount ELSE authorised_amount END`,
	},
	{
		name: "charged_once", of: nodeid.Order, since: before,
		says: "An order's payments together keep no more than its total",
		broken: `SELECT o.id, 'order ' || o.number || ' costs ' || o.total_amount || ', and ' || SUM(p.captured_amount - p.refunded_amount) || ' is kept' AS note
  FROM orders o JOIN payments p ON p.order_id = o.id
  GROUP BY o.id, o.number, o.total_amount
  HAVING SUM(p.captured_amount - p.refunded_amount) > o.total_amount AND MAX(p.updated_at) < $1`,
	},
	{
		name: "paid", of: nodeid.Order,
		says: "An order that is placed, and not paid for by hand, has its money promised by who takes it",
		broken: `SELECT o.id, 'order ' || o.number || ' is ' || o.status || ' for ' || o.total_amount || ', and ' ||
    SUM(CASE WHEN p.authorised_amount > p.captured_amount THEN p.authorised_amount ELSE p.captured_amount END) || ' is promised' AS note
  FROM orders o JOIN payments p ON p.order_id = o.id
  WHERE o.status IN ('PLACED', 'COMPLETED')
  GROUP BY o.id, o.number, o.status, o.total_amount
  HAVING MIN(CASE WHEN p.gateway = 'manual' THEN 0 ELSE 1 END) = 1
    AND SUM(CASE WHEN p.authorised_amount > p.captured_amount THEN p.authorised_amount ELSE p.captured_amount END) < o.total_amount`,
	},
	{
		name: "let_go", of: nodeid.Payment, since: before,
		says: "An order that is cancelled or has expired holds no money",
		broken: `SELECT p.id, 'order ' || o.number || ' is ' || o.status || ', its payment ' || p.status || ': ' || p.captured_amount || ' taken, ' ||
    p.refunded_amount || ' given back' AS note
  FROM orders o JOIN payments p ON p.order_id = o.id
  WHERE o.status IN ('CANCELLED', 'EXPIRED') AND p.gateway <> 'manual' AND o.updated_at < $1 AND p.updated_at < $1
    AND (p.captured_amount > p.refunded_amount OR p.status IN ('PENDING', 'REQUIRES_ACTION', 'AUTHORISED'))`,
	},
	{
		name: "waiting", of: nodeid.Order, since: before,
		says: "No order waits for its payment beyond its time",
		broken: `SELECT id, 'order ' || number || ' should have expired' AS note
  FROM orders WHERE status = 'PENDING_PAYMENT' AND (expires_at IS NULL OR expires_at < $1)`,
	},
	{
		name: "steps", of: nodeid.Payment, since: before,
		says: "What is asked of a provider is answered, or somebody is asked to look",
		broken: `SELECT s.payment_id AS id, s.kind || ' of ' || s.amount || ' has no answer' AS note
  FROM payment_steps s WHERE s.status = 'PENDING' AND s.created_at < $1`,
	},
}
