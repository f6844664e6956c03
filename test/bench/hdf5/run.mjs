// npm run bench -- hdf5: HDF5 files read over HTTP with latency, beside a full download, h5py over fsspec and h5wasm's own lazy file.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { serveRanges } from '../../servers/ranges.mjs';
import { root } from '../../tools/bundle.mjs';
import { cachedFolder } from '../../tools/cache.mjs';
import { installHdf5 } from '../../tools/hdf5/install.mjs';
import { filesFolder } from '../../tools/hdf5/places.mjs';
import { installPython } from '../../tools/python.mjs';
import { runBrowser } from '../browser.mjs';
import { startPeer } from '../dataset/peer.mjs';
import { workDir } from '../setup.mjs';
import { cases, networks } from './cases.mjs';
import { openLine } from './line.mjs';
import { measureRounds } from './rounds.mjs';
import { runWriting } from './writing.mjs';

const requirements = ['h5py==3.16.0', 'numpy==2.4.6', 'fsspec==2026.9.0', 'aiohttp==3.14.5'];
const script = (name) => fileURLToPath(new URL(name, import.meta.url));

async function python() {
  const hash = createHash('sha256').update(requirements.join('\0')).digest('hex').slice(0, 12);
  const dir = await cachedFolder(`bench-hdf5-python-${hash}`, (work) => installPython(work, ...requirements));
  return join(dir, 'bin', 'python');
}

/** In processes of their own: those of JavaScript for each way, Python's for both of its. */
async function startSides(dist) {
  const sides = {};
  try {
    const env = { PYTHONWARNINGS: 'ignore', PYTHONDONTWRITEBYTECODE: '1' };
    sides.fsspec = await startPeer(await python(), [script('fsspec_side.py')], env);
    const start = (name, module) => startPeer(process.execPath, [script('side.mjs'), name, module]);
    sides.anyfile = await start('anyfile', pathToFileURL(join(dist, 'node/hdf5.js')).href);
    sides.fullDownload = await start('fullDownload', 'h5wasm');
    return sides;
  } catch (error) {
    await endAll(sides);
    throw error;
  }
}

const endAll = (sides) => Promise.all(Object.values(sides).map((side) => side.end()));

/**
 * Measures everything.
 *
 * @param dist the built package
 * @param rounds of every case; what takes long has fewer
 * @param wanted `node`, `chromium` and `writing`
 * @param only names of cases, or how they begin
 * @returns what was measured, case by case, with the engine; what writing took, if anything; the versions of
 *   everything; how busy the machine was before
 */
export async function runHdf5({ dist, rounds, wanted = ['node', 'chromium', 'writing'], only, log = console.log }) {
  const chosen = cases.filter(({ name }) => only?.some((piece) => name.startsWith(piece)) ?? true);
  if (!chosen.length) throw new Error(`cases: ${cases.map(({ name }) => name).join(', ')}`);
  const load = loadavg()[0];
  await installHdf5(['large']);
  const { dir } = filesFolder('large');
  const server = await serveRanges([['', dir]]);
  const lines = [];
  let sides = {};
  try {
    sides = await startSides(dist);
    const reached = [];
    for (const network of networks) {
      const line = network.megabitsPerSecond && (await openLine(server.base, network.megabitsPerSecond));
      if (line) lines.push(line);
      reached.push({ ...network, base: (line || server).base });
    }
    const ask = (side, more) => (job) => sides[side].ask({ ...job, ...more, do: 'act' });
    const expected = {};
    for (const one of chosen) expected[one.name] = (await ask('fsspec')({ ...one, url: join(dir, one.file) })).digest;
    const common = { cases: chosen, networks: reached, rounds, base: server.base, expected };
    const measured = [];
    if (wanted.includes('node')) {
      const ways = {
        anyfile: ask('anyfile'),
        'full download': ask('fullDownload'),
        'h5py, readahead': ask('fsspec', { cache: 'readahead' }),
        'h5py, blockcache': ask('fsspec', { cache: 'blockcache' }),
      };
      measured.push(...(await measureRounds({ ...common, ways, engine: 'node', log })));
    }
    if (wanted.includes('chromium')) {
      const inPage = await runBrowser({
        entry: 'hdf5/page.mjs',
        alias: { 'anyfile/hdf5': join(dist, 'browser/hdf5.js') },
        outdir: join(workDir, 'hdf5-page'),
        job: { ...common, engine: 'chromium' },
        timeoutMs: 120_000 + rounds * 180_000,
      });
      measured.push(...inPage);
    }
    const { h5wasm } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies;
    const written = wanted.includes('writing') ? await runWriting({ dist, rounds, log }) : undefined;
    return { measured, written, load, versions: { ...sides.anyfile.versions, h5wasm, ...sides.fsspec.versions } };
  } finally {
    await endAll(sides);
    await Promise.all(lines.map((line) => line.stop()));
    await server.stop();
  }
}
