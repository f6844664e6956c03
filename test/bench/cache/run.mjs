// npm run bench -- cache: containers of the cache beside what storage can do alone, in Node and in browsers, and several processes on one folder.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { root } from '../../tools/bundle.mjs';
import { nodeBuild } from '../../tools/node-build.mjs';
import { run } from '../../tools/run.mjs';
import { workDir } from '../setup.mjs';
import { clients, engines } from './cases.mjs';
import { bundlePage, runPage } from './pages.mjs';
import { measureParallel } from './parallel.mjs';
import { runWarm } from './warm.mjs';

async function bundle(outdir) {
  const { build } = await import('esbuild');
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  await build({
    ...nodeBuild,
    entryPoints: [join(root, 'test/bench/cache/inner/disk.ts')],
    outdir,
  });
  return outdir;
}

/** What so many processes do on one folder, each for a while. @returns operations a second, of all */
async function together(inner, count) {
  const folder = mkdtempSync(join(tmpdir(), 'anyfile-bench-'));
  try {
    const script = fileURLToPath(new URL('client.mjs', import.meta.url));
    const started = Array.from({ length: count }, () => {
      const child = spawn(process.execPath, [script, JSON.stringify({ inner, folder, ...clients })], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      let output = '';
      const ready = new Promise((resolve) => child.stdout.once('data', resolve));
      child.stdout.on('data', (chunk) => (output += chunk));
      return { child, ready, ended: new Promise((resolve) => child.once('close', () => resolve(output))) };
    });
    await Promise.all(started.map(({ ready }) => ready));
    for (const { child } of started) child.stdin.write('go\n');
    let operations = 0;
    for (const { ended } of started) {
      const line = (await ended).split('\n').find((text) => text.startsWith('{'));
      const told = line ? JSON.parse(line) : { wrong: NaN };
      if (told.wrong !== 0) throw new Error('a process failed, or got wrong bytes');
      operations += told.operations;
    }
    const rate = operations / (clients.ms / 1000);
    return { rate, us: 1e6 / rate };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** One process and eight, in turn. */
async function measureClients(inner, rounds) {
  const results = [];
  for (let round = 0; round < rounds; round++)
    results.push({ 'one process': await together(inner, 1), 'eight processes': await together(inner, clients.most) });
  return { does: 'clients', size: '64 KiB', rounds: results };
}

/**
 * Measures everything.
 *
 * @param rounds of every case
 * @param wanted names of engines, `node` too
 * @returns what was measured, case by case, with the engine
 */
export async function runCache({ rounds, wanted = ['node', ...engines] }) {
  const inner = await bundle(join(workDir, 'inner-cache'));
  const all = [];
  if (wanted.includes('node')) {
    const script = fileURLToPath(new URL('node.mjs', import.meta.url));
    const { output } = await run(process.execPath, [script, JSON.stringify({ inner, rounds })], { timeoutMs: 600_000 });
    const line = output.split('\n').findLast((text) => text.startsWith('{'));
    const { measured, error } = line ? JSON.parse(line) : { error: output.trim().slice(-600) };
    if (error) throw new Error(`in Node: ${error}`);
    all.push(...measured, await measureClients(inner, Math.min(rounds, 5)), ...(await runWarm({ rounds: Math.min(rounds, 9) })));
  }
  const pages = join(workDir, 'page-cache');
  rmSync(pages, { recursive: true, force: true });
  await bundlePage(pages);
  for (const engine of engines.filter((name) => wanted.includes(name))) {
    try {
      for (const one of (await runPage(engine, pages, { rounds })) ?? []) all.push({ ...one, engine });
    } catch (error) {
      // What the others told is not lost.
      console.error(String(error));
    }
  }
  if (wanted.includes('chromium')) all.push({ engine: 'chromium', ...(await measureParallel({ rounds: Math.min(rounds, 9) })) });
  return all.map((one) => ({ engine: 'node', ...one }));
}
