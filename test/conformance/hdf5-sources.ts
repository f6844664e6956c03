/**
 * Sources of HDF5 files that lie in memory: they count, they wait, and they fail on command.
 *
 * @module
 */
import type { ByteRange, Hdf5Source } from '../../src/hdf5/types.ts';

/** What a source was asked. */
export interface SourceCounts {
  reads: number;
  bytes: number;
  /** The longest chain of reads each of which came after the end of the one before. */
  rounds: number;
}

/** How a source behaves. */
export interface SourceOptions {
  /** Files beside it. */
  siblings?: Readonly<Record<string, Uint8Array>>;
  /** Called before each read; what it throws is what the read rejects with, what it returns is waited for. */
  before?: (ranges: readonly ByteRange[]) => void | Promise<void>;
}

/** A source over bytes. */
export interface MemorySource extends Hdf5Source {
  readonly counts: SourceCounts;
  /** How often it was closed. */
  readonly closed: number;
}

/** Make a source over bytes. It gives copies, as one over a network does. */
export function memorySource(bytes: Uint8Array, { siblings = {}, before }: SourceOptions = {}): MemorySource {
  const counts: SourceCounts = { reads: 0, bytes: 0, rounds: 0 };
  let ended = 0;
  let closed = 0;
  return {
    byteLength: bytes.length,
    counts,
    get closed() {
      return closed;
    },
    async read(ranges, { signal } = {}) {
      const round = ended + 1;
      counts.rounds = Math.max(counts.rounds, round);
      counts.reads += ranges.length;
      await before?.(ranges);
      // as a real one, never in the same turn
      await new Promise((resolve) => void setTimeout(resolve, 0));
      signal?.throwIfAborted();
      ended = Math.max(ended, round);
      return ranges.map(({ start, end }) => {
        counts.bytes += end - start;
        return bytes.slice(start, end);
      });
    },
    sibling: (name) => Promise.resolve(siblings[name] ? memorySource(siblings[name]) : null),
    close() {
      closed++;
      return Promise.resolve();
    },
  };
}
