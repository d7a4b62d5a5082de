// A configuration of GraphQL Code Generator, made by `galley client-kit`: npx graphql-codegen --config client-kit/codegen.ts
// It writes typed documents to src/gql/, and src/gql/persisted-documents.json, which a server takes as its trusted documents.
import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: 'client-kit/schema.graphql',
  documents: ['src/**/*.{ts,tsx,js,jsx,vue}', '!src/gql/**'],
  ignoreNoDocuments: true,
  generates: {
    'src/gql/': {
      preset: 'client',
      presetConfig: { persistedDocuments: { hashAlgorithm: 'sha256' } },
      config: {
        enumsAsTypes: true,
        useTypeImports: true,
        scalars: {
{{- range .Scalars}}
          {{.Name}}: '{{.TypeScript}}',
{{- end}}
        },
      },
    },
  },
};

export default config;
