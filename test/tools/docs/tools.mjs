// What makes the site of the docs: VitePress, TypeDoc and, beside the project's own compiler, which has no API that TypeDoc can use, one that has.
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedFolder } from '../cache.mjs';
import { run } from '../run.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const files = ['package.json', 'package-lock.json'];

/**
 * Installs the tools that the lock file beside this one names, unless they are there.
 *
 * @returns their node_modules
 */
export async function installDocsTools() {
  const digest = createHash('sha256');
  for (const name of files) digest.update(readFileSync(join(here, name)));
  const dir = await cachedFolder(`docs-${digest.digest('hex').slice(0, 12)}`, async (work) => {
    for (const name of files) copyFileSync(join(here, name), join(work, name));
    const { code, output } = await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: work });
    if (code !== 0) throw new Error(`npm ci of the tools for the docs ended with ${code}: ${output.trim().slice(-600)}`);
  });
  return join(dir, 'node_modules');
}
