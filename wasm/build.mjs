// Builds the kernels: node wasm/build.mjs [--check] [name …]; see README.md.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { cacheDir } from '../test/tools/cache.mjs';
import { common, compiler, modules } from './modules.mjs';
import { findCompiler, findSources, here } from './toolchain.mjs';

const built = join(here, 'built');
const sums = join(built, 'SHA256SUMS');
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** The files that a pattern means; `*` stands for any name. */
function expand(pattern, crates) {
  const [crate, path] = pattern.includes(':') ? pattern.split(':') : [undefined, pattern];
  const base = crate ? join(crates, 'crates', crate) : here;
  const folder = join(base, path, '..');
  const name = basename(path);
  if (!name.includes('*')) return [join(folder, name)];
  const matches = new RegExp(`^${name.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
  const found = readdirSync(folder)
    .filter((file) => matches.test(file))
    .sort();
  if (!found.length) throw new Error(`no file is ${pattern}`);
  return found.map((file) => join(folder, file));
}

/** What a module is made of, so that it need not be made again: this script, its own sources with what lies beside them, the flags, the compiler, the lock of the libraries. */
function stampOf(name) {
  const hash = createHash('sha256').update(JSON.stringify([compiler, common, modules[name]]));
  if (usesCrates(modules[name])) hash.update(readFileSync(join(here, 'sources', 'Cargo.lock')));
  const own = modules[name].sources.filter((path) => !path.includes(':')).flatMap((path) => expand(path));
  const folders = [...new Set(own.map((file) => dirname(file)))];
  const beside = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => /\.[ch]$/.test(file))
      .map((file) => join(folder, file)),
  );
  for (const file of [fileURLToPath(import.meta.url), ...beside].sort()) hash.update(basename(file)).update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

const usesCrates = ({ sources, include = [] }) => [...sources, ...include].some((path) => path.includes(':'));

/** Compiles one module. @returns its file in the cache */
async function buildModule(name, tools) {
  const module = modules[name];
  const out = join(cacheDir(), 'wasm', `${name}-${stampOf(name)}.wasm`);
  if (existsSync(out)) return out;
  tools.compile ??= await findCompiler();
  if (usesCrates(module)) tools.crates ??= await findSources();
  const { sources, include = [], flags = [], without = [], fast = [], libc = false } = module;
  const files = sources.flatMap((pattern) => expand(pattern, tools.crates)).filter((file) => !without.includes(basename(file)));
  mkdirSync(join(cacheDir(), 'wasm'), { recursive: true });
  const work = `${out}.${process.pid}`;
  // Relative paths, from the folder that all machines have: none of them may leave a trace.
  const root = libc || usesCrates(module) ? join(tools.crates ?? here) : here;
  const shown = (file) => relative(root, file);
  const target = libc
    ? ['-target', 'wasm32-wasi', '-mexec-model=reactor']
    : ['-target', 'wasm32-freestanding', '-nostdlib', '-ffreestanding'];
  const options = [
    ...target,
    ...common,
    ...flags,
    ...include.flatMap((path) => ['-I', shown(expand(path, tools.crates)[0])]),
    '-I',
    shown(here) || '.',
    `-ffile-prefix-map=${here}=wasm`,
  ];
  const objects = [];
  for (const file of files.filter((path) => fast.includes(basename(path)))) {
    const object = `${work}.${basename(file)}.o`;
    await tools.compile([...options.filter((option) => !option.startsWith('-Wl,')), '-O3', '-c', shown(file), '-o', object], root);
    objects.push(object);
  }
  const rest = files.filter((path) => !fast.includes(basename(path)));
  const link = ['-Wl,--no-entry', '-Wl,--strip-all', '-Wl,--gc-sections', '-o', work];
  await tools.compile([...options, ...rest.map(shown), ...objects, ...link], root);
  for (const object of objects) rmSync(object);
  const { imports, names } = look(readFileSync(work));
  if (imports.length) throw new Error(`${name} imports ${imports.join(', ')}`);
  if (!names.includes('memory')) throw new Error(`${name} exports no memory`);
  renameSync(work, out);
  return out;
}

function look(bytes) {
  const module = new WebAssembly.Module(bytes);
  return {
    imports: WebAssembly.Module.imports(module).map(({ module: from, name }) => `${from}.${name}`),
    names: WebAssembly.Module.exports(module).map(({ name }) => name),
  };
}

/**
 * Builds modules and compares them with, or puts them into, `built/`.
 *
 * @returns one line a module: its name, whether it is what is committed, its size
 */
export async function buildAll({ names = Object.keys(modules), check = false } = {}) {
  const tools = {};
  const lines = [];
  for (const name of names) {
    const { maxGzipBytes } = modules[name];
    const file = await buildModule(name, tools);
    const bytes = readFileSync(file);
    const committed = join(built, `${name}.wasm`);
    const same = existsSync(committed) && sha256(readFileSync(committed)) === sha256(bytes);
    const gzipBytes = gzipSync(bytes, { level: 9 }).length;
    if (!check) writeFileSync(committed, bytes);
    lines.push({ name, same, bytes: bytes.length, gzipBytes, fits: gzipBytes <= maxGzipBytes, sha256: sha256(bytes) });
  }
  return lines;
}

/** The digests as they are committed, by name. */
export const committedSums = () =>
  Object.fromEntries(
    readFileSync(sums, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('  ').toReversed()),
  );

function writeSums() {
  const names = readdirSync(built).filter((name) => name.endsWith('.wasm'));
  for (const name of names.filter((file) => !modules[file.replace(/\.wasm$/, '')])) rmSync(join(built, name));
  const lines = names
    .filter((name) => existsSync(join(built, name)))
    .map((name) => `${sha256(readFileSync(join(built, name)))}  ${name}\n`);
  writeFileSync(sums, lines.sort((a, b) => (a.slice(64) < b.slice(64) ? -1 : 1)).join(''));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const check = process.argv.includes('--check');
  const names = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
  const lines = await buildAll({ check, ...(names.length && { names }) });
  if (!check) writeSums();
  for (const { name, same, bytes, gzipBytes, fits } of lines) {
    const state = same ? 'as committed' : check ? 'DIFFERS from what is committed' : 'new';
    console.log(
      `${name.padEnd(14)} ${String(bytes).padStart(7)} bytes, ${String(gzipBytes).padStart(6)} gzipped${fits ? '' : ' (TOO LARGE)'}, ${state}`,
    );
  }
  process.exitCode = lines.some(({ same, fits }) => !fits || (check && !same)) ? 1 : 0;
}
