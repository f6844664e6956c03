/** The blocks of code of the pages that say in which other runtime they run: Deno, Bun and workerd, from this machine's Node. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { createRemoteSigner } from '../../src/signer.ts';
import type { RemoteSigner } from '../../src/types.ts';
import { env } from '../env.ts';
import { equal, ok, rejects, skip, test } from '../harness.ts';
import { fencesOf } from '../markdown.ts';
import { freePort, startProcess } from '../servers/process.mjs';
import { runtimeProgram } from '../tools/runtimes.mjs';
import { installPackage, root } from './docs/package.ts';
import { execute } from './docs/run-blocks.ts';
import { openWorld, type World } from './docs/world.ts';

const names = ['deno', 'bun', 'workerd'] as const;
const blocks = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .flatMap((name) => fencesOf(readFileSync(join(root, 'docs', name), 'utf8')).map((fence) => ({ ...fence, page: name })));

const home = join(root, 'build', `docs-runtimes-${process.pid}`);
process.once('exit', () => rmSync(home, { recursive: true, force: true }));

function programOf(name: (typeof names)[number]): string {
  if (env().engine !== 'node') skip('the runtimes are started by one engine');
  return runtimeProgram(name) ?? skip(`${name} is not installed`);
}

const args = {
  deno: ['run', '--quiet', '--allow-net', '--allow-env', '--allow-sys', '--allow-read', '--no-lock', '--node-modules-dir=manual'],
  bun: ['--no-install'],
};

for (const name of ['deno', 'bun'] as const) {
  test(`blocks for ${name}`, async () => {
    const program = programOf(name);
    const here = blocks.filter(({ words }) => words.includes(name));
    ok(here.length > 0, 'a block');
    const dir = join(home, name);
    mkdirSync(dir, { recursive: true });
    const world = await openWorld(dir, await installPackage(dir), {});
    try {
      for (const { page, line, text } of here) {
        const file = join(dir, `line-${line}.mjs`);
        writeFileSync(file, text);
        const env = { ...world.env, DENO_DIR: join(dir, 'cache') };
        const { code, stdout, stderr } = await execute(program, [...args[name], file], { dir, env });
        equal(code, 0, `${page}:${line}: ${stderr}`);
        ok(/^from (Deno|Bun)$/m.test(stdout), `what it prints, ${stdout}`);
      }
    } finally {
      await world.close();
    }
  });
}

/** A worker of the pages: what it is bound to, and what is asked of it. */
interface Asked {
  bindings(world: World): Record<string, string>;
  check(at: string, world: World): Promise<void>;
}

const asked: Record<string, Asked> = {
  'start/workerd.md': {
    bindings: ({ endpoint, credentials: { accessKeyId, secretAccessKey } }) => ({
      S3_ENDPOINT: endpoint,
      S3_REGION: 'eu-central-1',
      S3_KEY: accessKeyId,
      S3_SECRET: secretAccessKey,
    }),
    async check(at) {
      const response = await fetch(`${at}table.csv`);
      equal([response.status, await response.text()], [200, 'a,b\n1,2\n'], 'an object');
      equal((await fetch(`${at}none`)).status, 404, 'a missing object');
    },
  },
  'signer.md': {
    bindings: ({ credentials: { accessKeyId, secretAccessKey } }) => ({
      ACCESS_KEY_ID: accessKeyId,
      SECRET_ACCESS_KEY: secretAccessKey,
      SESSION: 'of-a-user',
    }),
    async check(at) {
      const signerFor = (cookie: string): RemoteSigner => createRemoteSigner({ url: at, headers: { cookie }, attempts: 1 });
      const ask = { method: 'GET', url: 'https://my-bucket.s3.eu-central-1.amazonaws.com/public/a.txt', headers: {} };
      const { url } = await signerFor('of-a-user').sign(ask);
      ok(new URL(url).searchParams.has('X-Amz-Signature'), 'a signed URL');
      await rejects(signerFor('of-nobody').sign(ask), 'PermissionDenied');
    },
  },
};

/** The configuration with which workerd serves one module, and beside it something that answers as soon as it runs. */
const configOf = (
  port: number,
  ready: number,
  bindings: Record<string, string>,
): string => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main), (name = "ready", worker = .ready), (name = "out", network = (allow = ["public", "private", "local"]))],
  sockets = [
    (name = "http", address = "127.0.0.1:${port}", http = (), service = "main"),
    (name = "health", address = "127.0.0.1:${ready}", http = (), service = "ready"),
  ],
);
const ready :Workerd.Worker = (
  compatibilityDate = "2026-11-01",
  serviceWorkerScript = "addEventListener('fetch', (event) => event.respondWith(new Response('yes')))",
);
const main :Workerd.Worker = (
  compatibilityDate = "2026-11-01",
  globalOutbound = "out",
  bindings = [${Object.entries(bindings)
    .map(([name, text]) => `(name = "${name}", text = "${text}")`)
    .join(', ')}],
  modules = [(name = "main.js", esModule = embed "main.js")],
);
`;

test('blocks for workerd', async () => {
  const program = programOf('workerd');
  const here = blocks.filter(({ words }) => words.includes('workerd'));
  equal(here.map(({ page }) => page).sort(), Object.keys(asked).sort(), 'pages with a block that something is asked of');
  const { build } = await import('esbuild');
  const dir = join(home, 'workerd');
  mkdirSync(dir, { recursive: true });
  const world = await openWorld(dir, dir, { objects: { 'data/table.csv': 'a,b\n1,2\n' } });
  try {
    for (const { page, line, text } of here) {
      const { bindings, check } = asked[page]!;
      // As a user's bundler makes it.
      writeFileSync(join(dir, 'block.mjs'), text);
      await build({
        absWorkingDir: root,
        entryPoints: [join(dir, 'block.mjs')],
        outfile: join(dir, 'main.js'),
        alias: { 'anyfile/signer': join(root, 'src/signer.ts'), anyfile: join(root, 'src/index.ts') },
        bundle: true,
        format: 'esm',
        platform: 'neutral',
        mainFields: ['module', 'main'],
        conditions: ['workerd', 'browser'],
        loader: { '.wasm': 'base64' },
        external: ['node:*', 'module', 'fs', 'path'],
        logLevel: 'silent',
      });
      const [port, ready] = [await freePort(), await freePort()];
      writeFileSync(join(dir, 'config.capnp'), configOf(port, ready, bindings(world)));
      const { stop } = await startProcess(program, ['serve', join(dir, 'config.capnp')], { env: {}, ready: `http://127.0.0.1:${ready}/` });
      try {
        await check(`http://127.0.0.1:${port}/`, world);
      } catch (error) {
        throw new Error(`${page}:${line}`, { cause: error });
      } finally {
        await stop();
      }
    }
  } finally {
    await world.close();
  }
});
