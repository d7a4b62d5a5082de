package onlineretail

import (
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

func collectFile(t *testing.T, path string) *Shop {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	shop, err := Collect(f)
	if err != nil {
		t.Fatal(err)
	}
	return shop
}

func TestCollectFollowsTheRules(t *testing.T) {
	t.Parallel()
	shop := collectFile(t, "testdata/small.csv")
	at := func(hour, minute int) time.Time { return time.Date(2010, 12, 1, hour, minute, 0, 0, time.UTC) }

	t.Run("products have their most frequent title and their latest price", func(t *testing.T) {
		t.Parallel()
		want := []Product{
			// Three titles with a vote each, one of them only different by a
			// blank inside: the earliest wins. The price is that of the last sale.
			{SKU: "85123A", Title: "WHITE HANGING HEART T-LIGHT HOLDER", Price: 2100, Sold: 9, Since: at(8, 26)},
			{SKU: "71053", Title: "WHITE METAL LANTERN", Price: 3390, Sold: 12, Since: at(8, 26)},
			{SKU: "22041", Title: `RECORD FRAME 7" SINGLE SIZE, BLACK`, Price: 125, Sold: 5, Since: at(8, 34)},
			{SKU: "22139", Title: "22139", Draft: true, Since: at(11, 52)},
			{SKU: "21777", Title: "RECIPE BOX WITH METAL HEART", Draft: true, Since: at(16, 50)},
		}
		if !reflect.DeepEqual(shop.Products, want) {
			t.Errorf("got  %+v\nwant %+v", shop.Products, want)
		}
	})
	t.Run("customers are all who are named, with the country of their latest row", func(t *testing.T) {
		t.Parallel()
		want := []Customer{{"17850", "France"}, {"13047", "Unspecified"}, {"14527", "United Kingdom"}}
		if !reflect.DeepEqual(shop.Customers, want) {
			t.Errorf("got  %+v\nwant %+v", shop.Customers, want)
		}
	})
	t.Run("orders are the invoices with a sale", func(t *testing.T) {
		t.Parallel()
		var numbers []string
		for _, order := range shop.Orders {
			numbers = append(numbers, order.Number)
		}
		if got := strings.Join(numbers, " "); got != "536365 536366 536367 536591 536592" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("repeated rows are lines too", func(t *testing.T) {
		t.Parallel()
		first := shop.Orders[0]
		if len(first.Lines) != 3 || first.Lines[1].FileLine != 3 || first.Lines[2].FileLine != 4 || first.Total != 1530+2034+2034 {
			t.Errorf("got %+v", first)
		}
	})
	t.Run("an order has its earliest time, its country and no customer where there is none", func(t *testing.T) {
		t.Parallel()
		want := Order{
			Number: "536366", PlacedAt: time.Date(2010, 12, 1, 8, 28, 0, 0, time.UTC), Country: "EIRE", Total: 2390,
			Lines: []Line{
				{FileLine: 5, StockCode: "85123a", SKU: "85123A", Title: "CREAM HANGING HEART  T-LIGHT HOLDER", Quantity: 2, UnitPrice: 2950, Total: 590},
				{FileLine: 6, StockCode: "POST", Title: "POSTAGE", Quantity: 1, UnitPrice: 18_000, Total: 1800},
			},
		}
		if got := shop.Orders[1]; !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	})
	t.Run("half a penny is rounded away from zero, a tenth of a penny stays a line", func(t *testing.T) {
		t.Parallel()
		if got := shop.Orders[2].Total; got != 63 {
			t.Errorf("five at 0.125 are %d pence", got)
		}
		if last := shop.Orders[4]; last.Total != 0 || len(last.Lines) != 1 || last.Lines[0].UnitPrice != 1 {
			t.Errorf("got %+v", last)
		}
	})
}

func TestTally(t *testing.T) {
	t.Parallel()
	sale := func(description string) Row {
		return Row{InvoiceNo: "536365", Description: description, Quantity: 1, UnitPrice: 1000}
	}
	note := func(description string) Row { return Row{InvoiceNo: "536366", Description: description, Quantity: -1} }
	for _, c := range []struct {
		name string
		rows []Row
		want string
	}{
		{"the most frequent title wins", []Row{sale("OLD"), sale("NEW"), sale("NEW")}, "NEW"},
		{"blanks around a title do not make another", []Row{sale("OLD"), sale(" NEW"), sale("NEW ")}, "NEW"},
		{"the earliest of equals wins", []Row{sale("B"), sale("A"), sale("A"), sale("B")}, "B"},
		{"notes have no vote on what is sold", []Row{sale("TRUE"), note("damaged"), note("damaged")}, "TRUE"},
		{"what is never sold is titled by any row", []Row{note(""), note("A"), note("B"), note("B")}, "B"},
		{"what has no description is titled by its SKU", []Row{note(""), note("  ")}, "20950"},
		{"what is sold without a description takes any row's", []Row{sale(""), note("A")}, "A"},
		{"blanks inside stay", []Row{sale("A   B")}, "A   B"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, parts := range []int{1, 2, 3} { // counted in parts, and merged
				mentions := make([]map[string]Mention, parts)
				descriptions := map[string]bool{}
				for i, row := range c.rows {
					part, title := &mentions[i%parts], Title(row.Description)
					if *part == nil {
						*part = map[string]Mention{}
					}
					row.Line = i + 2
					m := (*part)[title]
					m.Add(row)
					(*part)[title] = m
					descriptions[title] = true
				}
				var tally Tally
				for title := range descriptions {
					var all Mention
					for _, part := range mentions {
						all.Merge(part[title])
					}
					tally.Add(title, all)
				}
				if got := tally.Product("20950").Title; got != c.want {
					t.Errorf("got %q, want %q, counted in %d parts", got, c.want, parts)
				}
			}
		})
	}
}

func TestCollectStopsAtABadRow(t *testing.T) {
	t.Parallel()
	_, err := Collect(file(goodRow, "rubbish"))
	var rowErr *RowError
	if !errors.As(err, &rowErr) || rowErr.Line != 3 {
		t.Errorf("got %v, want an error about line 3", err)
	}
	t.Run("and at an order beyond all bounds", func(t *testing.T) {
		t.Parallel()
		huge := strings.Replace(strings.Replace(goodRow, ",6,", ",100000000,", 1), ",2.55,", ",10000000,", 1)
		rows := make([]string, 100)
		for i := range rows {
			rows[i] = huge
		}
		if _, err := Collect(file(rows...)); err == nil || !strings.Contains(err.Error(), "overflows") {
			t.Errorf("got %v, want an overflow", err)
		}
	})
}

// The figures of the sample were counted apart from this package, with a
// script of forty lines in another language.
func TestSample(t *testing.T) {
	t.Parallel()
	shop := collectFile(t, "../demo/data/online-retail-sample.csv.gz")
	drafts, lines, withoutProduct, withoutCustomer := 0, 0, 0, 0
	var total, pieces int64
	skus := map[string]bool{}
	for _, p := range shop.Products {
		skus[p.SKU] = true
		if p.Draft {
			drafts++
		}
		if p.Draft != (p.Price == 0) || p.Draft != (p.Sold == 0) {
			t.Errorf("%+v is neither draft nor sold", p)
		}
		pieces += p.Sold
	}
	for _, o := range shop.Orders {
		lines += len(o.Lines)
		total += o.Total
		if o.CustomerID == "" {
			withoutCustomer++
		}
		for _, l := range o.Lines {
			if l.SKU == "" {
				withoutProduct++
			} else if !skus[l.SKU] {
				t.Errorf("line %d names %s, which is no product", l.FileLine, l.SKU)
			}
		}
	}
	for name, figure := range map[string]struct{ got, want int64 }{
		"products":                  {int64(len(shop.Products)), 2399},
		"of them drafts":            {int64(drafts), 32},
		"customers":                 {int64(len(shop.Customers)), 588},
		"orders":                    {int64(len(shop.Orders)), 796},
		"orders without a customer": {int64(withoutCustomer), 52},
		"lines":                     {int64(lines), 21_028},
		"lines without a product":   {int64(withoutProduct), 78},
		"pieces sold":               {pieces, 176_102},
		"pence":                     {total, 42_255_840},
	} {
		if figure.got != figure.want {
			t.Errorf("%d %s, want %d", figure.got, name, figure.want)
		}
	}
}

func TestSampleHasEveryKindOfRow(t *testing.T) {
	t.Parallel()
	f, err := os.Open("../demo/data/online-retail-sample.csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, bad, err := readAll(t, f)
	if err != nil || len(bad) != 0 {
		t.Fatalf("%v, %v", bad, err)
	}
	got := map[Kind]int{}
	for _, row := range rows {
		got[row.Kind()]++
	}
	want := map[Kind]int{Sale: 21_028, Cancellation: 284, StockCorrection: 58, ZeroPrice: 96}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
