// Cache options of Apollo Client 4, made by `galley client-kit`:
//
//   new ApolloClient({ cache: new InMemoryCache(cacheOptions), link })
//
// An object is kept by its `id` wherever its type has one and the query asks for it.
import type { FieldPolicy, InMemoryCacheConfig, TypePolicies, TypePolicy } from '@apollo/client/cache';
import { relayStylePagination } from '@apollo/client/utilities';

// A value is a part of the object that holds it, and is replaced as a whole.
const value: TypePolicy = { keyFields: false, merge: false };

// An object that is asked for by its id may have been loaded by another query.
const byId = (typename: string): FieldPolicy => ({
  read: (existing, { args, toReference }) =>
    existing === undefined && typeof args?.id === 'string' ? toReference({ __typename: typename, id: args.id }) : existing,
});

export const possibleTypes: Record<string, string[]> = {
{{- range $name, $members := .Interfaces}}
  {{$name}}: {{js $members}},
{{- end}}
};

export const typePolicies: TypePolicies = {
  Query: {
    fields: {
{{- range .Lookups}}
      {{.Field}}: byId('{{.Type}}'),
{{- end}}
{{- range .Connections}}{{if eq .Type "Query"}}{{range .Fields}}
      {{.Name}}: relayStylePagination({{js .Arguments}}),
{{- end}}{{end}}{{end}}
    },
  },
{{- range .Connections}}{{if ne .Type "Query"}}
  {{.Type}}: {
    fields: {
{{- range .Fields}}
      {{.Name}}: relayStylePagination({{js .Arguments}}),
{{- end}}
    },
  },
{{- end}}{{end}}
{{- range .Values}}
  {{.}}: value,
{{- end}}
};

export const cacheOptions: InMemoryCacheConfig = { possibleTypes, typePolicies };
