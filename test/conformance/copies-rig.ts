/**
 * What tests of local copies run on: a store that counts and fails on demand, and copies over a disk that the test can look at.
 *
 * @module
 */
import { absolutePath, environment, openDisk, openOpfs } from '#platform';
import { createCopies, type CopiesOptions } from '../../src/cloudpath/copies/copies.ts';
import { openIndexedDbDisk } from '../../src/cloudpath/copies/indexeddb-disk.ts';
import type { CloudObject, Copies } from '../../src/cloudpath/copies/types.ts';
import { CloudError, Client, type CacheOptions, type ClientOptions, type ObjectStore } from '../../src/index.ts';
import type { Disk } from '../../src/platform/types.ts';
import { once } from '../../src/util/streams.ts';
import { decodeUtf8, encodeUtf8 } from '../../src/util/utf8.ts';
import { readWhole } from '../../src/cloudpath/copies/disk-io.ts';
import { need, uniqueName } from '../env.ts';
import { skip } from '../harness.ts';

/** Where copies are. */
export type CopiesDisk = 'disk' | 'opfs' | 'indexeddb';
/** Where objects are. */
export type CopiesCloud = 'mem' | 'versitygw';

/** What a test works with. */
export interface CopiesRig {
  readonly store: ObjectStore;
  readonly disk: Disk;
  readonly dir: string;
  readonly copies: Copies;
  /** Copies of another client, or process, on the same folder. */
  another(cache?: CacheOptions, more?: Partial<CopiesOptions>): Copies;
  /** A path: each call gives another owner of edits. */
  object(key: string, namespace?: string): CloudObject;
  /** What the copies' disk holds for a key; `null` for nothing. */
  local(key: string): Promise<string | null>;
  /** Writes a copy behind the back of anyfile. */
  edit(key: string, text: string): Promise<void>;
  cloud(key: string): Promise<string | null>;
  setCloud(key: string, text: string | null): Promise<void>;
  /** How often an object was read. */
  gets(key: string): number;
  heads(key: string): number;
  /** Uploads of a key fail while this is set. */
  readonly failing: Set<string>;
  close(): Promise<void>;
}

async function openTestDisk(kind: CopiesDisk): Promise<{ disk: Disk; dir: string }> {
  const name = uniqueName('copies');
  if (kind === 'disk') {
    const disk = (await openDisk()) ?? skip('this engine has no local disk');
    return { disk, dir: absolutePath(`${environment()['TMPDIR'] ?? '/tmp'}/${name}`) };
  }
  const disk = await (kind === 'opfs' ? openOpfs() : typeof indexedDB === 'undefined' ? undefined : openIndexedDbDisk());
  return { disk: disk ?? skip(`this engine has no ${kind}`), dir: `/${name}` };
}

function clientFor(cloud: CopiesCloud): { url: string; options: ClientOptions } {
  const name = uniqueName('copies');
  if (cloud === 'mem') return { url: `mem://${name}`, options: {} };
  const { endpoint, region, accessKeyId, secretAccessKey, bucket } = need('versitygw');
  return { url: `s3://${bucket}/${name}`, options: { endpoint, region, credentials: { accessKeyId, secretAccessKey } } };
}

/** Opens a rig with a folder and a bucket of its own. */
export async function openCopiesRig(cloud: CopiesCloud, kind: CopiesDisk, cache: CacheOptions = {}): Promise<CopiesRig> {
  const { url, options } = clientFor(cloud);
  const { disk, dir } = await openTestDisk(kind);
  const client = new Client(options);
  const plain = client.store(url);
  const counts = { get: new Map<string, number>(), head: new Map<string, number>() };
  const count = (what: Map<string, number>, key: string): void => void what.set(key, (what.get(key) ?? 0) + 1);
  const failing = new Set<string>();
  const store: ObjectStore = {
    ...plain,
    url,
    capabilities: plain.capabilities,
    list: (o) => plain.list(o),
    delete: (keys, o) => plain.delete(keys, o),
    async get(key, o) {
      count(counts.get, key);
      return plain.get(key, o);
    },
    async head(key, o) {
      count(counts.head, key);
      return plain.head(key, o);
    },
    async put(key, body, o) {
      if (failing.has(key)) throw new CloudError('no network', { code: 'Network' });
      return plain.put(key, body, o);
    },
  };
  const all: Copies[] = [];
  const make = (more: CacheOptions, rest: Partial<CopiesOptions>): Copies => {
    const copies = createCopies({ cache: { container: kind, dir, mode: 'persistent', ...cache, ...more }, env: () => undefined, ...rest });
    all.push(copies);
    return copies;
  };
  const pathOf = (key: string): string => `${dir}/bkt/${key}`;
  return {
    store,
    disk,
    dir,
    copies: make({}, {}),
    another: (more = {}, rest = {}) => make(more, rest),
    object: (key, namespace = '0123456789abcdef') => ({
      url: `${url}/${key}`,
      bucket: 'bkt',
      key,
      store,
      namespace: async () => namespace,
    }),
    async local(key) {
      const bytes = await readWhole(disk, pathOf(key));
      return bytes && decodeUtf8(bytes);
    },
    edit: async (key, text) => void (await disk.write(pathOf(key), once(encodeUtf8(text)))),
    async cloud(key) {
      const result = await plain.get(key);
      return result && result.text();
    },
    async setCloud(key, text) {
      await (text === null ? plain.delete(key) : plain.put(key, text));
    },
    gets: (key) => counts.get.get(key) ?? 0,
    heads: (key) => counts.head.get(key) ?? 0,
    failing,
    async close() {
      await Promise.all(all.map((copies) => copies.close()));
      await client.close();
      await disk.removeDirectory(dir, { recursive: true }).catch(() => {});
    },
  };
}

/** Runs with a rig, and ends it. */
export async function withRig(
  cloud: CopiesCloud,
  kind: CopiesDisk,
  run: (rig: CopiesRig) => Promise<void>,
  cache: CacheOptions = {},
): Promise<void> {
  const rig = await openCopiesRig(cloud, kind, cache);
  try {
    await run(rig);
  } finally {
    await rig.close();
  }
}
