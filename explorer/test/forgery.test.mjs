// Has pages of other origins try, in a real browser, to use the session that the browser has with a running
// Galley (GALLEY_URL). CHROMIUM names the browser where it is not /usr/bin/chromium.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { chromium } from 'playwright-core';

const shop = new URL(process.env.GALLEY_URL ?? 'http://127.0.0.1:8080').origin;
const renaming = 'mutation { profileUpdate(input: {name: "Mallory"}) { user { name } userErrors { code } } }';

// What a page can try. Each is run in the page, and gets the address of the endpoint and a mutation.
const attempts = {
  'by fetch, as JSON': (url, query) =>
    fetch(url, { method: 'POST', credentials: 'include', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ query }) }),
  'by fetch, with the header against forgery': (url, query) =>
    fetch(`${url}?query=${encodeURIComponent(query)}`, { credentials: 'include', headers: { 'GraphQL-Require-Preflight': '1' } }),
  'by fetch, as text': (url, query) =>
    fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include', body: JSON.stringify({ query }) }),
  'by fetch, as a form': (url, query) => {
    const form = new FormData();
    form.append('operations', JSON.stringify({ query }));
    form.append('map', '{}');
    return fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include', body: form });
  },
  'by a beacon': (url, query) => {
    const form = new FormData();
    form.append('operations', JSON.stringify({ query }));
    form.append('map', '{}');
    navigator.sendBeacon(url, form);
  },
  'by a picture': (url, query) =>
    new Promise(done => {
      const picture = new Image();
      picture.onload = picture.onerror = done;
      picture.src = `${url}?query=${encodeURIComponent(query)}`;
    }),
  'by a WebSocket': url =>
    new Promise((done, failed) => {
      const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
      socket.onopen = () => failed(new Error('it is open'));
      socket.onerror = done;
    }),
  'by a form that is sent': (url, query) => {
    const form = Object.assign(document.createElement('form'), { method: 'POST', action: url, enctype: 'multipart/form-data' });
    for (const [name, value] of Object.entries({ operations: JSON.stringify({ query }), map: '{}' })) {
      form.append(Object.assign(document.createElement('input'), { name, value }));
    }
    document.body.append(form);
    form.submit();
  },
  'by a link': (url, query) => {
    location.href = `${url}?query=${encodeURIComponent(query)}`;
  },
};

describe('a session in a cookie', { timeout: 300_000 }, () => {
  let browser, context, elsewhere, port;

  before(async () => {
    elsewhere = createServer((_, answer) => answer.setHeader('Content-Type', 'text/html').end('<!doctype html><title>elsewhere</title>'));
    await new Promise(done => elsewhere.listen(0, '127.0.0.1', done));
    port = elsewhere.address().port;
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
    context = await browser.newContext();
    const signedIn = await ask(
      'mutation { signIn(input: {email: "17850@customers.example", password: "demo-shopper", presentation: COOKIE}) { token user { name } } }',
    );
    assert.equal(signedIn.signIn.token, null);
    assert.ok(await nameOfMe());
  });
  after(async () => {
    await browser?.close();
    elsewhere.close();
  });

  // ask is the browser's own request, of no page.
  async function ask(query) {
    const answer = await (await context.request.post(`${shop}/query`, { data: { query } })).json();
    assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
    return answer.data;
  }
  const nameOfMe = async () => (await ask('{ me { name } }')).me?.name;

  it('is not there for scripts, and serves the shop’s own page', async () => {
    const page = await context.newPage();
    await page.goto(`${shop}/playground`);
    assert.equal(await page.evaluate(() => document.cookie), '');
    const me = await page.evaluate(async () => {
      const answer = await fetch('/query', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"query":"{ me { name } }"}' });
      return (await answer.json()).data.me.name;
    });
    assert.equal(me, await nameOfMe());
    await page.close();
  });

  // Another port is the same site, so the browser sends the cookie along; another name is another site.
  for (const site of ['127.0.0.1', 'localhost']) {
    for (const [how, attempt] of Object.entries(attempts)) {
      it(`is of no use to a page on another port of ${site} ${how}`, async () => {
        const before = await nameOfMe();
        const page = await context.newPage();
        const statuses = [];
        const answered = new Promise(done => {
          const settled = request => request.url().startsWith(`${shop}/query`) && done();
          page.on('requestfinished', settled);
          page.on('requestfailed', settled);
          page.on('websocket', socket => socket.on('close', done));
        });
        page.on('response', response => response.url().startsWith(`${shop}/query`) && statuses.push(response.status()));
        await page.goto(`http://${site}:${port}/`);
        const call = `(${attempt})(${JSON.stringify(`${shop}/query`)}, ${JSON.stringify(renaming)})?.then(() => null, () => null)`;
        await page.evaluate(call).catch(error => {
          if (!/navigation|destroyed/.test(error.message)) throw error; // by a form or a link the page is left
        });
        await answered;
        assert.ok(statuses.every(status => status >= 400), `answered ${statuses}`);
        await page.close();
        assert.equal(await nameOfMe(), before);
      });
    }
  }
});
