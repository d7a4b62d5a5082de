// Runs graphql-http's audit suite, which holds a server to the GraphQL-over-HTTP specification, against the Galley at
// GALLEY_URL. What the suite only recommends (warn) or tells by the way (notice) is a failure here as well.
import { auditServer } from 'graphql-http';

const audits = 61; // that this version of the suite has: none may be lost on the way

const results = await auditServer({ url: `${process.env.GALLEY_URL}/query` });
const failures = results.filter(({ status }) => status !== 'ok');
for (const { id, name, status, reason, response } of failures) {
  console.error(`${status}: ${id} ${name}: ${reason} (status ${response.status})`);
}
console.log(`graphql-http: ${results.length - failures.length} of ${results.length} audits passed`);
if (failures.length > 0 || results.length !== audits) {
  process.exit(1);
}
