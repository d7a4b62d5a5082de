import { graphql } from 'relay-runtime';

export const listQuery = graphql`
  query operationsListQuery($first: Int!) { ...operations_list @arguments(first: $first) }
`;
export const list = graphql`
  fragment operations_list on Query
  @refetchable(queryName: "operationsListPageQuery")
  @argumentDefinitions(first: { type: "Int!" }, after: { type: "String" }) {
    products(first: $first, after: $after, sortKey: TITLE) @connection(key: "operations_list_products") {
      edges { node { id title } }
    }
  }
`;

// A fragment of a type that is a Node is fetched again by node(id:).
export const product = graphql`
  fragment operations_product on Product @refetchable(queryName: "operationsProductRefetchQuery") {
    id
    title
    inStock
    variants { sku }
  }
`;
export const productQuery = graphql`
  query operationsProductQuery($slug: String!) { product(slug: $slug) { id ...operations_product } }
`;

export const deferredQuery = graphql`
  query operationsDeferredQuery($id: ID!) { product(id: $id) { id title ...operations_later @defer(label: "later") } }
`;
export const later = graphql`
  fragment operations_later on Product { description variants { sku } }
`;

export const meQuery = graphql`
  query operationsMeQuery { me { id email orders(first: 1) { nodes { number total { amount } } } } }
`;
export const ordersQuery = graphql`
  query operationsOrdersQuery { orders(first: 1) { nodes { id } } }
`;
export const cartCreate = graphql`
  mutation operationsCartCreateMutation($input: CartCreateInput!, $key: String!) {
    cartCreate(input: $input) @idempotent(key: $key) { token cart { id totalQuantity } userErrors { code } }
  }
`;
export const cartUpdated = graphql`
  subscription operationsCartUpdatedSubscription($id: ID!) { cartUpdated(id: $id) { id totalQuantity } }
`;
