package demo

import (
	"slices"
	"strings"
	"testing"

	"galley/internal/demo/picture"
)

func categories(t *testing.T) *Categories {
	t.Helper()
	c, err := LoadCategories()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCategorise(t *testing.T) {
	t.Parallel()
	c := categories(t)
	for _, e := range []struct{ name, title, want string }{
		{"a thing is sorted by what it is", "WHITE HANGING HEART T-LIGHT HOLDER", "Candles & Lighting > Candle & T-Light Holders"},
		{"not by what it is for", "OFFICE MUG WARMER PINK", "Kitchen & Dining > Mugs & Tea"},
		{"not by what is painted on it", "GIN + TONIC DIET METAL SIGN", "Home > Walls & Doors > Signs & Letters"},
		{"not by where it hangs", "BATHROOM METAL SIGN", "Home > Walls & Doors > Signs & Letters"},
		{"a cushion for pins is no cushion", "PIN CUSHION BABUSHKA RED", "Craft & Sewing > Sewing & Ribbons"},
		{"a bottle for hot water is no bottle", "CHOCOLATE HOT WATER BOTTLE", "Bath & Wellbeing > Hot Water Bottles & Warmers"},
		{"a plaster with a picnic on it is a plaster", "PLASTERS IN TIN WOODLAND ANIMALS", "Bath & Wellbeing > Tissues & First Aid"},
		{"a Christmas card is a card", "ROBIN CHRISTMAS CARD", "Cards & Stationery > Greeting Cards"},
		{"a Christmas star is for Christmas", "WHITE CHRISTMAS STAR DECORATION", "Christmas & Easter > Christmas Decorations"},
		{"words run together count too", "BLACKCHRISTMAS TREE 30CM", "Christmas & Easter > Trees, Wreaths & Christmas Lights"},
		{"what no rule knows comes last", "POSY CANDY BAG", "Everything Else"},
		{"a title that is a code comes last", "21134", "Everything Else"},
		{"no title comes last", "", "Everything Else"},
	} {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			if got := strings.Join(c.Categorise(e.title), " > "); got != e.want {
				t.Errorf("%s goes to %s, want %s", e.title, got, e.want)
			}
		})
	}
}

func TestCategoryTree(t *testing.T) {
	t.Parallel()
	c := categories(t)
	slugs := map[string]string{}
	depth := 0
	var walk func(nodes []*Category, above []string)
	walk = func(nodes []*Category, above []string) {
		for _, n := range nodes {
			if other, taken := slugs[n.Slug]; taken {
				t.Errorf("%s and %s share the slug %s", n.Name, other, n.Slug)
			}
			slugs[n.Slug] = n.Name
			if want := append(slices.Clone(above), n.Name); !slices.Equal(n.Path, want) {
				t.Errorf("the path of %s is %v, want %v", n.Name, n.Path, want)
			}
			depth = max(depth, len(n.Path))
			walk(n.Children, n.Path)
		}
	}
	walk(c.Tree, nil)
	if len(c.Tree) != 13 || len(c.Leaves()) != 50 || depth != 3 {
		t.Errorf("%d at the top, %d leaves, %d levels", len(c.Tree), len(c.Leaves()), depth)
	}
	if slugs["mugs-and-tea"] != "Mugs & Tea" {
		t.Errorf("slugs are %v", slugs)
	}
}

func TestEachLeafHasADrawing(t *testing.T) {
	t.Parallel()
	chooser, err := picture.NewChooser()
	if err != nil {
		t.Fatal(err)
	}
	known := chooser.Categories()
	var leaves []string
	for _, leaf := range categories(t).Leaves() {
		leaves = append(leaves, leaf.Name)
	}
	slices.Sort(leaves)
	if !slices.Equal(known, leaves) {
		t.Errorf("motifs.txt has %v\nthe tree has    %v", known, leaves)
	}
}

func TestParseCategoriesRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"an empty file":                       "# nothing\n",
		"a rule for nothing":                  "Home\nGarden: spade\n",
		"a rule for a category with children": "Home\n    Signs\nHome: sign\n",
		"a category that stands there twice":  "Home\n    Signs\nGarden\n    Signs\n",
		"a level that is left out":            "Home\n        Signs\n",
		"half a level":                        "Home\n  Signs\n",
		"a rule without phrases":              "Home\nHome:\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c, err := parseCategories(text); err == nil {
				t.Errorf("got %+v, want an error", c.Tree)
			}
		})
	}
}
