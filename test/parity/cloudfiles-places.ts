/**
 * Places to run CloudFiles at, each new and empty, and what the recorded tables need to be compared.
 *
 * @module
 */
import { absolutePath, environment, openDisk, openOpfs } from '#platform';
import { Client, type ClientOptions, type CloudFiles } from '../../src/index.ts';
import { loadCodec } from '../../src/encoding/codec.ts';
import type { Encoding } from '../../src/encoding/names.ts';
import { fromBase64, toBase64 } from '../../src/util/base64.ts';
import { uniqueName } from '../env.ts';
import { skip, test } from '../harness.ts';
import { openScenario } from '../servers/fixture/client.ts';
import blobs from './cloudfiles/blobs.json' with { type: 'json' };

/** One place. */
export interface Place {
  kind: PlaceKind;
  /** Ends in no slash. */
  url: string;
  client: Client;
  cf: CloudFiles;
  /** Encodings are suffixes of names. */
  suffixed: boolean;
  /** Stored bytes can be had: pages and Deno decode what GCS sends by themselves. */
  tellsStored: boolean;
  /** The runtime decodes what it can, unless it is asked for stored bytes. */
  decodes: boolean;
  close(): Promise<void>;
}

export type PlaceKind = 'file' | 'mem' | 'opfs' | 's3' | 'gcs';

export const kinds: readonly PlaceKind[] = ['file', 'mem', 'opfs', 's3', 'gcs'];

/** Few and fast attempts: what fails here is meant to. */
const quick = { attempts: 2, minDelayMs: 1, maxDelayMs: 2 };

/** Open a place; skips where this engine has none. */
export async function openPlace(kind: PlaceKind, options: ClientOptions = {}): Promise<Place> {
  const name = uniqueName('files');
  const place = (url: string, more: ClientOptions, end: () => Promise<unknown>): Place => {
    const client = new Client({ retry: quick, ...more, ...options });
    const close = async (): Promise<void> => {
      await client.close();
      await end();
    };
    const suffixed = kind === 'file' || kind === 'mem' || kind === 'opfs';
    const tellsStored = client.store(url).capabilities.storedBytes !== false;
    const decodes = client.store(url).capabilities.storedBytes !== true;
    return { kind, url, client, cf: client.files(url), suffixed, tellsStored, decodes, close };
  };
  switch (kind) {
    case 'mem':
      return place(`mem://${name}/dir`, {}, async () => {});
    case 'file': {
      const disk = (await openDisk()) ?? skip('this engine has no local disk');
      const root = absolutePath(`${environment()['TMPDIR'] ?? '/tmp'}/${name}`);
      return place(`file://${root}`, {}, () => disk.removeDirectory(root, { recursive: true }).catch(() => {}));
    }
    case 'opfs': {
      const disk = (await openOpfs()) ?? skip('this engine has no origin private file system');
      return place(`opfs:///${name}`, {}, () => disk.removeDirectory(`/${name}`, { recursive: true }).catch(() => {}));
    }
    case 's3': {
      const { endpoint, bucket, credentials, region, close } = await openScenario('s3');
      return place(`s3://${endpoint}/${bucket}/dir`, { credentials, region }, close);
    }
    case 'gcs': {
      const { endpoint, bucket, accessToken, close } = await openScenario('gcs');
      return place(`gs://${bucket}/dir`, { endpoint, credentials: { accessToken } }, close);
    }
  }
}

/** Opens a place, hands it over, and closes it however that ends. */
export async function withPlace<T>(kind: PlaceKind, use: (place: Place) => Promise<T>, options?: ClientOptions): Promise<T> {
  const place = await openPlace(kind, options);
  try {
    return await use(place);
  } finally {
    await place.close();
  }
}

/** Registers one test for each kind of place. */
export function everywhere(what: string, fn: (place: Place) => Promise<void>, where: readonly PlaceKind[] = kinds): void {
  for (const kind of where) test(`${kind}: ${what}`, () => withPlace(kind, fn), { timeoutMs: 60_000 });
}

/** Whether this version carries a codec. */
export async function carries(encoding: Encoding): Promise<boolean> {
  try {
    await loadCodec(encoding);
    return true;
  } catch {
    return false;
  }
}

/** A recorded file, e.g. `hello.gz`. */
export const blob = (name: string): Uint8Array<ArrayBuffer> => fromBase64((blobs as Record<string, string>)[name]!);

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
export const text = (bytes: Uint8Array | null): string | null => bytes && new TextDecoder().decode(bytes);

/** All of a sequence. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const item of items) out.push(item);
  return out;
}

/** A value of ours as the tables write it: bytes and pairs marked, `byteRange` by its Python name, without what only we tell. */
export function recorded(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: toBase64(value) };
  if (Array.isArray(value)) return value.map(recorded);
  if (typeof value !== 'object' || value === null) return value;
  const out: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    if (name === 'byteRange') out['byte_range'] = { tuple: inner };
    else if (name !== 'verified') out[name] = recorded(inner);
  }
  return out;
}
