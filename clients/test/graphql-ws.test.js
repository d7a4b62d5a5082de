// The reference client of graphql-transport-ws.
import { createClient } from 'graphql-ws';
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import WebSocket from 'ws';
import { Messages, Session, ask, bearer, open, openCart, shopper, wire } from '../shop.js';

const shop = await open({ GALLEY_ACCESS_TOKEN_LIFETIME: '2s' });

function client(options = {}) {
  const made = createClient({
    url: shop.ws, webSocketImpl: WebSocket, retryWait: () => new Promise((resolve) => setTimeout(resolve, 50)), shouldRetry: () => true, ...options,
  });
  after(() => made.dispose());
  return made;
}

// once is the only result of an operation.
async function once(socket, query, variables) {
  const results = [];
  for await (const result of socket.iterate({ query, variables })) results.push(result);
  assert.equal(results.length, 1);
  return results[0];
}

// follow subscribes; what is told are values, then 'complete' or what ended it.
function follow(socket, query, variables) {
  const told = new Messages();
  told.stop = socket.subscribe({ query, variables }, {
    next: (result) => told.tell(result.errors ? result : Object.values(result.data)[0]),
    error: (error) => told.tell({ ended: error }),
    complete: () => told.tell('complete'),
  });
  return told;
}

const cartUpdated = 'subscription($id: ID!) { cartUpdated(id: $id) { totalQuantity } }';

test('queries and mutations come over the socket too', async () => {
  const cart = await openCart(shop.url);
  const socket = client({ connectionParams: cart.headers });
  const { data } = await once(socket, 'query($id: ID!) { cart(id: $id) { totalQuantity } }', { id: cart.id });
  assert.equal(data.cart.totalQuantity, 1);
  const changed = await once(socket, 'mutation($input: CartBuyerUpdateInput!) { cartBuyerUpdate(input: $input) { cart { email } userErrors { code } } }',
    { input: { cart: cart.id, email: 'ada@example.com' } });
  assert.equal(changed.data.cartBuyerUpdate.cart.email, 'ada@example.com');
});

test('a document that is refused ends its operation with errors, and the socket stays', async () => {
  const socket = client({ lazy: false });
  const closes = new Messages();
  socket.on('closed', closes.tell);
  const refused = follow(socket, '{ nonsense }');
  const { ended } = await refused.next();
  assert.equal(ended[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
  const field = await once(socket, '{ orders(first: 1) { totalCount } }');
  assert.equal(field.errors[0].extensions.code, 'UNAUTHENTICATED');
  await assert.rejects(closes.next(200), /nothing came/);
});

test('several subscriptions share a socket, and each ends alone', async () => {
  const cart = await openCart(shop.url);
  let opened = 0;
  const socket = client({ connectionParams: cart.headers, on: { opened: () => opened++ } });
  const one = follow(socket, cartUpdated, { id: cart.id });
  const two = follow(socket, cartUpdated, { id: cart.id });
  assert.equal((await one.next()).totalQuantity, 1);
  assert.equal((await two.next()).totalQuantity, 1);
  one.stop();
  assert.equal(await one.next(), 'complete');
  await cart.add();
  assert.equal((await two.next()).totalQuantity, 2);
  assert.equal(opened, 1);
  two.stop();
});

test('a socket without credentials is a guest, and one with wrong ones is told so by its close code', async () => {
  const { data } = await once(client(), '{ me { id } }');
  assert.equal(data.me, null);
  const wrong = client({ connectionParams: { Authorization: 'Bearer nonsense' }, retryAttempts: 0, shouldRetry: () => false });
  const { ended } = await follow(wrong, '{ me { id } }').next();
  assert.equal(ended.code, 4403);
});

test('whoever goes silent is noticed by pings, both ways', async () => {
  const pongs = new Messages();
  const socket = client({ keepAlive: 50, lazy: false, on: { pong: () => pongs.tell('pong') } });
  assert.equal(await pongs.next(), 'pong');
  await socket.dispose();
});

test('a subscription goes on after its token has ended', async () => {
  const session = await Session.begin(shop.url, shopper);
  const opened = await ask(shop.url, 'mutation { cartCreate { cart { id } } }', {}, bearer(session));
  const { id } = opened.data.cartCreate.cart;
  const change = (email) => ask(shop.url, 'mutation($input: CartBuyerUpdateInput!) { cartBuyerUpdate(input: $input) { userErrors { code } } }',
    { input: { cart: id, email } }, bearer(session));
  let sent;
  const socket = client({
    retryAttempts: 5,
    connectionParams: async () => {
      if (sent === session.token && Date.parse(session.tokenExpiresAt) <= Date.now()) await session.refresh(sent);
      sent = session.token;
      return bearer(session);
    },
  });
  // An app subscribes anew when a subscription ends with UNAUTHENTICATED; the token of the socket has ended with it.
  const told = new Messages();
  const refused = (errors) => Array.isArray(errors) && errors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
  let stopped = false;
  const again = () => {
    if (stopped) return;
    let over = false;
    socket.subscribe({ query: 'subscription($id: ID!) { cartUpdated(id: $id) { email } }', variables: { id } }, {
      next: ({ data, errors }) => {
        if (refused(errors)) over = true;
        else told.tell(data.cartUpdated.email);
      },
      error: (error) => { if (refused(error) || error.code === 4403) { socket.terminate(); again(); } else told.tell(error); },
      complete: () => { if (over) { socket.terminate(); again(); } },
    });
  };
  again();
  after(() => { stopped = true; });
  assert.equal(await told.next(), '');
  await change('one@example.com');
  assert.equal(await told.until((email) => email !== ''), 'one@example.com');
  await session.expired();
  await session.refresh(sent);
  await change('two@example.com');
  assert.equal(await told.until((email) => email === 'two@example.com'), 'two@example.com');
});

test('a session that is revoked hears of nothing any more', async () => {
  const [revoked, other] = [await Session.begin(shop.url, shopper), await Session.begin(shop.url, shopper)];
  const opened = await ask(shop.url, 'mutation { cartCreate { cart { id } } }', {}, bearer(other));
  const { id } = opened.data.cartCreate.cart;
  const socket = client({ connectionParams: bearer(revoked), shouldRetry: () => false });
  const told = follow(socket, 'subscription($id: ID!) { cartUpdated(id: $id) { email } }', { id });
  assert.equal((await told.next()).email, '');
  await ask(shop.url, 'mutation { signOut { signedOut } }', {}, bearer(revoked));
  await ask(shop.url, 'mutation($input: CartBuyerUpdateInput!) { cartBuyerUpdate(input: $input) { userErrors { code } } }',
    { input: { cart: id, email: 'secret@example.com' } }, bearer(other));
  const end = await told.next();
  assert.ok(!JSON.stringify(end).includes('secret'), JSON.stringify(end));
  const errors = end.errors ?? end.ended;
  assert.ok(errors.code === 4403 || errors[0].extensions.code === 'UNAUTHENTICATED', JSON.stringify(end));
});

test('a session that is revoked ends what it listens to, though nothing happens there', async () => {
  const session = await Session.begin(shop.url, shopper);
  const opened = await ask(shop.url, 'mutation { cartCreate { cart { id } } }', {}, bearer(session));
  const told = follow(client({ connectionParams: bearer(session), shouldRetry: () => false }), cartUpdated, { id: opened.data.cartCreate.cart.id });
  assert.equal((await told.next()).totalQuantity, 0);
  await ask(shop.url, 'mutation { signOut { signedOut } }', {}, bearer(session));
  const end = await told.next(15_000);
  const errors = end.errors ?? end.ended;
  assert.ok(errors.code === 4403 || errors[0].extensions.code === 'UNAUTHENTICATED', JSON.stringify(end));
});

test('a socket that is cut comes back, and nothing is missed', async () => {
  const line = await wire(shop.url);
  const cart = await openCart(shop.url);
  const told = follow(client({ url: line.ws, connectionParams: cart.headers, retryAttempts: 20 }), cartUpdated, { id: cart.id });
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

// The last: it takes the shop from the others.
test('a server that is killed and started again is found again', async () => {
  const cart = await openCart(shop.url);
  const told = follow(client({ connectionParams: cart.headers, retryAttempts: 100 }), cartUpdated, { id: cart.id });
  assert.equal((await told.next()).totalQuantity, 1);
  await cart.add();
  assert.equal((await told.next()).totalQuantity, 2);
  await shop.restart();
  await cart.add();
  assert.equal((await told.until(({ totalQuantity }) => totalQuantity === 3)).totalQuantity, 3);
  told.stop();
});
