/**
 * Reading what is uploaded, part by part, from something that may change or vanish at any moment.
 *
 * Every part is read and hashed before it is sent. Pages then hand the file's own Blob to `fetch`, which keeps copies of bytes for long (measured in
 * Chromium: 300 MB sent as bytes leave it 350 MB larger, as Blobs 45 MB). Of a file that is gone by then WebKit sends nothing, and Firefox never
 * settles: the checksum tells, and the file is looked at while it is sent.
 *
 * @module
 */
import { openDisk, openOpfs } from '#platform';
import { CloudError, isCloudError } from '../errors.ts';
import type { Disk, DiskFile } from '../platform/types.ts';
import { hashPayload } from '../store/payload.ts';
import type { AbortOptions } from '../types.ts';
import { parseUrl } from '../url/parse.ts';
import { abortable, delay, linkSignals } from '../util/abort.ts';
import type { Fingerprint, SourceRef, UploadSource } from './types.ts';

/** What is read at once of a Blob, and has to come within the time. */
const pieceBytes = 0x10_0000;
const pieceMs = 8000;
const endBytes = 0x1_0000;
/**
 * WebKit knows a changed file by the second of its time alone (measured: of one that was changed within the second in which it was written it reads
 * some parts of the old and some of the new one). So nothing is read of a file before that second is over.
 */
const settleMs = 1100;

/** How bytes are read. */
interface ReadOptions extends AbortOptions {
  /** Its memory takes them, from its beginning on; long enough. Not to be used afterwards but through what comes back. @default a buffer of their own */
  into?: Uint8Array<ArrayBuffer> | undefined;
}

/** A source that is open. */
export interface OpenSource {
  readonly ref: SourceRef;
  readonly sizeBytes: number;
  readonly lastModified: number;
  readonly contentType?: string | undefined;
  /** Bytes [start, end). @throws CloudError `ObjectChanged` it is not what it was when it was opened */
  read(start: number, end: number, options?: ReadOptions): Promise<Uint8Array<ArrayBuffer>>;
  /** The same as a Blob of a file, where it is one. */
  slice?(start: number, end: number): Blob;
  close(): Promise<void>;
}

const gone = (cause?: unknown): CloudError =>
  new CloudError('the file that is uploaded changed or is gone', { code: 'ObjectChanged', operation: 'put', cause });

/** The promise's result, or ObjectChanged when it takes too long: what vanished may never answer. */
async function inTime<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  const link = linkSignals(signal);
  const timer = setTimeout(() => link.abort(gone()), pieceMs);
  try {
    return await abortable(promise, link.signal);
  } finally {
    clearTimeout(timer);
    link.unlink();
  }
}

/** What a platform says of a file that is not what it was. */
const asGone = <T>(promise: Promise<T>): Promise<T> => promise.catch((cause: unknown) => Promise.reject(gone(cause)));

/** A reader that fills buffers of ours; WebKit has none. */
function byteReader(blob: Blob): ReadableStreamBYOBReader | undefined {
  try {
    return blob.stream().getReader({ mode: 'byob' });
  } catch {
    return undefined;
  }
}

/** Fills a buffer, which is another one afterwards: its memory moves with each read. Spares pages garbage as large as the file. */
async function readInto(
  reader: ReadableStreamBYOBReader,
  out: Uint8Array<ArrayBuffer>,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const { byteOffset, length } = out;
  let { buffer } = out;
  try {
    for (let filled = 0; filled < length;) {
      const { value, done } = await inTime(asGone(reader.read(new Uint8Array(buffer, byteOffset + filled, length - filled))), signal);
      if (done || !value.length) throw gone();
      buffer = value.buffer;
      filled += value.length;
    }
    return new Uint8Array(buffer, byteOffset, length);
  } finally {
    reader.cancel().catch(() => {});
  }
}

function blobSource(blob: Blob, ref: SourceRef): OpenSource {
  const { size } = blob;
  const lastModified = (blob as Partial<File>).lastModified ?? 0;
  let settled: Promise<void> | undefined;
  /** Until a change shows. */
  const settle = (signal: AbortSignal | undefined): Promise<void> => {
    const ageMs = Date.now() - lastModified;
    settled ??= ageMs >= 0 && ageMs < settleMs ? delay(settleMs - ageMs) : Promise.resolve();
    return abortable(settled, signal);
  };
  const piece = async (start: number, end: number, signal: AbortSignal | undefined): Promise<Uint8Array> => {
    const bytes = new Uint8Array(await inTime(asGone(blob.slice(start, end).arrayBuffer()), signal));
    // WebKit reads a deleted file as empty
    if (bytes.length !== end - start) throw gone();
    return bytes;
  };
  return {
    ref,
    sizeBytes: size,
    lastModified,
    contentType: blob.type || undefined,
    async read(start, end, { signal, into } = {}) {
      // what comes in one piece is of one version
      if (end - start < size || size > pieceBytes) await settle(signal);
      const out = into?.subarray(0, end - start) ?? new Uint8Array(end - start);
      const reader = byteReader(blob.slice(start, end));
      if (reader) return readInto(reader, out, signal);
      for (let at = start; at < end; at += pieceBytes) out.set(await piece(at, Math.min(at + pieceBytes, end), signal), at - start);
      return out;
    },
    slice: (start, end) => blob.slice(start, end),
    close: async () => {},
  };
}

function diskSource(disk: Disk, path: string, file: DiskFile, ref: SourceRef): OpenSource {
  const { sizeBytes, version } = file;
  return {
    ref,
    sizeBytes,
    lastModified: Math.floor(file.mtimeMs),
    async read(start, end, { signal, into } = {}) {
      const out = into?.subarray(0, end - start) ?? new Uint8Array(end - start);
      let filled = 0;
      try {
        for await (const chunk of file.read(start, end, { signal, into: out })) {
          if (filled + chunk.length > out.length) throw gone();
          if (chunk.buffer !== out.buffer) out.set(chunk, filled);
          filled += chunk.length;
        }
      } catch (error) {
        throw isCloudError(error, 'NotFound') ? gone(error) : error;
      }
      // what is open may be read on though its name is gone, or another's
      if (filled !== out.length || (await disk.stat(path, { signal }))?.version !== version) throw gone();
      return out;
    },
    close: () => file.close(),
  };
}

async function openPath(ref: SourceRef & { path: string }, { signal }: AbortOptions): Promise<OpenSource> {
  const disk = await (ref.kind === 'file' ? openDisk() : openOpfs());
  if (!disk) throw new CloudError(`there is no such disk here: ${ref.kind}`, { code: 'NotSupported', operation: 'put' });
  const file = await disk.open(ref.path, { signal });
  if (!file) throw new CloudError('the file to upload is not there', { code: 'NotFound', operation: 'put' });
  return diskSource(disk, ref.path, file, ref);
}

/** What of a handle's methods is not everywhere. */
type WithPermission = FileSystemFileHandle & { queryPermission?(): Promise<PermissionState> };

async function openHandle(handle: FileSystemFileHandle): Promise<OpenSource> {
  const state = await (handle as WithPermission).queryPermission?.();
  if (state !== undefined && state !== 'granted')
    throw new CloudError('the file may be read once the user has allowed it: call requestPermission of its handle in a click', {
      code: 'PermissionDenied',
      operation: 'put',
    });
  const file = await handle.getFile().catch((cause: unknown) => Promise.reject(gone(cause)));
  return blobSource(file, { kind: 'handle', handle });
}

/**
 * Opens what is to be uploaded.
 *
 * @throws CloudError `NotFound`; `PermissionDenied`; `NotSupported` no such disk here; `InvalidArgument` none of these
 */
export async function openSource(source: UploadSource | SourceRef, options: AbortOptions = {}): Promise<OpenSource> {
  if (typeof source === 'string') {
    const { protocol, path } = parseUrl(source);
    if (protocol !== 'file' && protocol !== 'opfs')
      throw new CloudError('what is uploaded is a Blob or a file of this disk', { code: 'InvalidArgument', operation: 'put' });
    return openPath({ kind: protocol, path }, options);
  }
  if ('slice' in source) return blobSource(source, { kind: 'repick' });
  if ('getFile' in source) return openHandle(source);
  if (source.kind === 'handle') return openHandle(source.handle);
  if (source.kind !== 'repick') return openPath(source, options);
  throw new CloudError('this file has to be chosen again', { code: 'InvalidArgument', operation: 'put' });
}

/** What a source is known again by. */
export async function fingerprintOf(source: OpenSource, options: AbortOptions): Promise<Fingerprint> {
  const { sizeBytes, lastModified } = source;
  const head = await hashPayload(await source.read(0, Math.min(endBytes, sizeBytes), options));
  const tail = await hashPayload(await source.read(Math.max(0, sizeBytes - endBytes), sizeBytes, options));
  return { sizeBytes, lastModified, head, tail };
}

/** Whether two are of the same bytes, as far as they tell. */
export const sameFingerprint = (a: Fingerprint, b: Fingerprint): boolean =>
  a.sizeBytes === b.sizeBytes && a.lastModified === b.lastModified && a.head === b.head && a.tail === b.tail;
