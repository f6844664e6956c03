// npm run bench -- wasm: kernels and codecs beside their peers, in this machine's Node and in Chromium, each in one process.
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { root } from '../../tools/bundle.mjs';
import { run } from '../../tools/run.mjs';
import { runBrowser } from '../browser.mjs';
import { installPeers, workDir } from '../setup.mjs';

/** The versions that are compared with. */
export const versions = {
  'hash-wasm': '4.13.0',
  '@node-rs/crc32': '1.10.8',
  aws4fetch: '1.0.20',
  fflate: '0.8.3',
  '@bokuweb/zstd-wasm': '0.0.27',
};

const slicing = join(root, 'wasm/built/crc64nvme.wasm');

/** What the package does not export: the signer in both forms, the checksums without kernels, and libdeflate where zlib does its work. */
async function bundleInner(outdir, platform) {
  const { build } = await import('esbuild');
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  await build({
    entryPoints: ['plain', 'signers', 'libdeflate'].map((name) => join(root, 'test/bench/kernels/inner', `${name}.ts`)),
    outdir,
    bundle: true,
    format: 'esm',
    platform,
    conditions: [platform],
    loader: { '.wasm': 'base64' },
    logLevel: 'silent',
  });
  return outdir;
}

async function inNode(job) {
  const inner = await bundleInner(join(workDir, 'inner-node'), 'node');
  const script = fileURLToPath(new URL('node.mjs', import.meta.url));
  const { output } = await run(process.execPath, [script, JSON.stringify({ ...job, inner, slicing })], { timeoutMs: 600_000 });
  const line = output.split('\n').findLast((text) => text.startsWith('{'));
  const { measured, error } = line ? JSON.parse(line) : { error: output.trim().slice(-600) };
  if (error) throw new Error(`in Node: ${error}`);
  return measured;
}

async function inPage({ dist, packages, ...job }) {
  const inner = await bundleInner(join(workDir, 'inner-page'), 'browser');
  const peer = (name) => [name, join(packages, 'node_modules', name)];
  const ours = ['hash', 'codecs/gzip', 'codecs/zstd'].map((name) => [`anyfile/${name}`, join(dist, 'browser', `${name}.js`)]);
  const alias = {
    ...Object.fromEntries([...ours, ...['hash-wasm', 'aws4fetch', 'fflate', '@bokuweb/zstd-wasm'].map(peer)]),
    'anyfile-inner/plain': join(inner, 'plain.js'),
    'anyfile-inner/signers': join(inner, 'signers.js'),
    'anyfile-inner/slicing.wasm': slicing,
  };
  const outdir = join(workDir, 'kernels-page');
  mkdirSync(outdir, { recursive: true });
  // It looks for its module beside the script.
  copyFileSync(join(packages, 'node_modules/@bokuweb/zstd-wasm/dist/web/zstd.wasm'), join(outdir, 'zstd.wasm'));
  return runBrowser({ entry: 'kernels/page.mjs', alias, outdir, job, timeoutMs: 600_000 });
}

/**
 * Measures everything.
 *
 * @param dist the built package
 * @param only names of cases, or how they begin
 * @returns by engine what was measured
 */
export async function runKernels({ dist, rounds, ms = 40, only, engines = ['node', 'chromium'] }) {
  const packages = await installPeers({ dependencies: versions });
  const job = { dist, packages, rounds, ms, only };
  return {
    ...(engines.includes('node') && { [`Node ${process.versions.node}`]: await inNode(job) }),
    ...(engines.includes('chromium') && { Chromium: await inPage(job) }),
  };
}
