// The bundlers and the compiler that users have, pinned by a lock file, in the cache: none of them is a package of this project.
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedFolder } from '../cache.mjs';
import { run } from '../run.mjs';

const source = fileURLToPath(new URL('toolbox/', import.meta.url));
const files = ['package.json', 'package-lock.json'];

/**
 * Installs the toolbox when it is missing.
 *
 * @returns its folder, with node_modules
 */
export async function openToolbox() {
  const digest = createHash('sha256');
  for (const file of files) digest.update(readFileSync(join(source, file)));
  return await cachedFolder(`toolbox-${digest.digest('hex').slice(0, 12)}`, async (work) => {
    for (const file of files) copyFileSync(join(source, file), join(work, file));
    const { code, output } = await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: work });
    if (code !== 0) throw new Error(`npm ci of the toolbox ended with ${code}:\n${output.trim().slice(-2000)}`);
  });
}
