import fc from 'fast-check';
import { env } from '../../env.ts';
import { equal, ok, rejects, test } from '../../harness.ts';
import { abortable, delay } from '../../../src/util/abort.ts';
import { mapParallel } from '../../../src/util/parallel.ts';

async function all<T>(results: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const result of results) out.push(result);
  return out;
}

async function* slowly<T>(items: T[]): AsyncGenerator<T> {
  for (const item of items) {
    await delay(0);
    yield item;
  }
}

test('every item is mapped once, never more than the limit at a time, in order when asked', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(3), { maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      fc.boolean(),
      fc.boolean(),
      async (waits, limit, ordered, async) => {
        let running = 0;
        let most = 0;
        const results = mapParallel(
          async ? slowly(waits) : waits,
          limit,
          async (ms, index) => {
            most = Math.max(most, ++running);
            await delay(ms);
            running--;
            return index;
          },
          { ordered },
        );
        const got = await all(results);
        ok(most <= limit, `at most ${limit} at a time, had ${most}`);
        const indexes = waits.map((_, i) => i);
        equal(ordered ? got : got.sort((a, b) => a - b), indexes);
      },
    ),
    { seed: env().seed, numRuns: 30 },
  );
});

test('items are taken only when there is room, results are not heaped up', async () => {
  let taken = 0;
  function* endless(): Generator<number> {
    for (;;) yield taken++;
  }
  for (const ordered of [false, true]) {
    taken = 0;
    const results = mapParallel(endless(), 3, (n) => n, { ordered });
    await results.next();
    await delay(5);
    ok(taken <= 9, `few are taken ahead, were ${taken}`);
    await results.return();
  }
});

test('a slow first item does not keep the others from starting', async () => {
  const started: number[] = [];
  let free = (): void => {};
  const gate = new Promise<void>((resolve) => (free = resolve));
  const results = mapParallel(
    [0, 1, 2, 3, 4, 5],
    2,
    async (n) => {
      started.push(n);
      if (n === 0) await gate;
      return n;
    },
    { ordered: true },
  );
  const first = results.next();
  await delay(5);
  equal(started, [0, 1, 2, 3], 'twice the limit, no more');
  free();
  equal((await first).value, 0);
  equal(await all(results), [1, 2, 3, 4, 5]);
});

test('the first error ends it, aborts the rest and closes the source', async () => {
  let closed = false;
  const aborted: unknown[] = [];
  async function* source(): AsyncGenerator<number> {
    try {
      for (let i = 0; ; i++) yield i;
    } finally {
      closed = true;
    }
  }
  const boom = new Error('boom');
  const run = all(
    mapParallel(source(), 4, async (n, _, signal) => {
      if (n === 2) {
        await delay(1);
        throw boom;
      }
      await abortable(new Promise(() => {}), signal).catch((error) => aborted.push(error));
    }),
  );
  await rejects(run, (error) => error === boom);
  await delay(0);
  ok(closed, 'the source is closed');
  equal(aborted.length, 3);
  ok(
    aborted.every((it) => it === boom),
    'aborted with the error',
  );
});

test('an error of the source is thrown', async () => {
  const boom = new Error('source');
  await rejects(
    all(
      mapParallel(
        (function* () {
          yield 1;
          throw boom;
        })(),
        2,
        (n) => n,
      ),
    ),
    (error) => error === boom,
  );
  await rejects(
    all(
      mapParallel(
        (async function* () {
          yield 1;
          throw boom;
        })(),
        2,
        (n) => n,
      ),
    ),
    (error) => error === boom,
  );
});

test('leaving the loop early stops everything', async () => {
  let closed = false;
  let last: AbortSignal | undefined;
  async function* source(): AsyncGenerator<number> {
    try {
      for (let i = 0; ; i++) yield i;
    } finally {
      closed = true;
    }
  }
  for await (const n of mapParallel(source(), 2, async (n, _, signal) => {
    last = signal;
    if (n) await abortable(new Promise(() => {}), signal).catch(() => {});
    return n;
  })) {
    equal(n, 0);
    break;
  }
  ok(last?.aborted, 'what was under way is aborted');
  ok(closed, 'the source is closed');
});

test('a source that never gives its next item does not hold up an abort', async () => {
  const controller = new AbortController();
  const reason = { it: 'me' };
  // eslint-disable-next-line require-yield
  const stuck: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}), return: () => new Promise<never>(() => {}) }),
  };
  const run = all(mapParallel(stuck, 2, (n) => n, { signal: controller.signal }));
  await delay(0);
  controller.abort(reason);
  await rejects(run, (error) => (error as unknown) === reason);
  await rejects(all(mapParallel([1], 2, (n) => n, { signal: controller.signal })), (error) => (error as unknown) === reason);
});
