package handwritten

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// An order by card waits for its payment: the step that asks the provider for it, and the job that would ask if this
// process were killed now.
var paySQL = orderSQL("PENDING_PAYMENT", "$5::timestamptz + interval '1 hour'", `asked AS (
  INSERT INTO payments (id, created_at, updated_at, method, gateway, status, due_amount, currency, instrument, order_id)
  SELECT id, $5, $5, 'CARD', 'test', 'PENDING', total_amount, 'GBP', $6, id FROM placed
), step AS (
  INSERT INTO payment_steps (id, created_at, updated_at, kind, amount, currency, payment_id)
  SELECT id, $5, $5, 'AUTHORISE', total_amount, 'GBP', id FROM placed
), work AS (
  INSERT INTO jobs (id, created_at, kind, payload, run_at)
  SELECT id, $5, 'payment.step', jsonb_build_object('step', id::text), $5::timestamptz + interval '5 seconds' FROM placed
)`)

// What the provider has said, in one statement: the ledger, the payment, the order, the timeline, the letter, and the
// step that takes the money. An order's payment, and its first step, have the order's key.
const settleSQL = `WITH waits AS (
  SELECT id FROM orders WHERE id = $1 AND status = 'PENDING_PAYMENT' FOR NO KEY UPDATE
), due AS (
  SELECT p.id, p.due_amount AS amount FROM waits JOIN payments p ON p.id = waits.id AND p.status = 'PENDING' FOR NO KEY UPDATE OF p
), fact AS (
  INSERT INTO payment_events (id, created_at, gateway, fact, kind, amount, currency, source, occurred_at, payment_id)
  SELECT id, $2, 'test', $3::varchar || ':authorised', 'AUTHORISED', amount, 'GBP', 'ANSWER', $2, id FROM due
), answered AS (
  UPDATE payment_steps SET status = 'SUCCEEDED', version = version + 1, updated_at = $2 FROM due
  WHERE payment_steps.id = due.id AND status = 'PENDING'
), held AS (
  UPDATE payments SET status = 'AUTHORISED', authorised_amount = due.amount, reference = $3, version = version + 1, updated_at = $2
  FROM due WHERE payments.id = due.id
), placed AS (
  UPDATE orders SET status = 'PLACED', version = version + 1, updated_at = $2 FROM due WHERE orders.id = due.id
), told AS (
  INSERT INTO order_events (id, created_at, kind, data, order_id)
  SELECT $4::bigint, $2::timestamptz, 'PAYMENT_AUTHORISED', jsonb_build_object('amount', amount, 'payment', id::text), id FROM due
  UNION ALL SELECT $5::bigint, $2::timestamptz, 'CONFIRMED', NULL, id FROM due
), take AS (
  INSERT INTO payment_steps (id, created_at, updated_at, kind, amount, currency, payment_id)
  SELECT $4, $2, $2, 'CAPTURE', amount, 'GBP', id FROM due
), work AS (
  INSERT INTO jobs (id, created_at, kind, payload, run_at)
  SELECT $4::bigint, $2::timestamptz, 'payment.step', jsonb_build_object('step', $4::bigint::text), $2::timestamptz FROM due
  UNION ALL SELECT $5::bigint, $2::timestamptz, 'order.placed', jsonb_build_object('order', id::text), $2::timestamptz FROM due
)
SELECT id FROM due`

func (s *server) payOrder(b []byte, r *http.Request) ([]byte, error) {
	ctx := r.Context()
	cart, card, err := paid(r)
	if err != nil {
		return nil, err
	}
	me, err := s.caller(ctx, r)
	if err != nil {
		return nil, err
	}
	b, o, err := s.appendPlaced(ctx, b, newOrder(s.keys), s.pay, cart, me.user, card)
	if err != nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx) // the money is held by now
	var key int64
	return b, s.settle.QueryRowContext(ctx, o.key, time.Now(), authorise(o), s.keys.Next(), s.keys.Next()).Scan(&key)
}

// paid reads which cart is to be paid, and by what card. There is one card, which always pays.
func paid(r *http.Request) (cart int64, card string, err error) {
	if cart, err = keyOf(cartID, r.PathValue("id")); err != nil {
		return 0, "", err
	}
	var in struct {
		Instrument string `json:"instrument"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<10)).Decode(&in); err != nil || in.Instrument != "4242424242424242" {
		return 0, "", refusal(http.StatusBadRequest)
	}
	return cart, in.Instrument, nil
}

// authorise is the test gateway: it names the payment, as Galley's does.
func authorise(o placed) string {
	step := string(appendID(nil, "pstep_", o.key))
	sum := sha256.Sum256([]byte(step))
	return "test_hold_GBP_" + strconv.FormatInt(o.total, 10) + "_" + hex.EncodeToString(sum[:8])
}
