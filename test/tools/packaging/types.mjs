// The types of every entry, as users' compilers find them: this project's TypeScript and the one before it, by both ways of resolving.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bundle.mjs';
import { run } from '../run.mjs';
import { insist } from './insist.mjs';

const use = `
import { Client, CloudError, isCloudError, type FileRecord } from 'anyfile';
import { openHdf5, type Hdf5File } from 'anyfile/hdf5';
export async function read(client: Client): Promise<Uint8Array | null> {
  return await client.files('s3://bucket/').get({ path: 'key', start: 0, end: 16 });
}
export const open = (url: string): Promise<Hdf5File> => openHdf5(url);
export const codeOf = (error: unknown): string | undefined => (isCloudError(error, 'NotFound') || error instanceof CloudError ? error.code : undefined);
export type Kept = FileRecord;
`;

/** Compiles a module that uses every entry, and one that uses them wrongly. */
async function compile(context, name, compiler, resolution) {
  const dir = context.project(name);
  const manifest = JSON.parse(readFileSync(join(dir, 'node_modules/anyfile/package.json'), 'utf8'));
  const entries = Object.keys(manifest.exports).filter(
    (subpath) => typeof manifest.exports[subpath] === 'object' && !subpath.includes('*'),
  );
  const imports = entries.map((subpath, i) => `import * as entry${i} from 'anyfile${subpath.slice(1)}';`);
  const all = `export const all: object[] = [${imports.map((_, i) => `entry${i}`).join(', ')}];`;
  writeFileSync(join(dir, 'use.ts'), `${imports.join('\n')}\n${all}\n${use}`);
  writeFileSync(join(dir, 'wrong.ts'), `import { openStore } from 'anyfile';\nopenStore(5);\nopenStore('mem://b/').nothing();\n`);
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'es2022',
    lib: ['es2022', 'esnext.disposable', 'dom', 'dom.iterable'],
    types: [],
    module: resolution === 'bundler' ? 'esnext' : 'nodenext',
    moduleResolution: resolution,
  };
  writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts', 'wrong.ts'] }));
  const { output } = await run(process.execPath, [compiler(dir), '-p', dir], { cwd: dir, timeoutMs: 120_000 });
  const places = output.split('\n').filter((line) => /\berror TS\d+/.test(line));
  const wanted = places.length === 2 && places[0].startsWith('wrong.ts(2,') && places[1].startsWith('wrong.ts(3,');
  insist(wanted, `two complaints, of wrong.ts, instead of:\n${output.trim()}`);
}

const older = (dir) => join(dir, 'node_modules/typescript/bin/tsc');
const newest = () => join(root, 'node_modules/typescript/bin/tsc');

/** Steps by name. */
export const typeSteps = {
  'types, nodenext': (context) => compile(context, 'types-nodenext', newest, 'nodenext'),
  'types, bundler': (context) => compile(context, 'types-bundler', newest, 'bundler'),
  'types, nodenext, TypeScript 5': (context) => compile(context, 'types-nodenext-5', older, 'nodenext'),
};
