/**
 * Results of reads: of what is kept, and of what is kept while it is read.
 *
 * @module
 */
import { createGetResult } from '../../store/result.ts';
import { memoryBody } from '../../transport/refused.ts';
import type { ByteSource, GetResult, ObjectInfo } from '../../types.ts';
import { asyncDispose } from '../../util/dispose.ts';
import type { ByteSpan } from '../blocks/block-cache.ts';
import { createKeeping, keepBytes, type Cut } from './keeping.ts';
import type { Reading } from './ledger.ts';
import { infoOf } from './versions.ts';

/** An info that its user may change. */
export const copyOf = (info: ObjectInfo): ObjectInfo => ({ ...info, metadata: { ...info.metadata } });

/** The result of a read whose bytes are here. */
export const resultOfBytes = (info: ObjectInfo, range: ByteSpan, bytes: Uint8Array, verified = false): GetResult =>
  resultOf(info, range, memoryBody(bytes), () => verified);

/** The result of a read whose bytes come from a source. */
export const resultOf = (info: ObjectInfo, range: ByteSpan, source: ByteSource, verified: () => boolean): GetResult =>
  createGetResult(copyOf(info), { range: { ...range }, totalBytes: info.sizeBytes, source, verified });

/** The stream of a result, pulled; opened when it is first asked. */
function pulled(result: GetResult): Pick<ByteSource, 'read' | 'cancel'> {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  return {
    async read() {
      reader ??= result.stream().getReader();
      return (await reader.read()).value;
    },
    async cancel(reason) {
      if (reader) await reader.cancel(reason);
      else await result[asyncDispose]();
    },
  };
}

/** What becomes of a body that was kept while it was read. */
export interface KeepingEnds {
  /** All of it came, has its checksum if there is one, and storage has it. */
  done(): Promise<void>;
  /** It broke off, or is not what was stored. */
  failed(): Promise<void>;
}

/** The result of a read of the whole that is kept as it is read, whichever way that is. */
export function keepingResult(reading: Reading, result: GetResult, cut: Cut, ends: KeepingEnds): GetResult {
  const from = pulled(result);
  const keeping = createKeeping(reading, cut);
  let over = false;
  const end = async (kept: boolean): Promise<void> => {
    if (over) return;
    over = true;
    await (kept && !result.decoded ? ends.done() : ends.failed());
  };
  const failing = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      await end(false);
      throw error;
    }
  };
  const source: ByteSource = {
    read: () =>
      failing(async () => {
        const piece = await from.read();
        if (piece) await keeping.add(piece);
        else await end(await keeping.end());
        return piece;
      }),
    bytes: () =>
      failing(async () => {
        const bytes = await result.bytes();
        await end(bytes.length === cut.sizeBytes && !result.decoded && (await keepBytes(reading, cut, 0, bytes)));
        return bytes;
      }),
    async cancel(reason) {
      await from.cancel(reason);
      await end(false);
    },
  };
  return createGetResult(infoOf(result), {
    range: result.range,
    totalBytes: result.totalBytes,
    source,
    verified: () => result.verified,
    decoded: () => result.decoded,
  });
}
