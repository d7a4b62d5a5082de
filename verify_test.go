package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"galley/internal/database"
	"galley/internal/database/databasetest"
)

// freshShop is an empty shop: the settings that name it, and its address.
func freshShop(t *testing.T, engine databasetest.Engine) (env map[string]string, url string) {
	t.Helper()
	url = databasetest.URL(t, engine)
	if engine == databasetest.Postgres {
		return map[string]string{"DATABASE_URL": url}, url
	}
	was := strings.TrimPrefix(url, "sqlite:")
	file := filepath.Join(filepath.Dir(was), "galley.db")
	if err := os.Rename(was, file); err != nil {
		t.Fatal(err)
	}
	return map[string]string{"GALLEY_DATA": filepath.Dir(file)}, "sqlite:" + file
}

// A shop that keeps its rules ends the command well; one that does not is told of, with an error for the exit status.
func TestVerify(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			env, url := freshShop(t, engine)
			ctx := databasetest.System(t.Context())
			verify := func(args ...string) (string, error) {
				var out strings.Builder
				err := run(t.Context(), append([]string{"verify"}, args...), func(name string) string { return env[name] }, &out)
				return out.String(), err
			}
			if out, err := verify(); err != nil || !strings.Contains(out, "stock") || !strings.Contains(out, " rules, 0 violations, ") {
				t.Errorf("an empty shop: %v\n%s", err, out)
			}
			db, err := database.Open(ctx, database.Options{URL: url, Instance: 1})
			if err != nil {
				t.Fatal(err)
			}
			p := db.Client.Product.Create().SetTitle("Mug").SetSlug("mug").SetTitleKey([]byte("mug")).SetCurrency("GBP").SaveX(ctx)
			v := db.Client.Variant.Create().SetProductID(p.ID).SetSku("mug").SetPriceAmount(1).SetCurrency("GBP").SetAvailable(3).SaveX(ctx)
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			if out, err := verify(); err == nil || !strings.Contains(err.Error(), "1 violations") || !strings.Contains(out, v.NodeID().String()+": available 3") {
				t.Errorf("pieces out of nowhere: %v\n%s", err, out)
			}
			out, err := verify("--json")
			type finding struct {
				Rule       string
				Violations int
				Examples   []struct{ ID, Text string }
			}
			var report struct{ Rules []finding }
			if e := json.Unmarshal([]byte(out), &report); e != nil || err == nil {
				t.Fatal(e, err)
			}
			i := slices.IndexFunc(report.Rules, func(f finding) bool { return f.Rule == "stock" })
			if f := report.Rules[i]; f.Violations != 1 || f.Examples[0].ID != v.NodeID().String() {
				t.Errorf("the report is %s", out)
			}
		})
	}
}

func TestVerifyMakesNoShop(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "none")
	err := run(t.Context(), []string{"verify", "--data", data}, func(string) string { return "" }, &strings.Builder{})
	if err == nil || !strings.Contains(err.Error(), "there is no shop") {
		t.Errorf("got %v", err)
	}
	err = run(t.Context(), []string{"verify"}, func(name string) string {
		return map[string]string{"DATABASE_URL": databasetest.Empty(t, databasetest.Postgres)}[name]
	}, &strings.Builder{})
	if err == nil || !strings.Contains(err.Error(), "holds no shop") {
		t.Errorf("got %v", err)
	}
}
