import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { equal, test } from '../harness.ts';
import { entries, read, root } from './project.ts';

// The public names by entry. A change here is a change for users: `ANYFILE_UPDATE=1 npm run meta` writes it anew.
const snapshot = 'test/meta/public-names.json';

/** Names of values, from the built module, and of types, from its declarations. */
async function namesOf(name: string, build: string): Promise<string[]> {
  const module = (await import(pathToFileURL(join(root, 'dist', build, `${name}.js`)).href)) as object;
  return Object.keys(module).sort();
}

/** Names that `export type { … }` and exported interfaces and types add; `export type *` is followed. */
function typesOf(path: string): string[] {
  const text = read(path);
  const names = [...text.matchAll(/^export (?:declare )?(?:type|interface) (\w+)/gm)].map((match) => match[1] ?? '');
  for (const [, isType, list = ''] of text.matchAll(/^export (type )?\{([^}]*)\}/gm)) {
    for (const item of list
      .split(',')
      .map((piece) => piece.trim())
      .filter(Boolean)) {
      if (isType || item.startsWith('type ')) names.push(item.replace(/^type /, '').replace(/^.* as /, ''));
    }
  }
  for (const [, target = ''] of text.matchAll(/^export (?:type )?\* from '\.\/([^']+)\.ts'/gm))
    names.push(...typesOf(`dist/types/${target}.d.ts`));
  return names;
}

test('the public names are those of the snapshot, the same in both builds', async () => {
  const names: Record<string, { values: string[]; types: string[] }> = {};
  for (const { subpath, name } of entries()) {
    const values = await namesOf(name, 'node');
    equal(await namesOf(name, 'browser'), values, `${subpath} of the browser build`);
    names[subpath] = { values, types: [...new Set(typesOf(`dist/types/${name}.d.ts`))].sort() };
  }
  if (process.env['ANYFILE_UPDATE'] || !existsSync(join(root, snapshot)))
    writeFileSync(join(root, snapshot), `${JSON.stringify(names, null, 2)}\n`);
  equal(names, JSON.parse(read(snapshot)), 'public names');
});
