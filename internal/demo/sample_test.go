package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"
	"testing"
	_ "time/tzdata" // the tests run where no time zone database is installed

	"galley/internal/demo/picture"
	"galley/internal/onlineretail"
)

const sampleFile = "data/online-retail-sample.csv.gz"

// products are those of the sample.
func products(t *testing.T) []onlineretail.Product {
	t.Helper()
	data, err := os.ReadFile(sampleFile)
	if err != nil {
		t.Fatal(err)
	}
	shop, err := onlineretail.Collect(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return shop.Products
}

func TestSampleProducts(t *testing.T) {
	t.Parallel()
	all := products(t)
	c := categories(t)

	t.Run("nearly all find a category, and each leaf has some", func(t *testing.T) {
		t.Parallel()
		share := map[string]int{}
		for _, p := range all {
			path := c.Categorise(p.Title)
			share[path[len(path)-1]]++
		}
		if rest := share["Everything Else"]; rest*100 > 2*len(all) {
			t.Errorf("%d of %d products are left over", rest, len(all))
		}
		if len(share) != len(c.Leaves()) {
			t.Errorf("%d leaves have products", len(share))
		}
		for name, n := range share {
			if n < 10 || n > 110 {
				t.Errorf("%s has %d products", name, n)
			}
		}
	})
	t.Run("no two share a slug", func(t *testing.T) {
		t.Parallel()
		seen := map[string]string{}
		for _, p := range all {
			slug := onlineretail.ProductSlug(p.Title, p.SKU)
			if other, taken := seen[slug]; taken {
				t.Errorf("%s and %s share the slug %s", p.SKU, other, slug)
			}
			seen[slug] = p.SKU
			if strings.Trim(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || !strings.HasSuffix(slug, strings.ToLower(p.SKU)) {
				t.Errorf("%s has the slug %s", p.SKU, slug)
			}
		}
		if seen["white-hanging-heart-t-light-holder-85123a"] != "85123A" {
			t.Error("the best-known product is not found by its slug")
		}
	})
	t.Run("they share pictures, which nearly always have the colour of the title", func(t *testing.T) {
		t.Parallel()
		titles, paths := make([]string, len(all)), make([][]string, len(all))
		for i, p := range all {
			titles[i], paths[i] = p.Title, c.Categorise(p.Title)
		}
		pictures, err := choosePictures(titles, paths)
		if err != nil {
			t.Fatal(err)
		}
		different := map[picture.Picture]bool{}
		wrongColour := 0
		for i, p := range pictures {
			different[p] = true
			named := coloursIn(titles[i])
			if len(named) == 1 && named[0] == "red" && p.Colour != "red" {
				wrongColour++
			}
		}
		if len(different) != mostPictures {
			t.Errorf("%d different pictures, want %d", len(different), mostPictures)
		}
		if wrongColour > 5 {
			t.Errorf("%d red products are shown in another colour", wrongColour)
		}
	})
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	path := []string{"Kitchen & Dining", "Mugs & Tea"}
	for _, c := range []struct{ name, title, want string }{
		{"where it belongs and what it is called", "GIN AND TONIC MUG", ""},
		{"how many there are in a set", "SET OF 6 MUGS", "Sold as a set of 6. "},
		{"how many there are in a set, written short", "S/4 MUGS", "Sold as a set of 4. "},
		{"how many there are in a set, written otherwise", "SET/3 MUGS", "Sold as a set of 3. "},
		{"how many there are in a pack", "MUGS PACK OF 12", "Sold as a pack of 12. "},
		{"no set of words", "SET OF MUGS", ""},
		{"no set that only ends like one", "MUGS/4", ""},
		{"its colour", "RED RETROSPOT MUG", "Colour: red. "},
		{"its colours, each once", "PINK/WHITE MUG, PINK", "Colours: pink and white. "},
		{"three colours", "RED WHITE BLUE", "Colours: red, white and blue. "},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			want := "From Mugs & Tea in our Kitchen & Dining department. " + c.want + "Item 12345."
			if got := describe(onlineretail.Product{SKU: "12345", Title: c.title}, path); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
	t.Run("nothing but the code of what has no category", func(t *testing.T) {
		t.Parallel()
		if got := describe(onlineretail.Product{SKU: "12345", Title: "12345"}, []string{"Everything Else"}); got != "Item 12345." {
			t.Errorf("got %s", got)
		}
	})
}

func TestDataIsAsPublished(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(sampleFile)
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("data/README.md")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	want := hex.EncodeToString(sum[:]) + "  online-retail-sample.csv.gz"
	if !strings.Contains(string(readme), want) {
		t.Errorf("data/README.md does not have %q", want)
	}
}
