// What a benchmark needs: the server, the peers and a copy of the built package that no other build can change.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { root } from '../tools/bundle.mjs';
import { cachedFolder } from '../tools/cache.mjs';
import { run } from '../tools/run.mjs';
import { startProcess, freePort } from '../servers/process.mjs';

/** Where everything that a run leaves behind lies. */
export const workDir = join(root, 'build', 'bench');

/** The versions that are compared with; a change makes a new folder in the cache. */
const dependencies = {
  aws4fetch: '1.0.20',
  s3mini: '1.0.2',
  '@aws-sdk/client-s3': '3.1169.0',
  '@google-cloud/storage': '8.4.0',
  undici: '7.30.2',
};
/** Native, and so not to be had everywhere. */
const optionalDependencies = { opendal: '0.49.1' };

export const versions = { ...dependencies, ...optionalDependencies };

const hashOf = (...texts) => createHash('sha256').update(texts.join('\0')).digest('hex').slice(0, 12);

async function must(command, args, options) {
  const { code, output } = await run(command, args, options);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${output.trim().slice(-800)}`);
}

/** Installs the peers. @returns their folder; its `load.mjs` imports what is in it */
export function installPeers(wanted = { dependencies, optionalDependencies }) {
  const manifest = JSON.stringify({ private: true, type: 'module', ...wanted });
  return cachedFolder(`bench-peers-${hashOf(manifest)}`, async (dir) => {
    writeFileSync(join(dir, 'package.json'), manifest);
    writeFileSync(join(dir, 'load.mjs'), 'export const load = (name) => import(name);\n');
    await must('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock'], { cwd: dir });
  });
}

async function buildServer() {
  const sources = join(root, 'test/bench/server');
  const texts = readdirSync(sources).map((name) => readFileSync(join(sources, name), 'utf8'));
  const dir = await cachedFolder(`bench-server-${hashOf(...texts)}`, (work) =>
    must('go', ['build', '-trimpath', '-buildvcs=false', '-o', join(work, 'benchserver'), '.'], {
      cwd: sources,
      env: { ...process.env, CGO_ENABLED: '0' },
    }),
  );
  return join(dir, 'benchserver');
}

/**
 * Starts the server.
 *
 * @param store it keeps what it is sent, and has nothing else
 * @returns its endpoint, its counts and how to stop it
 */
export async function startServer({ latencyMs = 0, store = false } = {}) {
  const program = await buildServer();
  const address = `127.0.0.1:${await freePort()}`;
  const endpoint = `http://${address}`;
  const stats = async () => (await fetch(`${endpoint}/__stats`)).json();
  const args = ['-addr', address, '-latency', `${latencyMs}ms`, ...(store ? ['-store'] : [])];
  const { stop } = await startProcess(program, args, { ready: `${endpoint}/__stats` });
  return { endpoint, stats, stop };
}

/**
 * Copies a built package into the work folder.
 *
 * @param from its folder; left out, the project's is built first
 * @param name of the copy
 * @returns the `dist` folder of the copy, and the inner signer as a module
 */
export async function takePackage(from, name) {
  if (!from) await must('npm', ['run', 'build'], { cwd: root });
  const source = from ?? root;
  const dir = join(workDir, name);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  cpSync(join(source, 'dist'), join(dir, 'dist'), { recursive: true });
  cpSync(join(source, 'package.json'), join(dir, 'package.json'));
  const { build } = await import('esbuild');
  const signer = join(dir, 'signer.mjs');
  const entryPoints = [join(source, 'src/auth/aws/sigv4.ts')];
  await build({ entryPoints, outfile: signer, bundle: true, platform: 'node', format: 'esm', conditions: ['node'], logLevel: 'silent' });
  return { dist: join(dir, 'dist'), signer };
}
