// npm run bench -- jobs [--rounds 7] [--quick]: making a job of 1,000,000 names beside Python's cloud-files, in turn, each in a process of its own: rows
// a second, the most memory, and how long the state takes to be read. Then 100,000 files are taken and noted by one process and by four at once.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { installServers } from '../../servers/install.mjs';
import { servers } from '../../servers/versions.mjs';
import { root } from '../../tools/bundle.mjs';
import { nodeBuild } from '../../tools/node-build.mjs';
import { workDir } from '../setup.mjs';

const script = (name) => fileURLToPath(new URL(name, import.meta.url));

const files = 100_000;
const names = 1_000_000;
const quickNames = 50_000;

/** @returns files a second, from when all processes stand ready */
async function takeAll(library, db, processes) {
  const { createSqliteStore } = await import(library);
  const store = createSqliteStore(db);
  await store.create(
    { source: 'mem://a', dest: 'mem://b', reencode: null },
    Array.from({ length: files }, (_, i) => `file ${i}`),
  );
  await store.close();
  const children = Array.from({ length: processes }, () =>
    spawn(process.execPath, [script('claim-side.mjs'), library, db], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  const printed = children.map(() => '');
  for (const [i, child] of children.entries()) child.stdout.on('data', (chunk) => (printed[i] += chunk));
  const ends = children.map((child) => new Promise((resolve) => child.once('close', resolve)));
  while (printed.some((text) => text === '')) await new Promise((resolve) => setTimeout(resolve, 5));
  const begun = performance.now();
  for (const child of children) child.stdin.write('go\n');
  await Promise.all(ends);
  const seconds = (performance.now() - begun) / 1000;
  const had = printed.reduce((sum, text) => sum + Number(text.split('\n')[1]), 0);
  if (had !== files) throw new Error(`${had} of ${files} files were counted`);
  return files / seconds;
}

/**
 * Measures everything.
 *
 * @param rounds of making a job
 * @param quick fewer names
 * @returns of each side a result a round, files a second of one process and of four, and how busy the machine was before
 */
export async function runJobs({ rounds, quick = false, log = console.log }) {
  const load = loadavg()[0];
  const count = quick ? quickNames : names;
  const { cloudfiles: failure } = await installServers({ names: ['cloudfiles'] });
  if (failure) throw new Error(failure);
  mkdirSync(workDir, { recursive: true });
  const work = mkdtempSync(join(workDir, 'jobs-'));
  const data = mkdtempSync(join(tmpdir(), 'anyfile-bench-jobs-'));
  try {
    const library = join(work, 'index.mjs');
    await build({
      ...nodeBuild,
      entryPoints: [join(root, 'src/index.ts'), join(root, 'src/jobs/sqlite/sqlite-store.ts')],
      entryNames: '[name]',
      outdir: work,
      outExtension: { '.js': '.mjs' },
      splitting: true,
    });
    const sides = {
      anyfile: (db) => [process.execPath, [script('init-side.mjs'), library, db, String(count)]],
      'cloud-files': (db) => [servers.cloudfiles.program, [script('init_side.py'), db, String(count)]],
    };
    const measured = [];
    for (let round = 0; round < rounds; round++) {
      const result = {};
      for (const [name, [program, args]] of Object.entries(sides).map(([name, of]) => [name, of(join(data, `${name}.db`))])) {
        rmSync(join(data, `${name}.db`), { force: true });
        const answer = JSON.parse(execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));
        if (answer.rows !== count) throw new Error(`${name} kept ${answer.rows} rows`);
        result[name] = { ...answer, rate: (answer.rows / answer.ms) * 1000 };
      }
      measured.push(result);
      log(`jobs: round ${round + 1} of ${rounds}`);
    }
    const taken = {};
    for (const processes of [1, 4])
      taken[processes] = await takeAll(join(work, 'sqlite-store.mjs'), join(data, `take-${processes}.db`), processes);
    return { measured, taken, names: count, files, load };
  } finally {
    for (const folder of [work, data]) rmSync(folder, { recursive: true, force: true });
  }
}
