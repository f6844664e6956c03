/**
 * What an HDF5 file is read by: a URL, a Blob, bytes, or whatever reads ranges.
 *
 * @module
 */
import type { RangeReader } from '../../cache/blocks/reader.ts';
import { CloudError, isCloudError } from '../../errors.ts';
import { openReader } from '../../open/open-reader.ts';
import { aliasesOf } from '../../store/aliases-of.ts';
import type { StoreContext } from '../../store/context.ts';
import type { AbortOptions } from '../../types.ts';
import { throwIfAborted } from '../../util/abort.ts';
import { formatUrl } from '../../url/format.ts';
import { parseUrl } from '../../url/parse.ts';
import { splitPath } from '../../url/split-path.ts';
import type { Hdf5Source } from '../types.ts';

/** A path with the client that it is of, as a `CloudPath` is. Its text is its URL. */
export interface PathOfClient {
  readonly context: StoreContext;
  toString(): string;
}

/**
 * What an HDF5 file is read by: a URL of any store or a path, a `CloudPath`, a Blob or File, bytes, or whatever reads ranges. Bytes are not to be
 * changed while the file is open.
 */
export type Hdf5Input = string | URL | PathOfClient | Blob | Uint8Array | ArrayBuffer | Hdf5Source;

/** Options of {@link openSource}. */
export interface SourceOptions extends AbortOptions {
  /** Whose credentials and cache are used for URLs. */
  readonly context: StoreContext;
  /** What ranges are rounded to, in bytes. */
  readonly pageBytes: number;
  /** What the first request asks for, in bytes. */
  readonly headBytes: number;
}

/** A source, and what it is called. */
export interface OpenedSource {
  readonly source: Hdf5Source;
  /** Its file name, for messages and links. */
  readonly name: string;
  /** What the first request brought, if there was one: bytes from 0 on. */
  readonly headBytes: number;
  /** Whether it is the caller's, who may look at the bytes that it gives. @default false */
  readonly lendsBytes?: boolean | undefined;
}

const noName = 'file.h5';

/** Bytes of a reader: one version, and files beside it. */
function readerSource(reader: RangeReader, url: string, options: SourceOptions): Hdf5Source {
  return {
    byteLength: reader.byteLength,
    read: (ranges, { signal } = {}) => reader.read(ranges, { signal }),
    stats() {
      const { requests, bytesFetched, rounds } = reader.stats();
      return { requests, bytesFetched, rounds };
    },
    sibling: (name, { signal } = {}) => openBeside(url, name, { ...options, signal }),
    close: () => reader.close(),
  };
}

async function openUrl(url: string, options: SourceOptions): Promise<OpenedSource> {
  const { context, pageBytes, headBytes, signal } = options;
  const first = { start: 0, end: headBytes };
  const reader = await openReader(url, { client: { context }, blockBytes: pageBytes, gapBytes: 0, keep: false, first, signal });
  const { path } = parseUrl(url, { aliases: aliasesOf(context) });
  const name = splitPath(path)[1].replace(/[?#].*$/s, '');
  return { source: readerSource(reader, url, options), name: name || noName, headBytes: Math.min(headBytes, reader.byteLength) };
}

/** A file in the same folder of the same store; null when there is none. */
async function openBeside(url: string, name: string, options: SourceOptions): Promise<Hdf5Source | null> {
  const location = parseUrl(url, { aliases: aliasesOf(options.context) });
  const [folder] = splitPath(location.path);
  try {
    const { source } = await openUrl(formatUrl({ ...location, path: folder + name }), options);
    return source;
  } catch (error) {
    if (isCloudError(error, 'NotFound')) return null;
    throw error;
  }
}

function blobSource(blob: Blob): Hdf5Source {
  return {
    byteLength: blob.size,
    read: (ranges, { signal } = {}) =>
      Promise.all(
        ranges.map(async ({ start, end }) => {
          throwIfAborted(signal);
          return new Uint8Array(await blob.slice(start, end).arrayBuffer());
        }),
      ),
  };
}

function bytesSource(given: Uint8Array): Hdf5Source {
  // a Buffer's slice would be a view
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  return {
    byteLength: bytes.length,
    read: async (ranges, { signal } = {}) => {
      throwIfAborted(signal);
      return ranges.map(({ start, end }) => bytes.slice(start, end));
    },
  };
}

const isObject = (input: unknown): input is Record<string, unknown> => typeof input === 'object' && input !== null;

const isPath = (input: unknown): input is PathOfClient => isObject(input) && 'context' in input && 'toString' in input;

/**
 * Open what an HDF5 file is read by. A URL costs one request, which brings the file's beginning.
 *
 * @throws CloudError `InvalidArgument` for what nothing can be read of; what opening a reader throws
 */
export async function openSource(input: Hdf5Input, options: SourceOptions): Promise<OpenedSource> {
  throwIfAborted(options.signal);
  if (typeof input === 'string' || input instanceof URL) return openUrl(String(input), options);
  if (input instanceof Blob) {
    const { name } = input as { name?: unknown };
    return { source: blobSource(input), name: typeof name === 'string' && name ? name : noName, headBytes: 0 };
  }
  if (input instanceof ArrayBuffer) return { source: bytesSource(new Uint8Array(input)), name: noName, headBytes: 0 };
  if (input instanceof Uint8Array) return { source: bytesSource(input), name: noName, headBytes: 0 };
  if (isPath(input)) return openUrl(input.toString(), { ...options, context: input.context });
  if (isObject(input) && 'read' in input && Number.isSafeInteger(input.byteLength)) {
    const source = input as unknown as Hdf5Source;
    return { source, name: source.name || noName, headBytes: 0, lendsBytes: true };
  }
  throw new CloudError('an HDF5 file is a URL, a Datafile, a CloudPath, a Blob, bytes, or { byteLength, read(ranges) }', {
    code: 'InvalidArgument',
    operation: 'openHdf5',
  });
}
