import {
  buildSchema, findBreakingChanges, Kind, lexicographicSortSchema, parse, print, printSchema, visit,
} from 'graphql';

/** compare returns what a change from one SDL to another takes away from clients, a sentence each. */
export function compare(published, current) {
  return findBreakingChanges(buildSchema(published), buildSchema(current))
    .map(({ type, description }) => `${type}: ${description}`)
    .sort();
}

/**
 * contract returns the part of an SDL that clients build against: sorted, without descriptions, without access rules
 * and the other directives that only the SDL itself can use.
 */
export function contract(sdl) {
  const document = parse(printSchema(lexicographicSortSchema(buildSchema(sdl))), { noLocation: true });
  const bare = visit(document, {
    enter(node) {
      if (node.kind === Kind.DIRECTIVE_DEFINITION && !node.locations.some(({ value }) => executable.has(value))) return null;
      return node.description ? { ...node, description: undefined } : undefined;
    },
  });
  return print(bare) + '\n';
}

const executable = new Set([
  'QUERY', 'MUTATION', 'SUBSCRIPTION', 'FIELD', 'FRAGMENT_DEFINITION', 'FRAGMENT_SPREAD', 'INLINE_FRAGMENT', 'VARIABLE_DEFINITION',
]);
