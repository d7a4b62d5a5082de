// Builds Galley, fills a demo shop, makes what the clients' builds make of the client kit, and runs the tests:
// npm test, or node run.js test/apollo.test.js for some of them. They run on SQLite and, where GALLEY_TEST_POSTGRES names one
// (make clients), on PostgreSQL.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { copyDatabase } from './database.js';

process.chdir(import.meta.dirname);
const scratch = mkdtempSync(path.join(tmpdir(), 'galley-clients.'));
const program = path.join(scratch, 'galley');
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));

const step = (name, command, args, options = {}) => {
  console.log(`# ${name}`);
  try {
    execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', ...options });
  } catch (error) {
    console.error(`${name}: ${error.message}\n${error.stdout}`);
    process.exit(1);
  }
};
const tool = (name) => path.resolve('node_modules/.bin', name);

step('galley is built', 'go', ['build', '-o', program, '.'], { cwd: '..' });
for (const app of ['relay', 'typed']) step(`its kit for ${app}`, program, ['client-kit', path.join(app, 'client-kit')]);

// Relay: the kit's configuration, with a manifest of documents besides.
const relay = JSON.parse(readFileSync('relay/client-kit/relay.config.json', 'utf8'));
writeFileSync('relay/relay.config.json', JSON.stringify({ ...relay, persistConfig: { file: './persisted.json', algorithm: 'SHA256' } }));
writeFileSync('relay/persisted.json', '{}');
rmSync('relay/src/__generated__', { recursive: true, force: true });
step('relay-compiler', tool('relay-compiler'), ['relay.config.json'], { cwd: 'relay' });

// GraphQL Code Generator: the kit's configuration as it is.
rmSync('typed/src/gql', { recursive: true, force: true });
step('graphql-codegen', tool('graphql-codegen'), ['--config', 'client-kit/codegen.ts'], { cwd: 'typed' });

// Apollo's manifest of trusted documents.
step('generate-persisted-query-manifest', tool('generate-persisted-query-manifest'), [], { cwd: 'apollo' });

// All of it in TypeScript is checked, and becomes what Node runs.
rmSync('build', { recursive: true, force: true });
step('tsc', tool('tsc'), ['--project', '.']);

// fill has the demo shop filled, for tests to copy.
async function fill(engine) {
  console.log(`# the demo shop is filled on ${engine}`);
  const data = path.join(scratch, engine);
  const database = engine === 'postgres' ? copyDatabase() : null;
  const child = spawn(program, ['--addr', '127.0.0.1:0', '--data', data, '--demo'], {
    env: { PATH: process.env.PATH, GALLEY_LOG_LEVEL: 'error', ...database?.env }, stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.on('data', (text) => { if (/ready after/.test(text)) child.kill('SIGTERM'); });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`Galley ended with ${code}`);
  return database ? { env: { GALLEY_FILLED_DATABASE: database.name }, drop: database.drop } : { env: { GALLEY_FILLED: data }, drop() {} };
}

const chosen = process.argv.slice(2);
const tests = chosen.length > 0 ? chosen : readdirSync('test').filter((f) => f.endsWith('.test.js')).map((f) => `test/${f}`);
let failed = false;
for (const engine of process.env.GALLEY_TEST_POSTGRES ? ['sqlite', 'postgres'] : ['sqlite']) {
  const filled = await fill(engine);
  const { status } = spawnSync(process.execPath, ['--test', '--test-reporter=spec', '--test-concurrency=2', ...tests], {
    stdio: 'inherit', env: { ...process.env, GALLEY_PROGRAM: program, ...filled.env },
  });
  failed ||= status !== 0;
  filled.drop();
}
process.exit(failed ? 1 : 0);
