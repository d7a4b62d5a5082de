// A Galley of one's own for each test file: the program that run.js has built, on a copy of the demo shop that it has filled.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { copyDatabase } from './database.js';

export const shopper = { email: '17850@customers.example', password: 'demo-shopper' };
export const staff = { email: 'staff@galley.example', password: 'demo-staff' };
export const admin = { email: 'admin@galley.example', password: 'demo-admin' };

// open starts a shop, which is closed when the file's tests have ended.
export async function open(settings = {}) {
  const data = mkdtempSync(path.join(tmpdir(), 'galley-clients.'));
  const database = process.env.GALLEY_FILLED_DATABASE ? copyDatabase(process.env.GALLEY_FILLED_DATABASE) : null;
  if (!database) cpSync(process.env.GALLEY_FILLED, data, { recursive: true });
  const shop = { process: null, url: null };

  shop.start = async (address = '127.0.0.1:0') => {
    const child = spawn(process.env.GALLEY_PROGRAM, ['--addr', address, '--data', data], {
      env: { PATH: process.env.PATH, GALLEY_LOG_LEVEL: 'error', ...database?.env, ...settings },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    shop.process = child;
    shop.ended = new Promise((resolve) => child.once('exit', resolve));
    shop.origin = await new Promise((resolve, reject) => {
      let said = '';
      child.stdout.on('data', (text) => {
        said += text;
        const ready = /ready after .* at (http:\S+)/.exec(said);
        if (ready) resolve(ready[1]);
      });
      child.once('exit', () => reject(new Error(`Galley ended: ${said}`)));
    });
    shop.url = `${shop.origin}/query`;
    shop.ws = shop.url.replace('http', 'ws');
  };
  // kill is kill -9; restart brings the shop back under the address that it had, with other settings if there are any.
  shop.kill = async () => {
    shop.process.kill('SIGKILL');
    await shop.ended;
  };
  shop.restart = async (other = settings) => {
    settings = other;
    await shop.kill();
    await shop.start(new URL(shop.url).host);
  };
  after(async () => {
    await shop.kill();
    rmSync(data, { recursive: true, force: true });
    database?.drop();
  });
  await shop.start();
  return shop;
}

// wire is a line to a server that can be cut, as a network is. It has an address of its own.
export async function wire(to) {
  const { hostname, port } = new URL(to);
  const ends = new Set();
  const line = { cuts: 0, down: false };
  const server = net.createServer((near) => {
    if (line.down) return near.destroy();
    const far = net.connect(Number(port), hostname);
    for (const [end, other] of [[near, far], [far, near]]) {
      ends.add(end);
      end.pipe(other);
      end.on('error', () => {});
      end.on('close', () => { ends.delete(end); other.destroy(); });
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  line.cut = () => {
    line.cuts++;
    for (const end of ends) end.destroy();
  };
  line.url = `http://127.0.0.1:${server.address().port}/query`;
  line.ws = line.url.replace('http', 'ws');
  after(() => { line.cut(); server.close(); });
  return line;
}

// ask sends an operation as plainly as can be.
export async function ask(url, query, variables = {}, headers = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, ...(await response.json()) };
}

export const bearer = (session) => ({ Authorization: `Bearer ${session.token}` });

// A Session is what an app keeps of a sign-in. Its clients ask it for the next token when the shop says that one has ended;
// those that ask at the same time get the same answer.
export class Session {
  refreshes = 0;
  #under = null;

  static async begin(url, who) {
    const session = new Session();
    session.url = url;
    const { data } = await ask(url, `mutation SignIn($input: SignInInput!) {
      signIn(input: $input) { token tokenExpiresAt refreshToken userErrors { message } } }`, { input: who });
    if (data.signIn.userErrors.length > 0) throw new Error(data.signIn.userErrors[0].message);
    Object.assign(session, data.signIn);
    return session;
  }

  // refresh takes the token that was refused: the next one may be there already.
  refresh(refused) {
    if (refused !== this.token) return Promise.resolve();
    this.#under ??= this.#refresh().finally(() => { this.#under = null; });
    return this.#under;
  }

  async #refresh() {
    const { data, errors } = await ask(this.url, `mutation Refresh($input: SessionRefreshInput!) {
      sessionRefresh(input: $input) { token tokenExpiresAt refreshToken } }`, { input: { refreshToken: this.refreshToken } });
    if (errors) throw new Error(errors[0].message);
    Object.assign(this, data.sessionRefresh);
    this.refreshes++;
  }

  // expired waits until the access token has ended.
  expired() {
    return new Promise((resolve) => setTimeout(resolve, Math.max(0, Date.parse(this.tokenExpiresAt) - Date.now() + 50)));
  }
}

// cart opens a guest's cart with one line, and returns how to change it: what a subscription hears of.
export async function openCart(url) {
  const found = await ask(url, '{ products(first: 1, filter: {inStock: true}) { nodes { variants { id } } } }');
  const variant = found.data.products.nodes[0].variants[0].id;
  const opened = await ask(url, 'mutation Open($input: CartCreateInput!) { cartCreate(input: $input) { cart { id } token } }',
    { input: { lines: [{ variant, quantity: 1 }] } });
  const { cart: { id }, token } = opened.data.cartCreate;
  const headers = { 'X-Cart-Token': token };
  const add = async () => {
    const answer = await ask(url, `mutation Add($input: CartLinesAddInput!) {
      cartLinesAdd(input: $input) { cart { totalQuantity } userErrors { message } } }`,
      { input: { cart: id, lines: [{ variant, quantity: 1 }] } }, headers);
    return answer.data.cartLinesAdd.cart.totalQuantity;
  };
  return { id, token, headers, add };
}

// Messages are what a subscription has told, to be awaited one after the other.
export class Messages {
  #told = [];
  #awaited = null;

  tell = (message) => {
    if (this.#awaited) { const resolve = this.#awaited; this.#awaited = null; resolve(message); } else this.#told.push(message);
  };

  next(within = 10_000) {
    if (this.#told.length > 0) return Promise.resolve(this.#told.shift());
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`nothing came within ${within} ms`)), within);
      this.#awaited = (message) => { clearTimeout(timer); resolve(message); };
    });
  }

  // until reads on to a message: those that tell an older state may come before it.
  async until(holds) {
    for (;;) {
      const message = await this.next();
      if (holds(message)) return message;
    }
  }
}
