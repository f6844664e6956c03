// Brings the official signature vectors from their registries: AWS's from the Rust crate aws-sigv4, Google's from the Go module
// cloud.google.com/go/storage. They hold published test keys, so they are never committed, only kept in the cache folder.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const crate = { name: 'aws-sigv4', version: '1.6.4', cases: 40 };
const goModule = { name: 'cloud.google.com/go/storage', version: 'v1.65.0', cases: 40 };
const timeout = 300_000;

/** Runs a program; says which one is missing and what it is for. */
async function run(program, args, options) {
  try {
    return (await promisify(execFile)(program, args, { maxBuffer: 1 << 24, timeout, ...options })).stdout;
  } catch (error) {
    if (error.code === 'ENOENT')
      throw new Error(`the signature vectors need ${program} on the PATH (Debian: apt-get install cargo golang)`, { cause: error });
    throw new Error(`${program} ${args[0]} failed: ${String(error.stderr ?? error.message).slice(-800)}`, { cause: error });
  }
}

async function fetchAws(work, out) {
  await mkdir(join(work, 'src'));
  await writeFile(join(work, 'src/lib.rs'), '');
  const wanted = `${crate.name} = { version = "=${crate.version}", default-features = false }`;
  await writeFile(
    join(work, 'Cargo.toml'),
    `[package]\nname = "vectors"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n${wanted}\n`,
  );
  const home = join(work, 'cargo');
  await run('cargo', ['fetch', '-q'], { cwd: work, env: { ...process.env, CARGO_HOME: home } });
  const registries = join(home, 'registry/src');
  const from = join(registries, (await readdir(registries))[0], `${crate.name}-${crate.version}`);
  await cp(join(from, 'aws-signing-test-suite/v4'), join(out, 'v4'), { recursive: true });
  await cp(join(from, 'LICENSE'), join(out, 'LICENSE'));
  const found = (await readdir(join(out, 'v4'))).length;
  if (found !== crate.cases) throw new Error(`${crate.name} has ${found} cases instead of ${crate.cases}`);
}

async function fetchGoogle(work, out) {
  const env = { ...process.env, GOFLAGS: '-mod=mod -modcacherw', GOMODCACHE: join(work, 'go') };
  const { Dir } = JSON.parse(await run('go', ['mod', 'download', '-json', `${goModule.name}@${goModule.version}`], { cwd: work, env }));
  await mkdir(out, { recursive: true });
  const names = ['v4_signatures.json', 'retry_tests.json', 'service-account'];
  for (const name of names) await writeFile(join(out, name), await readFile(join(Dir, 'internal/test/conformance', name)));
  await writeFile(join(out, 'LICENSE'), await readFile(join(Dir, 'LICENSE')));
  const found = (await readFile(join(out, 'v4_signatures.json'), 'utf8')).split('"description"').length - 1;
  if (found !== goModule.cases) throw new Error(`${goModule.name} has ${found} cases instead of ${goModule.cases}`);
}

/**
 * Brings the vectors into `dir`/aws-sigv4 and `dir`/gcs-v4 unless they are there. All or nothing: `dir` appears when it is complete.
 * Needs cargo and go, and some ten seconds.
 *
 * @param {string} dir an absolute path, e.g. <cache>/vectors-1
 */
export async function fetchVectors(dir) {
  const present = await readdir(dir).catch(() => []);
  if (present.includes('aws-sigv4') && present.includes('gcs-v4')) return;
  await mkdir(dirname(dir), { recursive: true });
  const out = await mkdtemp(`${dir}-`);
  const work = await mkdtemp(join(tmpdir(), 'anyfile-vectors-'));
  try {
    await mkdir(join(work, 'rust'));
    // One after the other: no process may still write when the folders are removed.
    await fetchAws(join(work, 'rust'), join(out, 'aws-sigv4'));
    await fetchGoogle(work, join(out, 'gcs-v4'));
    await rm(dir, { recursive: true, force: true });
    await rename(out, dir);
  } finally {
    await rm(out, { recursive: true, force: true });
    await rm(work, { recursive: true, force: true });
  }
}
