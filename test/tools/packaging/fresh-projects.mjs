// Fresh projects: folders outside this tree, where nothing is found that a user has not installed. One `npm install` of the tarball serves all:
// each project is a copy of it whose files are links.
import {
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDir } from '../cache.mjs';
import { run } from '../run.mjs';

const projects = fileURLToPath(new URL('projects/', import.meta.url));

/** Copies a folder; its files become links, but for those that npm writes over. */
function linkTree(from, to) {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkTree(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (entry.name === '.package-lock.json' || entry.name === 'package-lock.json') copyFileSync(source, target);
    else linkSync(source, target);
  }
}

/**
 * Installs the tarball beside the tools.
 *
 * @param options.tarball its path
 * @param options.toolbox the folder of the tools
 * @param options.settings what each project finds in settings.json
 * @returns `base`, the folder of the first; `project(name, ...parts)`, which makes another one with what `projects/<part>` holds; `remove`
 */
export async function freshProjects({ tarball, toolbox, settings }) {
  // In the cache, since links need one file system.
  const home = mkdtempSync(join(cacheDir(), 'fresh-'));
  const remove = () => rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  process.once('exit', remove);
  const base = join(home, 'base');
  mkdirSync(base);
  linkTree(join(toolbox, 'node_modules'), join(base, 'node_modules'));
  copyFileSync(join(toolbox, 'package-lock.json'), join(base, 'package-lock.json'));
  copyFileSync(join(toolbox, 'package.json'), join(base, 'package.json'));
  const args = ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', tarball];
  const { code, output } = await run('npm', args, { cwd: base, timeoutMs: 300_000 });
  if (code !== 0) throw new Error(`npm install of the tarball ended with ${code}:\n${output.trim().slice(-2000)}`);

  const project = (name, ...parts) => {
    const dir = join(home, name);
    linkTree(join(base, 'node_modules'), join(dir, 'node_modules'));
    writeFileSync(join(dir, 'package.json'), JSON.stringify({ name, version: '0.0.0', private: true, type: 'module' }));
    for (const part of parts) cpSync(join(projects, part), dir, { recursive: true });
    writeFileSync(join(dir, 'settings.json'), JSON.stringify(settings));
    return dir;
  };
  return {
    base,
    project,
    remove() {
      process.off('exit', remove);
      remove();
    },
  };
}
