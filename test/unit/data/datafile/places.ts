/**
 * Places for datafiles: a folder of the local disk and a prefix of a bucket, each new and empty, with a client of their own.
 *
 * @module
 */
import { absolutePath, environment, openDisk, openOpfs, runtime } from '#platform';
import type { Datafile } from '../../../../src/data/datafile/datafile.ts';
import { openDatafile, type DatafileOptions } from '../../../../src/data/datafile/open-datafile.ts';
import { Client, type ClientOptions, type CloudError, type ObjectStore } from '../../../../src/index.ts';
import type { Disk } from '../../../../src/platform/types.ts';
import { encodeUtf8 } from '../../../../src/util/utf8.ts';
import { env, inFewEngines, need, uniqueName } from '../../../env.ts';
import { skip, test } from '../../../harness.ts';
import { openScenario, type Log } from '../../../servers/fixture/client.ts';

/** Which cloud. */
export type CloudKind = 'mem' | 'gcs' | 'gcs-account' | 's3' | 'versitygw' | 'minio' | 'fake-gcs';

/** Those that cost nothing or are ours: everything is run on them. */
export const ownKinds: readonly CloudKind[] = ['mem', 'gcs', 's3'];
export const allKinds: readonly CloudKind[] = [...ownKinds, 'versitygw', 'minio', 'fake-gcs'];

/** What a test gets. */
export interface Setting {
  kind: CloudKind;
  client: Client;
  /** What `onWarning` was told. */
  warnings: CloudError[];
  /** Of the local disk; absolute, without a slash at its end. */
  folder: string;
  disk: Disk;
  /** A URL without a slash at its end. */
  cloud: string;
  /** Of the prefix: keys are relative to `cloud`. */
  store: ObjectStore;
  /** What the server saw, where it is ours. */
  log?: () => Promise<Log>;
  clearLog?: () => Promise<unknown>;
  open(path: string, options?: DatafileOptions): Promise<Datafile>;
  /** Writes a local file, its path relative to the folder. @returns the absolute path */
  putLocal(name: string, text: string): Promise<string>;
  /** A local file's text; `null` when it is missing. */
  localText(name: string): Promise<string | null>;
  /** Names in the folder, sorted. */
  localNames(below?: string): Promise<string[]>;
  cloudText(key: string): Promise<string | null>;
  /** Custom metadata of an object; `null` when it is missing. */
  cloudMetadata(key: string): Promise<Record<string, string> | null>;
}

interface Where {
  url: string;
  options?: ClientOptions;
  log?: Setting['log'];
  clearLog?: Setting['clearLog'];
  end?: () => Promise<void>;
}

export const isPage = (): boolean => !/^(node|bun|deno)/.test(env().engine);

async function whereOf(kind: CloudKind): Promise<Where> {
  const name = uniqueName('datafile');
  if (kind !== 'mem' && env().worker) skip('the page asks the clouds alike');
  switch (kind) {
    case 'mem':
      return { url: `mem://${name}/dir` };
    case 'gcs':
    case 'gcs-account': {
      const { endpoint, bucket, accessToken, serviceAccount, log, update, close } = await openScenario('gcs', {});
      const clearLog = (): Promise<unknown> => update({ clearLog: true });
      // Only an account signs URLs; a token is there without another request.
      const credentials = kind === 'gcs' ? { accessToken } : serviceAccount;
      return { url: `gs://${bucket}/dir`, options: { endpoint, credentials }, log, clearLog, end: close };
    }
    case 's3': {
      const { endpoint, bucket, credentials, region, log, update, close } = await openScenario('s3', {});
      const clearLog = (): Promise<unknown> => update({ clearLog: true });
      return { url: `s3://${bucket}/dir`, options: { endpoint, region, credentials }, log, clearLog, end: close };
    }
    case 'versitygw':
    case 'minio': {
      if (isPage()) skip(`${kind} shows pages no metadata of other names than it is told`);
      inFewEngines(`${kind} makes writers of metadata wait`);
      const { endpoint, region, bucket, accessKeyId, secretAccessKey } = need(kind);
      return { url: `s3://${bucket}/${name}`, options: { endpoint, region, credentials: { accessKeyId, secretAccessKey } } };
    }
    case 'fake-gcs': {
      if (isPage()) skip('fake-gcs-server exposes no headers to pages');
      const { endpoint, bucket } = need('fake-gcs');
      return { url: `gs://${bucket}/${name}`, options: { endpoint, credentials: 'anonymous' } };
    }
  }
}

/** The disk of plain paths, and a folder of it that nobody else has. */
async function ownFolder(): Promise<{ disk: Disk; folder: string }> {
  const name = uniqueName('datafile');
  const page = runtime() === 'browser' || runtime() === 'workerd';
  const disk = (await (page ? openOpfs() : openDisk())) ?? skip('this engine has no disk for plain paths');
  const folder = page ? `/${name}` : absolutePath(`${environment()['TMPDIR'] ?? '/tmp'}/${name}`);
  await disk.makeDirectory(folder);
  return { disk, folder };
}

/** Opens a setting, hands it over, and takes it away however that ends. */
export async function withSetting<T>(kind: CloudKind, use: (setting: Setting) => Promise<T>, more: ClientOptions = {}): Promise<T> {
  const { url: cloud, options, log, clearLog, end } = await whereOf(kind);
  const { disk, folder } = await ownFolder();
  const warnings: CloudError[] = [];
  const retry = { attempts: 3, minDelayMs: 1, maxDelayMs: 20 };
  const client = new Client({ retry, onWarning: (warning) => void warnings.push(warning), ...options, ...more });
  const store = client.store(cloud);
  const setting: Setting = {
    kind,
    client,
    warnings,
    folder,
    disk,
    cloud,
    store,
    ...(log && { log }),
    ...(clearLog && { clearLog }),
    open: (path, o = {}) => openDatafile(path, { client, ...o }),
    async putLocal(name, text) {
      await disk.write(`${folder}/${name}`, pieces(text));
      return `${folder}/${name}`;
    },
    localText: (name) => textOf(disk, `${folder}/${name}`),
    localNames: async (below = '') => ((await disk.list(`${folder}${below && `/${below}`}`)) ?? []).map(({ name }) => name).sort(),
    cloudText: async (key) => (await (await store.get(key))?.text()) ?? null,
    cloudMetadata: async (key) => (await store.head(key))?.metadata ?? null,
  };
  try {
    return await use(setting);
  } finally {
    await client.close();
    await disk.removeDirectory(folder, { recursive: true });
    await end?.();
  }
}

async function* pieces(text: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield encodeUtf8(text);
}

/** A file of a disk as text; `null` when it is missing. */
export async function textOf(disk: Disk, path: string): Promise<string | null> {
  const file = await disk.open(path);
  if (!file) return null;
  try {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of file.read(0, file.sizeBytes)) text += decoder.decode(chunk, { stream: true });
    return text + decoder.decode();
  } finally {
    await file.close();
  }
}

/** Registers one test for each kind of cloud. */
export function everywhere(what: string, fn: (setting: Setting) => Promise<void>, kinds: readonly CloudKind[] = ownKinds): void {
  for (const kind of kinds) test(`datafile, ${kind}: ${what}`, () => withSetting(kind, fn), { timeoutMs: 60_000 });
}

/** Registers one test that needs the local disk alone. */
export function locally(what: string, fn: (setting: Setting) => Promise<void>): void {
  test(`datafile, local: ${what}`, () => withSetting('mem', fn), { timeoutMs: 60_000 });
}

/** Labels in the custom metadata of an object, as they are stored; `null` when there are none. */
export const labelsIn = (metadata: Record<string, string> | null): string | null => metadata?.['octue__labels'] ?? null;

/** The labels of a list as they are stored. */
export const storedLabels = (...labels: string[]): string =>
  `{"_type": "set", "items": [${labels.map((label) => `"${label}"`).join(', ')}]}`;

/** What a page pays once for each bucket, before it first replaces an object that shows no metadata: a probe is written, looked at and removed. */
export const probeRequests = ({ kind }: Setting): number => (isPage() && kind !== 'mem' ? 3 : 0);

/** How many requests a call makes. */
export async function requestsOf({ client }: Setting, call: () => Promise<unknown>): Promise<number> {
  const before = client.stats().requests;
  await call();
  return client.stats().requests - before;
}
