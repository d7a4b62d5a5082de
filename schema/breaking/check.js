// Compares ../*.graphql with published.graphql, or publishes it (see README.md).
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { compare, contract } from './compare.js';

const here = (name) => new URL(name, import.meta.url);
const current = readdirSync(here('..'))
  .filter((name) => name.endsWith('.graphql'))
  .sort()
  .map((name) => readFileSync(here(`../${name}`), 'utf8'))
  .join('\n');
const publishing = process.argv.includes('--publish');

let published;
try {
  published = readFileSync(here('published.graphql'), 'utf8');
} catch (error) {
  if (error.code !== 'ENOENT') throw error;
  if (!publishing) {
    console.error('published.graphql is missing: npm run publish');
    process.exit(1);
  }
  published = contract(current);
}

const breaks = compare(published, current);
for (const line of breaks) console.log(line);

if (publishing) {
  writeFileSync(here('published.graphql'), contract(current));
  console.log(`published.graphql is written. Breaking changes: ${breaks.length}.`);
} else if (breaks.length > 0) {
  console.error(`\nBreaking changes: ${breaks.length}. Deprecate instead, or see schema/breaking/README.md.`);
  process.exit(1);
} else {
  console.log('The SDL breaks no client.');
}
