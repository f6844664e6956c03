/**
 * PMTiles archives for pmtiles, read where they lie: `anyfile/adapters/pmtiles`.
 *
 * @example
 * import { EtagMismatch, PMTiles } from 'pmtiles';
 * import { createPmtilesSource } from 'anyfile/adapters/pmtiles';
 * const archive = new PMTiles(createPmtilesSource('s3://bucket/map.pmtiles', { region: 'eu-central-1', EtagMismatch }));
 * const tile = await archive.getZxy(3, 4, 2);
 *
 * @module
 */
import type { RangeReader } from '../cache/blocks/reader.ts';
import { CloudError, isCloudError } from '../errors.ts';
import type { OpenReaderOptions } from '../open/open-reader.ts';
import { createLazyReader } from './lazy-reader.ts';
import { clampSpan } from './span.ts';

/** Options of {@link createPmtilesSource}. */
export interface PmtilesSourceOptions extends OpenReaderOptions {
  /**
   * pmtiles' own class, by which it knows that the archive was replaced and begins anew. @default the read rejects with `ObjectChanged`,
   * and the next one is of the new archive
   */
  EtagMismatch?: (new (message: string) => Error) | undefined;
}

/** What one read gives. */
export interface PmtilesRange {
  data: ArrayBuffer;
  /** Of the version that it is of; absent where a server shows none. */
  etag?: string;
  cacheControl?: string;
}

/** pmtiles' `Source`, over one version of an object at a time. */
export interface PmtilesSource {
  /** The URL. */
  getKey(): string;
  /**
   * @param etag of the version that is wanted; another one is a mismatch
   * @throws `EtagMismatch`, or CloudError: `ObjectChanged`, `NotFound` and what else reading throws
   */
  getBytes(offset: number, length: number, signal?: AbortSignal, etag?: string): Promise<PmtilesRange>;
  /** Ends what runs. */
  close(): Promise<void>;
}

/**
 * A source for `new PMTiles(source)`. Sends nothing; the first read opens the archive in one request, with header and root directory.
 * What is read is rounded to blocks, neighbours asked for at the same time are fetched together, nothing twice, and all of it is of one
 * version: also where the server hides its ETag from pages, or changes it without need.
 *
 * @param url of the archive, in any store
 * @param options `signal` is for opening
 * @example protocol.add(new PMTiles(createPmtilesSource('s3://bucket/map.pmtiles', { client, EtagMismatch })));
 */
export function createPmtilesSource(url: string, options: PmtilesSourceOptions = {}): PmtilesSource {
  const { EtagMismatch, ...readerOptions } = options;
  const file = createLazyReader(url, readerOptions);

  const mismatch = (cause?: unknown): Error =>
    EtagMismatch
      ? new EtagMismatch('the archive was replaced while it was read')
      : new CloudError('the archive was replaced while it was read', { code: 'ObjectChanged', url, cause });

  return {
    getKey: () => url,
    async getBytes(offset, length, signal, etag) {
      const archive = await file.open(signal);
      const { reader } = archive;
      const known = tagOf(reader);
      // directories of the archive before
      if (etag !== undefined && known !== etag) throw mismatch();
      try {
        const [bytes] = await archive.read([clampSpan(offset, offset + length, reader.byteLength)], signal);
        const { cacheControl } = reader.info;
        return { data: bytes!.buffer, ...(known && { etag: known }), ...(cacheControl && { cacheControl }) };
      } catch (error) {
        // Another read may have found it out and closed the reader, which ends this one with an error of its own.
        const isForgotten = file.current !== archive && !signal?.aborted;
        if (!isForgotten && !isCloudError(error, 'ObjectChanged')) throw error;
        await file.forget(archive);
        throw mismatch(error);
      }
    },
    close: file.close,
  };
}

/** What a version is known by to pmtiles: one that is weak is good enough here, since the reader holds it to more. */
const tagOf = ({ info: { generation, etag } }: RangeReader): string | undefined => generation ?? etag;
