// urql with Graphcache, by the kit's options.
import { CombinedError, Client, cacheExchange as documentCache, fetchExchange, gql, subscriptionExchange } from '@urql/core';
import { authExchange } from '@urql/exchange-auth';
import { cacheExchange } from '@urql/exchange-graphcache';
import { persistedExchange } from '@urql/exchange-persisted';
import { createClient } from 'graphql-ws';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { after } from 'node:test';
import WebSocket from 'ws';
import { cacheOptions } from '../build/typed/client-kit/graphcache.js';
import { Messages, Session, open, openCart, shopper, staff, wire } from '../shop.js';

const shop = await open({ GALLEY_ACCESS_TOKEN_LIFETIME: '2s' });
const schema = JSON.parse(readFileSync(new URL('../typed/client-kit/graphcache.schema.json', import.meta.url), 'utf8'));

// warned is what Graphcache complains of: with the kit's keys, of nothing.
const warned = [];
for (const name of ['warn', 'error']) {
  const said = console[name];
  console[name] = (...words) => { warned.push(words.join(' ')); said(...words); };
}

const graphcache = () => cacheExchange({ schema, ...cacheOptions });
const client = (options = {}) => new Client({ url: shop.url, exchanges: [graphcache(), fetchExchange], preferGetMethod: false, ...options });
const succeeded = async (asked) => {
  const result = await asked;
  assert.equal(result.error, undefined);
  return result.data;
};

const page = gql`query Page($after: String) {
  products(first: 2, after: $after, sortKey: TITLE) {
    edges { node { id title priceFrom { amount currencyCode } } }
    nodes { id title }
    pageInfo { hasNextPage endCursor }
  }
}`;

test('pages of a connection become one list', async () => {
  const urql = client();
  const first = await succeeded(urql.query(page, {}).toPromise());
  const both = await succeeded(urql.query(page, { after: first.products.pageInfo.endCursor }).toPromise());
  assert.equal(both.products.edges.length, 4);
  assert.equal(both.products.nodes.length, 4);
  assert.equal(new Set(both.products.edges.map(({ node }) => node.title)).size, 4);
});

test('what one query has loaded another finds by its id', async () => {
  const urql = client();
  const { products } = await succeeded(urql.query(page, {}).toPromise());
  const { id, title } = products.edges[0].node;
  const found = await urql.query(gql`query($id: ID!) { product(id: $id) { id title } }`, { id }, { requestPolicy: 'cache-only' }).toPromise();
  assert.equal(found.data.product.title, title);
  const never = await urql.query(gql`query($id: ID!) { product(id: $id) { id title } }`, { id: 'prod_0000000000000' }).toPromise();
  assert.equal(never.data?.product ?? null, null);
});

test('everything a shop shows fits the cache, and nothing is complained of', async () => {
  const urql = client();
  await succeeded(urql.query(gql`{
    categories(first: 3) { nodes { id name path { id } products(first: 2) { nodes { id priceFrom { amount } media { id url } variants { id price { amount } } } } } }
    me { id } signInProviders { name }
  }`, {}).toPromise());
  const cart = await openCart(shop.url);
  await succeeded(urql.query(gql`query($id: ID!) { cart(id: $id) {
    id lines { id unitPrice { amount } } warnings { code } promotions { code } priceExplanation { __typename } deliveryOptions { id } } }`, { id: cart.id }, { fetchOptions: { headers: cart.headers } }).toPromise());
  assert.deepEqual(warned, []);
});

test('a mutation changes what a query shows', async () => {
  const cart = await openCart(shop.url);
  const urql = client({ fetchOptions: { headers: cart.headers } });
  const shown = new Messages();
  const query = gql`query($id: ID!) { cart(id: $id) { id totalQuantity subtotal { amount } lines { id } } }`;
  const watched = urql.query(query, { id: cart.id }).subscribe(({ data }) => shown.tell(data));
  const before = await shown.next();
  const { cartLinesUpdate } = await succeeded(urql.mutation(gql`mutation($input: CartLinesUpdateInput!, $key: String!) {
    cartLinesUpdate(input: $input) @idempotent(key: $key) { cart { id totalQuantity subtotal { amount } } userErrors { code } } }`,
    { key: crypto.randomUUID(), input: { cart: cart.id, lines: [{ id: before.cart.lines[0].id, quantity: 3 }] } }).toPromise());
  assert.deepEqual(cartLinesUpdate.userErrors, []);
  const later = await shown.until((data) => data.cart.totalQuantity === 3);
  assert.notEqual(later.cart.subtotal.amount, before.cart.subtotal.amount);
  watched.unsubscribe();
});

test('errors come as urql has them', async () => {
  const { error, data } = await client().query(gql`{ orders(first: 1) { totalCount } }`, {}).toPromise();
  assert.ok(error instanceof CombinedError);
  assert.equal(error.graphQLErrors[0].extensions.code, 'UNAUTHENTICATED');
  assert.ok(!data?.orders);
  const refused = await client({ exchanges: [fetchExchange] }).query(gql`{ nonsense }`, {}).toPromise();
  assert.equal(refused.error.graphQLErrors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
});

test('a session goes on when its token has ended', async () => {
  const session = await Session.begin(shop.url, shopper);
  const urql = client({
    requestPolicy: 'network-only',
    exchanges: [
      graphcache(),
      authExchange(async (utils) => {
        let sent;
        return {
          addAuthToOperation: (operation) => {
            sent = session.token;
            return utils.appendHeaders(operation, { Authorization: `Bearer ${sent}` });
          },
          didAuthError: (error) => error.graphQLErrors.some(({ extensions }) => extensions.code === 'UNAUTHENTICATED'),
          refreshAuth: () => session.refresh(sent),
        };
      }),
      fetchExchange,
    ],
  });
  const me = () => succeeded(urql.query(gql`{ me { id email } }`, {}).toPromise());
  assert.equal((await me()).me.email, shopper.email);
  await session.expired();
  const all = await Promise.all([
    me(),
    succeeded(urql.query(gql`{ me { id orders(first: 1) { totalCount } } }`, {}).toPromise()),
    succeeded(urql.mutation(gql`mutation { profileUpdate(input: {}) { user { id } userErrors { code } } }`, {}).toPromise()),
  ]);
  assert.equal(all[0].me.email, shopper.email);
  assert.ok(all[1].me.orders.totalCount > 0);
  assert.ok(all[2].profileUpdate.user.id);
  assert.equal(session.refreshes, 1);
});

test('a dropped connection is a network error, and the next query works', async () => {
  const line = await wire(shop.url);
  const urql = client({ url: line.url });
  line.down = true;
  const dropped = await urql.query(page, {}).toPromise();
  assert.ok(dropped.error.networkError);
  line.down = false;
  assert.equal((await succeeded(urql.query(page, {}, { requestPolicy: 'network-only' }).toPromise())).products.nodes.length, 2);
});

test('APQ: unknown once, then by its hash alone', async () => {
  const requests = [];
  const noted = (url, options) => { requests.push(new URL(url)); assert.equal(options.method, 'GET'); return fetch(url, options); };
  const query = gql`query ByHash { products(first: 3) { nodes { id } } }`;
  for (let round = 0; round < 2; round++) {
    const urql = client({ fetch: noted, exchanges: [documentCache, persistedExchange({ preferGetForPersistedQueries: true }), fetchExchange] });
    assert.equal((await succeeded(urql.query(query, {}).toPromise())).products.nodes.length, 3);
  }
  assert.deepEqual(requests.map(({ searchParams }) => searchParams.has('query')), [false, true, false]);
});

test('a file goes up', async () => {
  const session = await Session.begin(shop.url, staff);
  const urql = client({ exchanges: [fetchExchange], fetchOptions: { headers: { 'GraphQL-Require-Preflight': '1', Authorization: `Bearer ${session.token}` } } });
  const { products } = await succeeded(urql.query(gql`{ products(first: 1) { nodes { id } } }`, {}).toPromise());
  const dot = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
  const { mediaUpload } = await succeeded(urql.mutation(
    gql`mutation($input: MediaUploadInput!) { mediaUpload(input: $input) { media { id width } userErrors { message } } }`,
    { input: { product: products.nodes[0].id, file: new File([dot], 'dot.png', { type: 'image/png' }), alt: 'A dot' } }).toPromise());
  assert.equal(mediaUpload.media.width, 1);
});

test('@defer: what is deferred is absent, then there, and never null', async () => {
  const types = [];
  const urql = client({
    fetch: async (...arguments_) => {
      const response = await fetch(...arguments_);
      types.push(response.headers.get('Content-Type'));
      return response;
    },
    exchanges: [fetchExchange],
  });
  const states = [];
  await new Promise((resolve, reject) => {
    urql.query(gql`query Deferred { products(first: 2, sortKey: TITLE) { nodes { id title ...Stock @defer(label: "stock") } } }
      fragment Stock on Product { id inStock variants { id sku } }`, {}).subscribe(({ data, error, hasNext }) => {
      if (error) reject(error);
      if (data) states.push(structuredClone(data));
      if (data && !hasNext) resolve();
    });
  });
  assert.match(types[0], /^(multipart\/mixed|text\/event-stream)/);
  assert.ok(states.length >= 2, 'it came at once');
  assert.ok(!('variants' in states[0].products.nodes[0]), 'nothing was deferred');
  for (const { products } of states) {
    for (const product of products.nodes) {
      assert.ok(product.title);
      assert.notEqual(product.inStock, null);
      assert.notEqual(product.variants, null);
    }
  }
  for (const product of states.at(-1).products.nodes) assert.ok(product.variants[0].sku);
});

test('a query that defers nothing has one answer, whatever urql takes', async () => {
  const types = [];
  const urql = client({
    exchanges: [fetchExchange],
    fetch: async (...arguments_) => {
      const response = await fetch(...arguments_);
      types.push(response.headers.get('Content-Type'));
      return response;
    },
  });
  await succeeded(urql.query(page, {}).toPromise());
  assert.match(types[0], /json/);
});

const cartUpdated = gql`subscription CartUpdated($id: ID!) { cartUpdated(id: $id) { id totalQuantity } }`;

function follow(urql, cart) {
  const told = new Messages();
  const subscription = urql.subscription(cartUpdated, { id: cart.id }).subscribe(({ data, error }) => told.tell(error ?? data.cartUpdated.totalQuantity));
  after(() => subscription.unsubscribe());
  return told;
}

test('a subscription over Server-Sent Events, which urql speaks itself', async () => {
  const cart = await openCart(shop.url);
  const told = follow(client({ exchanges: [graphcache(), fetchExchange], fetchSubscriptions: true, fetchOptions: { headers: cart.headers } }), cart);
  assert.equal(await told.next(), 1);
  await cart.add();
  assert.equal(await told.next(), 2);
});

test('a subscription over a WebSocket goes on after a cut, and its messages change what a query shows', async () => {
  const line = await wire(shop.url);
  const cart = await openCart(shop.url);
  const socket = createClient({
    url: line.ws, webSocketImpl: WebSocket, connectionParams: cart.headers,
    retryAttempts: 10, retryWait: () => new Promise((resolve) => setTimeout(resolve, 50)), shouldRetry: () => true,
  });
  after(() => socket.dispose());
  const urql = client({
    fetchOptions: { headers: cart.headers },
    exchanges: [
      graphcache(),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (request) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query: request.query ?? '', variables: request.variables }, sink) }),
        }),
      }),
    ],
  });
  const shown = new Messages();
  const watched = urql.query(gql`query($id: ID!) { cart(id: $id) { id totalQuantity } }`, { id: cart.id }).subscribe(({ data }) => shown.tell(data.cart.totalQuantity));
  assert.equal(await shown.next(), 1);
  const told = follow(urql, cart);
  assert.equal(await told.next(), 1);
  await cart.add();
  assert.equal(await told.next(), 2);
  assert.equal(await shown.until((quantity) => quantity === 2), 2);
  line.down = true;
  line.cut();
  await cart.add();
  line.down = false;
  assert.equal(await told.next(), 3);
  assert.equal(await shown.until((quantity) => quantity === 3), 3);
  watched.unsubscribe();
});
