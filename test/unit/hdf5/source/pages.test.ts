/** Pages of a file: waves, pins, room, failures; against a model. */
import fc from 'fast-check';
import { isCloudError } from '../../../../src/errors.ts';
import { createPages, type Pages, type PagesOptions } from '../../../../src/hdf5/source/pages.ts';
import type { ByteRange, Hdf5Source } from '../../../../src/hdf5/types.ts';
import { env } from '../../../env.ts';
import { equal, ok, rejects, sameBytes, test } from '../../../harness.ts';

const PAGE = 512;

interface Rig {
  readonly pages: Pages;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly asked: ByteRange[];
  readonly life: AbortController;
  fail(error: unknown): void;
}

function rigOf(sizeBytes: number, options: Partial<PagesOptions> = {}): Rig {
  const bytes = Uint8Array.from({ length: sizeBytes }, (_, at) => (at * 31) ^ (at >> 8));
  const asked: ByteRange[] = [];
  const life = new AbortController();
  let failure: { error: unknown } | undefined;
  const source: Hdf5Source = {
    byteLength: sizeBytes,
    async read(ranges) {
      asked.push(...ranges);
      await Promise.resolve();
      if (failure) throw failure.error;
      return ranges.map(({ start, end }) => bytes.slice(start, end));
    },
  };
  const limits = { pageBytes: PAGE, gapBytes: 0, maxRequestBytes: 0x100000, cacheBytes: 0x100000 };
  const pages = createPages(source, { ...limits, minFetchBytes: PAGE, maxReadAheadBytes: 0, life: life.signal, ...options });
  return { pages, bytes, asked, life, fail: (error) => void (failure = error === undefined ? undefined : { error }) };
}

test('what is not here is missed, and here when it was fetched', async () => {
  const { pages, bytes, asked } = rigOf(10_000);
  const visit = pages.visit();
  const target = new Uint8Array(700);
  equal([visit.readNow(target, 300), visit.missed], [-1, true]);
  await visit.fetchMissed();
  equal([visit.readNow(target, 300), visit.missed], [700, false]);
  sameBytes(target, bytes.subarray(300, 1000));
  equal(asked, [{ start: 0, end: 1024 }]);
  visit.end();
});

test('the end of the file cuts reads short, and nothing is behind it', async () => {
  const { pages, bytes } = rigOf(1300);
  const visit = pages.visit();
  sameBytes(await visit.look.read(1200, 5000), bytes.subarray(1200));
  equal((await visit.look.read(1300, 1400)).length, 0);
  const target = new Uint8Array(200);
  equal([visit.readNow(target, 1200), visit.readNow(target, 1300), visit.readNow(target, 9999)], [100, 0, 0]);
  visit.end();
});

test('what is asked for in one turn is one round, and nothing is asked for twice', async () => {
  const { pages, asked } = rigOf(100_000);
  const [a, b] = [pages.visit(), pages.visit()];
  await Promise.all([
    a.look.ensure([{ start: 0, end: 600 }]),
    b.look.ensure([{ start: 500, end: 2000 }]),
    b.look.ensure([{ start: 50_000, end: 50_001 }]),
    a.look.read(600, 700, { exact: true }),
  ]);
  equal(asked, [
    { start: 0, end: 2048 },
    { start: 49_664, end: 50_176 },
  ]);
  equal(pages.stats, { requests: 2, bytesFetched: 2560, bytesUsed: 512, rounds: 1 });
  a.end();
  b.end();
});

test('neighbours within the gap come together, and no request is longer than it may be', async () => {
  const { pages, asked } = rigOf(100_000, { gapBytes: 1024, maxRequestBytes: 4096 });
  const visit = pages.visit();
  await visit.look.ensure([
    { start: 0, end: 10 },
    { start: 1540, end: 1550 },
    { start: 4000, end: 4100 },
    { start: 20_000, end: 40_000 },
  ]);
  equal(
    asked.map(({ start, end }) => end - start),
    [2048, 1024, ...Array.from({ length: 4 }, () => 4096), 4096].slice(0, asked.length),
  );
  ok(asked.every(({ start, end }) => end - start <= 4096));
  visit.end();
});

test('what is in use stays, however little room there is; the rest goes', async () => {
  const { pages } = rigOf(100_000, { cacheBytes: 1024 });
  const visit = pages.visit();
  await visit.look.ensure([{ start: 0, end: 50_000 }]);
  equal(visit.readNow(new Uint8Array(50_000), 0), 50_000);
  ok(pages.heldBytes >= 50_000);
  visit.end();
  ok(pages.heldBytes <= 1024, `${pages.heldBytes} bytes`);
});

test('a failure is told to who waits for it, and the next one asks again', async () => {
  const { pages, bytes, asked, fail } = rigOf(10_000);
  const visit = pages.visit();
  const broken = new Error('broken');
  fail(broken);
  for (let i = 0; i < 3; i++) await rejects(visit.look.read(0, 10), (error) => error === broken);
  fail(undefined);
  sameBytes(await visit.look.read(0, 10), bytes.subarray(0, 10));
  equal(asked.length, 4);
  visit.end();
});

test('a source that gives too little is an error', async () => {
  const { pages } = rigOf(10_000);
  const short: Hdf5Source = { byteLength: 10_000, read: async (ranges) => ranges.map(({ start, end }) => new Uint8Array(end - start - 1)) };
  const options = { pageBytes: PAGE, gapBytes: 0, maxRequestBytes: 4096, cacheBytes: 4096, minFetchBytes: PAGE, maxReadAheadBytes: 0 };
  const visit = createPages(short, { ...options, life: new AbortController().signal }).visit();
  await rejects(visit.look.read(0, 10), 'Truncated');
  visit.end();
  equal(pages.heldBytes, 0);
});

test('closing ends what waits', async () => {
  const { pages, life } = rigOf(10_000);
  const visit = pages.visit();
  const waits = visit.look.read(0, 10);
  const closed = new Error('closed');
  life.abort(closed);
  await rejects(waits, (error) => error === closed);
  visit.end();
});

test('misses that come one behind the other fetch more and more', async () => {
  const { pages, asked } = rigOf(1_000_000, { minFetchBytes: 1024, maxReadAheadBytes: 8192 });
  const visit = pages.visit();
  for (let at = 0; at < 60_000; at += 500) await visit.look.read(at, at + 500);
  const lengths = asked.map(({ start, end }) => end - start);
  equal(lengths.slice(0, 4), [1024, 2048, 4096, 8192]);
  ok(lengths.every((length) => length <= 8192 + PAGE) && lengths.length < 14, String(lengths));
  const before = asked.length;
  await visit.look.read(900_000, 900_100, { exact: true });
  equal(asked.slice(before), [{ start: 899_584, end: 900_608 }]);
  visit.end();
});

test('random visits agree with the bytes, whatever is dropped meanwhile', async () => {
  const range = fc.record({
    at: fc.nat(30_000),
    length: fc.nat(3000),
    visit: fc.nat(3),
    how: fc.constantFrom('now', 'read', 'exact', 'end'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(range, { minLength: 5, maxLength: 60 }), fc.nat(6000), async (steps, cacheBytes) => {
      const { pages, bytes } = rigOf(30_000, { cacheBytes, gapBytes: 700, minFetchBytes: 1000, maxReadAheadBytes: 4000 });
      const visits = Array.from({ length: 4 }, () => pages.visit());
      await Promise.all(
        steps.map(async ({ at, length, visit: which, how }) => {
          const visit = visits[which]!;
          const right = bytes.subarray(at, at + length);
          if (how === 'end') return void (visits[which] = (visit.end(), pages.visit()));
          if (how !== 'now') {
            const read = visit.look.read(at, at + length, { exact: how === 'exact' });
            // who ends a visit waits for nothing of it
            const got = await read.catch((error: unknown) =>
              isCloudError(error, 'InvalidArgument') ? undefined : Promise.reject(error as Error),
            );
            return got && sameBytes(got, right);
          }
          const own = pages.visit();
          const target = new Uint8Array(length);
          while (own.readNow(target, at) < 0) await own.fetchMissed();
          sameBytes(target.subarray(0, right.length), right);
          own.end();
        }),
      );
      for (const visit of visits) visit.end();
      await new Promise((resolve) => void setTimeout(resolve, 0));
      ok(pages.heldBytes <= Math.max(cacheBytes, PAGE), `${pages.heldBytes} of ${cacheBytes}`);
    }),
    { seed: env().seed, numRuns: 60 },
  );
});
