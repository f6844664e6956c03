// npm run bench -- worker: calls, bytes and streams through a worker, in Node and in browsers.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { root } from '../../tools/bundle.mjs';
import { runPage } from '../cache/pages.mjs';
import { workDir } from '../setup.mjs';

const caseMs = 1000;
export const engines = ['node', 'chromium', 'firefox', 'webkit'];

async function bundle(outdir, platform) {
  const { build } = await import('esbuild');
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  await build({
    entryPoints: ['page', 'cases', 'worker'].map((name) => join(root, `test/bench/worker/${name}.mjs`)),
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform,
    conditions: [platform],
    packages: platform === 'node' ? 'external' : 'bundle',
    loader: { '.wasm': 'base64' },
    logLevel: 'silent',
  });
  return outdir;
}

/**
 * Measures everything.
 *
 * @param rounds of every case
 * @param wanted names of engines
 * @returns engine → what was measured, case by case
 */
export async function runWorker({ rounds, wanted = engines }) {
  const measured = {};
  const job = { rounds, ms: caseMs };
  if (wanted.includes('node')) {
    const outdir = await bundle(join(workDir, 'worker-node'), 'node');
    const { measureCases } = await import(pathToFileURL(join(outdir, 'cases.js')).href);
    measured.node = await measureCases(new Worker(join(outdir, 'worker.js')), job);
    console.log('node: measured');
  }
  const pages = wanted.filter((name) => name !== 'node');
  if (!pages.length) return measured;
  const outdir = await bundle(join(workDir, 'worker-page'), 'browser');
  for (const name of pages) {
    const found = await runPage(name, outdir, job);
    if (found) measured[name] = found;
    console.log(found ? `${name}: measured` : `${name} is not installed`);
  }
  return measured;
}
