package graph_test

import (
	"testing"

	"galley/graph/graphtest"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/viewer"
)

// TestAnAnswerOfTheDatabaseIsLost tells a client the truth about a mutation whose COMMIT was cut off.
func TestAnAnswerOfTheDatabaseIsLost(t *testing.T) {
	t.Parallel()
	address := databasetest.URL(t, databasetest.Postgres)
	proxy := databasetest.NewProxy(t, address)
	db, err := database.Open(t.Context(), database.Options{URL: proxy.Address(t, address), Instance: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	shop := graphtest.On(db)

	lose := func() { proxy.Break(databasetest.Fault{Text: "COMMIT", Point: databasetest.Unanswered}) }
	lose()
	r := shop.Do(t, viewer.Viewer{}, `mutation { cartCreate { cart { id } userErrors { code } } }`, nil)
	if codes := r.Codes(); len(codes) != 1 || codes[0] != string(fault.OutcomeUnknown) {
		t.Errorf("without a key: %s %+v", r.Data, r.Errors)
	}
	lose()
	shop.Must(t, viewer.Viewer{}, `mutation {
		cartCreate @idempotent(key: "a key that nobody can guess") { cart { id } userErrors { code } }
	}`, nil, nil)
	if n := db.Client.Cart.Query().CountX(databasetest.System(t.Context())); n != 2 {
		t.Errorf("%d carts instead of two", n)
	}
}
