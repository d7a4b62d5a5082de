package edge_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"galley/graph"
	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
	"galley/internal/edge"
	"galley/internal/edge/limit"
	"galley/internal/viewer"
)

// realShop is a shop behind HTTP. Its staff's bearer is "staff"; others are those of sessions.
func realShop(t testing.TB, engine databasetest.Engine, changes ...func(*edge.Config)) *edge.Server {
	t.Helper()
	return realShopWith(t, engine, func(c *edge.Config, _ *graphtest.Shop) {
		for _, change := range changes {
			change(c)
		}
	})
}

// realShopWith is realShop, with settings.
func realShopWith(t testing.TB, engine databasetest.Engine, change func(*edge.Config, *graphtest.Shop)) *edge.Server {
	t.Helper()
	shop := graphtest.New(t, engine)
	production := *shop.Shop
	production.Development = false
	executor := production.Executor()
	executor.SetQueryCache(limit.NewDocuments(1 << 20))
	return newShop(t, func(c *edge.Config) {
		c.Executor, c.Schema = executor, graph.Schema()
		c.Viewer = func(ctx context.Context, credentials edge.Credentials) (context.Context, error) {
			if credentials.Bearer == "staff" {
				return viewer.With(ctx, shop.Rows.Viewer("staff")), nil
			}
			return production.Identify(ctx, credentials.Bearer, credentials.CartToken)
		}
		change(c, shop)
	})
}

// hostileAddresses are a few of those that internal/account refuses; that table is longer.
func hostileAddresses() map[string]string {
	return map[string]string{
		"nothing":              "",
		"no at":                "ada.example.org",
		"a null byte":          "ada\x00@galley.example",
		"a null byte behind":   "ada@galley.example\x00",
		"a Cyrillic letter":    "аda@galley.example",
		"a Cyrillic domain":    "ada@gаlley.example",
		"a wide at":            "ada＠galley.example",
		"an invisible blank":   "ada\u200b@galley.example",
		"a change of sides":    "ada\u202e@galley.example",
		"a second header":      "ada@galley.example\r\nBcc: all@galley.example",
		"SQL":                  "ada'--@galley.example, x",
		"255 bytes":            strings.Repeat("a", 59) + "@" + strings.Repeat(strings.Repeat("a", 63)+".", 3) + "org",
		"a hundred kilobytes":  strings.Repeat("a", 100_000) + "@galley.example",
		"a list of two":        "ada@galley.example,bob@galley.example",
		"one that is brackets": "<ada@galley.example>",
	}
}

// TestHostileAddressesOverHTTP sends addresses that are none to whatever takes one. Each answer is coded, tells
// nothing of the inside, and does not say the address again.
func TestHostileAddressesOverHTTP(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := realShop(t, engine)
			for _, operation := range []struct{ text, bearer, codes string }{
				{`signUp(input: {email: $email, password: "weak"})`, "", "INVALID PASSWORD_WEAK"},
				{`signIn(input: {email: $email, password: "hunter2 and more"})`, "", "CREDENTIALS_WRONG"},
				{`userCreate(input: {email: $email})`, "staff", "INVALID"},
			} {
				for says, address := range hostileAddresses() {
					w := send(t, shop, "mutation($email: String!) { f: "+operation.text+" { userErrors { code message } } }", address, operation.bearer)
					want := operation.codes
					if strings.Contains(address, "\x00") {
						want = "BAD_USER_INPUT"
					}
					if got := codes(t, w); got != want && got != "RATE_LIMITED" {
						t.Errorf("%s: %s answered %d %.300s", says, operation.text, w.Code, w.Body)
					}
					tellsNothing(t, says, w)
					if address != "" && strings.Contains(w.Body.String(), address) {
						t.Errorf("%s: the answer says it again: %.300s", says, w.Body)
					}
				}
			}
		})
	}
}

// codes are those of an answer's errors and user errors.
func codes(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var body struct {
		Data struct {
			F struct{ UserErrors []struct{ Code string } }
		}
		Errors []struct{ Extensions struct{ Code string } }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range body.Errors {
		all = append(all, e.Extensions.Code)
	}
	for _, e := range body.Data.F.UserErrors {
		all = append(all, e.Code)
	}
	return strings.Join(all, " ")
}

func send(t *testing.T, shop *edge.Server, query, email, bearer string) *httptest.ResponseRecorder {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": map[string]any{"email": email}})
	if err != nil {
		t.Fatal(err)
	}
	r := request{body: string(body)}
	if bearer != "" {
		r.header = headers("Authorization", "Bearer "+bearer)
	}
	return r.to(shop)
}

// tellsNothing fails where an answer is long, is the shop's own fault, or tells of the inside.
func tellsNothing(t *testing.T, says string, w *httptest.ResponseRecorder) {
	t.Helper()
	if word := graphtest.Inside.FindString(w.Body.String()); word != "" || w.Code >= 500 || strings.Contains(w.Body.String(), "INTERNAL_SERVER_ERROR") {
		t.Errorf("%s: %d with %q in %.400s", says, w.Code, word, w.Body)
	}
	if w.Body.Len() > 8<<10 {
		t.Errorf("%s: answered %d bytes", says, w.Body.Len())
	}
}

// TestErrorsTellNothingOfTheInside sends what makes programs talk: broken bodies, wrong types, tokens that were
// tampered with, ids and cursors of no shop.
func TestErrorsTellNothingOfTheInside(t *testing.T) {
	t.Parallel()
	graphQL := func(query string) string { return fmt.Sprintf(`{"query":%q}`, query) }
	requests := map[string]request{
		"no JSON":                         {body: `{"query":`},
		"JSON of another type":            {body: `[1,2,3]`},
		"a query that is a number":        {body: `{"query":42}`},
		"variables that are a list":       {body: `{"query":"{ me { id } }","variables":[1]}`},
		"extensions that are text":        {body: `{"query":"{ me { id } }","extensions":"x"}`},
		"a null byte in the document":     {body: `{"query":"{ me \u0000 { id } }"}`},
		"what is not UTF-8":               {body: "{\"query\":\"{ me { id } }\xff\"}"},
		"half a surrogate":                {body: `{"query":"{ product(slug: \"\ud800\") { id } }"}`},
		"no document":                     {body: graphQL("")},
		"a document that breaks off":      {body: graphQL("{ me { ")},
		"an unknown field":                {body: graphQL("{ secretOrders { id } }")},
		"an unknown type":                 {body: graphQL("{ node(id: \"x\") { ... on Password { hash } } }")},
		"an unknown argument":             {body: graphQL("{ products(limit: 3) { totalCount } }")},
		"an unknown operation":            {body: `{"query":"query a { me { id } }","operationName":"b"}`},
		"introspection":                   {body: graphQL("{ __schema { types { name } } }")},
		"an id of no shop":                {body: graphQL("{ node(id: \"42\") { id } }")},
		"an id with SQL":                  {body: graphQL("{ node(id: \"user_0' OR '1'='1\") { id } }")},
		"a cursor of no shop":             {body: graphQL("{ products(after: \"bm9wZQ==\") { totalCount } }")},
		"a cursor with a null byte":       {body: `{"query":"{ products(after: \"\u0000\") { totalCount } }"}`},
		"a page below zero":               {body: graphQL("{ products(first: -1) { totalCount } }")},
		"a number beyond all numbers":     {body: graphQL("{ products(offset: 99999999999999999999) { totalCount } }")},
		"a slug with a null byte":         {body: `{"query":"{ product(slug: \"\u0000\") { id } }"}`},
		"a search with a null byte":       {body: `{"query":"{ products(filter: {query: \"\u0000\"}) { nodes { id } } }"}`},
		"a token of nobody's":             {body: graphQL("{ me { id } }"), header: headers("Authorization", "Bearer gs_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")},
		"a token that is not one":         {body: graphQL("{ me { id } }"), header: headers("Authorization", "Bearer hunter2")},
		"a token without a signature":     {body: graphQL("{ me { id } }"), header: headers("Authorization", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.")},
		"another scheme":                  {body: graphQL("{ me { id } }"), header: headers("Authorization", "Basic YWRhOmh1bnRlcjI=")},
		"a cart's token that is not one":  {body: graphQL("{ me { id } }"), header: headers("X-Cart-Token", "hunter2")},
		"an idempotency key that is none": {body: graphQL("mutation { cartCreate { cart { id } } }"), header: headers("Idempotency-Key", "x")},
		"another media type":              {body: "query", header: headers("Content-Type", "text/plain")},
		"a form without parts":            {body: "--x--", header: headers("Content-Type", "multipart/form-data; boundary=x")},
		"another method":                  {method: "DELETE", body: "x"},
		"a mutation by GET":               {method: "GET", target: "/query?query=mutation{signOut{signedOut}}"},
		"a path of nowhere":               {method: "GET", target: "/../../etc/passwd"},
		"a picture of nowhere":            {method: "GET", target: "/media/%00/../x"},
	}
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := realShop(t, engine)
			for says, r := range requests {
				tellsNothing(t, says, r.to(shop))
			}
		})
	}
}
