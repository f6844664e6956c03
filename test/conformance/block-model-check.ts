/**
 * Random readers of a block cache beside a model of what is right: overlapping ranges, aborts, evictions, failures, and the object replaced
 * meanwhile.
 *
 * @module
 */
import fc from 'fast-check';
import { createBlockCache, type BlockCache, type ByteSpan, type FetchRange } from '../../src/cache/blocks/block-cache.ts';
import type { CacheContainer, CacheKey } from '../../src/cache/container/container.ts';
import { createMemoryContainer } from '../../src/cache/container/memory-container.ts';
import { CloudError } from '../../src/errors.ts';
import { env } from '../env.ts';
import { equal, ok } from '../harness.ts';
import { knownObject, type KnownObject } from './block-rig.ts';
import { isRight } from './cache-rig.ts';

const BLOCK = 64;
const SIZE = 50 * BLOCK + 17;

type Step =
  | { do: 'read'; spans: readonly ByteSpan[]; old: boolean; keep: boolean }
  | { do: 'stream'; span: ByteSpan }
  | { do: 'abort' | 'answer' | 'fail'; which: number }
  | { do: 'evict'; part: number }
  | { do: 'put'; span: ByteSpan }
  | { do: 'replace' | 'wait' };

const span = fc.tuple(fc.nat(SIZE), fc.oneof(fc.nat(3 * BLOCK), fc.nat(SIZE))).map(([start, length]) => ({
  start,
  end: Math.min(SIZE, start + length),
}));
const which = fc.nat(1000);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      spans: fc.array(span, { minLength: 1, maxLength: 4 }),
      old: fc.boolean(),
      keep: fc.constantFrom(true, true, true, false),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('stream' as const), span }) },
  { weight: 7, arbitrary: fc.record({ do: fc.constantFrom('abort' as const, 'abort' as const, 'fail' as const), which }) },
  { weight: 20, arbitrary: fc.record({ do: fc.constant('answer' as const), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('evict' as const), part: fc.nat(100) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('put' as const), span }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('replace' as const) }) },
);

/** A request that waits for its answer. */
interface Open extends ByteSpan {
  readonly version: KnownObject;
  answer(): void;
  fail(error: unknown): void;
}

/** What the container of a world does beside keeping. */
export interface Unrest {
  /** Whether a value that is kept is always found. */
  readonly honest: boolean;
  wrap(container: CacheContainer): CacheContainer;
}

/** A container that keeps what it can, and evicts the rest. */
export const evicting: Unrest = { honest: true, wrap: (container) => container };

/** A container that loses values and rejects calls, each time by chance. */
export const failing: Unrest = {
  honest: false,
  wrap(container) {
    let n = env().seed;
    const chance = (of: number): boolean => (n = (n * 1_103_515_245 + 12_345) % 2 ** 31) % 97 < 97 / of;
    return {
      ...container,
      async getMany(keys, options) {
        if (chance(10)) throw chance(2) ? null : new DOMException('by chance', 'UnknownError');
        const found = await container.getMany(keys, options);
        return chance(10) ? [] : found.map((entry) => (chance(6) ? undefined : entry));
      },
      async putMany(entries, options) {
        if (chance(8)) throw new DOMException('by chance', 'QuotaExceededError');
        return await container.putMany(
          entries.filter(() => !chance(6)),
          options,
        );
      },
    };
  },
};

class World {
  readonly versions: KnownObject[] = [knownObject(SIZE, BLOCK, 0)];
  readonly open: Open[] = [];
  readonly readers: AbortController[] = [];
  readonly running = new Set<Promise<void>>();
  readonly memory = createMemoryContainer({ budgetBytes: 60 * (BLOCK + 512) });
  readonly cache: BlockCache;
  /** Blocks that came and are not put yet. */
  readonly #coming = new Map<string, number>();
  readonly #unrest: Unrest;
  readonly #failures = new Set<unknown>();
  bytesFetched = 0;
  right = 0;
  aborted = 0;
  wrong: Error | undefined;

  constructor(unrest: Unrest) {
    this.#unrest = unrest;
    const container = unrest.wrap(this.memory);
    const putMany: CacheContainer['putMany'] = async (entries, options) => {
      for (const entry of entries) this.#coming.set(this.#id(entry), (this.#coming.get(this.#id(entry)) ?? 0) + 1);
      for (let i = 0; i < 5; i++) await Promise.resolve();
      try {
        return await container.putMany(entries, options);
      } finally {
        for (const entry of entries) this.#coming.set(this.#id(entry), this.#coming.get(this.#id(entry))! - 1);
      }
    };
    this.cache = createBlockCache({
      container: { ...container, putMany },
      gapBytes: 2 * BLOCK,
      maxRequestBytes: 8 * BLOCK,
      concurrency: 5,
    });
  }

  #id = ({ object, part }: Pick<CacheKey, 'object' | 'part'>): string => `${object}/${part}`;

  get version(): KnownObject {
    return this.versions.at(-1)!;
  }

  fetchOf(version: KnownObject): FetchRange {
    return ({ start, end }, { signal }) =>
      new Promise((resolve, reject) => {
        this.#checkNew(version, start, end);
        const leave = (): void => void this.open.splice(this.open.indexOf(one), 1);
        const one: Open = {
          version,
          start,
          end,
          answer: () => {
            leave();
            if (version !== this.version) return reject(new CloudError('another version', { code: 'ObjectChanged' }));
            resolve(version.bytes.slice(start, end));
            // an abort in this very moment comes first
            void Promise.resolve().then(() => signal.aborted || (this.bytesFetched += end - start));
          },
          fail: (error) => {
            leave();
            this.#failures.add(error);
            reject(error);
          },
        };
        this.open.push(one);
        signal.addEventListener('abort', () => {
          if (this.open.includes(one)) leave();
          reject(signal.reason);
        });
      });
  }

  /** Nothing may be asked for that is there, that is being asked for, or that has just come. */
  #checkNew(version: KnownObject, start: number, end: number): void {
    for (let part = start / BLOCK; part * BLOCK < end; part++) {
      const sizeBytes = Math.min(BLOCK, SIZE - part * BLOCK);
      const { namespace, object } = version;
      const asked = this.open.some(
        (other) => other.version === version && other.start < part * BLOCK + sizeBytes && part * BLOCK < other.end,
      );
      const kept = this.#unrest.honest && this.memory.getSync!({ namespace, object, part, sizeBytes });
      if (asked || kept || this.#coming.get(this.#id({ object, part })))
        this.wrong ??= new Error(
          `block ${part} is fetched ${asked ? 'twice at a time' : kept ? 'although it is kept' : 'while it is put'}`,
        );
    }
  }

  /** Watches a read: right bytes, or an error that is its own. */
  watch(version: KnownObject, spans: readonly ByteSpan[], controller: AbortController, read: Promise<readonly Uint8Array[]>): void {
    const end = async (): Promise<void> => {
      try {
        const got = await read;
        for (const [i, { start, end }] of spans.entries())
          if (!isRight(got[i]!, version.bytes.subarray(start, end))) this.wrong ??= new Error(`wrong bytes at ${start} to ${end}`);
        this.right++;
      } catch (error) {
        const mine = controller.signal.aborted && error === controller.signal.reason;
        const changed = (error as CloudError).code === 'ObjectChanged' && version !== this.version;
        if (mine) this.aborted++;
        else if (!changed && !this.#failures.has(error)) this.wrong ??= new Error('an error of another', { cause: error });
      }
    };
    const ending = end();
    this.running.add(ending);
    void ending.finally(() => this.running.delete(ending));
    this.readers.push(controller);
    if (this.readers.length > 12) this.readers.shift();
  }

  async take(one: Step, i: number): Promise<void> {
    switch (one.do) {
      case 'read': {
        const version = (one.old && this.versions.at(-2)) || this.version;
        const controller = new AbortController();
        const { signal } = controller;
        this.watch(version, one.spans, controller, this.cache.read(version, one.spans, this.fetchOf(version), { signal, keep: one.keep }));
        return;
      }
      case 'stream': {
        const { version } = this;
        const controller = new AbortController();
        const { signal } = controller;
        const source = this.cache.source(version, one.span, this.fetchOf(version), { signal });
        const all = async (): Promise<Uint8Array[]> => {
          const out: number[] = [];
          for (let piece = await source.read(); piece; piece = await source.read()) out.push(...piece);
          return [Uint8Array.from(out)];
        };
        this.watch(version, [one.span], controller, all());
        return;
      }
      case 'abort':
        return this.readers[one.which % this.readers.length]?.abort(new Error(`abort ${i}`));
      case 'answer':
        return this.open[one.which % this.open.length]?.answer();
      case 'fail':
        return this.open[one.which % this.open.length]?.fail(new Error(`failure ${i}`));
      case 'evict':
        return void (await this.memory.evict((one.part / 100) * (await this.memory.usage()).bytes));
      case 'put':
        return void this.cache.put(this.version, one.span.start, this.version.bytes.subarray(one.span.start, one.span.end));
      case 'replace':
        return void this.versions.push(knownObject(SIZE, BLOCK, this.versions.length));
      case 'wait':
        for (let n = 0; n < 20; n++) await Promise.resolve();
        return;
    }
  }

  /** Answers all that is open until nobody waits. */
  async finish(): Promise<void> {
    for (let i = 0; this.running.size && i < 1000; i++) {
      for (const one of this.open.slice()) one.answer();
      await new Promise((resolve) => void setTimeout(resolve, 0));
    }
    equal(this.running.size, 0, 'readers that were forgotten');
    await this.cache.settled();
    equal(this.cache.stats.bytesFetched, this.bytesFetched);
  }
}

/** Takes random steps, several times so many. */
export async function blockModelCheck(unrest: Unrest, { runs, steps }: { runs: number; steps: number }): Promise<void> {
  const { seed } = env();
  const total = { right: 0, aborted: 0, requests: 0, hits: 0 };
  const run = await fc.check(
    fc.asyncProperty(fc.array(step, { minLength: steps, maxLength: steps, size: 'max' }), async (taken) => {
      const world = new World(unrest);
      for (const [i, one] of taken.entries()) {
        await world.take(one, i);
        await Promise.resolve();
        if (world.wrong) throw world.wrong;
      }
      await world.finish();
      if (world.wrong) throw world.wrong;
      total.right += world.right;
      total.aborted += world.aborted;
      total.requests += world.cache.stats.requests;
      total.hits += world.cache.stats.hits;
    }),
    { seed, numRuns: runs, endOnFailure: true },
  );
  // All steps would be a page of text: the seed makes them again.
  if (run.failed) throw new Error(`seed ${seed}`, { cause: run.errorInstance });
  const least = (runs * steps) / 50;
  ok(total.right > least && total.aborted > least / 4 && total.hits > least / 4, `enough happening: ${JSON.stringify(total)}`);
}
