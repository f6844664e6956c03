/**
 * Bytes on their way to a reader, kept block by block as they pass.
 *
 * @module
 */
import type { CacheEntry } from '../container/container.ts';
import type { Reading } from './ledger.ts';

/** Which blocks they become. */
export interface Cut {
  /** The `object` of their keys. */
  readonly object: string;
  readonly blockBytes: number;
  /** Of the whole object. */
  readonly sizeBytes: number;
}

const entryOf = ({ subject: { namespace } }: Reading, { object, blockBytes }: Cut, at: number, bytes: Uint8Array): CacheEntry => ({
  namespace,
  object,
  part: at / blockBytes,
  sizeBytes: bytes.length,
  bytes,
});

async function put({ shelf }: Reading, entries: readonly CacheEntry[]): Promise<boolean> {
  try {
    return (await shelf.container.putMany(entries)) === entries.length;
  } catch {
    return false;
  }
}

/**
 * Keeps the blocks that lie wholly in these bytes; the last one of the object may be short.
 *
 * @param at where in the object they begin
 * @returns whether storage has them all
 */
export async function keepBytes(reading: Reading, cut: Cut, at: number, bytes: Uint8Array): Promise<boolean> {
  const { blockBytes, sizeBytes } = cut;
  const most = Math.max(1, Math.floor(reading.shelf.container.capabilities.batchBytes / blockBytes));
  let kept = true;
  let batch: CacheEntry[] = [];
  for (let from = Math.ceil(at / blockBytes) * blockBytes; from < at + bytes.length && kept; from += blockBytes) {
    const end = Math.min(from + blockBytes, sizeBytes);
    if (end > at + bytes.length) break;
    batch.push(entryOf(reading, cut, from, bytes.subarray(from - at, end - at)));
    if (batch.length < most) continue;
    kept = await put(reading, batch);
    batch = [];
  }
  return kept && (batch.length === 0 || (await put(reading, batch)));
}

/** Keeps a body that passes in pieces, from the beginning of an object. */
export interface Keeping {
  /** Takes a piece, which is copied. Waits for storage when that is a block behind. */
  add(piece: Uint8Array): Promise<void>;
  /** @returns whether all of the object came, and storage has it */
  end(): Promise<boolean>;
}

/** Begin to keep a body. Two blocks of it are in memory at most. */
export function createKeeping(reading: Reading, cut: Cut): Keeping {
  const { blockBytes, sizeBytes } = cut;
  const lengthAt = (at: number): number => Math.min(blockBytes, sizeBytes - at);
  let block = new Uint8Array(0);
  let at = 0;
  let filled = 0;
  let kept = true;
  let putting: Promise<boolean> = Promise.resolve(true);
  const flush = async (): Promise<void> => {
    const entry = entryOf(reading, cut, at, block);
    at += block.length;
    filled = 0;
    block = new Uint8Array(0);
    kept = await putting;
    if (kept) putting = put(reading, [entry]);
  };
  return {
    async add(piece) {
      for (let from = 0; kept && from < piece.length;) {
        if (at + filled >= sizeBytes) {
          kept = false;
          return;
        }
        if (filled === 0) block = new Uint8Array(lengthAt(at));
        const some = piece.subarray(from, from + block.length - filled);
        block.set(some, filled);
        filled += some.length;
        from += some.length;
        if (filled === block.length) await flush();
      }
    },
    async end() {
      return (await putting) && kept && filled === 0 && at === sizeBytes;
    },
  };
}
