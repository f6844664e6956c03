// npm run bench -- cache: containers of the cache beside what storage can do alone, in one process.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { root } from '../../tools/bundle.mjs';
import { run } from '../../tools/run.mjs';
import { workDir } from '../setup.mjs';

async function bundle(outdir) {
  const { build } = await import('esbuild');
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  await build({
    entryPoints: [join(root, 'test/bench/cache/inner/disk.ts')],
    outdir,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    conditions: ['node'],
    loader: { '.wasm': 'base64' },
    logLevel: 'silent',
  });
  return outdir;
}

/**
 * Measures everything.
 *
 * @param rounds of every case
 * @returns what was measured, case by case
 */
export async function runCache({ rounds }) {
  const inner = await bundle(join(workDir, 'inner-cache'));
  const script = fileURLToPath(new URL('node.mjs', import.meta.url));
  const { output } = await run(process.execPath, [script, JSON.stringify({ inner, rounds })], { timeoutMs: 600_000 });
  const line = output.split('\n').findLast((text) => text.startsWith('{'));
  const { measured, error } = line ? JSON.parse(line) : { error: output.trim().slice(-600) };
  if (error) throw new Error(`in Node: ${error}`);
  return measured;
}
