/** Where uploads are tried, and what is there afterwards. */
import { Client } from '../../../src/index.ts';
import type { ClientOptions, ObjectStore, OpenUpload, RequestEvent, UploadRecord, UploadRecords } from '../../../src/index.ts';
import { inFewEngines, need, uniqueName } from '../../env.ts';
import { openScenario, type FaultRule } from '../../servers/fixture/client.ts';

/** A folder of a bucket. */
export interface UploadPlace {
  readonly store: ObjectStore;
  readonly client: Client;
  /** Requests that this client has sent, in order of their ends. */
  readonly requests: RequestEvent[];
  /** What the server itself saw; the fixture server only. */
  readonly server?: Awaited<ReturnType<typeof openScenario<'s3'>>>;
  /** The same folder by another client, as after a restart. */
  again(options?: ClientOptions): { store: ObjectStore; client: Client };
  close(): Promise<void>;
}

export const MiB = 0x10_0000;

/** Smallest parts but the last that the place takes, in bytes. */
export const leastOf = (name: string): number => (name === 'fixture' ? 0x1_0000 : 5 * MiB);

/** Opens a place. `fixture`: a scenario of its own, whose parts may be small. */
export async function openPlace(
  name: 'versitygw' | 'minio' | 'fixture',
  faults: FaultRule[] = [],
  cors?: { expose: string[] },
): Promise<UploadPlace> {
  if (name === 'minio') inFewEngines('megabytes to a second server');
  const server = name === 'fixture' ? await openScenario('s3', { faults, minPartBytes: leastOf(name), ...(cors && { cors }) }) : undefined;
  const { endpoint, region, bucket, ...keys } = server ? { ...server, ...server.credentials } : need(name as 'minio');
  const { accessKeyId, secretAccessKey } = keys;
  const folder = uniqueName('upload');
  const requests: RequestEvent[] = [];
  const again = (options: ClientOptions = {}): { store: ObjectStore; client: Client } => {
    const onRequest = (event: RequestEvent): void => void requests.push(event);
    const client = new Client({
      endpoint,
      region,
      credentials: { accessKeyId, secretAccessKey },
      retry: { minDelayMs: 5 },
      onRequest,
      ...options,
    });
    return { client, store: client.store(`s3://${bucket}/${folder}`) };
  };
  const first = again();
  return {
    ...first,
    ...(server && { server }),
    requests,
    again,
    async close() {
      await first.client.close();
      await server?.close();
    },
  };
}

/** Uploads that are open of a key; MinIO lists no others than those of whole keys. */
export async function openUploads(store: ObjectStore, key: string): Promise<OpenUpload[]> {
  const all: OpenUpload[] = [];
  for await (const page of store.listUploads!({ prefix: key })) all.push(...page);
  return all;
}

/** Bytes of which no range is like another. */
export function noise(sizeBytes: number, seed = 1): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(sizeBytes / 4));
  for (let i = 0, x = seed; i < words.length; i++) words[i] = x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
  return new Uint8Array(words.buffer, 0, sizeBytes);
}

/** Records in memory, which outlive clients and jobs. */
export function memoryRecords(): UploadRecords {
  const all = new Map<string, UploadRecord>();
  const held = new Set<string>();
  return {
    list: async () => [...all.values()],
    get: async (id) => all.get(id),
    put: async (record) => void all.set(record.id, record),
    remove: async (id) => void all.delete(id),
    async hold(id) {
      if (held.has(id)) return undefined;
      held.add(id);
      return async () => void held.delete(id);
    },
  };
}
