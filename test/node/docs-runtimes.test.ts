/** The blocks of code of the pages that say in which other runtime they run: Deno, Bun and workerd, from this machine's Node. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { env } from '../env.ts';
import { equal, ok, skip, test } from '../harness.ts';
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
  if (env().engine !== 'node20') skip('the runtimes are started by one engine');
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

/** The configuration with which workerd serves one module. */
const configOf = (port: number, world: World): string => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main), (name = "out", network = (allow = ["public", "private", "local"]))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  compatibilityDate = "2026-11-01",
  globalOutbound = "out",
  bindings = [
    (name = "S3_ENDPOINT", text = "${world.endpoint}"),
    (name = "S3_REGION", text = "eu-central-1"),
    (name = "S3_KEY", text = "${world.credentials.accessKeyId}"),
    (name = "S3_SECRET", text = "${world.credentials.secretAccessKey}"),
  ],
  modules = [(name = "main.js", esModule = embed "main.js")],
);
`;

test('blocks for workerd', async () => {
  const program = programOf('workerd');
  const here = blocks.filter(({ words }) => words.includes('workerd'));
  ok(here.length > 0, 'a block');
  const { build } = await import('esbuild');
  const dir = join(home, 'workerd');
  mkdirSync(dir, { recursive: true });
  const world = await openWorld(dir, dir, { objects: { 'data/table.csv': 'a,b\n1,2\n' } });
  try {
    for (const { page, line, text } of here) {
      // As a user's bundler makes it.
      writeFileSync(join(dir, 'block.mjs'), text);
      await build({
        absWorkingDir: root,
        entryPoints: [join(dir, 'block.mjs')],
        outfile: join(dir, 'main.js'),
        alias: { anyfile: join(root, 'src/index.ts') },
        bundle: true,
        format: 'esm',
        platform: 'neutral',
        mainFields: ['module', 'main'],
        conditions: ['workerd', 'browser'],
        loader: { '.wasm': 'base64' },
        external: ['node:*', 'module', 'fs', 'path'],
        logLevel: 'silent',
      });
      const port = await freePort();
      writeFileSync(join(dir, 'config.capnp'), configOf(port, world));
      const at = `http://127.0.0.1:${port}/`;
      const { stop } = await startProcess(program, ['serve', join(dir, 'config.capnp')], {
        env: {},
        ready: `${at}table.csv`,
        timeoutMs: 30_000,
      });
      try {
        const response = await fetch(`${at}table.csv`);
        equal([response.status, await response.text()], [200, 'a,b\n1,2\n'], `${page}:${line}`);
        equal((await fetch(`${at}none`)).status, 404, 'a missing object');
      } finally {
        await stop();
      }
    }
  } finally {
    await world.close();
  }
});
