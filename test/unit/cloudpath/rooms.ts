/**
 * Places to run CloudPath at, each new and empty.
 *
 * @module
 */
import { absolutePath, environment, openDisk, openOpfs } from '#platform';
import { Client, type ClientOptions, type CloudPath, type ObjectStore } from '../../../src/index.ts';
import { need, uniqueName } from '../../env.ts';
import { skip, test } from '../../harness.ts';
import { openScenario, type Log } from '../../servers/fixture/client.ts';

/** Kinds of places. The first three need no real server; `s3` and `gcs` are the fixture's, which counts. */
export type RoomKind = 'mem' | 'file' | 'opfs' | 's3' | 'gcs' | 'versitygw' | 'minio' | 'fake-gcs';

/** A directory of its own. */
export interface Room {
  kind: RoomKind;
  client: Client;
  /** Ends in no slash; of buckets of their own the bucket itself. */
  root: CloudPath;
  /** Below the root. */
  store: ObjectStore;
  onDisk: boolean;
  /** Requests of the fixture since the last call, as `METHOD operation`. */
  requests(): Promise<string[]>;
  put(files: Record<string, string>): Promise<void>;
  /** The texts of all objects, by key. */
  dump(): Promise<Record<string, string>>;
  close(): Promise<void>;
}

/** Few and fast attempts: what fails here is meant to. */
const quick = { attempts: 2, minDelayMs: 1, maxDelayMs: 2 };

/** Open a place; skips where this engine or run has none. */
export async function openRoom(kind: RoomKind, more: ClientOptions = {}): Promise<Room> {
  const name = uniqueName('path');
  const room = (url: string, options: ClientOptions, end: () => Promise<unknown>, log?: (clear: boolean) => Promise<Log>): Room => {
    const client = new Client({ retry: quick, onWarning: () => {}, ...options, ...more });
    const store = client.store(url);
    return {
      kind,
      client,
      root: client.path(url),
      store,
      onDisk: kind === 'file' || kind === 'opfs',
      async requests() {
        const { requests } = await log!(false);
        await log!(true);
        return requests.map(({ method, operation }) => `${method} ${operation}`);
      },
      async put(files) {
        await Promise.all(Object.entries(files).map(([key, text]) => store.put(key, text)));
      },
      async dump() {
        const out: Record<string, string> = {};
        for await (const { objects } of store.list()) for (const { key } of objects) out[key] = await (await store.get(key))!.text();
        return out;
      },
      async close() {
        await client.close();
        await end();
      },
    };
  };
  const none = async (): Promise<void> => {};
  switch (kind) {
    case 'mem':
      return room(`mem://${name}`, {}, none);
    case 'file': {
      const disk = (await openDisk()) ?? skip('this engine has no local disk');
      const root = absolutePath(`${environment()['TMPDIR'] ?? '/tmp'}/${name}`);
      return room(`file://${root}`, {}, () => disk.removeDirectory(root, { recursive: true }).catch(() => {}));
    }
    case 'opfs': {
      const disk = (await openOpfs()) ?? skip('this engine has no origin private file system');
      return room(`opfs:///${name}`, {}, () => disk.removeDirectory(`/${name}`, { recursive: true }).catch(() => {}));
    }
    case 's3': {
      const server = await openScenario('s3');
      const { endpoint, bucket, credentials, region, close } = server;
      const log = async (clear: boolean): Promise<Log> => (clear ? (await server.update({ clearLog: true }), server.log()) : server.log());
      return room(`s3://${bucket}`, { endpoint, credentials, region }, close, log);
    }
    case 'gcs': {
      const server = await openScenario('gcs');
      const { endpoint, bucket, accessToken, close } = server;
      const log = async (clear: boolean): Promise<Log> => (clear ? (await server.update({ clearLog: true }), server.log()) : server.log());
      return room(`gs://${bucket}`, { endpoint, credentials: { accessToken } }, close, log);
    }
    case 'versitygw':
    case 'minio': {
      const { endpoint, bucket, region, accessKeyId, secretAccessKey } = need(kind);
      return room(`s3://${bucket}/${name}`, { endpoint, region, credentials: { accessKeyId, secretAccessKey } }, none);
    }
    case 'fake-gcs': {
      const { endpoint, bucket } = need('fake-gcs');
      return room(`gs://${bucket}/${name}`, { endpoint, credentials: 'anonymous' }, none);
    }
  }
}

/** A folder of this engine's disk that nobody else has, as a path; it goes when `use` is done. */
export async function withLocal<T>(client: Client, use: (folder: CloudPath) => Promise<T>): Promise<T> {
  const name = uniqueName('local');
  const browser = (await openDisk()) === undefined;
  const folder = client.path(browser ? `opfs:///${name}` : `file://${absolutePath(`${environment()['TMPDIR'] ?? '/tmp'}/${name}`)}`);
  if (browser && !(await openOpfs())) skip('this engine has no disk');
  try {
    return await use(folder);
  } finally {
    await folder.rmtree();
  }
}

/** Opens a place, hands it over, and closes it however that ends. */
export async function withRoom<T>(kind: RoomKind, use: (room: Room) => Promise<T>, options?: ClientOptions): Promise<T> {
  const room = await openRoom(kind, options);
  try {
    return await use(room);
  } finally {
    await room.close();
  }
}

/** Registers one test for each kind of place. */
export function inRooms(what: string, kinds: readonly RoomKind[], fn: (room: Room) => Promise<void>): void {
  for (const kind of kinds) test(`${kind}: ${what}`, () => withRoom(kind, fn), { timeoutMs: 60_000 });
}

export const everywhere: readonly RoomKind[] = ['mem', 'file', 'opfs', 's3', 'gcs', 'versitygw', 'minio', 'fake-gcs'];
export const buckets: readonly RoomKind[] = ['mem', 's3', 'gcs', 'versitygw', 'minio', 'fake-gcs'];

/** All of a sequence. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const item of items) out.push(item);
  return out;
}

/** Paths relative to the room's root, in order of their texts. */
export const shown = ({ root }: Pick<Room, 'root'>, paths: readonly CloudPath[]): string[] =>
  paths.map((path) => String(path).slice(String(root).length + 1)).sort();
