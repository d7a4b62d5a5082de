import { createGraphiQLFetcher } from '@graphiql/toolkit';

const url = '/query';

// An answer that is no JSON (a proxy's error page, a server on its way down) is shown as it came.
async function fetchJSON(input, init) {
  const response = await fetch(input, init);
  if (!/json/.test(response.headers.get('content-type') ?? '')) {
    throw new Error(`HTTP ${response.status} ${response.statusText}\n${await response.text()}`.trim());
  }
  return response;
}

const options = { url, enableIncrementalDelivery: false, fetch: fetchJSON };
const introspect = createGraphiQLFetcher(options);

// The schema is read without the tab's headers: a token that has ended, or an
// example's placeholder, must not take the documentation away.
export const fetcher = createGraphiQLFetcher({
  ...options,
  schemaFetcher: params => introspect(params),
});
