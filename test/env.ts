/**
 * What the tests run against: the engine and the servers that the runner started. The runner puts it into
 * `globalThis.__ANYFILE_ENV__` before any test file is imported.
 *
 * @module
 */
import { skip } from './harness.ts';

/** An S3 server. The bucket is there already and lets every origin read and write. */
export interface S3Server {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  bucket: string;
}

/** A server that speaks the JSON API of Google Cloud Storage. */
export interface GcsServer {
  endpoint: string;
  bucket: string;
}

/** The fixture server of our own; it says more in fields of its own. */
export interface FixtureServer {
  base: string;
  [field: string]: unknown;
}

/** The servers by the name under which {@link need} asks for them. */
export interface Servers {
  versitygw: S3Server;
  minio: S3Server;
  'fake-gcs': GcsServer;
  'gcs-emulator': GcsServer;
  /** `api` is the address of its HTTP API, where proxies are made. */
  toxiproxy: { api: string };
  fixture: FixtureServer;
  /** `python` is an interpreter with Octue's SDK, which a test starts (test/node/octue-peer.ts). Not in pages. */
  octue: { python: string };
  /** `python` is an interpreter with cloud-files. Not in pages. */
  cloudfiles: { python: string };
  /**
   * The HDF5 files of test/tools/hdf5 by ranges: `base` ends in a slash. `python` is an interpreter with h5py and `dir` the folder of the small
   * files, neither of use to pages; `hasLarge` says whether the large ones are there too.
   */
  hdf5: { base: string; python: string; dir: string; hasLarge: boolean };
  /** The files of test/tools/adapters by ranges, as a public copy of them: test/servers/adapters.mjs. `base` ends in a slash. */
  adapters: { base: string };
  /** A signer for versitygw: test/servers/signer.mjs. `base` ends in a slash. */
  signer: { base: string };
  /** The folder of PostgreSQL's programs, with which a test starts one (test/servers/postgres.mjs). Not in pages. */
  postgres: { program: string };
  /** The program of Redis, with which a test starts one (test/servers/redis.mjs). Not in pages. */
  redis: { program: string };
  /** `base` ends in a slash; the official signature vectors are below it. */
  vectors: { base: string };
}

/** Everything the tests know of where they run. */
export interface TestEnv {
  /** `node` for the one of the machine, `node26`, `bun`, `chromium`, …: as test/tools/matrix.mjs names them. */
  engine: string;
  /** Whether the suite runs in a web worker. */
  worker: boolean;
  /** For property tests and unique names: an unsigned 31-bit integer, printed by the runner and set by ANYFILE_SEED. */
  seed: number;
  servers: Partial<Servers>;
  /** Why a server is not there. */
  absent: Partial<Record<keyof Servers, string>>;
  /** `servers.versitygw` and `servers.minio`. */
  s3: { versitygw?: S3Server; minio?: S3Server };
  /** `servers['fake-gcs']` and `servers['gcs-emulator']`. */
  gcs: { fake?: GcsServer; emulator?: GcsServer };
}

const empty: Pick<TestEnv, 'engine' | 'worker' | 'seed' | 'servers' | 'absent'> = {
  engine: 'unknown',
  worker: false,
  seed: 1,
  servers: {},
  absent: {},
};

/** The environment of this run. */
export function env(): TestEnv {
  const given = { ...empty, ...(globalThis as { __ANYFILE_ENV__?: Partial<TestEnv> }).__ANYFILE_ENV__ };
  const { versitygw, minio, 'fake-gcs': fake, 'gcs-emulator': emulator } = given.servers;
  return {
    ...given,
    s3: { ...(versitygw && { versitygw }), ...(minio && { minio }) },
    gcs: { ...(fake && { fake }), ...(emulator && { emulator }) },
  };
}

/**
 * For what takes seconds of waiting and tells the same in every engine: run in this machine's Node, in Bun and in Chromium's pages, skipped
 * elsewhere.
 */
export function inFewEngines(why: string): void {
  const { engine, worker } = env();
  if (worker || !['node', 'bun', 'chromium'].includes(engine)) skip(`a few engines are enough: ${why}`);
}

/** The server of that name, or the running test is skipped with the reason why it is not there. */
export function need<Name extends keyof Servers>(name: Name): Servers[Name] {
  const { servers, absent } = env();
  return servers[name] ?? skip(`${name}: ${absent[name] ?? 'not started'}`);
}

/**
 * The text of one official vector, e.g. `gcs-v4/v4_signatures.json`. Skips when the vectors are not served.
 *
 * @param path below the vectors' folder, or a folder that ends in a slash: then its names, one a line
 */
export async function fetchVector(path: string): Promise<string> {
  const response = await fetch(need('vectors').base + path.split('/').map(encodeURIComponent).join('/'));
  if (!response.ok) throw new Error(`vector ${path}: ${response.status}`);
  return await response.text();
}

let names = 0;

/**
 * A name that no other engine, page or call of this run has: lower-case letters, digits and dashes, fit for a bucket, a
 * key prefix or a file.
 */
export function uniqueName(hint = 't'): string {
  const { engine, worker, seed } = env();
  const random = Math.floor(Math.random() * 36 ** 6).toString(36);
  return `${hint}-${engine}${worker ? '-worker' : ''}-${seed.toString(36)}-${random}-${++names}`.toLowerCase().replace(/[^a-z0-9-]/g, '-');
}
