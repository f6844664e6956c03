/**
 * A file with a URL, read through the adapter for hyparquet, which fetches parts together that lie side by side and are asked for at once.
 *
 * @module
 */
import { openAsyncBuffer, type ParquetBuffer } from '../../adapters/hyparquet.ts';
import type { Client, ObjectInfo } from '../../index.ts';
import type { FileSource } from './file-source.ts';

/** What the first request brings where the listing does not tell which version it is: the end, where Parquet's metadata are. */
const tailBytes = 65_536;

/**
 * The file behind a URL. Asks for nothing yet.
 *
 * @param info what the listing told of it: another version is refused
 * @param name as it may be shown: the URL may hold a signature
 */
export function urlSource(url: string, client: Client, info: ObjectInfo, name: string): FileSource {
  const { sizeBytes } = info;
  let buffer: ParquetBuffer | undefined;
  let opening: Promise<ParquetBuffer> | undefined;
  async function open(signal: AbortSignal): Promise<ParquetBuffer> {
    const isKnown = sizeBytes > 0;
    const first = { start: Math.max(0, sizeBytes - tailBytes), end: sizeBytes };
    return openAsyncBuffer(url, { client, signal, ...(isKnown && { expected: info, first }) });
  }
  const opened = async (signal: AbortSignal): Promise<ParquetBuffer> => {
    opening ??= open(signal);
    try {
      return (buffer = await opening);
    } catch (error) {
      // it may be tried again
      opening = undefined;
      throw error;
    }
  };
  return {
    name,
    get sizeBytes() {
      return buffer?.byteLength ?? sizeBytes;
    },
    get used() {
      const { requests = 0, bytesFetched = 0 } = buffer?.stats() ?? {};
      return { ranges: requests, bytes: bytesFetched };
    },
    async read(start, end, signal) {
      const its = await opened(signal);
      return new Uint8Array(await its.slice(start, Math.min(end, its.byteLength)));
    },
    size: async (signal) => (await opened(signal)).byteLength,
    close: () => void buffer?.close(),
  };
}
