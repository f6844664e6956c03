// The compiler and the sources of libraries, installed from their registries into the cache.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { aptInstall } from '../test/tools/apt.mjs';
import { cacheDir, cachedFolder } from '../test/tools/cache.mjs';
import { installPython, works } from '../test/tools/python.mjs';
import { run } from '../test/tools/run.mjs';
import { compiler } from './modules.mjs';

/** This folder. */
export const here = fileURLToPath(new URL('.', import.meta.url)).replace(/[/\\]$/, '');

const fail = (what, { code, output }) => new Error(`${what} ended with ${code}: ${output.trim().slice(-2000)}`);

/** The compiler, as a function that runs it and rejects with what it said. */
export async function findCompiler() {
  const dir = join(cacheDir(), `${compiler.name}-${compiler.version}`);
  if (!existsSync(join(dir, '.ready'))) await installPython(dir, `${compiler.name}==${compiler.version}`);
  const zigCache = join(cacheDir(), `zig-cache-${compiler.version}`);
  const env = { ...process.env, ZIG_GLOBAL_CACHE_DIR: zigCache, ZIG_LOCAL_CACHE_DIR: zigCache, SOURCE_DATE_EPOCH: '0' };
  return async (args, cwd) => {
    // From PyPI's package, so that no path of this machine can get into what it makes.
    const result = await run(join(dir, 'bin', 'python'), ['-m', 'ziglang', 'cc', ...args], { cwd, env, timeoutMs: 900_000 });
    if (result.code !== 0) throw fail(`zig cc ${args.join(' ')}`, result);
  };
}

/** The folder with the libraries' sources, one folder a crate; the digests are those of sources/Cargo.lock. */
export async function findSources() {
  const lock = readFileSync(join(here, 'sources', 'Cargo.lock'));
  return cachedFolder(`wasm-sources-${createHash('sha256').update(lock).digest('hex').slice(0, 12)}`, async (work) => {
    if (!works('cargo', ['--version'])) await aptInstall(['cargo']);
    for (const name of ['Cargo.toml', 'Cargo.lock']) copyFileSync(join(here, 'sources', name), join(work, name));
    writeFileSync(join(work, 'none.rs'), '');
    const result = await run('cargo', ['vendor', '--locked', '-q', 'crates'], { cwd: work });
    if (result.code !== 0) throw fail('cargo vendor', result);
  });
}
