/**
 * Reads of one turn as one: peers ask for each part by a call of its own, and for many at a time.
 *
 * @module
 */
import type { ByteSpan } from '../cache/blocks/layout.ts';
import type { RangeReader } from '../cache/blocks/reader.ts';
import { abortable, onAbort, throwIfAborted } from '../util/abort.ts';

/** Reads ranges as `RangeReader.read` does. */
export type TurnReads = (spans: readonly ByteSpan[], signal?: AbortSignal) => Promise<Uint8Array<ArrayBuffer>[]>;

interface Turn {
  spans: ByteSpan[];
  waiting: number;
  controller: AbortController;
  parts: Promise<Uint8Array<ArrayBuffer>[]>;
}

/**
 * Gathers the calls that are made before the microtasks at hand are done, and reads all their ranges by one call, so that neighbours are
 * in one request. Who aborts leaves alone; the read ends when all have left.
 */
export function createTurnReads(reader: Pick<RangeReader, 'read'>): TurnReads {
  let turn: Turn | undefined;

  /** Nobody joins it any more. */
  function end(mine: Turn): void {
    if (turn === mine) turn = undefined;
  }

  async function run(mine: Turn): Promise<Uint8Array<ArrayBuffer>[]> {
    // Calls that wait for the same promise go on in one round of microtasks, some a few rounds later.
    for (let round = 0; round < 8; round++) await Promise.resolve();
    end(mine);
    return await reader.read(mine.spans, { signal: mine.controller.signal });
  }

  function begin(): Turn {
    const mine: Turn = { spans: [], waiting: 0, controller: new AbortController(), parts: undefined! };
    turn = mine;
    mine.parts = run(mine);
    return mine;
  }

  return async (spans, signal) => {
    throwIfAborted(signal);
    const mine = turn ?? begin();
    const at = mine.spans.push(...spans) - spans.length;
    mine.waiting++;
    const off = onAbort(signal, () => {
      if (--mine.waiting) return;
      end(mine);
      mine.controller.abort(signal?.reason);
    });
    try {
      return (await abortable(mine.parts, signal)).slice(at, at + spans.length);
    } finally {
      off();
    }
  };
}
