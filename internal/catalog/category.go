package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/category"
	"galley/ent/product"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

const maxName = 200 // characters, as the columns of a category's name and slug say

// CategoryCreate adds a category to the tree.
func (w *Workflow) CategoryCreate(ctx context.Context, in CategoryCreateInput) (*database.Outcome, error) {
	in.Name, in.Description, in.Slug = strings.TrimSpace(in.Name), prose(in.Description), trimmed(in.Slug)
	return w.mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		t, err := lockTree(ctx, tx, w.db, sql.LockNoKeyUpdate)
		if err != nil {
			return 0, err
		}
		var c fault.Collector
		checkNamed(&c, in.Name, category.NameValidator, maxName, "name")
		checkProse(&c, in.Description, "description")
		checkPosition(&c, in.Position)
		if in.Slug != nil {
			if err := checkCategorySlug(ctx, tx, &c, *in.Slug, 0); err != nil {
				return 0, err
			}
		}
		parent := t.parent(&c, in.Parent)
		c.Add(len(t.way(parent)) < MaxDepth, Invalid, tooDeep(), "parent")
		if err := c.Err(); err != nil {
			return 0, err
		}
		return w.createCategory(ctx, tx, t, parent, in)
	})
}

func (w *Workflow) createCategory(ctx context.Context, tx *ent.Tx, t *tree, parent int64, in CategoryCreateInput) (int64, error) {
	slug, err := w.categorySlug(ctx, tx, in)
	if err != nil {
		return 0, err
	}
	row := tx.Category.Create().SetName(in.Name).SetSlug(slug).SetDescription(in.Description).SetPosition(t.last(parent))
	if parent != 0 {
		row.SetParentID(parent)
	}
	created, err := row.Save(ctx)
	if err != nil {
		return 0, fmt.Errorf("create category: %w", err)
	}
	if in.Position == nil {
		return created.ID, nil
	}
	return created.ID, number(ctx, tx, w.db, category.Table, placed(t.children[parent], created.ID, in.Position))
}

func (w *Workflow) categorySlug(ctx context.Context, tx *ent.Tx, in CategoryCreateInput) (string, error) {
	if in.Slug != nil {
		return *in.Slug, nil
	}
	return w.freeSlug(in.Name, "category", func(candidates []string) ([]string, error) {
		return tx.Category.Query().Where(category.SlugIn(candidates...)).Select(category.FieldSlug).Strings(viewer.AsSystem(ctx))
	})
}

func checkCategorySlug(ctx context.Context, tx *ent.Tx, c *fault.Collector, slug string, except int64) error {
	return checkSlug(c, slug, category.SlugValidator, maxName, func() (bool, error) {
		return tx.Category.Query().Where(category.Slug(slug), category.IDNEQ(except)).Exist(viewer.AsSystem(ctx))
	})
}

func checkPosition(c *fault.Collector, position *int) {
	c.Add(position == nil || *position >= 0, Invalid, "Positions begin with 0", "position")
}

func tooDeep() string { return fmt.Sprintf("The tree has at most %d levels", MaxDepth) }

// parent is the key of the category that something goes below, 0 for the top.
func (t *tree) parent(c *fault.Collector, id *nodeid.ID) int64 {
	if id == nil {
		return 0
	}
	key := id.KeyOf(nodeid.Category)
	c.Add(t.byKey[key] != nil, NotFound, "There is no such category", "parent")
	return key
}

// CategoryUpdate changes a category's own fields. Its slug changes only when it is given: addresses stay.
func (w *Workflow) CategoryUpdate(ctx context.Context, in CategoryUpdateInput) (*database.Outcome, error) {
	in.Name, in.Slug = trimmed(in.Name), trimmed(in.Slug)
	if in.Description != nil {
		text := prose(*in.Description)
		in.Description = &text
	}
	return w.mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		q := tx.Category.Query().Where(category.ID(in.ID.KeyOf(nodeid.Category)))
		q.Modify(database.Locked(sql.LockNoKeyUpdate))
		found, err := q.Only(ctx)
		switch {
		case ent.IsNotFound(err):
			return 0, noCategory()
		case err != nil:
			return 0, fmt.Errorf("lock category: %w", err)
		}
		if err := fault.Expect(found.Version, in.ExpectedVersion); err != nil {
			return 0, err
		}
		return found.ID, in.apply(ctx, tx, found)
	})
}

func (in CategoryUpdateInput) apply(ctx context.Context, tx *ent.Tx, found *ent.Category) error {
	var c fault.Collector
	if in.Name != nil {
		checkNamed(&c, *in.Name, category.NameValidator, maxName, "name")
	}
	if in.Description != nil {
		checkProse(&c, *in.Description, "description")
	}
	if differs(in.Slug, found.Slug) {
		if err := checkCategorySlug(ctx, tx, &c, *in.Slug, found.ID); err != nil {
			return err
		}
	}
	if err := c.Err(); err != nil {
		return err
	}
	if !differs(in.Name, found.Name) && !differs(in.Description, found.Description) && !differs(in.Slug, found.Slug) {
		return nil
	}
	row := tx.Category.Update().Where(category.ID(found.ID)).AddVersion(1).
		SetNillableName(in.Name).SetNillableDescription(in.Description).SetNillableSlug(in.Slug)
	if err := saveOne(row.Save(ctx)); err != nil {
		return fmt.Errorf("update category: %w", err)
	}
	return nil
}

// CategoryMove moves a category, with all below it, to another parent or place.
func (w *Workflow) CategoryMove(ctx context.Context, in CategoryMoveInput) (*database.Outcome, error) {
	return w.mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		t, moved, err := w.treeOf(ctx, tx, in.ID, in.ExpectedVersion, sql.LockNoKeyUpdate)
		if err != nil {
			return 0, err
		}
		var c fault.Collector
		checkPosition(&c, in.Position)
		from := parentOf(moved)
		to := from
		if id, ok := in.Parent.ValueOK(); ok {
			to = t.parent(&c, id)
		}
		way := t.way(to)
		c.Add(!slices.Contains(way, moved.ID), Cycle, "A category cannot stand below itself", "parent")
		c.Add(to == from || len(way)+t.height(moved.ID) <= MaxDepth, Invalid, tooDeep(), "parent")
		if err := c.Err(); err != nil {
			return 0, err
		}
		lists := t.arranged(moved.ID, from, to, in.Position)
		if to == from && slices.Equal(lists[0], t.children[to]) {
			return moved.ID, nil
		}
		row := tx.Category.Update().Where(category.ID(moved.ID)).AddVersion(1)
		switch to {
		case from:
		case 0:
			row.ClearParentID()
		default:
			row.SetParentID(to)
		}
		if err := saveOne(row.Save(ctx)); err != nil {
			return 0, fmt.Errorf("move category: %w", err)
		}
		return moved.ID, number(ctx, tx, w.db, category.Table, lists...)
	})
}

// arranged are the children of the old and the new parent in their order after a move.
func (t *tree) arranged(moved, from, to int64, index *int) [][]int64 {
	lists := [][]int64{placed(t.children[to], moved, index)}
	if from != to {
		lists = append(lists, slices.DeleteFunc(slices.Clone(t.children[from]), func(k int64) bool { return k == moved }))
	}
	return lists
}

// treeOf locks the tree for a change of one of its categories, as its editor has read it.
func (w *Workflow) treeOf(
	ctx context.Context, tx *ent.Tx, id nodeid.ID, expected *int, strength sql.LockStrength,
) (*tree, *ent.Category, error) {
	t, err := lockTree(ctx, tx, w.db, strength)
	if err != nil {
		return nil, nil, err
	}
	c, ok := t.byKey[id.KeyOf(nodeid.Category)]
	if !ok {
		return nil, nil, noCategory()
	}
	return t, c, fault.Expect(c.Version, expected)
}

func noCategory() error { return fault.New(fault.NotFound, "There is no such category") }

// CategoryDelete removes a category without children. Its products stay, without a category.
func (w *Workflow) CategoryDelete(ctx context.Context, in CategoryDeleteInput) (*database.Outcome, error) {
	return w.mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		// The stronger lock waits for those who are sorting a product into the category.
		t, gone, err := w.treeOf(ctx, tx, in.ID, in.ExpectedVersion, sql.LockUpdate)
		if err != nil {
			return 0, err
		}
		if len(t.children[gone.ID]) > 0 {
			return 0, fault.Reject(NotEmpty, "Move or delete the categories below it first", "id")
		}
		_, err = tx.Product.Update().Where(product.CategoryID(gone.ID)).ClearCategoryID().AddVersion(1).Save(ctx)
		if err != nil {
			return 0, fmt.Errorf("take products out of category: %w", err)
		}
		if err := saveOne(tx.Category.Delete().Where(category.ID(gone.ID)).Exec(ctx)); err != nil {
			return 0, fmt.Errorf("delete category: %w", err)
		}
		parent := parentOf(gone)
		rest := slices.DeleteFunc(slices.Clone(t.children[parent]), func(k int64) bool { return k == gone.ID })
		return gone.ID, number(ctx, tx, w.db, category.Table, rest)
	})
}
