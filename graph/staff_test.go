package graph_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"galley/graph/graphtest"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/token"
	"galley/internal/viewer"
)

// TestAMachineAsks lets the till ask by its API key, as Identify knows it.
func TestAMachineAsks(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			ask := func(query string) graphtest.Response {
				ctx, err := shop.Identify(t.Context(), graphtest.APIKey, "")
				if err != nil {
					t.Fatal(err)
				}
				return shop.Send(t, ctx, &graphql.RawParams{Query: query})
			}
			if got := ask(`{ me { email } }`); string(got.Data) != `{"me":null}` || len(got.Errors) > 0 {
				t.Errorf("it is somebody: %s %v", got.Data, got.Errors)
			}
			if got := ask(`{ product(slug: "mug") { variants { stockMovements { totalCount } } } }`); len(got.Errors) > 0 {
				t.Errorf("it may not do what it may: %v", got.Errors)
			}
			for _, query := range []string{
				`{ users { totalCount } }`, `{ roles { name } }`, `{ apiKeys { totalCount } }`,
				`mutation { apiKeyCreate(input: {name: "Another", permissions: []}) { secret } }`,
				`mutation { roleCreate(input: {name: "Another"}) { role { id } } }`,
			} {
				if got := ask(query); len(got.Errors) != 1 || got.Errors[0].Code() != string(fault.Forbidden) {
					t.Errorf("%s: %s %v", query, got.Data, got.Errors)
				}
			}
			if got := ask(`mutation { signOut { signedOut } }`); string(got.Data) != `{"signOut":{"signedOut":false}}` {
				t.Errorf("%s %v", got.Data, got.Errors)
			}
			for _, bearer := range []string{token.Derive("gk_", "nobody's", 32), "gk_", graphtest.APIKey + "a"} {
				ctx, err := shop.Identify(t.Context(), bearer, graphtest.GuestToken)
				if code, _ := fault.CodeOf(err); code != fault.Unauthenticated || viewer.From(ctx).Identified() {
					t.Errorf("%q: %v", bearer, err)
				}
			}
			for _, want := range []int{2, 1} { // the first one notes the use
				shop.Database.Client.APIKey.Update().ClearUsedAt().ExecX(databasetest.System(t.Context()))
				if want == 1 {
					ask(`{ me { email } }`)
				}
				ctx, err := shop.Identify(t.Context(), graphtest.APIKey, "")
				if got := database.CounterFrom(ctx).Statements(); err != nil || got != want {
					t.Errorf("finding out costs %d statements, not %d: %v", got, want, err)
				}
			}
		})
	}
}

// TestMachinesHaveIdempotencyKeysOfTheirOwn sends the same key as two machines.
func TestMachinesHaveIdempotencyKeysOfTheirOwn(t *testing.T) {
	t.Parallel()
	shop := graphtest.New(t, databasetest.SQLite)
	const key = "a key that nobody else can guess"
	send := func(v viewer.Viewer, name string) graphtest.Response {
		return shop.Send(t, viewer.With(t.Context(), v), &graphql.RawParams{
			Query:   fmt.Sprintf(`mutation { categoryCreate(input: {name: %q}) { category { name } } }`, name),
			Headers: http.Header{"Idempotency-Key": {key}},
		})
	}
	machine := func(id int64) viewer.Viewer {
		return viewer.Viewer{Kind: viewer.APIKey, APIKeyID: id, Permissions: viewer.Permissions()}
	}
	for _, id := range []int64{1, 2, 1} {
		name := fmt.Sprint("Category of ", id)
		if got := send(machine(id), name); len(got.Errors) > 0 || !strings.Contains(string(got.Data), name) {
			t.Errorf("machine %d: %s %v", id, got.Data, got.Errors)
		}
	}
	if got := send(machine(1), "Another"); len(got.Errors) != 1 || got.Errors[0].Code() != string(fault.IdempotencyKeyReused) {
		t.Errorf("%s %v", got.Data, got.Errors)
	}
}

// TestASignInRunsWithItsRoles asks, in the operation that signs the clerk in, for what the clerk's role allows.
func TestASignInRunsWithItsRoles(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			ctx := databasetest.System(t.Context())
			shop.Database.Client.Role.Update().SetPermissions([]viewer.Permission{viewer.CatalogWrite, viewer.OrderRead}).ExecX(ctx)
			got := shop.Do(t, viewer.Viewer{}, fmt.Sprintf(`mutation {
				signIn(input: {email: "clerk@galley.example", password: %q}) { user { permissions effectivePermissions roles { name } } }
				categoryCreate(input: {name: "New"}) { category { name } }
			}`, graphtest.Password), nil)
			const want = `{"signIn":{"user":{"permissions":["STOCK_READ"],"effectivePermissions":["CATALOG_WRITE","STOCK_READ","ORDER_READ"],"roles":null}},` +
				`"categoryCreate":{"category":{"name":"New"}}}`
			if string(got.Data) != want || len(got.Errors) != 1 || got.Errors[0].Code() != string(fault.Forbidden) { // the roles
				t.Errorf("got %s %v", got.Data, got.Errors)
			}
		})
	}
}

func TestStaffSeeWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			ctx := databasetest.System(t.Context())
			for _, name := range []string{"éclair", "Zebra", "apple"} {
				r := shop.Database.Client.Role.Create().SetName(name).SetPermissions([]viewer.Permission{viewer.JobRead}).SaveX(ctx)
				shop.Database.Client.UserRole.Create().SetUserID(shop.Rows.Users["clerk"].ID).SetRoleID(r.ID).SaveX(ctx)
			}
			got := shop.Must(t, shop.Rows.Viewer("staff"), strings.ReplaceAll(`query($clerk: ID!, $ada: ID!) {
				clerk: user(id: $clerk) { effectivePermissions roles { name permissions } }
				ada: user(id: $ada) { effectivePermissions roles { name } }
				roles { name }
				users(filter: {role: "ROLE"}) { totalCount nodes { name } }
				apiKeys { totalCount nodes { name hint permissions createdBy { name } usedAt revokedAt expiresAt } }
			}`, "ROLE", shop.Rows.Roles["desk"].NodeID().String()), map[string]any{"clerk": shop.Rows.Users["clerk"].NodeID().String(), "ada": shop.Rows.Users["ada"].NodeID().String()}, nil)
			const want = `{"clerk":{"effectivePermissions":["STOCK_READ","JOB_READ"],"roles":[{"name":"apple","permissions":["JOB_READ"]},` +
				`{"name":"éclair","permissions":["JOB_READ"]},{"name":"Stock desk","permissions":["STOCK_READ"]},{"name":"Zebra","permissions":["JOB_READ"]}]},` +
				`"ada":{"effectivePermissions":[],"roles":[]},` +
				`"roles":[{"name":"apple"},{"name":"éclair"},{"name":"Stock desk"},{"name":"Zebra"}],` +
				`"users":{"totalCount":1,"nodes":[{"name":"Carl Clerk"}]},` +
				`"apiKeys":{"totalCount":1,"nodes":[{"name":"Till","hint":"%s","permissions":["STOCK_READ"],"createdBy":{"name":"Grace Hopper"},"usedAt":null,"revokedAt":null,"expiresAt":null}]}}`
			if string(got.Data) != fmt.Sprintf(want, graphtest.APIKey[:9]) {
				t.Errorf("got %s", got.Data)
			}
			// Who sees accounts, and not roles, learns nothing about roles by looking for accounts.
			blind := viewer.Viewer{Kind: viewer.Staff, UserID: shop.Rows.Users["clerk"].ID, Permissions: []viewer.Permission{viewer.UserRead}}
			got = shop.Must(t, blind, fmt.Sprintf(`{ users(filter: {role: %q}) { totalCount } }`, shop.Rows.Roles["desk"].NodeID()), nil, nil)
			if string(got.Data) != `{"users":{"totalCount":0}}` {
				t.Errorf("got %s", got.Data)
			}
		})
	}
}
