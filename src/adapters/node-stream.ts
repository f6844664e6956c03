/**
 * Objects as streams of Node's, after `fs.createReadStream`: `anyfile/adapters/node-stream`. For Node, Bun and Deno.
 *
 * @example
 * import { createWriteStream } from 'node:fs';
 * import { pipeline } from 'node:stream/promises';
 * import { createReadStream } from 'anyfile/adapters/node-stream';
 * await pipeline(createReadStream('s3://bucket/big.bin', { region: 'eu-central-1' }), createWriteStream('big.bin'));
 *
 * @module
 */
import { createNodeReadable } from '#platform';
import { CloudError } from '../errors.ts';
import { openLocation } from '../open/open-store.ts';
import type { NodeReadable } from '../platform/types.ts';
import { aliasesOf } from '../store/aliases-of.ts';
import { sessionOf, type SessionOptions } from '../store/session.ts';
import type { AbortOptions } from '../types.ts';
import { parseUrl } from '../url/parse.ts';
import { splitPath } from '../url/split-path.ts';
import { slices } from '../util/bytes.ts';
import { chunksOf } from '../util/streams.ts';

export type { NodeReadable } from '../platform/types.ts';

/** Options of {@link createReadStream}; the signal destroys the stream, with its reason. */
export interface ReadStreamOptions extends SessionOptions, AbortOptions {
  /** The first byte. @default 0 */
  start?: number | undefined;
  /** The last byte, which is read too, as in `fs.createReadStream`; `Infinity` is the object's last. @default the object's last */
  end?: number | undefined;
  /** Bytes that are read ahead, and the most that a chunk holds. @default 65,536 */
  highWaterMark?: number | undefined;
  /** Give text: `utf8`, `hex`, … @default bytes */
  encoding?: string | undefined;
}

/**
 * A readable stream over an object of any store. Nothing is sent until somebody reads. It is one request, taken up again where it breaks
 * off; a whole object is held to its checksum, and the stream fails at its end when that does not hold. Bytes are those that are stored.
 *
 * Errors come as the event `error`: CloudError `NotFound`, `RangeNotSatisfiable`, `IntegrityError` and what else a store throws.
 *
 * @throws CloudError `NotSupported` in pages and workerd, `InvalidUrl`, `InvalidArgument`
 * @example for await (const text of createReadStream('s3://bucket/log.txt', { start: 100, encoding: 'utf8' })) console.log(text);
 */
export function createReadStream(url: string, options: ReadStreamOptions = {}): NodeReadable {
  const { start = 0, highWaterMark = 0x10000, encoding, signal } = options;
  // Node's own default.
  const end = options.end === Infinity ? undefined : options.end;
  const isPosition = (at: number): boolean => Number.isSafeInteger(at) && at >= 0;
  if (!isPosition(start) || (end !== undefined && (!isPosition(end) || end < start)))
    throw new CloudError(`a stream goes from a byte to one that is not before it, not from ${start} to ${end}`, {
      code: 'InvalidArgument',
      url,
    });
  if (!(Number.isSafeInteger(highWaterMark) && highWaterMark > 0))
    throw new CloudError('highWaterMark is a whole number of bytes', { code: 'InvalidArgument', url });
  const { context, isOurs } = sessionOf(options);
  const location = parseUrl(url, { aliases: aliasesOf(context) });
  const [folder, name] = splitPath(location.path);
  if (!name) throw new CloudError('this URL names no object', { code: 'InvalidUrl', url });

  async function* chunks(life: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      const range = start === 0 && end === undefined ? {} : { range: { start, ...(end !== undefined && { end: end + 1 }) } };
      const result = await openLocation(context, { ...location, path: folder }).get(name, { ...range, signal: life });
      if (!result) throw new CloudError(`there is no ${name}`, { code: 'NotFound', operation: 'read', url });
      for await (const chunk of chunksOf(result.stream())) yield* slices(chunk, highWaterMark);
    } finally {
      if (isOurs) await context.close();
    }
  }

  const stream = createNodeReadable(chunks, { highWaterMark, encoding, signal });
  if (!stream) throw new CloudError('streams of Node are not to be had here', { code: 'NotSupported', url });
  return stream;
}
