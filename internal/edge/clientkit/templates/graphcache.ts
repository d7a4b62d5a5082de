// Options of urql's Graphcache, made by `galley client-kit`:
//
//   import schema from './graphcache.schema.json';
//   cacheExchange({ schema, ...cacheOptions })
//
// An object is kept by its `id` wherever its type has one.
import type { CacheExchangeOpts, KeyingConfig, Resolver, ResolverConfig } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';

// A value is a part of the object that holds it.
const value = () => null;

// An object that is asked for by its id may have been loaded by another query.
const byId = (__typename: string): Resolver => (_, args, cache, info) => {
  const known = cache.resolve(info.parentKey, info.fieldName, args);
  if (known !== undefined || typeof args.id !== 'string') return known;
  const object = { __typename, id: args.id };
  return cache.resolve(object, 'id') ? object : undefined;
};

export const keys: KeyingConfig = {
{{- range .Values}}
  {{.}}: value,
{{- end}}
};

export const resolvers: ResolverConfig = {
  Query: {
{{- range .Lookups}}
    {{.Field}}: byId('{{.Type}}'),
{{- end}}
{{- range .Connections}}{{if eq .Type "Query"}}{{range .Fields}}
    {{.Name}}: relayPagination(),
{{- end}}{{end}}{{end}}
  },
{{- range .Connections}}{{if ne .Type "Query"}}
  {{.Type}}: {
{{- range .Fields}}
    {{.Name}}: relayPagination(),
{{- end}}
  },
{{- end}}{{end}}
};

export const cacheOptions: Partial<CacheExchangeOpts> = { keys, resolvers };
