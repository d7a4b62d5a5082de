package productfile

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"galley/ent"
)

// tree is the shop's categories by their paths.
type tree struct {
	paths map[int64]string
	keys  map[string][]int64 // several where siblings share a name
}

func readTree(ctx context.Context, client *ent.CategoryClient) (*tree, error) {
	all, err := client.Query().All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read categories: %w", err)
	}
	byKey := make(map[int64]*ent.Category, len(all))
	for _, c := range all {
		byKey[c.ID] = c
	}
	t := &tree{paths: map[int64]string{}, keys: map[string][]int64{}}
	for _, c := range all {
		var names []string
		for at := c; at != nil && len(names) <= len(all); { // a circle in the database ends too
			names = append(names, at.Name)
			if at.ParentID == nil {
				break
			}
			at = byKey[*at.ParentID]
		}
		slices.Reverse(names)
		path := strings.Join(names, pathSeparator)
		t.paths[c.ID] = path
		t.keys[path] = append(t.keys[path], c.ID)
	}
	return t, nil
}

// pathOf is a category's path, "" without one.
func (t *tree) pathOf(key *int64) string {
	if key == nil {
		return ""
	}
	return t.paths[*key]
}

// deepest is the longest beginning of a path that is there, and the names that are missing below it.
func (t *tree) deepest(path string) (key int64, missing []string) {
	names := strings.Split(path, pathSeparator)
	for n := len(names); n > 0; n-- {
		if keys := t.keys[strings.Join(names[:n], pathSeparator)]; len(keys) > 0 {
			return keys[0], names[n:]
		}
	}
	return 0, names
}
