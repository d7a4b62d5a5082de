package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const sampleFile = "internal/demo/data/online-retail-sample.csv.gz"

func TestAHistoryIsImported(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	env := map[string]string{"GALLEY_DATA": filepath.Join(dir, "data")}
	rejected := filepath.Join(dir, "rejected.csv")
	out, err := command(t, env, "import", "online-retail", sampleFile, "--rejected", rejected, "--stock", "5")
	if err != nil || !strings.Contains(out, "796 new, 0 already there") {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err = command(t, env, "import", "online-retail", sampleFile, "--rejected", rejected, "--json")
	var report struct {
		Rows   int
		Orders struct{ New, Same int }
		Total  string
	}
	if err != nil || json.Unmarshal([]byte(out), &report) != nil || report.Rows != 21_466 || report.Orders.Same != 796 || report.Total != "422558.40" {
		t.Errorf("%v\n%s", err, out)
	}
	if text, err := os.ReadFile(rejected); err != nil || strings.Count(string(text), "\n") != 439 {
		t.Errorf("%v: %d lines are listed", err, strings.Count(string(text), "\n"))
	}

	t.Run("and shown", func(t *testing.T) {
		url, _, _ := start(t, env)
		var data struct {
			Products struct {
				Nodes []struct {
					Title     string
					PriceFrom struct{ Amount string }
					InStock   bool
				}
			}
		}
		ask(t, url, "", `{ products(first: 1, filter: {query: "85123a"}) { nodes { title priceFrom { amount } inStock } } }`, &data)
		if n := data.Products.Nodes; len(n) != 1 || n[0].Title != "WHITE HANGING HEART T-LIGHT HOLDER" || n[0].PriceFrom.Amount != "5.91" || !n[0].InStock {
			t.Errorf("got %+v", n)
		}
	})
}

func TestAnImportThatFailsSaysWhy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"online-retail", dir}, "is a directory"},
		{[]string{"online-retail", dir + "/missing.csv"}, "no such file"},
		{[]string{"online-retail", file("empty.csv", "")}, "it is empty"},
		{[]string{"online-retail", file("rows.csv", header+"rubbish\n536365,71053,LANTERN,1,2010-12-01T08:26:00,1,,EIRE\n")}, "the first: line 2: 1 columns"},
		{[]string{"online-retail", sampleFile, "--currency", "EUR"}, "this shop sells in EUR"},
		{[]string{"online-retail", sampleFile, "--currency", "XXX"}, "GALLEY_CURRENCY"},
		{[]string{"online-retail", sampleFile, "--stock=-1"}, "--stock is 0 to"},
		{[]string{"products", dir}, "is a directory"},
		{[]string{"products", file("p1.csv", "slug,colour\nx,y\n")}, `no columns of products: "colour"`},
		{[]string{"products", file("p2.csv", "slug,title\nNo Slug,y\n")}, "1 of 1 rows"},
	} {
		env := map[string]string{"GALLEY_DATA": t.TempDir()}
		args := append([]string{"import"}, c.args...)
		if c.args[0] == "online-retail" {
			args = append(args, "--rejected", filepath.Join(t.TempDir(), "rejected.csv"))
		}
		if out, err := command(t, env, args...); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v: %v, which does not say %q\n%s", c.args, err, c.says, out)
		}
	}
}

func TestProductsGoOutAndIn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	env := map[string]string{"GALLEY_DATA": filepath.Join(dir, "data")}
	from, to := filepath.Join(dir, "from.csv"), filepath.Join(dir, "to.csv")
	if err := os.WriteFile(from, []byte("slug,title,sku,price,stock\nclock,Clock,C-1,12.50,3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := command(t, env, "import", "products", from, "--dry-run"); err != nil || !strings.Contains(out, "dry run") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := command(t, env, "import", "products", from); err != nil || !strings.Contains(out, "line 2: clock C-1: created") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := command(t, env, "export", "products", to); err != nil || out != "" {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := command(t, env, "export", "products", to); err == nil {
		t.Error("a file that is there was overwritten")
	}
	printed, err := command(t, env, "export", "products")
	if err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(to)
	if err != nil || string(written) != printed {
		t.Errorf("%v: the file is %q, printed is %q", err, written, printed)
	}
	if rows, err := csv.NewReader(strings.NewReader(printed)).ReadAll(); err != nil || len(rows) != 2 || rows[1][0] != "clock" || rows[1][7] != "12.50" {
		t.Errorf("%v, %v", rows, err)
	}
	if out, err := command(t, env, "import", "products", to, "--json"); err != nil || !strings.Contains(out, `"result": "unchanged"`) {
		t.Errorf("%v\n%s", err, out)
	}
}
