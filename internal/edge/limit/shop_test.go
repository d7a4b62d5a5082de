package limit_test

import (
	"context"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/edge/limit"
	"galley/internal/edge/variable"
)

// shopSDL is a small shop with what makes documents dangerous: cycles through lists, connections,
// unions, recursive inputs.
const shopSDL = `
	interface Node { id: ID! }
	union Found = User | Order | Product
	type Query {
		node(id: ID!): Node
		nodes(ids: [ID!]!): [Node]!
		me: User
		users(first: Int, after: String, last: Int, before: String, filter: UserFilter): UserConnection!
		products(first: Int, filter: ProductFilter): ProductConnection!
		search(text: String!, first: Int = 5): [Found!]!
		categories: [Category!]!
	}
	type Mutation { orderCancel(id: ID!): Order }
	input UserFilter { email: String and: [UserFilter!] }
	input ProductFilter { text: String minPrice: Int maxPrice: Int and: [ProductFilter!] or: [ProductFilter!] }
	type PageInfo { hasNextPage: Boolean! endCursor: String }
	type Money { amount: String! currencyCode: String! }
	type UserConnection { edges: [UserEdge!]! nodes: [User!]! pageInfo: PageInfo! totalCount: Int! }
	type UserEdge { cursor: String! node: User! }
	type User implements Node { id: ID! name: String! email: String friends: [User!]! orders(first: Int, last: Int): OrderConnection! }
	type OrderConnection { edges: [OrderEdge!]! nodes: [Order!]! pageInfo: PageInfo! totalCount: Int! }
	type OrderEdge { cursor: String! node: Order! }
	type Order implements Node { id: ID! number: String! user: User lines: [OrderLine!]! total: Money! tags: [String!]! }
	type OrderLine implements Node { id: ID! quantity: Int! price: Money! order: Order! variant: Variant }
	type Variant implements Node { id: ID! sku: String! price: Money! product: Product! }
	type ProductConnection { edges: [ProductEdge!]! nodes: [Product!]! pageInfo: PageInfo! }
	type ProductEdge { cursor: String! node: Product! }
	type Product implements Node { id: ID! title: String! variants: [Variant!]! categories: [Category!]! related(first: Int): ProductConnection! }
	type Category implements Node { id: ID! title: String! children: [Category!]! parent: Category products(first: Int): ProductConnection! }
`

// shop is an executor as the real one is made, over resolvers that answer at once.
func shop(tb testing.TB) graphql.GraphExecutor {
	tb.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "shop.graphql", Input: shopSDL})
	if err != nil {
		tb.Fatal(err)
	}
	exec := executor.New(&graphql.ExecutableSchemaMock{
		SchemaFunc: func() *ast.Schema { return schema },
		ExecFunc: func(context.Context) graphql.ResponseHandler {
			return graphql.OneShot(&graphql.Response{Data: []byte(`{}`)})
		},
	})
	exec.SetQueryCache(limit.NewDocuments(16 << 20))
	return variable.Strict(exec, schema)
}

func guarded(tb testing.TB, limits limit.Limits) *limit.Executor {
	tb.Helper()
	return limit.Guard(limit.Metered(shop(tb), limits, limit.Tariff{}), limits)
}

// ask has an operation made, and tells what came of it.
func ask(exec graphql.GraphExecutor, query string, variables map[string]any) (*graphql.OperationContext, gqlerror.List) {
	ctx := graphql.StartOperationTrace(context.Background())
	return exec.CreateOperationContext(ctx, &graphql.RawParams{Query: query, Variables: variables})
}

func codeOf(errs gqlerror.List) string {
	if len(errs) == 0 {
		return ""
	}
	code, _ := errs[0].Extensions["code"].(string)
	return code
}

func messages(errs gqlerror.List) string {
	var b strings.Builder
	for _, err := range errs {
		b.WriteString(err.Message + "\n")
	}
	return b.String()
}
