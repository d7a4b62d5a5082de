import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare, contract } from './compare.js';

const published = `
  directive @idempotent(key: String!) on FIELD
  directive @public on FIELD_DEFINITION
  scalar Decimal
  enum Status { OPEN PAID }
  interface Node { id: ID! }
  "Somebody."
  type User implements Node { id: ID! name: String! @public }
  type Product implements Node { id: ID! title: String! price(currency: String): Decimal! status: Status! @public }
  union Found = User | Product
  input Filter { text: String }
  type Query { products(filter: Filter, first: Int): [Product!]! node(id: ID!): Node search: [Found!]! }
`;

const breaking = {
  'a removed type': ['scalar Decimal', '', 'Decimal!', 'String!'],
  'a removed field': ['title: String!', ''],
  'a renamed field': ['title:', 'name:'],
  'a changed type of a field': ['title: String!', 'title: Int!'],
  'a field that may now be null': ['title: String!', 'title: String'],
  'a removed argument': [', first: Int', ''],
  'a changed type of an argument': ['first: Int', 'first: String'],
  'a new required argument': ['first: Int', 'first: Int, shop: ID!'],
  'an argument that is now required': ['first: Int', 'first: Int!'],
  'a new required field of an input': ['text: String', 'text: String shop: ID!'],
  'a removed field of an input': ['text: String', 'words: String'],
  'a removed enum value': ['OPEN PAID', 'OPEN'],
  'a removed member of a union': ['User | Product', 'User'],
  'an interface that is no longer implemented': ['User implements Node', 'User'],
  'a removed directive of clients': ['directive @idempotent(key: String!) on FIELD', ''],
};

const harmless = {
  'nothing changed': ['', ''],
  'an added field': ['title: String!', 'title: String! slug: String!'],
  'an added type': ['scalar Decimal', 'scalar Decimal scalar Date'],
  'an added argument with a choice': ['first: Int', 'first: Int, after: String'],
  'an added required argument with a default': ['first: Int', 'first: Int, size: Int! = 3'],
  'an added field of an input': ['text: String', 'text: String colour: String'],
  'a field that is never null any more': ['node(id: ID!): Node', 'node(id: ID!): Node!'],
  'a deprecated field': ['title: String!', 'title: String! @deprecated(reason: "Ask for slug.")'],
  'another description': ['Somebody.', 'A person.'],
  'another access rule': ['name: String! @public', 'name: String!'],
  'another name for an access rule': ['directive @public', 'directive @open', '@public', '@open', '@public', '@open'],
};

function changed([...replacements]) {
  let sdl = published;
  while (replacements.length > 0) {
    const [from, to] = replacements.splice(0, 2);
    const next = sdl.replace(from, to);
    assert.ok(from === '' || next !== sdl, `the test changes nothing: ${from}`);
    sdl = next;
  }
  return sdl;
}

for (const [name, replacements] of Object.entries(breaking)) {
  test(`${name} breaks clients`, () => {
    assert.notDeepEqual(compare(contract(published), changed(replacements)), []);
  });
}

for (const [name, replacements] of Object.entries(harmless)) {
  test(`${name} breaks nobody`, () => {
    assert.deepEqual(compare(contract(published), changed(replacements)), []);
  });
}

test('a break is told in words', () => {
  assert.deepEqual(compare(published, changed(['title: String!', ''])), ['FIELD_REMOVED: Product.title was removed.']);
});

test('what is published does not depend on the order of files, descriptions or access rules', () => {
  const other = published.split('\n').reverse().join('\n').replace('"Somebody."', '').replaceAll(/(! )@public/g, '$1');
  assert.equal(contract(other), contract(published));
});
