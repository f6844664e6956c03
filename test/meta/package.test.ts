import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { equal, ok, test } from '../harness.ts';
import { entries, manifest, read, root } from './project.ts';

const conditions = ['types', 'workerd', 'deno', 'bun', 'worker', 'browser', 'node', 'default'];
const folderOf: Record<string, string> = { types: 'types', deno: 'node', bun: 'node', node: 'node' };

function modulesIn(dir: string): string[] {
  return readdirSync(join(root, dir), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
}

/** Specifiers of static and dynamic imports. */
function importsOf(code: string): string[] {
  return [...code.matchAll(/(?:^|;)\s*(?:import|export)\b[^'"()]*?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm)].map(
    (match) => match[1] ?? match[2] ?? '',
  );
}

for (const { subpath, name, target } of entries()) {
  test(`${subpath} has every condition, types first, and every file`, () => {
    equal(Object.keys(target), conditions);
    for (const condition of conditions) {
      const ending = condition === 'types' ? '.d.ts' : '.js';
      equal(target[condition], `./dist/${folderOf[condition] ?? 'browser'}/${name}${ending}`, condition);
      ok(existsSync(join(root, target[condition] ?? '')), `${target[condition]} in the build`);
    }
    ok(existsSync(join(root, 'src', `${name}.ts`)), `src/${name}.ts`);
  });
}

test('the manifest says what the package promises', () => {
  const { sideEffects, engines, bin, files, dependencies, devDependencies } = manifest();
  equal(sideEffects, false);
  equal(engines.node, '>=20.19');
  equal(bin, { anyfile: 'dist/cli/main.js' });
  ok(files.includes('dist'), 'dist among the files');
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
  equal(loose, [], 'versions that are not pinned');
});

test('the command is executable and says how it is run', () => {
  const path = join(root, manifest().bin['anyfile'] ?? '');
  ok(readFileSync(path, 'utf8').startsWith('#!/usr/bin/env node\n'), 'a first line for the shell');
  equal(statSync(path).mode & 0o111, 0o111);
});

test('the browser build knows nothing of Node', () => {
  const dependencies = Object.keys(manifest().dependencies);
  for (const file of modulesIn('dist/browser')) {
    const code = read(join('dist/browser', file));
    for (const specifier of importsOf(code)) {
      const bare = specifier.split('/')[0] ?? '';
      ok(!specifier.startsWith('node:') && !builtinModules.includes(bare), `${file} without ${specifier}`);
      ok(
        specifier.startsWith('.') || dependencies.includes(specifier) || dependencies.includes(bare),
        `${file}: a declared package instead of ${specifier}`,
      );
      ok(bare !== 'undici', `${file} without undici`);
    }
    ok(!/\bnode:[a-z]/.test(code), `${file} without the text node:`);
    ok(!/\bBuffer\.(from|alloc|concat)\b|\bprocess\.(env|versions|platform)\b/.test(code), `${file} without Node's globals`);
  }
});

test('every build loads drivers on use', () => {
  for (const build of ['node', 'browser', 'cdn']) {
    ok(
      modulesIn(`dist/${build}`).some((file) => /\bimport\(['"]\.\.?\//.test(read(join('dist', build, file)))),
      `an import() in dist/${build}`,
    );
  }
});

test('the build for pages without a bundler has every entry, names no package, and tells whose code is in it', () => {
  for (const { name } of entries()) ok(existsSync(join(root, `dist/cdn/${name}.js`)), `dist/cdn/${name}.js`);
  const bare = modulesIn('dist/cdn').flatMap((file) =>
    importsOf(read(join('dist/cdn', file))).filter((specifier) => !/^\.\.?\//.test(specifier)),
  );
  equal(bare, []);
  const licenses = read('dist/cdn/LICENSES.md');
  for (const name of ['fflate', 'h5wasm', 'idb-keyval']) ok(licenses.includes(`## ${name} `), `the licence of ${name}`);
});

test('no file of the browser build is shared by entries that use different parts of it', () => {
  const paths = modulesIn('dist/browser');
  equal(
    paths.filter((path) => /(^chunks|(^|\/)node_modules)\//.test(path)),
    [],
  );
  for (const path of ['store/s3/store.js', 'wasm/built/crc32c.wasm.js']) ok(paths.includes(path), `${path}, a module of its own`);
});

test('the tarball holds the build and nothing else of the tree', () => {
  const allowed = ['dist', 'README.md', 'LICENSE', 'CHANGELOG.md', 'package.json', 'wasm/LICENSES.md'];
  for (const name of manifest().files) ok(allowed.includes(name), `only ${allowed.join(', ')} in files, not ${name}`);
});
