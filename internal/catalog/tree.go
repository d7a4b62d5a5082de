package catalog

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/category"
	"galley/internal/database"
)

// tree is the tree of categories under the lock of whoever changes its shape.
type tree struct {
	byKey    map[int64]*ent.Category
	children map[int64][]int64 // in their order; the top of the tree is below 0
}

// lockTree locks all categories in the order of their keys, so that changes of the tree's shape come
// one after the other: two opposite moves at once would make a circle that neither sees. It reads
// them after that, in a statement of its own, for what the statement that waited did not see yet.
func lockTree(ctx context.Context, tx *ent.Tx, db *database.DB, strength sql.LockStrength) (*tree, error) {
	if db.Postgres() {
		q := tx.Category.Query().Order(category.ByID())
		q.Modify(database.Locked(strength))
		if _, err := q.IDs(ctx); err != nil {
			return nil, fmt.Errorf("lock categories: %w", err)
		}
	}
	all, err := tx.Category.Query().Order(category.ByPosition(), category.ByID()).
		Select(category.FieldParentID, category.FieldPosition, category.FieldVersion).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read categories: %w", err)
	}
	t := &tree{byKey: make(map[int64]*ent.Category, len(all)), children: map[int64][]int64{}}
	for _, c := range all {
		t.byKey[c.ID] = c
		t.children[parentOf(c)] = append(t.children[parentOf(c)], c.ID)
	}
	return t, nil
}

// parentOf is the key of the category above, 0 at the top.
func parentOf(c *ent.Category) int64 {
	if c.ParentID == nil {
		return 0
	}
	return *c.ParentID
}

// way is the keys from a category up to the top, itself included. It ends although somebody has made
// a circle in the database.
func (t *tree) way(key int64) []int64 {
	var way []int64
	for key != 0 && len(way) <= len(t.byKey) {
		way = append(way, key)
		c, ok := t.byKey[key]
		if !ok {
			break
		}
		key = parentOf(c)
	}
	return way
}

// height is how many levels a category and all below it take.
func (t *tree) height(key int64) int {
	deepest, level := 0, []int64{key}
	for ; len(level) > 0 && deepest <= len(t.byKey); deepest++ {
		var below []int64
		for _, k := range level {
			below = append(below, t.children[k]...)
		}
		level = below
	}
	return deepest
}

// last is the position behind all children.
func (t *tree) last(parent int64) int {
	siblings := t.children[parent]
	if len(siblings) == 0 {
		return 0
	}
	return t.byKey[siblings[len(siblings)-1]].Position + 1
}
