// node test/bench/jobs/run.mjs [--names 1000000] [--rounds 3]: making a job of many names beside Python's cloud-files, in turn, each in a process of
// its own. Prints rows a second, the most memory, and how long the state takes to be read. The bounds: 5 times the original's rate, 150 MB, 0.3 s.
// Then 100,000 files are taken and noted by one process and by four at once, which are to do at least 0.6 times as many a second.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { installServers } from '../../servers/install.mjs';
import { servers } from '../../servers/versions.mjs';
import { root } from '../../tools/bundle.mjs';

const { values } = parseArgs({ options: { names: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '3' } } });
const script = (name) => fileURLToPath(new URL(name, import.meta.url));
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

const files = 100_000;

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

const { cloudfiles: failure } = await installServers({ names: ['cloudfiles'] });
if (failure) throw new Error(failure);
const work = mkdtempSync(join(root, 'build', 'bench-jobs-'));
const data = mkdtempSync(join(tmpdir(), 'anyfile-bench-jobs-'));
try {
  const library = join(work, 'index.mjs');
  await build({
    entryPoints: [join(root, 'src/index.ts'), join(root, 'src/jobs/sqlite/sqlite-store.ts')],
    entryNames: '[name]',
    outdir: work,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    conditions: ['node'],
    packages: 'external',
    loader: { '.wasm': 'base64' },
    logLevel: 'error',
  });
  const sides = {
    anyfile: (db) => [process.execPath, [script('init-side.mjs'), library, db, values.names]],
    'cloud-files': (db) => [servers.cloudfiles.program, [script('init_side.py'), db, values.names]],
  };
  const results = { anyfile: [], 'cloud-files': [] };
  for (let round = 0; round < Number(values.rounds); round++)
    for (const [name, command] of Object.entries(sides)) {
      const db = join(data, `${name}.db`);
      rmSync(db, { force: true });
      const answer = JSON.parse(execFileSync(...command(db), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));
      if (answer.rows !== Number(values.names)) throw new Error(`${name} kept ${answer.rows} rows`);
      results[name].push({ ...answer, rate: (answer.rows / answer.ms) * 1000 });
    }
  const of = (name, figure) => median(results[name].map((result) => result[figure]));
  const load = loadavg()[0].toFixed(1);
  console.log(`${values.names} names, ${values.rounds} rounds, node ${process.versions.node}, load ${load}`);
  for (const name of Object.keys(sides))
    console.log(`${name}: ${Math.round(of(name, 'rate'))} rows/s, ${Math.round(of(name, 'maxRssMb'))} MB`);
  console.log(`times the original's rate: ${(of('anyfile', 'rate') / of('cloud-files', 'rate')).toFixed(1)} (bound 5)`);
  console.log(
    `state read in ${of('anyfile', 'statusMs').toFixed(1)} ms, of a job newly opened in ${of('anyfile', 'firstStatusMs').toFixed(0)} ms (bound 300)`,
  );
  const rates = {};
  for (const processes of [1, 4])
    rates[processes] = await takeAll(join(work, 'sqlite-store.mjs'), join(data, `take-${processes}.db`), processes);
  console.log(`files taken and noted a second: ${Math.round(rates[1])} by one, ${Math.round(rates[4])} by four`);
  console.log(`four beside one: ${(rates[4] / rates[1]).toFixed(2)} (bound 0.6)`);
} finally {
  for (const folder of [work, data]) rmSync(folder, { recursive: true, force: true });
}
