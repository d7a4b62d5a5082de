import { defineConfig } from 'vite';

// graphql-language-service asks the variables editor to underline every input
// field of a non-null type that is left out, even where the schema has a
// default for it (seen in 5.7.0). This mends the one condition.
function defaultsAreOptional() {
  const wrong = 'if (fieldRequired) {';
  const right = 'if (fieldRequired && field.defaultValue === undefined) {';
  return {
    name: 'defaults-are-optional',
    transform: {
      filter: { id: /graphql-language-service\/esm\/utils\/getVariablesJSONSchema\.js$/ },
      handler(code) {
        if (code.split(wrong).length !== 2) this.error('getVariablesJSONSchema.js has changed: is it mended upstream?');
        return { code: code.replace(wrong, right), map: null };
      },
    },
  };
}

export default defineConfig({
  base: '/playground/',
  publicDir: false,
  plugins: [defaultsAreOptional()],
  build: {
    target: 'es2023',
    // A data: URL or an inline script would ask for holes in the Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: Infinity,
    license: { fileName: 'licences.md' },
    rolldownOptions: {
      // Libraries say "use client" to servers that render React; nothing here does.
      checks: { moduleLevelDirective: false },
    },
  },
  worker: { format: 'es', plugins: () => [defaultsAreOptional()] },
});
