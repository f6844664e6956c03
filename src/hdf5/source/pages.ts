/**
 * Which bytes of a file are here: pages of it, fetched in waves, of which those in use stay.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { AbortOptions } from '../../types.ts';
import { linkSignals, throwIfAborted } from '../../util/abort.ts';
import type { ByteRange, Hdf5Source, Look } from '../types.ts';
import { pagesOf, runsOf, type RunLimits } from './page-runs.ts';
import { createReadAhead } from './read-ahead.ts';
import { createRests, nextTurn, type Rests } from './turn.ts';

/** How pages are kept and fetched, in bytes. */
export interface PagesOptions extends RunLimits {
  /** Pages that nobody uses at the moment are dropped, longest unused first, when all take more than this. */
  readonly cacheBytes: number;
  readonly minFetchBytes: number;
  readonly maxReadAheadBytes: number;
  /** Ends all fetching. */
  readonly life: AbortSignal;
  /** Who rests: nothing is fetched until they have asked too. @default those who read here */
  readonly rests?: Rests | undefined;
}

/** What was done, since the file was opened. */
export interface PagesStats {
  requests: number;
  bytesFetched: number;
  /** Bytes of pages that were looked at. */
  bytesUsed: number;
  /** How often requests began while none was under way. */
  rounds: number;
}

/** One operation's use of the pages. What it looked at or asked for stays here until it ends. */
export interface Visit {
  /** For those who can wait. */
  readonly look: Look;
  /** Whether a read found something missing since the last {@link fetchMissed}. */
  readonly missed: boolean;
  /**
   * Copies bytes from `at` on into `target`, now or never.
   *
   * @returns how many there are, fewer at the file's end only; -1 when some are not here: they are noted as missed
   */
  readNow(target: Uint8Array, at: number): number;
  /** Fetches what was missed, and with it what is likely to be asked for next. */
  fetchMissed(): Promise<void>;
  end(): void;
}

/** The pages of one file. */
export interface Pages {
  readonly byteLength: number;
  visit(): Visit;
  /** Puts bytes that came in another way, from the beginning of a page on. */
  put(at: number, bytes: Uint8Array): void;
  /** Reads ranges without keeping them, each into a buffer of its own. */
  pass(ranges: readonly ByteRange[], options?: AbortOptions): Promise<Uint8Array[]>;
  readonly stats: Readonly<PagesStats>;
  /** Bytes that are held. */
  readonly heldBytes: number;
  /** Forgets everything. */
  clear(): void;
}

/** What brings a page, by its number. */
type Coming = Map<number, Promise<void>>;

interface Page {
  readonly bytes: Uint8Array;
  used: boolean;
}

const ended = (): CloudError => new CloudError('nobody waits for these bytes any more', { code: 'InvalidArgument', operation: 'read' });

/** Make the pages of a file. Nothing is fetched yet. */
export function createPages(source: Hdf5Source, options: PagesOptions): Pages {
  const { pageBytes, cacheBytes, life, rests = createRests() } = options;
  const { byteLength } = source;
  /** By number, longest unused first. */
  const here = new Map<number, Page>();
  const coming: Coming = new Map();
  const pins = new Map<number, number>();
  const widen = createReadAhead({ ...options, byteLength });
  const stats: PagesStats = { requests: 0, bytesFetched: 0, bytesUsed: 0, rounds: 0 };
  let heldBytes = 0;
  let running = 0;
  let next: { wanted: Set<number>; flushed: Promise<Coming> } | undefined;

  const put = (at: number, given: Uint8Array): void => {
    // a Buffer's `slice` would be a view of it
    const bytes = new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
    for (let from = 0; from < bytes.length; from += pageBytes) {
      const number = (at + from) / pageBytes;
      if (here.has(number)) continue;
      // a copy, so that one page that stays does not keep all that came with it
      const page = { bytes: bytes.slice(from, from + pageBytes), used: false };
      here.set(number, page);
      heldBytes += page.bytes.length;
    }
  };
  const drop = (): void => {
    if (heldBytes <= cacheBytes) return;
    for (const [number, { bytes }] of here) {
      if (pins.has(number)) continue;
      here.delete(number);
      heldBytes -= bytes.length;
      if (heldBytes <= cacheBytes) return;
    }
  };

  /** Asks the source; counted, and ended with the file. */
  async function ask(range: ByteRange, signal: AbortSignal = life): Promise<Uint8Array> {
    if (running++ === 0) stats.rounds++;
    stats.requests++;
    try {
      const [bytes] = await source.read([range], { signal });
      if (bytes?.length !== range.end - range.start)
        throw new CloudError(`the source gave ${bytes?.length} bytes of the ${range.end - range.start} that were asked for`, {
          code: 'Truncated',
          operation: 'read',
        });
      stats.bytesFetched += bytes.length;
      return bytes;
    } catch (error) {
      throwIfAborted(life);
      throw error;
    } finally {
      running--;
    }
  }
  async function fetchRun([from, to]: [number, number]): Promise<void> {
    const start = from * pageBytes;
    try {
      const bytes = await ask({ start, end: Math.min(to * pageBytes, byteLength) });
      throwIfAborted(life);
      put(start, bytes);
    } finally {
      for (let number = from; number < to; number++) coming.delete(number);
    }
  }
  /** What brings each of them, also where that has failed by the time that somebody looks. */
  const flush = (wanted: Iterable<number>): Coming => {
    const missing = new Set<number>();
    for (const number of wanted) if (!here.has(number) && !coming.has(number)) missing.add(number);
    for (const run of runsOf(missing, options)) {
      const ends = fetchRun(run);
      // told to those who wait for one of its pages
      ends.catch(() => {});
      for (let number = run[0]; number < run[1]; number++) if (!coming.has(number)) coming.set(number, ends);
    }
    // what came along is not worth more than what was asked for
    void Promise.allSettled(coming.values()).then(drop);
    return new Map(coming);
  };
  /** Pages that are not here are asked for in the next turn, together with what others ask for until then. */
  async function fetchPages(numbers: readonly number[], isOver: () => boolean): Promise<void> {
    for (;;) {
      // what nobody holds any more may be dropped as soon as it is here
      if (isOver()) throw ended();
      const missing = numbers.filter((number) => !here.has(number));
      if (!missing.length) return;
      throwIfAborted(life);
      let brought: Coming = coming;
      if (missing.some((number) => !coming.has(number))) {
        if (!next) {
          const wanted = new Set<number>();
          const flushed = (async (): Promise<Coming> => {
            do await nextTurn();
            while (rests.isAny);
            next = undefined;
            return flush(wanted);
          })();
          next = { wanted, flushed };
        }
        for (const number of missing) next.wanted.add(number);
        brought = await next.flushed;
      }
      const waits = new Set<Promise<void>>();
      for (const number of missing) {
        const ends = brought.get(number);
        if (ends) waits.add(ends);
      }
      await Promise.all(waits);
    }
  }

  function visit(): Visit {
    const mine = new Set<number>();
    let misses: ByteRange[] = [];
    let isOver = false;
    const pin = (number: number): void => {
      if (mine.has(number)) return;
      mine.add(number);
      pins.set(number, (pins.get(number) ?? 0) + 1);
    };
    const clip = ({ start, end }: ByteRange): ByteRange => ({ start: Math.min(start, byteLength), end: Math.min(end, byteLength) });
    async function ensure(ranges: readonly ByteRange[]): Promise<void> {
      const missing: number[] = [];
      for (const range of ranges) {
        const [first, behind] = pagesOf(clip(range), pageBytes);
        for (let number = first; number < behind; number++) {
          pin(number);
          if (!here.has(number)) missing.push(number);
        }
      }
      if (missing.length) await fetchPages(missing, () => isOver);
    }
    const use = (number: number): Uint8Array | undefined => {
      const page = here.get(number);
      if (page && !page.used) {
        page.used = true;
        stats.bytesUsed += page.bytes.length;
      }
      return page?.bytes;
    };
    const readNow = (target: Uint8Array, at: number): number => {
      const end = Math.min(at + target.length, byteLength);
      if (at >= end) return 0;
      const [first, behind] = pagesOf({ start: at, end }, pageBytes);
      for (let number = first; number < behind; number++) {
        if (here.has(number)) continue;
        misses.push({ start: at, end });
        return -1;
      }
      for (let number = first; number < behind; number++) {
        const start = number * pageBytes;
        const from = Math.max(at, start);
        pin(number);
        target.set(use(number)!.subarray(from - start, Math.min(end - start, pageBytes)), from - at);
      }
      return end - at;
    };
    async function readBytes(start: number, end: number, { exact = false }: { exact?: boolean | undefined } = {}): Promise<Uint8Array> {
      const range = clip({ start, end });
      if (range.end <= range.start) return new Uint8Array(0);
      const [first, behind] = pagesOf(range, pageBytes);
      let isHere = true;
      for (let number = first; number < behind && isHere; number++) isHere = here.has(number);
      if (!isHere) await ensure([exact ? range : widen(range)]);
      if (isOver) throw ended();
      const at = first * pageBytes;
      if (behind === first + 1) {
        pin(first);
        return use(first)!.subarray(range.start - at, range.end - at);
      }
      const out = new Uint8Array(range.end - range.start);
      if (readNow(out, range.start) < 0) throw ended();
      return out;
    }
    return {
      look: {
        byteLength,
        ensure,
        async read(start, end, options) {
          const bytes = await readBytes(start, end, options);
          // planners parse what they read, thousands of them in one turn
          for (let rest = rests.overdue(); rest; rest = rests.overdue()) await rest;
          return bytes;
        },
      },
      get missed() {
        return misses.length > 0;
      },
      readNow,
      async fetchMissed() {
        const missed = misses;
        misses = [];
        await ensure(missed.map(widen));
      },
      end() {
        isOver = true;
        for (const number of mine) {
          const count = pins.get(number)! - 1;
          if (count) pins.set(number, count);
          else pins.delete(number);
          const page = here.get(number);
          if (!page) continue;
          here.delete(number);
          here.set(number, page);
        }
        mine.clear();
        drop();
      },
    };
  }

  return {
    byteLength,
    visit,
    put,
    async pass(ranges, { signal } = {}) {
      const link = linkSignals(life, signal);
      try {
        const pieces = await Promise.all(ranges.map((range) => ask(range, link.signal)));
        for (const bytes of pieces) stats.bytesUsed += bytes.length;
        return pieces;
      } finally {
        link.unlink();
      }
    },
    stats,
    get heldBytes() {
      return heldBytes;
    },
    clear() {
      here.clear();
      heldBytes = 0;
    },
  };
}
