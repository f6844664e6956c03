/**
 * Blocks on their way to those who wait for them: each is looked for and fetched once, whoever asks meanwhile.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { CacheContainer, CacheEntry, CacheKey } from '../container/container.ts';
import { isWithin, type BlockRange, type Keeper } from './keeper.ts';
import { blockLength, type BlockObject, type ByteSpan, type Piece } from './layout.ts';
import { createLanes, gapsOf, planRequests, type RequestLimits } from './requests.ts';

/**
 * Fetches bytes [start, end) of exactly this version, in an array that nobody changes afterwards. Rejects with `ObjectChanged` when the object
 * is another version by now.
 */
export type FetchRange = (range: ByteSpan, options: FetchOptions) => Promise<Uint8Array>;

/** What a fetch is given. */
export interface FetchOptions {
  readonly signal: AbortSignal;
  /** Called before it ends: the bytes are handed out to all who wait, and not kept. */
  dontKeep(): void;
}

/** One call that waits for blocks. */
export interface Reading {
  readonly object: BlockObject;
  readonly fetch: FetchRange;
  readonly keep: boolean;
  /** Blocks that are still to come, and where their bytes go. */
  readonly wanted: Map<number, Piece[]>;
  /** Bytes that came without being fetched. */
  savedBytes: number;
  /** Told of bytes that did not come out of the container, as they are handed out: fetched for this call or another. */
  readonly onFresh?: ((bytes: number) => void) | undefined;
  /** It waits no more. */
  ended: boolean;
  /** Called once, with what went wrong if something did. */
  end(failure?: { error: unknown }): void;
}

/** What was done. */
export interface FlightCounts {
  requests: number;
  bytesFetched: number;
}

/** A block that is looked for, fetched, or kept. */
interface Flight {
  readonly id: string;
  readonly object: BlockObject;
  readonly index: number;
  readonly waiting: Set<Reading>;
  /** Somebody wants it kept. */
  keep: boolean;
  request?: RangeRequest | undefined;
  /** It is here, and being kept: whoever asks now gets these. */
  bytes?: Uint8Array | undefined;
}

/** A run of blocks that one request fetches. */
interface RangeRequest {
  readonly flights: readonly Flight[];
  readonly controller: AbortController;
  over: boolean;
}

/** What {@link createFlights} is made of. */
export interface FlightsInit extends RequestLimits {
  readonly container: CacheContainer;
  readonly keeper: Keeper;
  /** Requests at a time for one object. */
  readonly concurrency: number;
  readonly counts: FlightCounts;
}

/** The most that is looked up at once, in bytes: so much is held in memory. */
const LOOK_UP_BYTES = 4 * 0x100000;

const idOf = ({ namespace, object }: BlockObject, index: number): string => `${namespace}/${object}/${index}`;
const byIndex = (a: Flight, b: Flight): number => a.index - b.index;

const keyOf = (object: BlockObject, index: number): CacheKey => ({
  namespace: object.namespace,
  object: object.object,
  part: index,
  sizeBytes: blockLength(object, index),
});
const entryOf = (object: BlockObject, index: number, bytes: Uint8Array): CacheEntry => ({ ...keyOf(object, index), bytes });

/** An abort that may have been somebody else's. */
const isAbort = (error: unknown): boolean => (error as { name?: unknown } | null | undefined)?.name === 'AbortError';

/** Blocks on their way. */
export interface Flights {
  /** Have these blocks handed to a reading as they come. */
  seek(reading: Reading, indexes: Iterable<number>): void;
  /** It wants no more: what nobody else waits for is aborted. */
  leave(reading: Reading, reason: unknown): void;
  /** Keep a block that came in another way. @returns when it was put, undefined when it will not be */
  add(object: BlockObject, index: number, bytes: Uint8Array): Promise<void> | undefined;
  /** Whether all of these are kept. */
  hasAll(object: BlockObject, indexes: readonly number[], signal?: AbortSignal): Promise<boolean>;
  /** What is on its way and of this range is handed out, but not kept. */
  forget(range: BlockRange): void;
}

/** Make the blocks on their way of one container. */
export function createFlights(init: FlightsInit): Flights {
  const { container, keeper, counts } = init;
  const flights = new Map<string, Flight>();
  const inLane = createLanes(init.concurrency);

  const open = (object: BlockObject, index: number, keep: boolean): Flight => {
    const flight: Flight = { id: idOf(object, index), object, index, waiting: new Set(), keep };
    flights.set(flight.id, flight);
    return flight;
  };
  const close = (flight: Flight): void => void (flights.get(flight.id) === flight && flights.delete(flight.id));

  function hand(reading: Reading, index: number, bytes: Uint8Array, { saved, fresh }: { saved: boolean; fresh: boolean }): void {
    const pieces = reading.wanted.get(index);
    if (!pieces || reading.ended) return;
    reading.wanted.delete(index);
    for (const { out, at, from, to } of pieces) {
      out.set(bytes.subarray(from, to), at);
      if (saved) reading.savedBytes += to - from;
      if (fresh) reading.onFresh?.(to - from);
    }
    if (reading.wanted.size) return;
    reading.ended = true;
    reading.end();
  }

  /** Hands a block to all who wait, and keeps it if it was fetched. */
  function land(flight: Flight, bytes: Uint8Array, fetched: boolean): void {
    flight.request = undefined;
    for (const reading of flight.waiting) hand(reading, flight.index, bytes, { saved: !fetched, fresh: fetched });
    flight.waiting.clear();
    const kept = fetched && flight.keep && keeper.add({ entry: entryOf(flight.object, flight.index, bytes), done: () => close(flight) });
    if (kept) flight.bytes = bytes;
    else close(flight);
  }

  function fail(reading: Reading, error: unknown): void {
    if (reading.ended) return;
    leave(reading, error);
    reading.end({ error });
  }

  function leave(reading: Reading, reason: unknown): void {
    reading.ended = true;
    const touched = new Set<RangeRequest>();
    for (const index of reading.wanted.keys()) {
      const flight = flights.get(idOf(reading.object, index));
      if (flight?.waiting.delete(reading) && flight.request) touched.add(flight.request);
    }
    for (const request of touched) {
      if (request.over || request.flights.some(({ waiting }) => waiting.size)) continue;
      request.over = true;
      request.flights.forEach(close);
      request.controller.abort(reason);
    }
  }

  /** A request failed: those who only joined it try by themselves what may have failed for reasons of whoever began it. */
  function crash(request: RangeRequest, by: Reading, error: unknown): void {
    if (request.over) return;
    request.over = true;
    request.flights.forEach(close);
    const spoilt = by.ended || isAbort(error);
    const again = new Map<Reading, number[]>();
    const failed = new Set<Reading>();
    for (const { waiting, index } of request.flights) {
      for (const reading of waiting) {
        if (reading === by || !spoilt) failed.add(reading);
        else if (again.get(reading)?.push(index) === undefined) again.set(reading, [index]);
      }
      waiting.clear();
    }
    for (const reading of failed) fail(reading, error);
    for (const [reading, indexes] of again) seek(reading, indexes);
  }

  async function fly(request: RangeRequest, first: Reading): Promise<void> {
    if (request.over) return;
    const { flights: run, controller } = request;
    const { object, index } = run[0]!;
    const start = index * object.blockBytes;
    const end = Math.min((run.at(-1)!.index + 1) * object.blockBytes, object.sizeBytes);
    // whoever asked first may have left while the request waited for its turn
    const by = first.ended ? run.flatMap(({ waiting }) => [...waiting])[0]! : first;
    try {
      counts.requests++;
      let keeps = true;
      const bytes = await by.fetch({ start, end }, { signal: controller.signal, dontKeep: () => void (keeps = false) });
      if (request.over) return;
      if (bytes.length !== end - start) {
        const message = `asked for bytes ${start} to ${end}, got ${bytes.length} of ${end - start}`;
        throw new CloudError(message, { code: 'Truncated', retryable: true, operation: 'read' });
      }
      counts.bytesFetched += bytes.length;
      request.over = true;
      for (const flight of run) {
        const from = (flight.index - index) * object.blockBytes;
        flight.keep &&= keeps;
        land(flight, bytes.subarray(from, from + object.blockBytes), true);
      }
    } catch (error) {
      crash(request, by, error);
    }
  }

  /** Hands out what is kept. @returns the rest */
  async function lookUp(list: readonly Flight[], needed: boolean): Promise<Flight[]> {
    const missing: Flight[] = [];
    const isWanted = (flight: Flight): boolean => {
      const wanted = !needed || flight.waiting.size > 0;
      if (!wanted) close(flight);
      return wanted;
    };
    const batchBlocks = Math.max(1, Math.floor(LOOK_UP_BYTES / (list[0]?.object.blockBytes ?? 1)));
    for (let at = 0; at < list.length; at += batchBlocks) {
      const batch = list.slice(at, at + batchBlocks).filter(isWanted);
      const found = batch.length ? await find(batch.map(({ object, index }) => keyOf(object, index))) : [];
      for (const [i, flight] of batch.entries()) {
        const bytes = found[i]?.bytes;
        if (bytes?.length === blockLength(flight.object, flight.index)) land(flight, bytes, false);
        else if (isWanted(flight)) missing.push(flight);
      }
    }
    return missing;
  }

  /** What a container gives, or nothing: its failures are nobody's but those of an abort. */
  async function find(keys: readonly CacheKey[], signal?: AbortSignal): Promise<(CacheEntry | undefined)[]> {
    try {
      return await container.getMany(keys, { signal });
    } catch {
      if (signal?.aborted) throw signal.reason;
      return [];
    }
  }

  /** Looks for blocks, and fetches those that are not kept. What lies between is looked for too: what is kept is not fetched along. */
  async function begin(reading: Reading, fresh: readonly Flight[]): Promise<void> {
    const { object } = reading;
    const missing = (await lookUp(fresh, true)).sort(byIndex);
    const indexes = missing.map(({ index }) => index);
    const gaps = gapsOf(object, indexes, init).filter((gap) => gap.every((index) => !flights.has(idOf(object, index))));
    const between = gaps.flatMap((gap) => gap.map((index) => open(object, index, reading.keep)));
    const blocks = between.length ? [...missing, ...(await lookUp(between, false))].sort(byIndex) : missing;
    const { runs, rest } = planRequests(object, blocks, init);
    rest.forEach(close);
    for (const run of runs) {
      const request: RangeRequest = { flights: run, controller: new AbortController(), over: false };
      for (const flight of run) flight.request = request;
      inLane(`${object.namespace}/${object.object}`, () => fly(request, reading));
    }
  }

  function seek(reading: Reading, indexes: Iterable<number>): void {
    const fresh: Flight[] = [];
    for (const index of indexes) {
      if (reading.ended) break;
      let flight = flights.get(idOf(reading.object, index));
      if (flight?.bytes) {
        hand(reading, index, flight.bytes, { saved: true, fresh: true });
        continue;
      }
      if (!flight) fresh.push((flight = open(reading.object, index, reading.keep)));
      flight.keep ||= reading.keep;
      flight.waiting.add(reading);
    }
    if (fresh.length) void begin(reading, fresh);
  }

  return {
    seek,
    leave,
    add(object, index, bytes) {
      if (flights.has(idOf(object, index))) return undefined;
      const flight = open(object, index, true);
      return new Promise<void>((resolve) => {
        const done = (): void => {
          close(flight);
          resolve();
        };
        if (keeper.add({ entry: entryOf(object, index, bytes), done })) flight.bytes = bytes;
        else done();
      });
    },
    async hasAll(object, indexes, signal) {
      const batchBlocks = Math.max(1, Math.floor(LOOK_UP_BYTES / object.blockBytes));
      const asked = indexes.filter((index) => !flights.get(idOf(object, index))?.bytes);
      for (let at = 0; at < asked.length; at += batchBlocks) {
        const keys = asked.slice(at, at + batchBlocks).map((index) => keyOf(object, index));
        const found = await find(keys, signal);
        if (!keys.every((key, i) => found[i]?.bytes.length === key.sizeBytes)) return false;
      }
      return true;
    },
    forget(range) {
      for (const flight of flights.values()) if (isWithin(flight.object, range)) flight.keep = false;
    },
  };
}
