// Makes the files of the adapters' tests with their communities' own writers: node test/tools/adapters/install.mjs. What is there is left
// alone.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedFolder, cacheDir } from '../cache.mjs';
import { installPython } from '../python.mjs';
import { run } from '../run.mjs';

const script = fileURLToPath(new URL('make.py', import.meta.url));
const requirements = ['zarr==3.1.6', 'numpy==2.4.6', 'pyarrow==26.0.1', 'rasterio==1.4.4', 'pmtiles==3.8.1'];
const makeMs = 300_000;

const digest = (...texts) => createHash('sha256').update(texts.join('\0')).digest('hex').slice(0, 12);

/** The folder of the files, named after all that decides what is in it. */
export const filesDir = () => join(cacheDir(), `adapters-${digest(...requirements, readFileSync(script, 'utf8'))}`);

/**
 * Makes what is missing: some 300 MB of Python and 8 MB of files.
 *
 * @returns whether anything was made
 */
export async function installAdapters() {
  const dir = filesDir();
  if (existsSync(dir)) return false;
  const python = await cachedFolder(`adapters-python-${digest(...requirements)}`, (work) => installPython(work, ...requirements));
  await cachedFolder(dir.slice(cacheDir().length + 1), async (work) => {
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
    const { code, output } = await run(join(python, 'bin', 'python'), [script], { cwd: work, env, timeoutMs: makeMs });
    if (code !== 0) throw new Error(`make.py ended with ${code}: ${output.trim().slice(-1200)}`);
  });
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const begin = performance.now();
  await installAdapters();
  console.log(`the adapters' files are there (${((performance.now() - begin) / 1000).toFixed(1)} s)`);
}
