// Apollo Client 4, with the kit's cache options.
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { Defer20220824Handler, GraphQL17Alpha9Handler } from '@apollo/client/incremental';
import { SetContextLink } from '@apollo/client/link/context';
import { ErrorLink } from '@apollo/client/link/error';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { RetryLink } from '@apollo/client/link/retry';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import UploadHttpLink from 'apollo-upload-client/UploadHttpLink.mjs';
import { createClient } from 'graphql-ws';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test, { after } from 'node:test';
import { from, switchMap } from 'rxjs';
import WebSocket from 'ws';
import { cacheOptions } from '../build/typed/client-kit/apollo.js';
import { Messages, Session, bearer, open, openCart, shopper, staff, wire } from '../shop.js';

const shop = await open({ GALLEY_ACCESS_TOKEN_LIFETIME: '2s' });

function client(link, options = {}) {
  const made = new ApolloClient({ cache: new InMemoryCache(cacheOptions), link, ...options });
  after(() => made.stop());
  return made;
}
const plain = (options) => client(new HttpLink({ uri: shop.url }), options);

// counted notes the requests that go out.
function counted(requests) {
  return (url, options) => {
    requests.push({ method: options.method, url: String(url), body: options.body });
    return fetch(url, options);
  };
}

const page = gql`query Page($after: String) {
  products(first: 2, after: $after, sortKey: TITLE) {
    edges { node { id title priceFrom { amount } } }
    pageInfo { hasNextPage endCursor }
  }
}`;

test('pages of a connection become one list', async () => {
  const apollo = plain();
  const shown = new Messages();
  const pages = apollo.watchQuery({ query: page });
  pages.subscribe(({ data }) => shown.tell(data));
  const first = await shown.until((data) => data?.products);
  await pages.fetchMore({ variables: { after: first.products.pageInfo.endCursor } });
  const all = await shown.until(({ products }) => products.edges.length === 4);
  const titles = all.products.edges.map(({ node }) => node.title);
  assert.deepEqual(titles, [...new Set(titles)]);
});

test('what one query has loaded another finds by its id, and as a Node', async () => {
  const requests = [];
  const apollo = client(new HttpLink({ uri: shop.url, fetch: counted(requests) }));
  const { data } = await apollo.query({ query: page });
  const { id, title } = data.products.edges[0].node;
  const byId = await apollo.query({ query: gql`query($id: ID!) { product(id: $id) { id title } }`, variables: { id } });
  assert.equal(byId.data.product.title, title);
  assert.equal(requests.length, 1);
  const node = await apollo.query({ query: gql`query($id: ID!) { node(id: $id) { id ... on Product { title } ... on Node { id } } }`, variables: { id } });
  assert.equal(node.data.node.title, title);
});

test('a mutation changes what a query shows', async () => {
  const cart = await openCart(shop.url);
  const apollo = client(new HttpLink({ uri: shop.url, headers: cart.headers }));
  const shown = new Messages();
  const query = gql`query($id: ID!) { cart(id: $id) { id totalQuantity subtotal { amount currencyCode } lines { id variant { id } } } }`;
  const watched = apollo.watchQuery({ query, variables: { id: cart.id } });
  watched.subscribe(({ data }) => shown.tell(data));
  const before = await shown.until((data) => data?.cart);
  await apollo.mutate({
    mutation: gql`mutation($input: CartLinesUpdateInput!, $key: String!) {
      cartLinesUpdate(input: $input) @idempotent(key: $key) { cart { id totalQuantity subtotal { amount currencyCode } } userErrors { code } } }`,
    variables: { key: crypto.randomUUID(), input: { cart: cart.id, lines: [{ id: before.cart.lines[0].id, quantity: 3 }] } },
  });
  const later = await shown.until((data) => data.cart.totalQuantity === 3);
  assert.notEqual(later.cart.subtotal.amount, before.cart.subtotal.amount);
});

test('errors come as Apollo has them', async () => {
  const apollo = plain();
  const failed = async (query) => {
    const error = await apollo.query({ query }).then(() => assert.fail('it worked'), (error) => error);
    assert.ok(CombinedGraphQLErrors.is(error), String(error));
    return error.errors[0].extensions.code;
  };
  assert.equal(await failed(gql`{ orders(first: 1) { totalCount } }`), 'UNAUTHENTICATED');
  assert.equal(await failed(gql`{ nonsense }`), 'GRAPHQL_VALIDATION_FAILED');
  const both = await apollo.query({ query: gql`{ me { id } orders(first: 1) { totalCount } }`, errorPolicy: 'all' });
  assert.ok(CombinedGraphQLErrors.is(both.error));
});

// signedIn sends the session's token, and refreshes it when the shop refuses it: a link of a few lines.
const signedIn = (session, uri = shop.url) => ApolloLink.from([
  new ErrorLink(({ error, operation, forward }) => {
    const refused = CombinedGraphQLErrors.is(error) && error.errors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
    if (!refused || operation.getContext().again) return;
    const { headers } = operation.getContext();
    return from(session.refresh(headers.Authorization.slice('Bearer '.length))).pipe(switchMap(() => {
      operation.setContext({ again: true });
      return forward(operation);
    }));
  }),
  new SetContextLink(({ headers }) => ({ headers: { ...headers, ...bearer(session) } })),
  new HttpLink({ uri }),
]);

test('a session goes on when its token has ended', async () => {
  const session = await Session.begin(shop.url, shopper);
  const apollo = client(signedIn(session), { defaultOptions: { query: { fetchPolicy: 'network-only' } } });
  const me = () => apollo.query({ query: gql`{ me { id email } }` });
  assert.equal((await me()).data.me.email, shopper.email);
  await session.expired();
  const all = await Promise.all([
    me(),
    apollo.query({ query: gql`{ me { id orders(first: 1) { totalCount } } }` }),
    apollo.mutate({ mutation: gql`mutation { profileUpdate(input: {}) { user { id } userErrors { code } } }` }),
  ]);
  assert.equal(all[0].data.me.email, shopper.email);
  assert.ok(all[1].data.me.orders.totalCount > 0);
  assert.ok(all[2].data.profileUpdate.user.id);
  assert.equal(session.refreshes, 1);
});

test('a dropped connection is tried again', async () => {
  const line = await wire(shop.url);
  line.down = true;
  let tries = 0;
  const apollo = client(ApolloLink.from([
    new RetryLink({ delay: { initial: 20 }, attempts: { max: 10 } }),
    new ApolloLink((operation, forward) => {
      if (++tries === 3) line.down = false;
      return forward(operation);
    }),
    new HttpLink({ uri: line.url }),
  ]));
  const { data } = await apollo.query({ query: page });
  assert.equal(data.products.edges.length, 2);
  assert.equal(tries, 3);
});

test('APQ by GET: unknown once, then by its hash alone', async () => {
  const requests = [];
  const link = ApolloLink.from([
    new PersistedQueryLink({ sha256: (text) => createHash('sha256').update(text).digest('hex'), useGETForHashedQueries: true }),
    new HttpLink({ uri: shop.url, fetch: counted(requests) }),
  ]);
  const query = gql`query ByHash { products(first: 3) { nodes { id } } }`;
  for (let round = 0; round < 2; round++) {
    const { data } = await client(link).query({ query });
    assert.equal(data.products.nodes.length, 3);
  }
  assert.deepEqual(requests.map(({ method }) => method), ['GET', 'POST', 'GET']);
  assert.ok(!requests[2].url.includes('ByHash%20%7B') && requests[2].url.includes('sha256Hash'));
});

test('a file goes up', async () => {
  const session = await Session.begin(shop.url, staff);
  const apollo = client(new UploadHttpLink({ uri: shop.url, headers: { 'Apollo-Require-Preflight': 'true', ...bearer(session) } }));
  const { data } = await apollo.query({ query: gql`{ products(first: 1) { nodes { id } } }` });
  const dot = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
  const uploaded = await apollo.mutate({
    mutation: gql`mutation($input: MediaUploadInput!) { mediaUpload(input: $input) { media { id width } userErrors { message } } }`,
    variables: { input: { product: data.products.nodes[0].id, file: new File([dot], 'dot.png', { type: 'image/png' }), alt: 'A dot' } },
  });
  assert.equal(uploaded.data.mediaUpload.media.width, 1);
});

const deferred = gql`query Deferred {
  products(first: 2, sortKey: TITLE) { nodes { id title ...Stock @defer(label: "stock") } }
}
fragment Stock on Product { id inStock variants { id sku } }`;

for (const [name, incrementalHandler] of Object.entries({ Defer20220824: Defer20220824Handler, GraphQL17Alpha9: GraphQL17Alpha9Handler })) {
  test(`@defer as ${name}: what is deferred is absent, then there, and never null`, async () => {
    const types = [];
    const apollo = client(new HttpLink({
      uri: shop.url,
      fetch: async (...arguments_) => {
        const response = await fetch(...arguments_);
        types.push(response.headers.get('Content-Type'));
        return response;
      },
    }), { incrementalHandler: new incrementalHandler() });
    const states = [];
    await new Promise((resolve, reject) => {
      apollo.watchQuery({ query: deferred }).subscribe((result) => {
        if (result.error) reject(result.error);
        if (result.data) states.push(structuredClone(result));
        if (result.dataState === 'complete') resolve();
      });
    });
    assert.match(types[0], /^multipart\/mixed/);
    assert.ok(states.length >= 2, 'it came at once');
    for (const { title } of states[0].data.products.nodes) assert.ok(title);
    for (const { data, dataState } of states) {
      for (const product of data.products.nodes) {
        assert.notEqual(product.inStock, null);
        assert.notEqual(product.variants, null);
        if (dataState === 'complete') assert.ok(product.variants[0].sku);
      }
    }
    assert.ok(states[0].data.products.nodes.some((product) => !('variants' in product)), 'nothing was deferred');
  });
}

const cartUpdated = gql`subscription CartUpdated($id: ID!) { cartUpdated(id: $id) { id totalQuantity } }`;

// follow subscribes, and returns what is told.
function follow(apollo, cart) {
  const told = new Messages();
  const subscription = apollo.subscribe({ query: cartUpdated, variables: { id: cart.id } }).subscribe({
    next: ({ data, error }) => told.tell(error ?? data.cartUpdated.totalQuantity),
    error: told.tell,
    complete: () => told.tell('complete'),
  });
  after(() => subscription.unsubscribe());
  return told;
}

test('a subscription over a WebSocket goes on after a cut', async () => {
  const line = await wire(shop.url);
  const cart = await openCart(shop.url);
  const socket = createClient({
    url: line.ws, webSocketImpl: WebSocket, connectionParams: cart.headers,
    retryAttempts: 10, retryWait: () => new Promise((resolve) => setTimeout(resolve, 50)), shouldRetry: () => true,
  });
  after(() => socket.dispose());
  const told = follow(client(new GraphQLWsLink(socket)), cart);
  assert.equal(await told.next(), 1);
  await cart.add();
  assert.equal(await told.next(), 2);
  line.down = true;
  line.cut();
  await cart.add();
  line.down = false;
  assert.equal(await told.next(), 3);
});

test('a subscription over multipart', async () => {
  const cart = await openCart(shop.url);
  const told = follow(client(new HttpLink({ uri: shop.url, headers: cart.headers })), cart);
  assert.equal(await told.next(), 1);
  await cart.add();
  assert.equal(await told.next(), 2);
});

test('a subscription over multipart that is refused says why', async () => {
  const told = new Messages();
  plain().subscribe({ query: gql`subscription { orderPlaced { id } }` }).subscribe({ next: told.tell, error: told.tell });
  const refused = await told.next();
  assert.equal((refused.error ?? refused).errors[0].extensions.code, 'UNAUTHENTICATED');
});

test('a subscription over multipart that is cut ends with an error, and its retry begins with what there is', async () => {
  const line = await wire(shop.url);
  const cart = await openCart(shop.url);
  const told = follow(client(ApolloLink.from([
    new RetryLink({ delay: { initial: 20 }, attempts: { max: 10 } }),
    new HttpLink({ uri: line.url, headers: cart.headers }),
  ])), cart);
  assert.equal(await told.next(), 1);
  line.cut();
  await cart.add();
  assert.equal(await told.until((message) => message !== 1), 2);
});
