// No client at all: what the platform has.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Session, ask, bearer, open, openCart, shopper, staff, wire } from '../shop.js';

const shop = await open({ GALLEY_ACCESS_TOKEN_LIFETIME: '2s' });
const typed = { Accept: 'application/graphql-response+json' };

test('a query by POST and by GET', async () => {
  const query = '{ products(first: 2, sortKey: TITLE) { nodes { title } } }';
  const posted = await ask(shop.url, query, {}, typed);
  const got = await fetch(`${shop.url}?${new URLSearchParams({ query })}`, { headers: typed });
  assert.equal(posted.data.products.nodes.length, 2);
  assert.match(got.headers.get('Content-Type'), /^application\/graphql-response\+json/);
  assert.deepEqual((await got.json()).data, posted.data);
});

test('errors have codes, of the request, of a field, and to mend', async () => {
  const refused = await ask(shop.url, '{ nonsense }', {}, typed);
  assert.equal(refused.status, 400);
  assert.equal(refused.errors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
  assert.ok(!('data' in refused));

  const field = await ask(shop.url, '{ orders(first: 1) { totalCount } }', {}, typed);
  assert.equal(field.status, 200);
  assert.deepEqual(field.errors[0].path, ['orders']);
  assert.equal(field.errors[0].extensions.code, 'UNAUTHENTICATED');

  const mend = await ask(shop.url, 'mutation { signIn(input: {email: "17850@customers.example", password: "wrong"}) { token userErrors { code } } }');
  assert.equal(mend.data.signIn.token, null);
  assert.equal(mend.data.signIn.userErrors.length, 1);
});

test('a session goes on when its token has ended, whoever notices first', async () => {
  const session = await Session.begin(shop.url, shopper);
  const me = async () => {
    const token = session.token;
    const answer = await ask(shop.url, '{ me { email } }', {}, { ...typed, ...bearer(session) });
    if (answer.errors?.[0].extensions.code !== 'UNAUTHENTICATED') return answer;
    assert.equal(answer.status, 401);
    await session.refresh(token);
    return ask(shop.url, '{ me { email } }', {}, { ...typed, ...bearer(session) });
  };
  assert.equal((await me()).data.me.email, shopper.email);
  await session.expired();
  const answers = await Promise.all([me(), me(), me()]);
  for (const { data } of answers) assert.equal(data.me.email, shopper.email);
  assert.equal(session.refreshes, 1);
});

test('a cookie signs a browser in, and a form from elsewhere is refused', async () => {
  const signed = await fetch(shop.url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      query: 'mutation($input: SignInInput!) { signIn(input: $input) { token user { email } } }',
      variables: { input: { ...shopper, presentation: 'COOKIE' } },
    }),
  });
  assert.equal((await signed.json()).data.signIn.token, null);
  const [cookie] = signed.headers.getSetCookie()[0].split(';');
  const me = (headers) => ask(shop.url, '{ me { email } }', {}, { Cookie: cookie, ...headers });
  assert.equal((await me({})).data.me.email, shopper.email);
  assert.equal((await me({ Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' })).errors[0].extensions.code, 'FORBIDDEN');
});

test('a file goes up as FormData', async () => {
  const session = await Session.begin(shop.url, staff);
  const products = await ask(shop.url, '{ products(first: 1) { nodes { id } } }');
  const form = new FormData();
  form.append('operations', JSON.stringify({
    query: 'mutation($input: MediaUploadInput!) { mediaUpload(input: $input) { media { width height } userErrors { message } } }',
    variables: { input: { product: products.data.products.nodes[0].id, file: null, alt: 'A dot' } },
  }));
  form.append('map', JSON.stringify({ picture: ['variables.input.file'] }));
  form.append('picture', new Blob([dot], { type: 'image/png' }), 'dot.png');
  const response = await fetch(shop.url, { method: 'POST', headers: { 'GraphQL-Require-Preflight': '1', ...bearer(session) }, body: form });
  assert.deepEqual((await response.json()).data.mediaUpload, { media: { width: 1, height: 1 }, userErrors: [] });
});

const dot = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

test('a stream that is cut begins with what there is by then', async () => {
  const line = await wire(shop.url);
  const cart = await openCart(shop.url);
  const events = async function* () {
    const response = await fetch(line.url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream', ...cart.headers },
      body: JSON.stringify({ query: 'subscription($id: ID!) { cartUpdated(id: $id) { totalQuantity } }', variables: { id: cart.id } }),
    });
    assert.match(response.headers.get('Content-Type'), /^text\/event-stream/);
    let text = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const data = /^data: (.+)$/m.exec(text.slice(0, end));
        text = text.slice(end + 2);
        if (data) yield JSON.parse(data[1]).data.cartUpdated.totalQuantity;
      }
    }
  };
  const first = events();
  assert.equal((await first.next()).value, 1);
  await cart.add();
  assert.equal((await first.next()).value, 2);
  line.cut();
  await assert.rejects(first.next());
  await cart.add();
  const second = events();
  assert.equal((await second.next()).value, 3);
  await second.return();
});

test('a mutation whose answer was lost is sent again under its key, and happens once', async () => {
  const line = await wire(shop.url);
  const cart = await openCart(shop.url);
  const found = await ask(shop.url, 'query($id: ID!) { cart(id: $id) { lines { id } } }', { id: cart.id }, cart.headers);
  const key = crypto.randomUUID();
  const update = (url) => ask(url, `mutation($input: CartLinesUpdateInput!, $key: String!) {
    cartLinesUpdate(input: $input) @idempotent(key: $key) { cart { totalQuantity version } } }`,
    { key, input: { cart: cart.id, lines: [{ id: found.data.cart.lines[0].id, quantity: 7 }] } }, cart.headers);
  const lost = update(line.url);
  setTimeout(line.cut, 2); // before, while or after it is done: all of it must come out the same
  await lost.catch(() => {});
  const once = await update(shop.url);
  const twice = await update(shop.url);
  assert.equal(once.data.cartLinesUpdate.cart.totalQuantity, 7);
  assert.deepEqual(twice.data, once.data);
});
