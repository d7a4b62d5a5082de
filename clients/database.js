// Databases of the PostgreSQL that GALLEY_TEST_POSTGRES names.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';

const server = process.env.GALLEY_TEST_POSTGRES;
const sql = (statement) => execFileSync('psql', [server, '--quiet', '--command', statement]);

// copyDatabase makes a database, as a copy of another or an empty one. Its env leads Galley to it.
export function copyDatabase(template = 'template1') {
  const name = `clients_${randomBytes(8).toString('hex')}`;
  sql(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  const address = new URL(server);
  address.pathname = name;
  return { name, env: { DATABASE_URL: address.href }, drop: () => sql(`DROP DATABASE ${name} WITH (FORCE)`) };
}
