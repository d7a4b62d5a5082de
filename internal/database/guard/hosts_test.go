package guard_test

import (
	"slices"
	"strings"
	"testing"

	"galley/internal/database/databasetest"
	"galley/internal/database/guard"
)

func TestSeveralHosts(t *testing.T) {
	t.Parallel()
	for address, want := range map[string][]string{
		"postgres://u:p@one/db?sslmode=disable":                     {"one:5432"},
		"postgres://u:p@one:1/db":                                   {"one:1"},
		"postgres://u:p@one,two/db":                                 {"one:5432", "two:5432"},
		"postgres://u:p%2C@one:1,two,[::1]:3/db":                    {"one:1", "two:5432", "::1:3"},
		"postgres://one:1,two:2":                                    {"one:1", "two:2"},
		"postgres://u@one:1,two:2?target_session_attrs=read-write":  {"one:1", "two:2"},
		"postgresql://u:p@/db?host=one,two&port=1,2":                {"one:1", "two:2"},
		"postgres://u:p@one:1,two:2/db?application_name=a,b:c@d/e?": {"one:1", "two:2"},
	} {
		got, err := guard.Hosts(address)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", address, got, err)
		}
	}
	t.Run("of which the first is gone", func(t *testing.T) {
		t.Parallel()
		shop := open(t, "")
		before, after, _ := strings.Cut(shop.address, "@")
		db := guarded(t, before+"@127.0.0.1:1,"+after+"&target_session_attrs=read-write")
		if err := exec(`INSERT INTO effects VALUES ($1)`, "x")(t.Context(), db); err != nil {
			t.Error(err)
		}
		shop.proxy.Break(databasetest.Fault{Text: "INSERT", Point: databasetest.Before})
		if err := inTx(note)(t.Context(), db); err == nil {
			t.Error("the proxy is not on the way")
		}
	})
}

func TestAnAddressThatIsNone(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"postgres://one:port/db", "postgres://one/db?sslmode=sometimes", "postgres://one/db?binary_parameters=perhaps"} {
		if _, err := guard.New(address); err == nil {
			t.Errorf("%s: no error", address)
		}
	}
}
