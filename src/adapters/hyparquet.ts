/**
 * Parquet files for hyparquet, read where they lie: `anyfile/adapters/hyparquet`.
 *
 * @example
 * import { parquetReadObjects } from 'hyparquet';
 * import { openAsyncBuffer } from 'anyfile/adapters/hyparquet';
 * const file = await openAsyncBuffer('s3://bucket/table.parquet', { region: 'eu-central-1' });
 * const rows = await parquetReadObjects({ file, columns: ['time', 'power'], rowEnd: 100 });
 * await file.close();
 *
 * @module
 */
import type { ReaderStats } from '../cache/blocks/reader.ts';
import { openReader, type OpenReaderOptions } from '../open/open-reader.ts';
import { clampSpan } from './span.ts';
import { createTurnReads } from './turn-reads.ts';

/** hyparquet's `AsyncBuffer`, over one version of an object. */
export interface ParquetBuffer {
  readonly byteLength: number;
  /**
   * Bytes of the file; a negative position counts from its end, as in `ArrayBuffer.slice`.
   *
   * @throws CloudError `ObjectChanged` and what else reading throws
   */
  slice(start: number, end?: number): Promise<ArrayBuffer>;
  /** What was read since it was opened, of the store or of the client's cache, where it has one. */
  stats(): ReaderStats;
  /** Ends what runs. */
  close(): Promise<void>;
}

/**
 * Open a Parquet file for hyparquet, in one request, which brings its size, its version and its first 64 KiB; there is no HEAD, and a
 * small file has come with it. What is read is rounded to blocks, neighbours asked for at the same time are fetched together, nothing
 * twice.
 *
 * @param url of the file, in any store
 * @throws CloudError `NotFound`, `InvalidUrl`, `RangeNotSupported` and what else opening throws
 * @example const metadata = await parquetMetadataAsync(await openAsyncBuffer('s3://bucket/table.parquet', { client }));
 */
export async function openAsyncBuffer(url: string, options: OpenReaderOptions = {}): Promise<ParquetBuffer> {
  const reader = await openReader(url, options);
  const read = createTurnReads(reader);
  return {
    byteLength: reader.byteLength,
    async slice(start, end) {
      const [bytes] = await read([clampSpan(start, end, reader.byteLength)]);
      return bytes!.buffer;
    },
    stats: () => reader.stats(),
    close: () => reader.close(),
  };
}
