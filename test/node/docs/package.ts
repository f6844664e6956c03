/**
 * The package as a reader of the docs has it installed: built from the sources into a folder of its own, with the command.
 *
 * @module
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { nodeBuild } from '../../tools/node-build.mjs';

/** The project's folder: packages are found from there. */
export const root: string = (() => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  return folder;
})();

/** Entries by what they are imported as, `sign` for `anyfile/sign`. */
function entryNames(exports: Record<string, string | Record<string, string>>): string[] {
  return Object.values(exports).flatMap((target) =>
    typeof target === 'string' ? [] : [(target['default'] ?? '').replace('./dist/browser/', '').replace(/\.js$/, '')],
  );
}

/**
 * Builds it.
 *
 * @param dir a folder within the project, in whose node_modules it goes
 * @returns the folder in which the command is
 */
export async function installPackage(dir: string): Promise<string> {
  const { build } = await import('esbuild');
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string;
    exports: Record<string, string | Record<string, string>>;
  };
  const names = entryNames(manifest.exports);
  const home = join(dir, 'node_modules', 'anyfile');
  await build({
    ...nodeBuild,
    absWorkingDir: root,
    entryPoints: [...names.map((name) => `src/${name}.ts`), 'src/cli/main.ts'],
    outbase: 'src',
    outdir: join(home, 'dist'),
    splitting: true,
  });
  const exports = Object.fromEntries(names.map((name) => [name === 'index' ? '.' : `./${name}`, `./dist/${name}.js`]));
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name: 'anyfile', version: manifest.version, type: 'module', exports }));
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ type: 'module', private: true }));
  const bin = join(dir, 'bin');
  mkdirSync(bin, { recursive: true });
  const command = join(bin, 'anyfile');
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${join(home, 'dist', 'cli', 'main.js')}' "$@"\n`);
  chmodSync(command, 0o755);
  return bin;
}
