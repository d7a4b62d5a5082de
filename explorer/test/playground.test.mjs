// Drives the playground of a running Galley in a real browser:
//
//   GALLEY_URL=http://127.0.0.1:8080 SCREENSHOT=/tmp/playground.png npm test
//
// CHROMIUM names the browser where it is not /usr/bin/chromium.
import assert from 'node:assert/strict';
import { after, before, beforeEach, afterEach, describe, it } from 'node:test';
import { chromium } from 'playwright-core';

const origin = new URL(process.env.GALLEY_URL ?? 'http://127.0.0.1:8080').origin;
const browserFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

describe('the playground', { timeout: 120_000 }, () => {
  let browser, page, context, complaints;

  before(async () => {
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: browserFlags,
    });
  });
  after(() => browser?.close());

  beforeEach(async () => {
    complaints = [];
    context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', event =>
        console.error(`CSP: ${event.violatedDirective} forbids ${event.blockedURI}`),
      );
    });
    // Workers' requests are the context's too.
    context.on('request', request => {
      const url = new URL(request.url());
      if (url.origin !== origin) complaints.push(`request to ${url.href.slice(0, 100)}`);
    });
    context.on('response', response => {
      if (response.status() >= 400) complaints.push(`HTTP ${response.status()} for ${response.url()}`);
    });
    context.on('requestfailed', request => {
      // A page that is left or reloaded drops what it was loading.
      if (request.failure().errorText !== 'net::ERR_ABORTED') complaints.push(`${request.failure().errorText} for ${request.url()}`);
    });
    page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('console', message => {
      if (['error', 'warning'].includes(message.type())) complaints.push(`console: ${message.text()}`);
    });
    page.on('pageerror', error => complaints.push(`uncaught: ${error}`));
    await open();
  });
  afterEach(async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  });

  const queryEditor = () => page.locator('.graphiql-query-editor .view-lines');
  const answer = () => page.locator('.graphiql-response .view-lines');
  const tabs = () => page.getByRole('button').and(page.locator('[id^="graphiql-session-tab-"]'));

  // open waits until the editors stand and the schema is there.
  async function open() {
    const introspected = page.waitForResponse(response => new URL(response.url()).pathname === '/query');
    await page.goto(`${origin}/playground`);
    await queryEditor().waitFor();
    await (await introspected).finished();
  }

  async function replaceQuery(text) {
    await queryEditor().click();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.press('Delete');
    await page.keyboard.insertText(text);
  }

  // textOf answers what an editor shows; Monaco writes no-break spaces.
  async function textOf(locator) {
    return (await locator.innerText()).replaceAll('\u00a0', ' ');
  }

  async function waitForText(locator, pattern) {
    const deadline = Date.now() + 20_000;
    let text = '';
    while (Date.now() < deadline) {
      text = await textOf(locator);
      if (pattern.test(text)) return text;
      await page.waitForTimeout(50);
    }
    assert.match(text, pattern);
  }

  it('has a title, and a tab for every example', async () => {
    assert.equal(await page.title(), 'Galley playground');
    const examples = await (await context.request.get(`${origin}/playground/examples.json`)).json();
    const titles = examples.map(example => /^(?:query|mutation) (\w+)/m.exec(example.query)[1]);
    assert.deepEqual(await tabs().allInnerTexts(), titles);
  });

  it('shows the first example with its variables, and runs it', async () => {
    assert.match(await textOf(queryEditor()), /query BrowseProducts/);
    assert.match(await textOf(page.locator('.graphiql-editor-tool .view-lines').first()), /"filter"/);
    await page.getByRole('button', { name: /Execute query/ }).click();
    await waitForText(answer(), /"data": \{\s*"products"/);
    if (process.env.SCREENSHOT) {
      await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
      await page.locator('.graphiql-doc-explorer').waitFor();
      await page.mouse.move(720, 450);
      await page.waitForTimeout(500);
      await page.screenshot({ path: process.env.SCREENSHOT });
    }
  });

  it('runs a query that was typed', async () => {
    await replaceQuery('query Typed { __typename }');
    await waitForText(tabs().first(), /^Typed$/);
    await page.keyboard.press('ControlOrMeta+Enter');
    await waitForText(answer(), /"__typename": "Query"/);
  });

  it('underlines what the schema does not have: the GraphQL worker runs', async () => {
    await replaceQuery('{ noSuchField }');
    await page.locator('.graphiql-query-editor .squiggly-error').first().waitFor();
  });

  it('underlines a variable of the wrong type: the JSON worker runs', async () => {
    const variables = page.locator('.graphiql-editor-tool .view-lines').first();
    await variables.click();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.press('Delete');
    await page.keyboard.insertText('{ "first": "many" }');
    await page.locator('.graphiql-editor-tool .squiggly-error, .graphiql-editor-tool .squiggly-warning').first().waitFor();
  });

  it('completes field names out of the schema', async () => {
    await replaceQuery('{ produ');
    await page.keyboard.press('Control+Space');
    await page.locator('.suggest-widget .monaco-list-row').filter({ hasText: 'products' }).first().waitFor();
  });

  it('finds nothing to underline in any example', async () => {
    const marks = page.locator('.squiggly-error, .squiggly-warning');
    for (const tab of await tabs().all()) {
      await tab.click();
      await waitForText(queryEditor(), new RegExp(` ${await tab.innerText()}\\b`));
      await page.waitForTimeout(1500); // the workers look at what changed with a delay
      assert.equal(await marks.count(), 0, `${await tab.innerText()} has underlined text`);
    }
  });

  it('sends the headers of the tab', async () => {
    await page.getByRole('button', { name: 'Headers', exact: true }).click();
    await page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden) .view-lines').click();
    await page.keyboard.insertText('{"X-Playground": "here"}');
    const sent = page.waitForRequest(request => request.postDataJSON()?.operationName === 'BrowseProducts');
    await page.getByRole('button', { name: /Execute query/ }).click();
    const headers = (await sent).headers();
    assert.equal(headers['x-playground'], 'here');
    assert.doesNotMatch(headers.accept, /multipart|event-stream/);
    await waitForText(answer(), /"data"/);
  });

  it('reads the schema without the headers of the tab', async () => {
    await page.getByRole('button', { name: 'Headers', exact: true }).click();
    await page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden) .view-lines').click();
    await page.keyboard.insertText('{"X-Playground": "here"}');
    const sent = page.waitForRequest(request => request.postDataJSON()?.operationName === 'IntrospectionQuery');
    await page.getByRole('button', { name: /Re-fetch GraphQL schema/ }).click();
    const request = await sent;
    assert.equal(request.headers()['x-playground'], undefined);
    await (await request.response()).finished();
  });

  it('shows an answer that is no JSON as it came', async () => {
    await page.route('**/query', route => route.fulfill({ status: 503, contentType: 'text/plain', body: 'draining' }));
    await page.getByRole('button', { name: /Execute query/ }).click();
    await waitForText(answer(), /HTTP 503.*\s*draining/);
    complaints.splice(0); // the 503 itself
  });

  it('keeps edited tabs, their headers and the choice of tab over a reload', async () => {
    await tabs().nth(1).click();
    await waitForText(queryEditor(), /query ProductPage/);
    await replaceQuery('query Mine { __typename }');
    await page.getByRole('button', { name: 'Headers', exact: true }).click();
    await page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden) .view-lines').click();
    await page.keyboard.insertText('{"X-Playground": "kept"}');
    await page.waitForTimeout(1500); // what is typed is stored with a delay
    const before = await tabs().allInnerTexts();
    await open();
    assert.deepEqual(await tabs().allInnerTexts(), before);
    await waitForText(queryEditor(), /query Mine/);
    await page.getByRole('button', { name: 'Headers', exact: true }).click();
    await waitForText(page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden) .view-lines'), /"kept"/);
  });

  it('opens the documentation', async () => {
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    const docs = page.locator('.graphiql-doc-explorer');
    await docs.getByText('Query', { exact: true }).first().click();
    await docs.getByText('products', { exact: true }).first().waitFor();
  });

  it('brings a closed example back', async () => {
    const count = await tabs().count();
    const third = page.locator('.graphiql-tab').nth(2);
    await third.hover();
    await third.getByLabel('Close Tab').click();
    assert.equal(await tabs().count(), count - 1);
    await page.getByRole('button', { name: 'Show Examples' }).click();
    await page.getByRole('region', { name: 'Examples' }).getByRole('button').nth(2).click();
    await waitForText(queryEditor(), /query CategoryTree/);
    assert.equal(await tabs().count(), count);
  });

  it('prettifies', async () => {
    await replaceQuery('query Typed{__typename}');
    await page.getByRole('button', { name: /Prettify query/ }).click();
    await waitForText(queryEditor(), /query Typed \{\n? *__typename\n?\}/);
  });
});
