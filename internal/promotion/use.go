package promotion

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/lib/pq"

	"galley/ent"
	"galley/internal/database"
	"galley/internal/pricing"
)

// live is what a promotion must be at $1 to be taken once more.
const live = `p.active AND (p.starts_at IS NULL OR p.starts_at <= $1) AND (p.ends_at IS NULL OR p.ends_at > $1)
  AND (p.usage_limit IS NULL OR p.used < p.usage_limit)`

// Take notes that an order takes promotions: all of them, or it returns those that are over, used up, or taken by this
// customer before, and its caller has to roll the transaction back. The customer is an e-mail address, normalised: that of
// the account that orders, or the one that a guest gives, so that both count as one.
//
// One statement on PostgreSQL, two on SQLite; none without promotions. On PostgreSQL the promotions are locked in the
// order of their keys first, so that two orders wait for each other and never in a circle; what is compared and
// counted are the values under the lock. Like stock.Take it asks nobody's permission.
func Take(ctx context.Context, tx *ent.Tx, db *database.DB, orderID int64, customer string, applied []pricing.Applied) (refused []int64, err error) {
	if len(applied) == 0 {
		return nil, nil
	}
	uses, err := drawUp(db, customer, applied)
	if err != nil {
		return nil, err
	}
	var taken map[int64]bool
	if db.Postgres() {
		taken, err = takePostgres(ctx, tx, db, orderID, uses)
	} else {
		taken, err = takeSQLite(ctx, tx, db, orderID, uses)
	}
	if err != nil {
		return nil, fmt.Errorf("take promotions: %w", err)
	}
	for _, u := range uses {
		if !taken[u.promotion] {
			refused = append(refused, u.promotion)
		}
	}
	return refused, nil
}

// use is a row to come. Once is written where one customer takes the promotion once: a hash, which tells neither who it was
// nor what else they took.
type use struct {
	key, promotion, amount int64
	once                   string
}

func drawUp(db *database.DB, customer string, applied []pricing.Applied) ([]use, error) {
	uses := make([]use, len(applied))
	for i, a := range applied {
		key, err := db.NextKey()
		if err != nil {
			return nil, fmt.Errorf("make key: %w", err)
		}
		sum := sha256.Sum256(fmt.Appendf(nil, "%d:%s", a.Key, customer))
		uses[i] = use{key: key, promotion: a.Key, amount: int64(a.Amount), once: hex.EncodeToString(sum[:])}
	}
	slices.SortFunc(uses, func(a, b use) int { return cmp.Compare(a.promotion, b.promotion) })
	return uses, nil
}

func takePostgres(ctx context.Context, tx *ent.Tx, db *database.DB, orderID int64, uses []use) (map[int64]bool, error) {
	var keys, promotions, amounts []int64
	var once []string
	for _, u := range uses {
		keys, promotions, amounts, once = append(keys, u.key), append(promotions, u.promotion), append(amounts, u.amount), append(once, u.once)
	}
	return database.Returning(ctx, tx, `WITH locked AS (
  SELECT p.id, a.key, a.amount, CASE WHEN p.once_per_customer THEN a.once END AS once
  FROM promotions AS p JOIN unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::varchar[]) AS a(key, promotion, amount, once) ON p.id = a.promotion
  WHERE `+live+`
  ORDER BY p.id FOR NO KEY UPDATE OF p
), taken AS (
  INSERT INTO promotion_uses (id, created_at, promotion_id, order_id, amount, once)
  SELECT key, $1, id, $2::bigint, amount, once FROM locked
  ON CONFLICT (once) DO NOTHING RETURNING promotion_id
)
UPDATE promotions SET used = promotions.used + 1 FROM taken WHERE promotions.id = taken.promotion_id
RETURNING promotions.id`, db.Now(), orderID, pq.Array(keys), pq.Array(promotions), pq.Array(amounts), pq.Array(once))
}

func takeSQLite(ctx context.Context, tx *ent.Tx, db *database.DB, orderID int64, uses []use) (map[int64]bool, error) {
	list := make([][4]any, len(uses))
	for i, u := range uses {
		list[i] = [4]any{u.key, u.promotion, u.amount, u.once}
	}
	text, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	taken, err := database.Returning(ctx, tx, `INSERT INTO promotion_uses (id, created_at, promotion_id, order_id, amount, once)
SELECT a.value->>0, $1, p.id, $2, a.value->>2, CASE WHEN p.once_per_customer THEN a.value->>3 END
FROM promotions AS p JOIN json_each($3) AS a ON p.id = a.value->>1
WHERE `+live+`
ON CONFLICT (once) DO NOTHING RETURNING promotion_id`, db.Now(), orderID, string(text))
	if err != nil || len(taken) == 0 {
		return taken, err
	}
	counted := make([]int64, 0, len(taken))
	for key := range taken {
		counted = append(counted, key)
	}
	text, err = json.Marshal(counted)
	if err != nil {
		return nil, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE promotions SET used = used + 1 WHERE id IN (SELECT value FROM json_each($1))`, string(text))
	return taken, err
}

// GiveBack has the promotions of an order that ends count as not taken: others may have them, and so may its customer. Done
// again, it does nothing. Uses change under their promotion's lock only, or Take and GiveBack could wait in a circle.
func GiveBack(ctx context.Context, tx *ent.Tx, db *database.DB, orderID int64) error {
	statements := []string{
		`UPDATE promotions SET used = used - 1 WHERE id IN (SELECT promotion_id FROM promotion_uses WHERE order_id = $1)`,
		`DELETE FROM promotion_uses WHERE order_id = $1`,
	}
	if db.Postgres() {
		statements = []string{`WITH locked AS (
  SELECT p.id FROM promotions AS p WHERE p.id IN (SELECT promotion_id FROM promotion_uses WHERE order_id = $1)
  ORDER BY p.id FOR NO KEY UPDATE OF p
), gone AS (
  DELETE FROM promotion_uses AS u USING locked WHERE u.promotion_id = locked.id AND u.order_id = $1 RETURNING u.promotion_id
)
UPDATE promotions SET used = promotions.used - 1 FROM gone WHERE promotions.id = gone.promotion_id`}
	}
	for _, s := range statements {
		if _, err := tx.ExecContext(ctx, s, orderID); err != nil {
			return fmt.Errorf("give promotions back: %w", err)
		}
	}
	return nil
}
