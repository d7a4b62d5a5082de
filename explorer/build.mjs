// Builds the playground and keeps its files, each gzipped, where the Go package
// embeds them. With --check it builds elsewhere and compares instead.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { build } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const dist = fileURLToPath(new URL('../internal/edge/explorer/dist/', import.meta.url));

// buildFiles answers every built file by its name; names are unique across folders.
async function buildFiles() {
  const outDir = await mkdtemp(join(tmpdir(), 'galley-explorer-'));
  try {
    await build({ root, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
    const entries = await readdir(outDir, { recursive: true, withFileTypes: true });
    const paths = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
    const files = new Map();
    for (const path of paths.sort()) {
      if (files.has(basename(path))) throw new Error(`two files are named ${basename(path)}`);
      files.set(basename(path), await readFile(path));
    }
    return files;
  } finally {
    await rm(outDir, { recursive: true });
  }
}

// committedFiles answers the content of every file in dist by its name without .gz.
async function committedFiles() {
  await mkdir(dist, { recursive: true });
  const files = new Map();
  for (const name of await readdir(dist)) {
    if (!name.endsWith('.gz')) throw new Error(`dist holds ${name}, which no build writes`);
    files.set(name.slice(0, -'.gz'.length), gunzipSync(await readFile(join(dist, name))));
  }
  return files;
}

// compress leaves neither a time nor an operating system in the header.
function compress(content) {
  const zipped = gzipSync(content, { level: constants.Z_BEST_COMPRESSION, memLevel: 9 });
  zipped.writeUInt32LE(0, 4);
  zipped[9] = 255;
  return zipped;
}

// Contents are compared, not compressed bytes: another zlib may pack the same
// content differently, and that alone is no reason for a new commit.
function differences(built, committed) {
  return {
    write: [...built.keys()].filter(name => !committed.get(name)?.equals(built.get(name))),
    remove: [...committed.keys()].filter(name => !built.has(name)),
  };
}

const built = await buildFiles();
const { write, remove } = differences(built, await committedFiles());

if (process.argv.includes('--check')) {
  for (const name of write) console.error(`missing or different: ${name}`);
  for (const name of remove) console.error(`no longer built: ${name}`);
  if (write.length + remove.length > 0) {
    console.error('The committed playground is not what its sources build: run `npm ci && npm run build`.');
    process.exit(1);
  }
  console.log(`The ${built.size} committed files are what the sources build.`);
} else {
  for (const name of write) await writeFile(join(dist, `${name}.gz`), compress(built.get(name)));
  for (const name of remove) await rm(join(dist, `${name}.gz`));
  let bytes = 0;
  for (const name of built.keys()) bytes += (await readFile(join(dist, `${name}.gz`))).length;
  console.log(`${built.size} files, ${(bytes / 1e6).toFixed(2)} MB gzipped; wrote ${write.length}, removed ${remove.length}.`);
}
