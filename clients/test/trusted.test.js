// The manifests of trusted documents, as the clients' own tools write them, and the clients that send hashes out of them.
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { Client, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { createClient } from 'graphql-ws';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { after } from 'node:test';
import WebSocket from 'ws';
import { trusted } from '../apollo/src/operations.js';
import { Session, admin, bearer, open, shopper } from '../shop.js';

const file = (name) => new URL(`../${name}`, import.meta.url).pathname;
const manifests = {
  codegen: file('typed/src/gql/persisted-documents.json'),
  relay: file('relay/persisted.json'),
  apollo: file('apollo/persisted-query-manifest.json'),
};
const shop = await open();
const sessions = { shopper: await Session.begin(shop.url, shopper), admin: await Session.begin(shop.url, admin) };
await shop.restart({ GALLEY_DOCUMENTS_FILE: Object.values(manifests).join(), GALLEY_DOCUMENTS: 'enforce' });
const json = (name) => JSON.parse(readFileSync(name, 'utf8'));
const named = (documents, name) => Object.entries(documents).find(([, text]) => new RegExp(`\\b${name}\\b`).test(text))[0];

async function send(body, headers = {}) {
  const response = await fetch(shop.url, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) });
  return response.json();
}

test("GraphQL Code Generator's, by documentId, POST and GET", async () => {
  const documentId = named(json(manifests.codegen), 'Search');
  const variables = { words: 'lantern' };
  const posted = await send({ documentId, variables });
  assert.ok(posted.data.products.totalCount > 0, JSON.stringify(posted));
  const got = await fetch(`${shop.url}?${new URLSearchParams({ documentId, variables: JSON.stringify(variables) })}`);
  assert.deepEqual((await got.json()).data, posted.data);
});

test("Apollo's, by its link", async () => {
  const { operations } = json(manifests.apollo);
  const apollo = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.from([
      new PersistedQueryLink({ generateHash: (document) => operations.find(({ name }) => name === document.definitions[0].name.value).id }),
      new HttpLink({ uri: shop.url }),
    ]),
  });
  after(() => apollo.stop());
  const { data } = await apollo.query({ query: trusted, variables: { first: 2 } });
  assert.equal(data.products.nodes.length, 2);
});

test("urql, with code generation's hashes", async () => {
  const id = named(json(manifests.codegen), 'Search');
  const urql = new Client({
    url: shop.url, preferGetMethod: false,
    exchanges: [persistedExchange({ enforcePersistedQueries: true, generateHash: async () => id }), fetchExchange],
  });
  const { data, error } = await urql.query(gql`query Search($words: String!) { products(filter: { query: $words }) { totalCount } }`, { words: 'lantern' }).toPromise();
  assert.equal(error, undefined);
  assert.ok(data.products.totalCount > 0);
});

test("Relay's, by documentId and over a WebSocket", async () => {
  const documentId = named(json(manifests.relay), 'operationsListQuery');
  assert.equal((await send({ documentId, variables: { first: 1 } })).data.products.edges.length, 1);
  const socket = createClient({ url: shop.ws, webSocketImpl: WebSocket });
  after(() => socket.dispose());
  const results = [];
  const extensions = { persistedQuery: { version: 1, sha256Hash: documentId } };
  for await (const result of socket.iterate({ query: '', extensions, variables: { first: 1 } })) results.push(result);
  assert.equal(results[0].data.products.edges.length, 1);
});

test('a document of nobody is refused to guests and shoppers, by each way in; staff may send it', async () => {
  const query = '{ products(first: 1) { totalCount } }';
  const code = ({ errors }) => errors?.[0].extensions.code;
  assert.equal(code(await send({ query })), 'PERSISTED_DOCUMENT_REQUIRED');
  assert.equal(code(await send({ query }, bearer(sessions.shopper))), 'PERSISTED_DOCUMENT_REQUIRED');
  assert.ok((await send({ query }, bearer(sessions.admin))).data.products.totalCount > 0);
  const events = await fetch(shop.url, {
    method: 'POST', headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' }, body: JSON.stringify({ query }),
  });
  assert.match(await events.text(), /PERSISTED_DOCUMENT_REQUIRED/);
  const socket = createClient({ url: shop.ws, webSocketImpl: WebSocket, shouldRetry: () => false });
  after(() => socket.dispose());
  await assert.rejects(async () => { for await (const result of socket.iterate({ query })) assert.fail(JSON.stringify(result)); },
    (errors) => Array.isArray(errors) && code({ errors }) === 'PERSISTED_DOCUMENT_REQUIRED');
});

test('a hash of nobody is not found, and stores nothing', async () => {
  const extensions = { persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) } };
  const { errors } = await send({ extensions });
  assert.match(errors[0].extensions.code, /^PERSISTED_/);
});
