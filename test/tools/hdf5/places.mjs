// Where the HDF5 files of the tests are kept, and what makes them.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDir } from '../cache.mjs';

/** This folder, with the scripts in it. */
export const scripts = fileURLToPath(new URL('.', import.meta.url));

const requirements = ['h5py==3.16.0', 'numpy==2.4.6', 'hdf5plugin==7.1.0'];

const digest = (...texts) =>
  texts
    .reduce((hash, text) => hash.update(text).update('\0'), createHash('sha256'))
    .digest('hex')
    .slice(0, 12);

const folder = (name) => ({ name, dir: join(cacheDir(), name) });

const pythonFolder = folder(`hdf5-python-${digest(...requirements)}`);

/** A Python with h5py. */
export const python = { ...pythonFolder, requirements, program: join(pythonFolder.dir, 'bin', 'python') };

const pluginVersion = '0.2.1';

/** The filters' plugins for h5wasm; the package wants another h5wasm than the project has, so it is not among its packages. */
export const plugins = {
  ...folder(`hdf5-plugins-${pluginVersion}`),
  requirement: `h5wasm-plugins@${pluginVersion}`,
  path: join('node_modules', 'h5wasm-plugins', 'plugins'),
};

/** Scripts that make the large files; changing others need not make those again. */
const ofLarge = new Set(['files_large.py', 'canonical.py', 'dtype_text.py', 'make.py', 'oracle.py']);

/**
 * The folder of the small files or of the large ones, named after all that decides what is in it.
 *
 * @param part `small` or `large`
 */
export function filesFolder(part) {
  const names = readdirSync(scripts)
    .filter((name) => name.endsWith('.py') && (part === 'large' ? ofLarge.has(name) : name !== 'files_large.py'))
    .sort();
  return folder(`hdf5-${part}-${digest(...requirements, ...names, ...names.map((name) => readFileSync(join(scripts, name), 'utf8')))}`);
}
