package demo

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"galley/internal/demo/wording"
	"galley/internal/onlineretail"
)

//go:embed categories.txt
var categoriesText string

// Category is a node of the demo shop's category tree.
type Category struct {
	// Name is for people, such as "Mugs & Tea". No other category has it.
	Name string
	// Slug is for addresses, such as "mugs-and-tea". No other category has it.
	Slug string
	// Path leads from the top of the tree to this category, which stands last.
	Path []string
	// Children are in the order in which they are shown. A leaf has none.
	Children []*Category
}

// Categories is the category tree and the rules that sort products into its leaves.
type Categories struct {
	// Tree holds the top categories in the order in which they are shown.
	Tree   []*Category
	byName map[string]*Category
	rules  wording.Table
	rest   *Category
}

// LoadCategories reads the rule table that is part of the program.
func LoadCategories() (*Categories, error) {
	categories, err := parseCategories(categoriesText)
	if err != nil {
		return nil, fmt.Errorf("read categories: %w", err)
	}
	return categories, nil
}

// Categorise gives the leaf into which a title sorts its product, by its path
// from the top of the tree. A title that no rule knows goes to the last leaf of
// the tree.
func (c *Categories) Categorise(title string) (path []string) {
	return slices.Clone(c.leaf(title).Path)
}

func (c *Categories) leaf(title string) *Category {
	if leaf, known := c.byName[c.rules.Name(wording.Words(title))]; known {
		return leaf
	}
	return c.rest
}

// Leaves gives the categories without children, in the order of the tree.
func (c *Categories) Leaves() []*Category {
	var leaves []*Category
	var walk func([]*Category)
	walk = func(nodes []*Category) {
		for _, node := range nodes {
			if len(node.Children) == 0 {
				leaves = append(leaves, node)
			}
			walk(node.Children)
		}
	}
	walk(c.Tree)
	return leaves
}

// parseCategories reads a tree of names, four blanks deeper for each level, and
// the rules, which are the lines with a colon.
func parseCategories(text string) (*Categories, error) {
	c := &Categories{byName: map[string]*Category{}}
	var open []*Category // the way to the category read last
	for number, line := range slices.Collect(strings.Lines(text)) {
		line = strings.TrimRight(line, " \n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		var err error
		if strings.Contains(line, ":") {
			err = c.addRule(line)
		} else {
			open, err = c.addCategory(line, open)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number+1, err)
		}
	}
	leaves := c.Leaves()
	if len(leaves) == 0 {
		return nil, errors.New("no categories")
	}
	c.rest = leaves[len(leaves)-1]
	return c, c.checkRules()
}

func (c *Categories) addRule(line string) error {
	rule, err := wording.ParseRule(line)
	if err != nil {
		return err
	}
	c.rules = append(c.rules, rule)
	return nil
}

func (c *Categories) addCategory(line string, open []*Category) ([]*Category, error) {
	const indent = 4
	name := strings.TrimLeft(line, " ")
	blanks := len(line) - len(name)
	depth := blanks / indent
	if blanks%indent != 0 || depth > len(open) {
		return nil, fmt.Errorf("category %q is not indented by a level", name)
	}
	node := &Category{Name: name, Slug: onlineretail.Slug(name)}
	for _, known := range c.byName {
		if known.Slug == node.Slug {
			return nil, fmt.Errorf("category %q stands there twice", name)
		}
	}
	c.byName[name] = node
	if depth == 0 {
		c.Tree = append(c.Tree, node)
		node.Path = []string{name}
		return []*Category{node}, nil
	}
	parent := open[depth-1]
	parent.Children = append(parent.Children, node)
	node.Path = append(slices.Clone(parent.Path), name)
	return append(slices.Clip(open[:depth]), node), nil
}

// checkRules makes sure that every rule leads to a leaf.
func (c *Categories) checkRules() error {
	for _, rule := range c.rules {
		node, known := c.byName[rule.Name]
		if !known {
			return fmt.Errorf("rule %q names no category", rule.Name)
		}
		if len(node.Children) > 0 {
			return fmt.Errorf("rule %q names a category that has others below it", rule.Name)
		}
	}
	return nil
}
