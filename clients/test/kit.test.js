// What the tools of the clients make of the client kit. That Relay, GraphQL Code Generator and tsc take it, run.js has shown.
import { minifyIntrospectionQuery } from '@urql/introspection';
import { buildClientSchema, buildSchema, extendSchema, lexicographicSortSchema, parse, printSchema, validateSchema } from 'graphql';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';
import { open } from '../shop.js';

const read = (name) => readFileSync(new URL(`../typed/client-kit/${name}`, import.meta.url), 'utf8');
const json = (name) => JSON.parse(read(name));
const printed = (schema) => printSchema(lexicographicSortSchema(schema));
const schema = buildSchema(read('schema.graphql'));

test('the schema is one', () => {
  assert.deepEqual(validateSchema(schema), []);
  for (const name of ['defer', 'semanticNonNull', 'idempotent']) assert.ok(schema.getDirective(name), name);
  for (const name of ['public', 'identified', 'permission']) assert.equal(schema.getDirective(name), undefined, name);
});

test('the introspection says the same', () => {
  assert.equal(printed(buildClientSchema(json('introspection.json'))), printed(schema));
});

test('possibleTypes are those of the schema', () => {
  const types = Object.fromEntries(Object.values(schema.getTypeMap())
    .filter((type) => !type.name.startsWith('__') && schema.isSubType !== undefined && ['GraphQLInterfaceType', 'GraphQLUnionType'].includes(type.constructor.name))
    .map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name).sort()]));
  assert.deepEqual(json('possibleTypes.json'), types);
});

test("Graphcache's schema is what urql's own tool makes", () => {
  const bare = (_, value) => (value === null ? undefined : value);
  assert.deepEqual(json('graphcache.schema.json'), JSON.parse(JSON.stringify(minifyIntrospectionQuery(json('introspection.json')), bare)));
});

test('the mobile clients extend what is there', () => {
  const directives = parse(`directive @typePolicy(keyFields: String!) on OBJECT | INTERFACE
    directive @fieldPolicy(forField: String!, keyArgs: String!) repeatable on OBJECT`);
  const extended = extendSchema(extendSchema(schema, directives), parse(read('extra.graphqls')));
  assert.deepEqual(validateSchema(extended), []);
  for (const { directives } of extended.getQueryType().extensionASTNodes) {
    const of = (name) => directives[0].arguments.find((argument) => argument.name.value === name).value.value;
    assert.ok(extended.getQueryType().getFields()[of('forField')].args.some(({ name }) => name === of('keyArgs')));
  }
  const { input } = json('apollo-codegen-config.json');
  for (const file of input.schemaSearchPaths) assert.ok(read(file.replace('client-kit/', '')));
});

test('every code of the schema is in the table', () => {
  const { errors, userErrors } = json('error-codes.json');
  assert.deepEqual(errors.map(({ code }) => code), schema.getType('ErrorCode').getValues().map(({ name }) => name));
  assert.deepEqual(Object.keys(userErrors), Object.keys(schema.getTypeMap()).filter((name) => /.ErrorCode$/.test(name)).sort());
});

test('a server in development serves the same files', async () => {
  const shop = await open();
  const index = await (await fetch(`${shop.origin}/client-kit/`)).text();
  for (const name of readdirSync(new URL('../typed/client-kit/', import.meta.url))) {
    assert.match(index, new RegExp(`href="${name}"`));
    const served = await fetch(`${shop.origin}/client-kit/${name}`);
    assert.equal(served.status, 200);
    assert.equal(await served.text(), read(name), name);
  }
  assert.equal((await fetch(`${shop.origin}/client-kit/other`)).status, 404);
});
