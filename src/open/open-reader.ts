/**
 * Ranges of one object, by its URL.
 *
 * @module
 */
import { openReader as openReaderOf, type RangeReader, type ReaderOptions } from '../cache/blocks/reader.ts';
import { CloudError } from '../errors.ts';
import { aliasesOf } from '../store/aliases-of.ts';
import { sessionOf, type SessionOptions } from '../store/session.ts';
import { warn } from '../store/warn.ts';
import { parseUrl } from '../url/parse.ts';
import { splitPath } from '../url/split-path.ts';
import { openLocation } from './open-store.ts';

/** Options of {@link openReader}; `signal` is for opening alone. What is left out is as the client's `cache` says. */
export interface OpenReaderOptions
  extends
    SessionOptions,
    Pick<
      ReaderOptions,
      'signal' | 'blockBytes' | 'gapBytes' | 'maxRequestBytes' | 'keep' | 'first' | 'expected' | 'onChange' | 'onRestart'
    > {}

/**
 * Open an object for reading in ranges, all of one version. The first request is a GET of its first block, which tells its size and pins its
 * version: there is never a HEAD, and an object of one block has come with it. Blocks are fetched once, kept in memory for this reader, and
 * in the client's cache where it has one; there they are found again by the next reader.
 *
 * @param url of the object, in any store
 * @throws CloudError `InvalidUrl` when it names no object, `NotFound`, `RangeNotSupported`, `InvalidArgument`, and what else the store throws
 * @example
 * const reader = await openReader('s3://bucket/data.bin', { region: 'eu-central-1' });
 * const [head, tail] = await reader.read([{ start: 0, end: 512 }, { start: reader.byteLength - 64, end: reader.byteLength }]);
 * await reader.close();
 */
export async function openReader(url: string, options: OpenReaderOptions = {}): Promise<RangeReader> {
  const { context, isOurs } = sessionOf(options);
  const location = parseUrl(url, { aliases: aliasesOf(context) });
  const [folder, name] = splitPath(location.path);
  if (!name) throw new CloudError('this URL names no object', { code: 'InvalidUrl', url });
  const { cache = {} } = context.options;
  try {
    const reader = await openReaderOf(openLocation(context, { ...location, path: folder }), name, {
      signal: options.signal,
      blockBytes: options.blockBytes ?? cache.blockBytes,
      gapBytes: options.gapBytes ?? cache.gapBytes,
      maxRequestBytes: options.maxRequestBytes ?? cache.maxRequestBytes,
      keep: options.keep,
      first: options.first,
      expected: options.expected,
      onChange: options.onChange ?? cache.onChange,
      onRestart: options.onRestart,
      onWarning: (warning) => warn(context, warning),
    });
    if (!isOurs) return reader;
    context.onClose(reader.close);
    return Object.defineProperty(reader, 'close', { value: () => context.close() });
  } catch (error) {
    if (isOurs) await context.close();
    throw error;
  }
}
