// Relay: the compiler has run (run.js), by the kit's configuration; this is its runtime on what it has written.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import test from 'node:test';
import relay from 'relay-runtime';
import { Session, ask, bearer, open, openCart, shopper, Messages, wire } from '../shop.js';

register('../resolve.js', import.meta.url);
const { Environment, Network, Observable, RecordSource, Store, commitMutation, createOperationDescriptor, fetchQuery, getRefetchMetadata, getSingularSelector, requestSubscription } = relay;
const artifact = async (name) => (await import(`../build/relay/src/__generated__/${name}.graphql.js`)).default;
const documents = JSON.parse(readFileSync(new URL('../relay/persisted.json', import.meta.url), 'utf8'));

const manifest = new URL('../relay/persisted.json', import.meta.url).pathname;
const shop = await open({ GALLEY_ACCESS_TOKEN_LIFETIME: '2s' });

// Relay wants errors thrown that leave no data, and reads fields that are null by an error as such.
function network({ url = shop.url, headers = () => ({}), refused = async () => {}, body = (params) => ({ query: documents[params.id] }) } = {}) {
  const post = (params, variables) => fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/graphql-response+json', ...headers() },
    body: JSON.stringify({ ...body(params), variables }),
  }).then((response) => response.json());
  const unauthenticated = ({ errors }) => errors?.some(({ extensions }) => extensions.code === 'UNAUTHENTICATED');
  return Network.create(async (params, variables) => {
    const sent = headers();
    const answer = await post(params, variables);
    if (!unauthenticated(answer)) return answer;
    await refused(sent);
    return post(params, variables);
  }, (params, variables) => Observable.create((sink) => {
    const stop = new AbortController();
    stream({ url, headers: headers(), body: { ...body(params), variables }, signal: stop.signal, next: sink.next })
      .then(sink.complete, (error) => { if (!stop.signal.aborted) sink.error(error); });
    return () => stop.abort();
  }));
}

// stream reads Server-Sent Events.
async function stream({ url, headers, body, signal, next }) {
  const response = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream', ...headers }, body: JSON.stringify(body), signal });
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const data = /^data: (.+)$/m.exec(text.slice(0, end));
      text = text.slice(end + 2);
      if (data) next(JSON.parse(data[1]));
    }
  }
}

const environment = (options) => new Environment({ network: network(options), store: new Store(new RecordSource()) });

// read gives a fragment's data, as components get it.
function read(relayEnvironment, fragment, reference) {
  const snapshot = relayEnvironment.lookup(getSingularSelector(fragment, reference));
  assert.equal(snapshot.isMissingData, false);
  return snapshot.data;
}

const load = (relayEnvironment, query, variables) => fetchQuery(relayEnvironment, query, variables, { fetchPolicy: 'network-only' }).toPromise();

test('a connection is paged by its refetchable fragment', async () => {
  const relayEnvironment = environment();
  const fragment = await artifact('operations_list');
  const reference = await load(relayEnvironment, await artifact('operationsListQuery'), { first: 2 });
  const first = read(relayEnvironment, fragment, reference);
  assert.equal(first.products.edges.length, 2);
  assert.ok(first.products.pageInfo.hasNextPage);
  const { refetchableRequest } = getRefetchMetadata(fragment, 'usePaginationFragment');
  await load(relayEnvironment, refetchableRequest, { first: 2, after: first.products.pageInfo.endCursor });
  const all = read(relayEnvironment, fragment, reference);
  assert.equal(all.products.edges.length, 4);
  assert.equal(new Set(all.products.edges.map(({ node }) => node.title)).size, 4);
});

test('a fragment is fetched again by node(id:)', async () => {
  const relayEnvironment = environment();
  const fragment = await artifact('operations_product');
  const { product } = await load(relayEnvironment, await artifact('operationsProductQuery'), { slug: 'heart-t-light-holder-85118' });
  const before = read(relayEnvironment, fragment, product);
  assert.equal(before.title, 'HEART T-LIGHT HOLDER');
  const { refetchableRequest } = getRefetchMetadata(fragment, 'useRefetchableFragment');
  assert.match(documents[refetchableRequest.params.id], /node\(id: \$id\)/);
  const { node } = await load(relayEnvironment, refetchableRequest, { id: product.id });
  assert.deepEqual(read(relayEnvironment, fragment, node), before);
});

test('a mutation under an idempotency key', async () => {
  const relayEnvironment = environment();
  const variables = { input: { lines: [] }, key: crypto.randomUUID() };
  const mutation = await artifact('operationsCartCreateMutation');
  const created = await new Promise((onCompleted, onError) => commitMutation(relayEnvironment, { mutation, variables, onCompleted, onError }));
  assert.ok(created.cartCreate.cart.id);
  assert.deepEqual(created.cartCreate.userErrors, []);
});

test('errors: without data they are thrown', async () => {
  const relayEnvironment = environment();
  const error = await load(relayEnvironment, await artifact('operationsOrdersQuery'), {}).then(() => assert.fail('it worked'), (error) => error);
  assert.equal(error.source.errors[0].extensions.code, 'UNAUTHENTICATED');
});

test('a session goes on when its token has ended', async () => {
  const session = await Session.begin(shop.url, shopper);
  const relayEnvironment = environment({
    headers: () => bearer(session),
    refused: ({ Authorization }) => session.refresh(Authorization.slice('Bearer '.length)),
  });
  const query = await artifact('operationsMeQuery');
  assert.equal((await load(relayEnvironment, query, {})).me.email, shopper.email);
  await session.expired();
  const both = await Promise.all([load(relayEnvironment, query, {}), load(relayEnvironment, query, {})]);
  for (const { me } of both) assert.equal(me.email, shopper.email);
  assert.equal(session.refreshes, 1);
});

test('a dropped connection is an error, and the next one works', async () => {
  const line = await wire(shop.url);
  const relayEnvironment = environment({ url: line.url });
  const query = await artifact('operationsListQuery');
  line.down = true;
  await assert.rejects(load(relayEnvironment, query, { first: 1 }));
  line.down = false;
  await load(relayEnvironment, query, { first: 1 });
});

test('a subscription changes what is in the store', async () => {
  const cart = await openCart(shop.url);
  const relayEnvironment = environment({ headers: () => cart.headers });
  const told = new Messages();
  const subscription = requestSubscription(relayEnvironment, {
    subscription: await artifact('operationsCartUpdatedSubscription'),
    variables: { id: cart.id },
    onNext: ({ cartUpdated }) => told.tell(cartUpdated.totalQuantity),
    onError: told.tell,
  });
  assert.equal(await told.next(), 1);
  await cart.add();
  assert.equal(await told.next(), 2);
  assert.equal(relayEnvironment.getStore().getSource().get(cart.id).totalQuantity, 2);
  subscription.dispose();
});

test('@defer: the first payload has no deferred field, and the second completes the store', async () => {
  const query = await artifact('operationsDeferredQuery');
  const later = await artifact('operations_later');
  const found = await ask(shop.url, '{ products(first: 1, sortKey: TITLE) { nodes { id } } }');
  const { id } = found.data.products.nodes[0];
  const payloads = [];
  const relayEnvironment = new Environment({
    store: new Store(new RecordSource()),
    network: Network.create((params, variables) => Observable.create((sink) => {
      deferredParts({ query: documents[params.id], variables }, (part) => { payloads.push(part); sink.next(part); }).then(sink.complete, sink.error);
    })),
  });
  const operation = createOperationDescriptor(query, { id });
  await new Promise((complete, error) => relayEnvironment.execute({ operation }).subscribe({ complete, error }));
  assert.ok(payloads.length >= 2, 'it came at once');
  assert.ok(payloads[0].data.product.title);
  for (const name of ['description', 'variants']) assert.ok(!(name in payloads[0].data.product), name);
  const { product } = relayEnvironment.lookup(operation.fragment).data;
  assert.ok(read(relayEnvironment, later, product).variants[0].sku);
});

// deferredParts reads multipart/mixed as Relay's users do, in the format that Relay's runtime takes: a part for each label.
async function deferredParts(body, next) {
  const response = await fetch(shop.url, {
    method: 'POST', headers: { 'Content-Type': 'application/json', Accept: 'multipart/mixed; deferSpec=20220824, application/json' }, body: JSON.stringify(body),
  });
  const boundary = /boundary="?([^";]+)"?/.exec(response.headers.get('Content-Type'));
  assert.ok(boundary, `no multipart: ${response.headers.get('Content-Type')}`);
  for (const part of (await response.text()).split(`--${boundary[1]}`).slice(1)) {
    if (part.startsWith('--')) break;
    const { data, errors, incremental, hasNext } = JSON.parse(part.slice(part.indexOf('\r\n\r\n')));
    if (data !== undefined) next({ data, errors, extensions: { is_final: !hasNext } });
    for (const one of incremental ?? []) next({ data: one.data, label: one.label, path: one.path, errors: one.errors, extensions: { is_final: !hasNext } });
  }
}

test('persisted documents: the server takes the manifest of the compiler, and nothing else', async () => {
  const trusting = await open({ GALLEY_DOCUMENTS_FILE: manifest, GALLEY_DOCUMENTS: 'enforce' });
  const relayEnvironment = environment({ url: trusting.url, body: ({ id }) => ({ documentId: id }) });
  const reference = await load(relayEnvironment, await artifact('operationsListQuery'), { first: 2 });
  assert.equal(read(relayEnvironment, await artifact('operations_list'), reference).products.edges.length, 2);
  const free = await ask(trusting.url, '{ products(first: 1) { totalCount } }');
  assert.equal(free.errors[0].extensions.code, 'PERSISTED_DOCUMENT_REQUIRED');
  const unknown = await fetch(trusting.url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ documentId: '0'.repeat(64) }) });
  assert.ok((await unknown.json()).errors[0].extensions.code);
});
