/**
 * A long range as a stream of bytes, with a bounded part of it in memory.
 *
 * @module
 */
import type { ByteSource } from '../../types.ts';
import { linkSignals, throwIfAborted } from '../../util/abort.ts';
import { collect } from '../../util/streams.ts';
import type { ByteSpan } from './layout.ts';

/** What a source reads by: pieces of the range, each in a buffer of its own. */
export type ReadPiece = (span: ByteSpan, signal: AbortSignal) => Promise<Uint8Array<ArrayBuffer>>;

/** How a source goes along. */
export interface SourceInit {
  readonly range: ByteSpan;
  /** Pieces end at multiples of this. */
  readonly pieceBytes: number;
  /** Pieces that are read at a time, the one that is waited for included. */
  readonly pieces: number;
  readonly signal?: AbortSignal | undefined;
}

/** Make the source. Nothing is read before the first call. */
export function rangeSource(readPiece: ReadPiece, init: SourceInit): ByteSource {
  const { range, pieceBytes, pieces } = init;
  const coming: Promise<Uint8Array<ArrayBuffer>>[] = [];
  let next = range.start;
  let link: ReturnType<typeof linkSignals> | undefined;
  let over: { error: unknown } | 'ended' | undefined;

  const end = (how: NonNullable<typeof over>, reason?: unknown): void => {
    over ??= how;
    coming.length = 0;
    link?.abort(reason);
    link?.unlink();
  };
  const begin = (to: number): void => {
    const piece = readPiece({ start: next, end: to }, (link ??= linkSignals(init.signal)).signal);
    // told when its turn comes
    piece.catch(() => {});
    coming.push(piece);
    next = to;
  };
  const take = async (): Promise<Uint8Array | undefined> => {
    if (over === 'ended') return undefined;
    if (over) throw over.error;
    try {
      throwIfAborted(init.signal);
      const piece = coming.shift();
      if (piece) return await piece;
      end('ended');
      return undefined;
    } catch (error) {
      end({ error }, error);
      throw error;
    }
  };
  const read = (): Promise<Uint8Array | undefined> => {
    while (!over && coming.length < pieces && next < range.end)
      begin(Math.min(range.end, (Math.floor(next / pieceBytes) + 1) * pieceBytes));
    return take();
  };
  return {
    read,
    async bytes() {
      const hint = range.end - next + 1;
      // all of it is wanted in memory anyway
      if (!over && next < range.end) begin(range.end);
      return collect(take, hint);
    },
    async cancel(reason = new DOMException('the bytes are not wanted any more', 'AbortError')) {
      end('ended', reason);
    },
  };
}
