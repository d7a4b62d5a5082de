// Bundlers find './x.graphql' as x.graphql.js, which Relay's generated files count on. This has Node find it too.
export const resolve = (specifier, context, next) => next(specifier.endsWith('.graphql') ? `${specifier}.js` : specifier, context);
