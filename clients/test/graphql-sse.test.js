// The reference client of GraphQL over Server-Sent Events, in its mode of distinct connections.
import { createClient } from 'graphql-sse';
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { Messages, Session, ask, bearer, open, openCart, shopper, wire } from '../shop.js';

const shop = await open({ GALLEY_ACCESS_TOKEN_LIFETIME: '2s' });

function client(options = {}) {
  const made = createClient({ url: shop.url, retry: () => new Promise((resolve) => setTimeout(resolve, 50)), ...options });
  after(() => made.dispose());
  return made;
}

async function once(stream, query, variables) {
  const results = [];
  for await (const result of stream.iterate({ query, variables })) results.push(result);
  assert.equal(results.length, 1);
  return results[0];
}

function follow(stream, query, variables) {
  const told = new Messages();
  told.stop = stream.subscribe({ query, variables }, {
    next: (result) => told.tell(result.errors ? result : Object.values(result.data)[0]),
    error: (error) => told.tell({ ended: error }),
    complete: () => told.tell('complete'),
  });
  return told;
}

const cartUpdated = 'subscription($id: ID!) { cartUpdated(id: $id) { totalQuantity } }';

test('queries and mutations come as streams of one', async () => {
  const cart = await openCart(shop.url);
  const stream = client({ headers: cart.headers });
  assert.equal((await once(stream, 'query($id: ID!) { cart(id: $id) { totalQuantity } }', { id: cart.id })).data.cart.totalQuantity, 1);
  const { data } = await once(stream, 'mutation($input: CartBuyerUpdateInput!) { cartBuyerUpdate(input: $input) { cart { email } } }',
    { input: { cart: cart.id, email: 'ada@example.com' } });
  assert.equal(data.cartBuyerUpdate.cart.email, 'ada@example.com');
});

test('a subscription tells what changes, until it is stopped', async () => {
  const cart = await openCart(shop.url);
  const told = follow(client({ headers: cart.headers }), cartUpdated, { id: cart.id });
  assert.equal((await told.next()).totalQuantity, 1);
  await cart.add();
  assert.equal((await told.next()).totalQuantity, 2);
  told.stop();
  assert.equal(await told.next(), 'complete');
});

test('a subscription by GET', async () => {
  const cart = await openCart(shop.url);
  const told = follow(client({ headers: cart.headers, method: 'GET' }), cartUpdated, { id: cart.id });
  assert.equal((await told.next()).totalQuantity, 1);
  told.stop();
});

test('errors: of a field in the stream, of a document by the status', async () => {
  const field = await once(client(), '{ orders(first: 1) { totalCount } }');
  assert.equal(field.errors[0].extensions.code, 'UNAUTHENTICATED');
  const { ended } = await follow(client({ retryAttempts: 0 }), '{ nonsense }').next();
  assert.equal(ended.response.status, 400);
});

test('a session goes on when its token has ended', async () => {
  const session = await Session.begin(shop.url, shopper);
  const stream = client({
    retryAttempts: 3,
    headers: async () => {
      if (Date.parse(session.tokenExpiresAt) <= Date.now()) await session.refresh(session.token);
      return bearer(session);
    },
  });
  assert.equal((await once(stream, '{ me { email } }')).data.me.email, shopper.email);
  await session.expired();
  assert.equal((await once(stream, '{ me { email } }')).data.me.email, shopper.email);
  assert.equal(session.refreshes, 1);
});

test('a subscription whose token has ended is told so, and its client subscribes anew', async () => {
  const session = await Session.begin(shop.url, shopper);
  const opened = await ask(shop.url, 'mutation { cartCreate { cart { id } } }', {}, bearer(session));
  const variables = { id: opened.data.cartCreate.cart.id };
  const stream = client({ headers: () => bearer(session) });
  const query = 'subscription($id: ID!) { cartUpdated(id: $id) { email } }';
  const told = follow(stream, query, variables);
  assert.equal((await told.next()).email, '');
  await session.expired();
  await session.refresh(session.token);
  const change = await ask(shop.url, 'mutation($input: CartBuyerUpdateInput!) { cartBuyerUpdate(input: $input) { userErrors { code } } }',
    { input: { cart: variables.id, email: 'two@example.com' } }, bearer(session));
  assert.deepEqual(change.data.cartBuyerUpdate.userErrors, []);
  const end = await told.next();
  assert.equal(end.errors[0].extensions.code, 'UNAUTHENTICATED');
  assert.equal(await told.next(), 'complete');
  const anew = follow(stream, query, variables);
  assert.equal((await anew.next()).email, 'two@example.com');
  anew.stop();
});

test('a stream that is cut comes back, and nothing is missed', async () => {
  const line = await wire(shop.url);
  const cart = await openCart(shop.url);
  const told = follow(client({ url: line.url, headers: cart.headers, retryAttempts: 20 }), cartUpdated, { id: cart.id });
  assert.equal((await told.next()).totalQuantity, 1);
  for (let quantity = 2; quantity < 5; quantity++) {
    line.down = true;
    line.cut();
    await cart.add();
    line.down = false;
    assert.equal((await told.next()).totalQuantity, quantity);
  }
  told.stop();
});
