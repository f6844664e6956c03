// Makes the HDF5 files of the tests: node test/tools/hdf5/install.mjs [small|large|plugins …]; all when left out.
// What is there already is left alone; ANYFILE_VERBOSE=1 says how long each file took.
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedFolder, cacheDir } from '../cache.mjs';
import { installPython } from '../python.mjs';
import { run } from '../run.mjs';
import { filesFolder, plugins, python, scripts } from './places.mjs';

const makeMs = 300_000;
const keepMs = 24 * 3_600_000;

async function makeFiles(part) {
  await cachedFolder(python.name, (work) => installPython(work, ...python.requirements));
  const { name } = filesFolder(part);
  await cachedFolder(name, async (work) => {
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', HDF5_USE_FILE_LOCKING: 'FALSE' };
    const echo = Boolean(process.env.ANYFILE_VERBOSE);
    const { code, output } = await run(python.program, [join(scripts, 'make.py'), part], { cwd: work, env, echo, timeoutMs: makeMs });
    if (code !== 0) throw new Error(`make.py ${part} ended with ${code}: ${output.trim().slice(-1200)}`);
  });
  removeOld(`hdf5-${part}-`, name);
}

/** Removes what other versions of the scripts made, unless it is of today: another tree may be using it. */
function removeOld(prefix, current) {
  for (const name of readdirSync(cacheDir())) {
    const dir = join(cacheDir(), name);
    if (name.startsWith(prefix) && name !== current && Date.now() - statSync(dir).mtimeMs > keepMs)
      rmSync(dir, { recursive: true, force: true });
  }
}

async function installPlugins() {
  await cachedFolder(plugins.name, async (work) => {
    writeFileSync(join(work, 'package.json'), JSON.stringify({ name: 'anyfile-hdf5-plugins', version: '0.0.0', private: true }));
    // Its peer range leaves out the h5wasm of the project, with which its files work all the same.
    const options = ['--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
    const { code, output } = await run('npm', ['install', ...options, plugins.requirement], { cwd: work });
    if (code !== 0) throw new Error(output.trim().slice(-600));
  });
}

const steps = {
  small: { dir: () => filesFolder('small').dir, install: () => makeFiles('small') },
  large: { dir: () => filesFolder('large').dir, install: () => makeFiles('large') },
  plugins: { dir: () => plugins.dir, install: installPlugins },
};

/**
 * Makes what is missing.
 *
 * @param names which of `small`, `large` and `plugins`
 * @returns whether anything was made
 */
export async function installHdf5(names = Object.keys(steps)) {
  const missing = names.filter((name) => !existsSync(steps[name].dir()));
  for (const name of missing) await steps[name].install();
  return missing.length > 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const begin = performance.now();
  await installHdf5(process.argv.length > 2 ? process.argv.slice(2) : undefined);
  console.log(`HDF5 files are there (${((performance.now() - begin) / 1000).toFixed(1)} s)`);
}
