import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { ok, test } from '../harness.ts';
import { entries, manifest, none, read, root, trackedFiles } from './project.ts';

const maxLines = 400;
const isText = (path: string): boolean =>
  /\.(ts|mjs|cjs|json|md|html|css|svg|txt|sh|ya?ml)$|(^|\/)[^.]+$|(^|\/)\.[a-z]+(rc|ignore|config)?$/.test(path);
const isCode = (path: string): boolean => /^(src|test)\/.*\.(ts|mjs)$/.test(path) && !path.startsWith('test/parity/fixtures/');
const files = trackedFiles();
const sources = files.filter((path) => /^src\/.*\.ts$/.test(path) && !path.endsWith('.d.ts'));

/** Lines with a hit, as `file:line: text`. */
function grep(paths: string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    read(path)
      .split('\n')
      .flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}: ${line.trim().slice(0, 100)}`] : [])),
  );
}

test('no file is long', () => {
  const long = files.filter(isCode).map((path) => ({ path, lines: read(path).split('\n').length - 1 }));
  none(
    long.filter(({ lines }) => lines > maxLines),
    `files over ${maxLines} lines`,
  );
});

test('every source file says what it is', () => {
  none(
    sources.filter((path) => !/^(#!.*\n)?\/\*\*[\s\S]*?@module[\s\S]*?\*\//.test(read(path))),
    'files without a sentence and @module at their head',
  );
});

test('fflate only decodes: what its streams encode, other decoders may refuse (its issue 260)', () => {
  const imports = grep(sources, /\b(import|from)\b.*['"]fflate['"]/);
  ok(imports.length > 0, 'it is still used');
  none(
    imports.filter((line) => !line.includes("const { Gunzip } = await import('fflate')")),
    'more of fflate than Gunzip',
  );
});

test('every export is documented', () => {
  const bare = sources.flatMap((path) => {
    const lines = read(path).split('\n');
    return lines.flatMap((line, i) => {
      const name = /^export (?:declare |default )?(?:abstract )?(?:async )?(?:function\*?|const|let|class|interface|type) (\w+)/.exec(
        line,
      )?.[1];
      if (!name) return [];
      const before = lines[i - 1] ?? '';
      // A further overload shares the comment of the first.
      return before.trimEnd().endsWith('*/') || before.includes(` ${name}(`) || before.includes(` ${name}<`)
        ? []
        : [`${path}:${i + 1}: ${name}`];
    });
  });
  none(bare, 'exports without a comment');
});

test('every entry shows how it is used', () => {
  const paths = entries().map(({ name }) => `src/${name}.ts`);
  none(
    paths.filter((path) => !existsSync(join(root, path)) || !read(path).includes('@example')),
    'entries without an @example',
  );
});

test('nothing that looks like a secret is in the tree', () => {
  const key = /\b(AKIA|ASIA|AROA)[0-9A-Z]{16}\b|\bAIza[\w-]{35}|\bya29\.[\w-]{20}|\bgh[pousr]_\w{30}|\bGOOG1[0-9A-Z]{20}|\bnpm_\w{36}/;
  none(grep(files.filter(isText), key), 'keys');
  // A literal header in code that builds or reads a key is not a key: one is followed by a line of base64.
  const withKey = files.filter(isText).filter((path) => /PRIVATE KEY-----(\\n|\r?\n)[A-Za-z0-9+/=]{40}/.test(read(path)));
  none(withKey, 'private keys');
});

test('no path of this machine and no registry host is in the tree', () => {
  const places = [homedir(), dirname(root)].filter((path) => path.split('/').length > 1 && path !== '/').map((path) => `${path}/`);
  const text = files.filter(isText);
  none(
    places.flatMap((place) => text.filter((path) => read(path).includes(place)).map((path) => `${path}: ${place}`)),
    'paths',
  );
  const lock = read('package-lock.json');
  ok(!/"resolved"\s*:\s*"https?:/.test(lock), 'a lock file without the addresses of a registry');
  none(
    grep(
      text.filter((path) => path.endsWith('rc')),
      /registry\s*=/,
    ),
    'registries',
  );
});

test('the lock file is complete', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const found = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !packages[`${path}/node_modules/${name}`] && !packages[`node_modules/${name}`]),
  );
  none(found, 'packages for other platforms without an entry, which npm ci refuses (node test/tools/lock.mjs adds them)');
});

test('what the pages tell to run exists', () => {
  const scripts = Object.keys(manifest().scripts);
  for (const page of files.filter((path) => path.endsWith('.md') && !path.startsWith('docs/api/'))) {
    const text = read(page);
    const named = [...text.matchAll(/\bnpm run ([\w:-]+)/g)].map((match) => match[1] ?? '');
    const short = [...text.matchAll(/\bnpm (start|test)\b/g)].map((match) => match[1] ?? '');
    for (const name of [...named, ...short]) ok(scripts.includes(name), `a script ${name}, which ${page} names`);
    for (const [, path = ''] of text.matchAll(/\bnode ((?:test|src|docs)\/[\w./-]+\.mjs)/g))
      ok(existsSync(join(root, path)), `${path}, which ${page} names`);
  }
  const readme = existsSync(join(root, 'README.md')) ? read('README.md') : '';
  for (const command of ['npm start', 'npm test']) ok(readme.includes(command), `\`${command}\` in README.md`);
});

test('the files of a kept project are there', () => {
  const wanted = [
    'README.md',
    'ARCHITECTURE.md',
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    'LICENSE',
    'package-lock.json',
    '.editorconfig',
    '.nvmrc',
    '.ci/run',
  ];
  none(
    wanted.filter((path) => !existsSync(join(root, path))),
    'missing files',
  );
  ok(read('CHANGELOG.md').includes(manifest().version), 'this version in CHANGELOG.md');
});

test('ARCHITECTURE.md names every folder of src', () => {
  const text = read('ARCHITECTURE.md');
  const folders = new Set(sources.map((path) => dirname(path).split('/').slice(0, 3).join('/')));
  none(
    [...folders].filter((folder) => folder !== 'src' && !text.includes(folder.split('/').at(-1) ?? '')),
    'folders it does not name',
  );
});

test('no silenced place is without its reason', () => {
  const own = files.filter(isCode).filter((path) => path !== 'test/meta/sources.test.ts');
  none(grep(own, /@ts-(ignore|nocheck)|\bas any\b|\.only\(|\bTODO\b|\bFIXME\b/), 'silenced or unfinished places');
});
