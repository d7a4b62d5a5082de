package catalog_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"pgregory.net/rapid"

	"galley/ent"
	"galley/ent/category"
	"galley/internal/catalog"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/nodeid"
)

// grow makes categories below a parent (0 is the top) and returns their keys.
func (s *shop) grow(parent int64, names ...string) []int64 {
	s.t.Helper()
	var keys []int64
	for _, name := range names {
		in := catalog.CategoryCreateInput{Name: name}
		if parent != 0 {
			in.Parent = to(nodeid.Category.ID(parent))
		}
		keys = append(keys, s.done(s.CategoryCreate(s.editor, in)))
	}
	return keys
}

// below lists the names of a category's children (0 is the top) in their order, and checks their positions.
func (s *shop) below(parent int64) string {
	s.t.Helper()
	where := category.ParentIDIsNil()
	if parent != 0 {
		where = category.ParentID(parent)
	}
	var names []string
	for i, c := range s.db.Client.Category.Query().Where(where).Order(category.ByPosition(), category.ByID()).AllX(s.system) {
		names = append(names, c.Name)
		if c.Position != i {
			s.t.Errorf("%s is at %d, not at %d", c.Name, c.Position, i)
		}
	}
	return strings.Join(names, " ")
}

func move(key int64) catalog.CategoryMoveInput {
	return catalog.CategoryMoveInput{ID: nodeid.Category.ID(key)}
}

func under(key, parent int64) catalog.CategoryMoveInput {
	in := move(key)
	in.Parent = graphql.OmittableOf[*nodeid.ID](nil)
	if parent != 0 {
		in.Parent = graphql.OmittableOf(to(nodeid.Category.ID(parent)))
	}
	return in
}

func at(in catalog.CategoryMoveInput, position int) catalog.CategoryMoveInput {
	in.Position = &position
	return in
}

func TestCategoryCreate(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Run("a category stands last, or where it is put", func(t *testing.T) {
			s := s.on(t)
			top := s.grow(0, "Kitchen")[0]
			s.grow(top, "a", "b")
			first := catalog.CategoryCreateInput{Name: " First ", Parent: to(nodeid.Category.ID(top)), Position: to(0), Description: " Things. "}
			c := s.category(s.done(s.CategoryCreate(s.editor, first)))
			if c.Name != "First" || c.Slug != "first" || c.Description != "Things." || *c.ParentID != top || c.Position != 0 || c.Version != 1 {
				t.Errorf("got %+v", c)
			}
			s.done(s.CategoryCreate(s.editor, catalog.CategoryCreateInput{Name: "Far", Parent: to(nodeid.Category.ID(top)), Position: to(1000)}))
			s.done(s.CategoryCreate(s.editor, catalog.CategoryCreateInput{Name: "Mid", Parent: to(nodeid.Category.ID(top)), Position: to(2)}))
			if got := s.below(top); got != "First a Mid b Far" {
				t.Errorf("got %s", got)
			}
		})
		t.Run("equal names get different slugs", func(t *testing.T) {
			s := s.on(t)
			keys := s.grow(0, "Same", "Same", "?")
			if a, b, c := s.category(keys[0]).Slug, s.category(keys[1]).Slug, s.category(keys[2]).Slug; a != "same" || b != "same-2" || c != "category" {
				t.Errorf("got %s, %s, %s", a, b, c)
			}
		})
		t.Run("all that is wrong is said at once", func(t *testing.T) {
			s := s.on(t)
			s.grow(0, "Taken")
			out, err := s.CategoryCreate(s.editor, catalog.CategoryCreateInput{
				Name: strings.Repeat("x", 201), Slug: to("taken"), Description: "\x00", Parent: to(nodeid.Category.ID(1)), Position: to(-1),
			})
			s.wrong(out, err, "INVALID name", "INVALID description", "INVALID position", "SLUG_TAKEN slug", "NOT_FOUND parent")
			out, err = s.CategoryCreate(s.editor, catalog.CategoryCreateInput{Slug: to("Not A Slug"), Parent: to(nodeid.Product.ID(s.grow(0, "P")[0]))})
			s.wrong(out, err, "INVALID name", "INVALID slug", "NOT_FOUND parent")
		})
		t.Run("the tree is not too deep", func(t *testing.T) {
			s := s.on(t)
			parent := int64(0)
			for i := range catalog.MaxDepth {
				parent = s.grow(parent, fmt.Sprint("level ", i))[0]
			}
			out, err := s.CategoryCreate(s.editor, catalog.CategoryCreateInput{Name: "too deep", Parent: to(nodeid.Category.ID(parent))})
			s.wrong(out, err, "INVALID parent")
			pair := s.grow(s.grow(0, "pair")[0], "child")[0]
			out, err = s.CategoryMove(s.editor, under(*s.category(pair).ParentID, *s.category(parent).ParentID))
			s.wrong(out, err, "INVALID parent")
			s.done(s.CategoryMove(s.editor, under(pair, *s.category(parent).ParentID)))
		})
	})
}

func TestCategoryUpdate(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Run("what is left out stays", func(t *testing.T) {
			s := s.on(t)
			key := s.done(s.CategoryCreate(s.editor, catalog.CategoryCreateInput{Name: "Old", Description: "Words"}))
			id := nodeid.Category.ID(key)
			s.done(s.CategoryUpdate(s.editor, catalog.CategoryUpdateInput{ID: id, Name: to(" New "), ExpectedVersion: to(1)}))
			if c := s.category(key); c.Name != "New" || c.Slug != "old" || c.Description != "Words" || c.Version != 2 {
				t.Errorf("got %+v", c)
			}
			s.done(s.CategoryUpdate(s.editor, catalog.CategoryUpdateInput{ID: id, Slug: to("new"), Description: to("")}))
			if c := s.category(key); c.Name != "New" || c.Slug != "new" || c.Description != "" || c.Version != 3 {
				t.Errorf("got %+v", c)
			}
			out, err := s.CategoryUpdate(s.editor, catalog.CategoryUpdateInput{ID: id, Name: to("x"), ExpectedVersion: to(2)})
			s.refused(out, err, fault.Conflict)
		})
		t.Run("all that is wrong is said at once", func(t *testing.T) {
			s := s.on(t)
			keys := s.grow(0, "One", "Two")
			out, err := s.CategoryUpdate(s.editor, catalog.CategoryUpdateInput{
				ID: nodeid.Category.ID(keys[0]), Name: to(""), Slug: to("two"), Description: to("\x1b"),
			})
			s.wrong(out, err, "INVALID name", "INVALID description", "SLUG_TAKEN slug")
			s.done(s.CategoryUpdate(s.editor, catalog.CategoryUpdateInput{ID: nodeid.Category.ID(keys[0]), Slug: to("one")}))
		})
		t.Run("what is not there cannot be changed", func(t *testing.T) {
			s := s.on(t)
			for _, id := range []nodeid.ID{nodeid.Category.ID(1), nodeid.Product.ID(s.grow(0, "x")[0]), {}} {
				out, err := s.CategoryUpdate(s.editor, catalog.CategoryUpdateInput{ID: id, Name: to("y")})
				s.refused(out, err, fault.NotFound)
			}
		})
	})
}

func TestCategoryMove(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Run("a category takes its place among its siblings", func(t *testing.T) {
			s := s.on(t)
			top := s.grow(0, "siblings")[0]
			k := s.grow(top, "a", "b", "c", "d")
			for _, c := range []struct {
				in   catalog.CategoryMoveInput
				want string
			}{
				{at(move(k[3]), 0), "d a b c"},
				{at(move(k[3]), 2), "a b d c"},
				{at(move(k[0]), 3), "b d c a"},
				{move(k[1]), "d c a b"},
				{at(move(k[2]), 77), "d a b c"},
				{at(under(k[0], top), 0), "a d b c"},
			} {
				s.done(s.CategoryMove(s.editor, c.in))
				if got := s.below(top); got != c.want {
					t.Errorf("got %s, want %s", got, c.want)
				}
			}
			if b := s.category(k[1]); b.Version != 2 {
				t.Errorf("moved once, version %d", b.Version)
			}
		})
		t.Run("what changes nothing is no new version", func(t *testing.T) {
			s := s.on(t)
			top := s.grow(0, "still")[0]
			k := s.grow(top, "a", "b")
			before := s.category(k[1])
			s.done(s.CategoryMove(s.editor, move(k[1])))
			s.done(s.CategoryMove(s.editor, at(under(k[1], top), 1)))
			for _, in := range []catalog.CategoryUpdateInput{{}, {Name: to("b"), Slug: &before.Slug, Description: to(" "), ExpectedVersion: to(1)}} {
				in.ID = nodeid.Category.ID(k[1])
				s.done(s.CategoryUpdate(s.editor, in))
			}
			if got := s.category(k[1]); got.Version != 1 || !got.UpdatedAt.Equal(before.UpdatedAt) {
				t.Errorf("got %+v", got)
			}
		})
		t.Run("a category moves with all below it, and both families stay in order", func(t *testing.T) {
			s := s.on(t)
			tops := s.grow(0, "left", "right")
			left, right := s.grow(tops[0], "a", "b", "c"), s.grow(tops[1], "x", "y")
			leaf := s.grow(left[1], "leaf")[0]
			s.done(s.CategoryMove(s.editor, at(under(left[1], tops[1]), 1)))
			if l, r := s.below(tops[0]), s.below(tops[1]); l != "a c" || r != "x b y" {
				t.Errorf("got %s and %s", l, r)
			}
			if *s.category(leaf).ParentID != left[1] {
				t.Error("the leaf did not come along")
			}
			s.done(s.CategoryMove(s.editor, under(right[0], tops[0])))
			if l, r := s.below(tops[0]), s.below(tops[1]); l != "a c x" || r != "b y" {
				t.Errorf("got %s and %s", l, r)
			}
			s.done(s.CategoryMove(s.editor, at(under(left[0], 0), 0)))
			if c := s.category(left[0]); c.ParentID != nil || c.Position != 0 {
				t.Errorf("got %+v", c)
			}
		})
		t.Run("nothing stands below itself", func(t *testing.T) {
			s := s.on(t)
			a := s.grow(0, "A")[0]
			b := s.grow(a, "B")[0]
			c := s.grow(b, "C")[0]
			for _, parent := range []int64{a, b, c} {
				out, err := s.CategoryMove(s.editor, under(a, parent))
				s.wrong(out, err, "CYCLE parent")
			}
			s.done(s.CategoryMove(s.editor, under(c, a)))
		})
		t.Run("the parent must be there, the position too", func(t *testing.T) {
			s := s.on(t)
			key := s.grow(0, "Lonely")[0]
			out, err := s.CategoryMove(s.editor, at(under(key, 4711), -1))
			s.wrong(out, err, "INVALID position", "NOT_FOUND parent")
		})
		t.Run("a stale version is told, and what is not there", func(t *testing.T) {
			s := s.on(t)
			in := move(s.grow(0, "Stale")[0])
			in.ExpectedVersion = to(2)
			out, err := s.CategoryMove(s.editor, in)
			s.refused(out, err, fault.Conflict)
			out, err = s.CategoryMove(s.editor, move(1))
			s.refused(out, err, fault.NotFound)
		})
		t.Run("it takes as many statements for two siblings as for fifty", func(t *testing.T) {
			s := s.on(t)
			want := 3
			if s.db.Postgres() {
				want = 4 // the lock
			}
			for _, n := range []int{2, 50} {
				top := s.grow(0, fmt.Sprint("counted ", n))[0]
				var last int64
				for i := range n {
					last = s.grow(top, fmt.Sprint("child ", i))[0]
				}
				got := s.statements(s.editor, func(ctx context.Context) (*database.Outcome, error) {
					return s.CategoryMove(ctx, at(move(last), 0))
				})
				if got != want {
					t.Errorf("%d siblings: %d statements, want %d", n, got, want)
				}
			}
		})
	})
}

func TestCategoryDelete(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		del := func(s *shop, key int64) (*database.Outcome, error) {
			return s.CategoryDelete(s.editor, catalog.CategoryDeleteInput{ID: nodeid.Category.ID(key)})
		}
		t.Run("its products stay, without a category", func(t *testing.T) {
			s := s.on(t)
			top := s.grow(0, "Parent")[0]
			k := s.grow(top, "a", "gone", "c")
			var products []*ent.Product
			for i := range 3 {
				key := s.done(s.ProductCreate(s.editor, catalog.ProductCreateInput{Title: fmt.Sprint("Sorted ", i), Category: to(nodeid.Category.ID(k[min(i, 1)]))}))
				products = append(products, s.product(key))
			}
			if key := s.done(del(s, k[1])); key != k[1] {
				t.Errorf("deleted %d", key)
			}
			if got := s.below(top); got != "a c" {
				t.Errorf("got %s", got)
			}
			if p := s.product(products[0].ID); *p.CategoryID != k[0] || p.Version != 1 {
				t.Errorf("a bystander: %+v", p)
			}
			for _, p := range products[1:] {
				if p := s.product(p.ID); p.CategoryID != nil || p.Version != 2 {
					t.Errorf("got %+v", p)
				}
			}
		})
		t.Run("it stays while there is something below it", func(t *testing.T) {
			s := s.on(t)
			top := s.grow(0, "Full")[0]
			s.grow(top, "child")
			out, err := del(s, top)
			s.wrong(out, err, "NOT_EMPTY id")
		})
		t.Run("a stale version is told, and what is not there", func(t *testing.T) {
			s := s.on(t)
			out, err := s.CategoryDelete(s.editor, catalog.CategoryDeleteInput{ID: nodeid.Category.ID(s.grow(0, "Stale")[0]), ExpectedVersion: to(0)})
			s.refused(out, err, fault.Conflict)
			out, err = del(s, 1)
			s.refused(out, err, fault.NotFound)
		})
	})
}

func TestCategoryRaces(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		t.Run("two opposite moves at once make no circle", func(t *testing.T) {
			s := s.on(t)
			for i := range 10 {
				k := s.grow(0, fmt.Sprint("left ", i), fmt.Sprint("right ", i))
				s.both(
					func() (*database.Outcome, error) { return s.CategoryMove(s.editor, under(k[0], k[1])) },
					func() (*database.Outcome, error) { return s.CategoryMove(s.editor, under(k[1], k[0])) },
				)
				if (s.category(k[0]).ParentID == nil) == (s.category(k[1]).ParentID == nil) {
					t.Fatalf("got %+v and %+v", s.category(k[0]), s.category(k[1]))
				}
			}
		})
		t.Run("a category does not go while something is put below it", func(t *testing.T) {
			s := s.on(t)
			for i := range 10 {
				parent := s.grow(0, fmt.Sprint("going ", i))[0]
				var child int64
				s.both(
					func() (*database.Outcome, error) {
						return s.CategoryDelete(s.editor, catalog.CategoryDeleteInput{ID: nodeid.Category.ID(parent)})
					},
					func() (*database.Outcome, error) {
						out, err := s.CategoryCreate(s.editor, catalog.CategoryCreateInput{Name: fmt.Sprint("coming ", i), Parent: to(nodeid.Category.ID(parent))})
						if err == nil {
							child = out.Key
						}
						return out, err
					},
				)
				if child != 0 && s.category(child).ParentID == nil {
					t.Error("the child lost its parent")
				}
			}
		})
		t.Run("a category goes while products come: none of them fails, none is left in it", func(t *testing.T) {
			s := s.on(t)
			for i := range 5 {
				gone := s.grow(0, fmt.Sprint("leaving ", i))[0]
				id := to(nodeid.Category.ID(gone))
				p := s.draft(fmt.Sprint("Mover ", i))
				s.both(
					func() (*database.Outcome, error) {
						return s.CategoryDelete(s.editor, catalog.CategoryDeleteInput{ID: *id})
					},
					func() (*database.Outcome, error) {
						return s.ProductUpdate(s.editor, catalog.ProductUpdateInput{ID: nodeid.Product.ID(p.ID), Category: graphql.OmittableOf(id)})
					},
					func() (*database.Outcome, error) {
						return s.ProductCreate(s.editor, catalog.ProductCreateInput{Title: fmt.Sprint("Newcomer ", i), Category: id})
					},
				)
				if got := s.product(p.ID); got.CategoryID != nil {
					t.Errorf("got %+v", got)
				}
			}
		})
		t.Run("whoever moves what where at once, the tree is a tree", func(t *testing.T) {
			s := s.on(t)
			k := s.grow(0, "r0", "r1", "r2", "r3", "r4")
			var wg sync.WaitGroup
			for worker := range 4 {
				wg.Go(func() {
					for i := range 10 {
						in := at(under(k[(worker+i)%5], k[(worker*3+i*2+1)%5]), i%3)
						if _, err := s.CategoryMove(s.editor, in); err != nil {
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			s.isTree()
		})
	})
}

// isTree checks that each category's way up ends, and that siblings are numbered from 0.
func (s *shop) isTree() {
	s.t.Helper()
	for _, c := range s.db.Client.Category.Query().AllX(s.system) {
		s.below(c.ID)
		for steps := 0; c.ParentID != nil; c = s.category(*c.ParentID) {
			if steps++; steps > 100 {
				s.t.Fatalf("%s stands below itself", c.Name)
			}
		}
	}
}

func TestMovesAreThoseOfATree(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			s := newShop(t, databasetest.New(t, engine))
			rapid.Check(t, func(r *rapid.T) {
				root := s.grow(0, "root")[0]
				keys := []int64{root}
				children := map[int64][]int64{}
				for range 5 {
					parent := rapid.SampledFrom(keys).Draw(r, "parent")
					k := s.grow(parent, "n")[0]
					children[parent] = append(children[parent], k)
					keys = append(keys, k)
				}
				for range 4 {
					key := rapid.SampledFrom(keys[1:]).Draw(r, "key")
					parent := rapid.SampledFrom(keys).Draw(r, "to")
					index := rapid.IntRange(0, 4).Draw(r, "index")
					out, err := s.CategoryMove(s.editor, at(under(key, parent), index))
					if err != nil {
						r.Fatal(err)
					}
					if isBelow(children, key, parent) != (len(out.UserErrors) > 0) {
						r.Fatalf("got %+v", out)
					}
					if len(out.UserErrors) == 0 {
						place(children, key, parent, index)
					}
				}
				for _, parent := range keys {
					got := s.db.Client.Category.Query().Where(category.ParentID(parent)).Order(category.ByPosition(), category.ByID()).IDsX(s.system)
					if fmt.Sprint(got) != fmt.Sprint(children[parent]) && len(got)+len(children[parent]) > 0 {
						r.Fatalf("below %d: got %v, want %v", parent, got, children[parent])
					}
				}
			})
			s.isTree()
		})
	}
}

// isBelow tells whether the model has key at or below root.
func isBelow(children map[int64][]int64, root, key int64) bool {
	if root == key {
		return true
	}
	for _, c := range children[root] {
		if isBelow(children, c, key) {
			return true
		}
	}
	return false
}

// place moves a key in the model.
func place(children map[int64][]int64, key, parent int64, index int) {
	for p, list := range children {
		var rest []int64
		for _, k := range list {
			if k != key {
				rest = append(rest, k)
			}
		}
		children[p] = rest
	}
	list := children[parent]
	index = min(index, len(list))
	children[parent] = append(append(append([]int64{}, list[:index]...), key), list[index:]...)
}
