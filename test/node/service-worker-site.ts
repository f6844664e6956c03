/**
 * An app with a service worker, a film in versitygw, and a proxy in front of it that counts what browsers take.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as send, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { MountSource } from '../../src/service-worker.ts';
import { env, need, uniqueName } from '../env.ts';
import { equal, skip } from '../harness.ts';
import { s3Request } from '../servers/s3-request.mjs';
import { toRequest } from '../servers/web-request.mjs';

/** What the proxy saw since it was asked last. */
export interface Traffic {
  requests: number;
  preflights: number;
  /** Of bodies, as they were handed to the browser. */
  bytes: number;
}

/** The app, its bucket and the proxy. */
export interface FilmSite {
  /** `http://localhost:PORT/`. */
  readonly address: string;
  /** A bucket that shows nothing but ETag; the app knows it by the proxy's address. */
  readonly source: MountSource;
  /** Names of headers that its answers let pages read. */
  readonly exposed: ReadonlySet<string>;
  put(key: string, body: Uint8Array<ArrayBuffer>, contentType: string): Promise<void>;
  traffic(): Traffic;
  /** What the page posts to `/report`, and to `/after`. */
  report(path?: '/report' | '/after'): Promise<unknown>;
}

/** Both sides of the app and what else it has, each as a bundler makes it. */
async function scripts(more: Record<string, string>): Promise<Record<string, string>> {
  const bundle = async (contents: string): Promise<string> => {
    const { outputFiles } = await build({
      bundle: true,
      write: false,
      format: 'esm',
      target: 'es2022',
      conditions: ['browser'],
      stdin: { contents, resolveDir: process.cwd() },
      alias: { 'anyfile/service-worker': join(process.cwd(), 'src/service-worker.ts') },
    });
    return outputFiles[0]!.text;
  };
  const from = `from 'anyfile/service-worker';`;
  const sources = {
    '/sw.js': `import { s3Driver, serveMounts } ${from} serveMounts({ drivers: [s3Driver] });`,
    '/signed-sw.js': `import { serveMounts, signerDriver } ${from} serveMounts({ drivers: [signerDriver] });`,
    '/page.js': `import { registerServiceWorker } ${from} Object.assign(globalThis, { registerServiceWorker });`,
    ...more,
  };
  return Object.fromEntries(await Promise.all(Object.entries(sources).map(async ([path, text]) => [path, await bundle(text)] as const)));
}

async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<{ server: Server; port: number }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

/** A page of the app. */
export const pageOf = (body: string): string => `<!doctype html><meta charset="utf-8"><title>films</title><body>${body}`;
/** What pages hold unless they are given. */
export const html: string = pageOf(`<script type="module" src="/page.js"></script><script type="module" src="/run.js"></script>`);

/** What an app has besides. */
export interface FilmApp {
  /** What its pages do by themselves, after they have `registerServiceWorker`. */
  run(source: MountSource): string;
  /** Scripts by path, before they are bundled. */
  scripts?(source: MountSource): Record<string, string>;
  /** Pages by path. */
  pages?: Record<string, string>;
  /** What is at `/sign`. */
  sign?(request: Request, source: MountSource): Promise<Response>;
}

/** Serves all of it for as long as `use` takes. */
export async function withFilmSite(film: FilmApp, use: (site: FilmSite) => Promise<void>): Promise<void> {
  if (env().engine !== 'node') skip('one engine drives browsers');
  const { endpoint, region, bucket: _, ...credentials } = need('versitygw');
  const bucket = uniqueName('films');
  const account = { endpoint, region, ...credentials };
  equal((await s3Request(account, 'PUT', bucket)).ok, true, 'a bucket');
  const rules = `<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod><AllowedMethod>HEAD</AllowedMethod><ExposeHeader>ETag</ExposeHeader></CORSRule></CORSConfiguration>`;
  equal((await s3Request(account, 'PUT', bucket, 'cors', rules)).ok, true, 'its rules');

  let seen: Traffic = { requests: 0, preflights: 0, bytes: 0 };
  const exposed = new Set<string>();
  const proxy = await listen((request, response) => {
    if (request.method === 'OPTIONS') seen.preflights++;
    else seen.requests++;
    const { method, url, headers } = request;
    const behind = send(`${endpoint}${url}`, { method: method!, headers }, (answer) => {
      for (const name of (answer.headers['access-control-expose-headers'] ?? '').split(',')) exposed.add(name.trim().toLowerCase());
      response.writeHead(answer.statusCode!, answer.headers);
      answer.on('data', (chunk: Uint8Array) => (seen.bytes += chunk.length));
      answer.pipe(response);
    });
    behind.on('error', () => response.destroy());
    response.on('close', () => behind.destroy());
    request.pipe(behind);
  });

  const reports = new Map<string, { told: Promise<unknown>; tell: (report: unknown) => void }>();
  for (const path of ['/report', '/after']) {
    let tell!: (report: unknown) => void;
    const told = new Promise<unknown>((resolve) => (tell = resolve));
    reports.set(path, { told, tell });
  }
  const source = { url: `s3://${bucket}`, endpoint: `http://127.0.0.1:${proxy.port}`, region, credentials };
  const files = await scripts(film.scripts?.(source) ?? {});
  const pages: Record<string, string> = { '/': html, ...film.pages };
  const app = await listen((request, response) => {
    const report = reports.get(request.url!);
    if (report) {
      let text = '';
      request.on('data', (chunk) => (text += String(chunk)));
      request.on('end', () => {
        report.tell(JSON.parse(text));
        response.end();
      });
      return;
    }
    const path = request.url!;
    if (film.sign && path === '/sign') {
      const signing = toRequest(request).then((asked) => film.sign!(asked, source));
      void signing.then(async (given) => response.writeHead(given.status, Object.fromEntries(given.headers)).end(await given.text()));
      return;
    }
    const script = path === '/run.js' ? film.run(source) : path === '/short-lived-keys' ? JSON.stringify(credentials) : files[path];
    const body = script ?? pages[path];
    response.writeHead(body === undefined ? 404 : 200, {
      'content-type': script === undefined ? 'text/html' : 'text/javascript',
      'cache-control': 'no-store',
    });
    response.end(body ?? 'not found');
  });

  try {
    await use({
      address: `http://localhost:${app.port}/`,
      source,
      exposed,
      report: (path = '/report') => reports.get(path)!.told,
      async put(key, body, contentType) {
        const { openS3Store } = await import('../../src/s3.ts');
        await openS3Store({ endpoint, region, bucket, credentials }).put(key, body, { contentType });
      },
      traffic() {
        const now = seen;
        seen = { requests: 0, preflights: 0, bytes: 0 };
        return now;
      },
    });
  } finally {
    for (const { server } of [app, proxy]) {
      server.close();
      server.closeAllConnections();
    }
  }
}

/** What the tools of test/ are, which no bundle takes in. */
const tool = <T>(name: string): Promise<T> => import(pathToFileURL(join(process.cwd(), 'test/tools', name)).href) as Promise<T>;

interface Browser {
  program(): string | undefined;
  args(url: string, home: string): string[];
}

/** How a browser of this machine is started; skips where it is not installed. */
export async function browserOf(name: 'chromium' | 'firefox'): Promise<Browser & { path: string }> {
  const { browsers } = await tool<{ browsers: Record<string, Browser> }>('browsers.mjs');
  const browser = browsers[name]!;
  return { ...browser, path: browser.program() ?? skip(`no ${name}`) };
}

/** An idle service worker is ended after half a second. */
const idle = ['idle_timeout', 'idle_extended_timeout'].map((name) => `user_pref('dom.serviceWorkers.${name}', 500);\n`).join('');

/** Opens an address in Firefox, which no debugger is needed for, for as long as `use` takes. Idle service workers are ended soon. */
export async function inFirefox(address: string, use: () => Promise<void>): Promise<void> {
  const { path, args } = await browserOf('firefox');
  const home = mkdtempSync(join(tmpdir(), 'anyfile-film-'));
  const started = args(address, home);
  appendFileSync(join(home, 'user.js'), idle);
  const child = spawn(path, started, { detached: true, stdio: 'ignore', env: { ...process.env, HOME: home } });
  const gone = new Promise<unknown>((resolve) => void child.once('exit', resolve).once('error', resolve));
  try {
    await use();
  } finally {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // it has ended
    }
    await gone;
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
