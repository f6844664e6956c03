/**
 * Reading one file for the page: with progress, and with what there is to say about it.
 *
 * @module
 */
import { isCloudError, type GetResult, type ObjectStore } from '../index.ts';

/** A file, or the beginning of one. */
export interface ReadFile {
  bytes: Uint8Array<ArrayBuffer>;
  /** What the store said of it; `verified` and `decoded` are final. */
  info: GetResult;
  /** Whether these are all its bytes. */
  whole: boolean;
}

/** Told now and then while bytes come in. */
export type OnProgress = (doneBytes: number, totalBytes: number | undefined) => void;

/**
 * Read a file, or `[0, end)` of it.
 *
 * @returns `null` when there is no such file
 */
export async function readFile(
  store: ObjectStore,
  key: string,
  options: { end?: number | undefined; signal: AbortSignal; onProgress?: OnProgress },
): Promise<ReadFile | null> {
  const { end, signal, onProgress } = options;
  const info = await open(store, key, end, signal);
  if (!info) return null;
  const due = info.range.end - info.range.start || undefined;
  const reader = info.stream().getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  // not `for await`: WebKit's streams have no iterator
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    size += value.length;
    onProgress?.(size, due);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return { bytes, info, whole: end === undefined || size >= info.totalBytes };
}

async function open(store: ObjectStore, key: string, end: number | undefined, signal: AbortSignal): Promise<GetResult | null> {
  if (end === undefined) return await store.get(key, { signal });
  try {
    return await store.get(key, { range: { start: 0, end }, signal });
  } catch (error) {
    // an empty file has no first byte
    if (!isCloudError(error, 'RangeNotSatisfiable')) throw error;
    return await store.get(key, { signal });
  }
}

/** Why a read is not verified, in words; `undefined` when it is. */
export function whyNotVerified({ info, whole }: ReadFile): string | undefined {
  if (info.verified) return undefined;
  if (!whole) return 'only the beginning was read, and a checksum is that of the whole file';
  if (info.decoded) return 'the browser decompressed it, and the checksum is that of the stored bytes';
  return 'the server sent no checksum of the whole file that this page may read';
}

/** Bytes that begin as gzip does. */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Undo gzip; the codec is loaded on first use. */
export async function gunzip(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const { decompress } = await import('../codecs.ts');
  return (await decompress(bytes, 'gzip', { maxOutputBytes: 0x10000000 })) as Uint8Array<ArrayBuffer>;
}
