/**
 * Packages of others that blocks of the docs import and that are no dependency of the project.
 *
 * @module
 */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cachedFolder } from '../../tools/cache.mjs';
import { run } from '../../tools/run.mjs';

/**
 * Makes packages importable from a folder. They are installed into the cache once.
 *
 * @param versions exact, by name
 */
export async function linkPackages(dir: string, versions: Record<string, string>): Promise<void> {
  for (const [name, version] of Object.entries(versions)) {
    const home = await cachedFolder(`docs-peer-${name.replace(/\W/g, '-')}-${version}`, async (work: string) => {
      writeFileSync(join(work, 'package.json'), JSON.stringify({ private: true, dependencies: { [name]: version } }));
      const args = ['install', '--prefix', work, '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
      const { code, output } = await run('npm', args);
      if (code !== 0) throw new Error(`npm install ${name}: ${output.trim().slice(-600)}`);
    });
    const link = join(dir, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(home, 'node_modules', name), link);
  }
}
