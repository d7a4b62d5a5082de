package graph_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"golang.org/x/tools/txtar"

	"galley/ent"
	"galley/graph/graphtest"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/viewer"
)

// TestBudgets asks what a shop's front is made of for 1, 10 and 50 parents, with batches that wait for
// nothing: the statements are as many each time.
func TestBudgets(t *testing.T) {
	t.Parallel()
	const lines = `lines { title quantity `
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			busy(t, shop, 50, 50)
			shop = shop.Run(shop.Impatient())
			ada, staff := shop.Rows.Viewer("ada"), shop.Rows.Viewer("staff")
			for _, c := range []struct {
				as       viewer.Viewer
				document string
				want     int
			}{
				{viewer.Viewer{}, `{ product(id: "MUG") { id title description priceFrom { amount } } }`, 1},
				{viewer.Viewer{}, `{ product(slug: "mug") { id title description priceFrom { amount } } }`, 1},
				{viewer.Viewer{}, `{ products(first: 20) { nodes { id title } } }`, 1},
				{viewer.Viewer{}, `{ products(first: %d) { nodes { id title } pageInfo { endCursor } } }`, 1},
				{viewer.Viewer{}, `{ products(first: %d) { totalCount nodes { id title } } }`, 2},
				{ada, `{ me { orders(first: %d) { nodes { number ` + lines + `variant { sku product { title } } } } } } }`, 4},
				{ada, `{ me { email orders(first: %d) { nodes { number ` + lines + `variant { sku product { title } } } } } } }`, 5},
				{staff, `{ user(id: "ADA") { orders(first: %d) { nodes { number ` + lines + `variant { sku product { title } } } } } } }`, 5},
				{ada, `{ me { orders(first: %d) { nodes { number ` + lines + `product { title } } } } } }`, 3},
				{staff, `{ orders(first: %d) { nodes { number ` + lines + `variant { sku product { title } } } } } }`, 4},
				{staff, `{ users(first: %d) { nodes { email orders(first: 5) { nodes { number ` + lines + `variant { sku product { title } } } } } } } }`, 5},
				{staff, `{ users(first: %d) { nodes { email orders(first: 5) { nodes { number ` + lines + `product { title } } } } } } }`, 4},
				{staff, `{ users(first: %d) { nodes { orders(first: 5, filter: {status: [PLACED]}) { totalCount nodes { number } } } } }`, 3},
			} {
				for _, parents := range []int{1, 10, 50, 10, 1} {
					text := strings.NewReplacer(
						"MUG", shop.Rows.Products["mug"].NodeID().String(), "ADA", shop.Rows.Users["ada"].NodeID().String(), "%d", fmt.Sprint(parents),
					).Replace(c.document)
					if got := shop.Must(t, c.as, text, nil, nil).Statements; got != c.want {
						t.Errorf("%s takes %d statements, not %d", text, got, c.want)
					}
				}
			}
		})
	}
}

// TestWhoIsAskingCostsOneStatement besides the operation's own, and none without a session.
func TestWhoIsAskingCostsOneStatement(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			var in struct{ SignIn struct{ Token string } }
			shop.Must(t, viewer.Viewer{}, fmt.Sprintf(`mutation { signIn(input: {email: "ada@galley.example", password: %q}) { token } }`, graphtest.Password), nil, &in)
			for _, c := range []struct {
				bearer, cart string
				want         int
			}{{in.SignIn.Token, "", 1}, {in.SignIn.Token, graphtest.GuestToken, 1}, {"", graphtest.GuestToken, 0}, {"", "", 0}} {
				ctx, err := shop.Identify(t.Context(), c.bearer, c.cart)
				if err != nil {
					t.Fatal(err)
				}
				if got := database.CounterFrom(ctx).Statements(); got != c.want {
					t.Errorf("finding out costs %d statements, not %d", got, c.want)
				}
			}
		})
	}
}

// TestBudgetsAreListed keeps docs/budgets.md as the golden files are.
func TestBudgetsAreListed(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	b.WriteString(`# Budgets

How many SQL statements each operation of the golden files (` + "`graph/testdata`" + `) takes. Where writes go together in one statement on PostgreSQL, it takes fewer than SQLite. BEGIN and
COMMIT are not counted; a session's token costs one more statement, to find out whose it is. ` + "`TestGolden`" + ` holds each operation
to its number, ` + "`TestBudgets`" + ` shows that it does not grow with the rows. Written by
` + "`go test ./graph -run 'TestGolden|TestBudgetsAreListed' -update`" + `, do not edit.

| File | Step | Viewer | Operation | Statements |
|---|---|---|---|---|
`)
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		step, as, operation := 0, "anonymous", ""
		for _, section := range archive.Files {
			text := strings.TrimSpace(string(section.Data))
			switch section.Name {
			case "viewer":
				as, _, _ = strings.Cut(text, " ")
			case "query":
				step++
				operation = rootsOf(t, text)
			case "sql":
				fmt.Fprintf(&b, "| %s | %d | %s | %s | %s |\n", strings.TrimSuffix(filepath.Base(file), ".txtar"), step, as, operation, text)
			}
		}
	}
	const list = "../docs/budgets.md"
	if *update {
		if err := os.WriteFile(list, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(list); err != nil || !bytes.Equal(got, b.Bytes()) {
		t.Errorf("docs/budgets.md is not what the golden files say: run go test ./graph -run 'TestGolden|TestBudgetsAreListed' -update (%v)", err)
	}
}

// rootsOf names what an operation asks for: its kind and its root fields.
func rootsOf(t *testing.T, text string) string {
	t.Helper()
	document, err := parser.ParseQuery(&ast.Source{Input: text}) // some are not valid, on purpose
	if err != nil {
		t.Fatal(err)
	}
	var fields []string
	for _, s := range document.Operations[0].SelectionSet {
		fields = append(fields, "`"+s.(*ast.Field).Name+"`")
	}
	return strings.TrimSpace(string(document.Operations[0].Operation) + " " + strings.Join(fields, ", "))
}

// busy makes accounts with twelve orders of two lines each; Ada has as many as all of them have
// accounts. No two lines are of the same product.
func busy(t testing.TB, shop *graphtest.Shop, accounts, ofAda int) {
	t.Helper()
	ctx := databasetest.System(t.Context())
	err := shop.Database.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		var owners []int64
		for i := range accounts {
			u := tx.User.Create().SetEmail(fmt.Sprintf("busy%d@galley.example", i)).SetName("Busy").SetNameKey([]byte("busy")).SaveX(ctx)
			for range 12 {
				owners = append(owners, u.ID)
			}
		}
		for range ofAda {
			owners = append(owners, shop.Rows.Users["ada"].ID)
		}
		var orders []*ent.OrderCreate
		var products []*ent.ProductCreate
		for i, owner := range owners {
			orders = append(orders, tx.Order.Create().SetNumber(fmt.Sprintf("BUSY%d", i)).SetUserID(owner).SetEmail("busy@galley.example").
				SetSubtotalAmount(200).SetTotalAmount(200).SetCurrency("GBP").SetPlacedAt(graphtest.Start()))
			for range 2 {
				slug := fmt.Sprintf("busy-%d", len(products))
				products = append(products, tx.Product.Create().SetTitle("Busy").SetTitleKey([]byte("busy")).SetSlug(slug).SetCurrency("GBP").SetStatus("PUBLISHED"))
			}
		}
		placed := tx.Order.CreateBulk(orders...).SaveX(ctx)
		var variants []*ent.VariantCreate
		for i, p := range tx.Product.CreateBulk(products...).SaveX(ctx) {
			variants = append(variants, tx.Variant.Create().SetProductID(p.ID).SetSku(fmt.Sprintf("BUSY%d", i)).SetPriceAmount(100).SetCurrency("GBP").SetAvailable(1))
		}
		var lines []*ent.OrderLineCreate
		for i, v := range tx.Variant.CreateBulk(variants...).SaveX(ctx) {
			lines = append(lines, tx.OrderLine.Create().SetOrderID(placed[i/2].ID).SetVariantID(v.ID).SetPosition(i%2).SetTitle("Busy").SetSku(v.Sku).
				SetQuantity(1).SetUnitPriceAmount(100).SetTotalAmount(100).SetCurrency("GBP"))
		}
		return tx.OrderLine.CreateBulk(lines...).Exec(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
}
