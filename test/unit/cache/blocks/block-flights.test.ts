import { createBlockCache } from '../../../../src/cache/blocks/block-cache.ts';
import { CloudError } from '../../../../src/errors.ts';
import { createMemoryContainer } from '../../../../src/cache/container/memory-container.ts';
import { knownObject, scriptedFetch, turns, type AskedRange } from '../../../conformance/block-rig.ts';
import { equal, ok, rejects, sameBytes, test } from '../../../harness.ts';

const object = knownObject(2050, 100);
const right = (start: number, end: number): Uint8Array => object.bytes.subarray(start, end);
const spans = (asked: readonly AskedRange[]): string[] => asked.map(({ start, end }) => `${start}-${end}`);

/** Several readers of one cache, each with a fetch that waits to be answered. */
function readers(options: { concurrency?: number; gapBytes?: number } = {}) {
  const cache = createBlockCache({ container: createMemoryContainer(), gapBytes: 0, ...options });
  return {
    cache,
    reader() {
      const controller = new AbortController();
      const script = scriptedFetch(object, 'hand');
      return {
        asked: script.asked,
        abort: (reason: unknown) => controller.abort(reason),
        read: (start: number, end: number) => cache.read(object, [{ start, end }], script.fetch, { signal: controller.signal }),
      };
    },
  };
}

test('who asks for a block that is on its way joins, and fetches only the rest', async () => {
  const { reader } = readers();
  const [a, b] = [reader(), reader()];
  const first = a.read(0, 300);
  const second = b.read(150, 450);
  await turns();
  const third = b.read(0, 100);
  await turns();
  equal([spans(a.asked), spans(b.asked)], [['0-300'], ['300-500']]);
  b.asked[0]!.answer();
  a.asked[0]!.answer();
  sameBytes((await first)[0], right(0, 300));
  sameBytes((await second)[0], right(150, 450));
  sameBytes((await third)[0], right(0, 100));
});

test('aborting one reader leaves the others alone; with the last one the request is aborted', async () => {
  const { cache, reader } = readers();
  const [a, b, c] = [reader(), reader(), reader()];
  const first = a.read(0, 300);
  const second = b.read(100, 200);
  await turns();
  a.abort('a leaves');
  await rejects(first, (reason) => (reason as unknown) === 'a leaves');
  ok(!a.asked[0]!.signal.aborted, 'goes on for b');
  const third = c.read(0, 300);
  a.asked[0]!.answer();
  sameBytes((await second)[0], right(100, 200));
  sameBytes((await third)[0], right(0, 300));
  equal([b.asked.length, c.asked.length], [0, 0]);

  const [d, e] = [reader(), reader()];
  const both = [d.read(1000, 1200), e.read(1100, 1200)];
  await turns();
  d.abort('d leaves');
  e.abort('e leaves');
  equal([d.asked[0]!.signal.aborted, d.asked[0]!.signal.reason], [true, 'e leaves']);
  await rejects(both[0]!, (reason) => (reason as unknown) === 'd leaves');
  await rejects(both[1]!, (reason) => (reason as unknown) === 'e leaves');
  const again = c.read(1000, 1200);
  await turns();
  equal(spans(c.asked), ['1000-1200'], 'asked for anew');
  c.asked[0]!.answer();
  sameBytes((await again)[0], right(1000, 1200));
  equal(cache.stats.bytesFetched, 500);
});

test('a signal that was aborted before, and one that is aborted while storage is looked through', async () => {
  const { cache, reader } = readers();
  const a = reader();
  const looking = a.read(0, 100);
  a.abort('now');
  await rejects(looking, (reason) => (reason as unknown) === 'now');
  await rejects(a.read(0, 100), (reason) => (reason as unknown) === 'now');
  await turns();
  equal(a.asked.length, 0, 'nothing is fetched for nobody');
  equal(cache.stats.requests, 0);
});

test('what fails by the abort of who began it is tried again by those who joined', async () => {
  const { reader } = readers();
  const [a, b, c] = [reader(), reader(), reader()];
  const reads = [a.read(0, 300), b.read(0, 100), c.read(50, 250)];
  const lost = rejects(reads[0]!, (reason) => (reason as unknown) === 'a leaves');
  await turns();
  a.abort('a leaves');
  a.asked[0]!.refuse('a leaves');
  await lost;
  await turns();
  equal([spans(b.asked), spans(c.asked)], [['0-100'], ['100-300']]);
  b.asked[0]!.answer();
  c.asked[0]!.answer();
  sameBytes((await reads[1]!)[0], right(0, 100));
  sameBytes((await reads[2]!)[0], right(50, 250));
});

test('an AbortError out of nowhere is told to who began it alone', async () => {
  const { reader } = readers();
  const [a, b] = [reader(), reader()];
  const reads = [a.read(0, 100), b.read(0, 100)];
  const lost = rejects(reads[0]!, (error) => error.name === 'AbortError');
  await turns();
  a.asked[0]!.refuse(new DOMException('closed', 'AbortError'));
  await lost;
  await turns();
  b.asked[0]!.answer();
  sameBytes((await reads[1]!)[0], right(0, 100));
});

test('an error reaches all who wait, once, and ends what else they wait for', async () => {
  const { cache, reader } = readers();
  const [a, b] = [reader(), reader()];
  const reads = [
    cache.read(
      object,
      [
        { start: 0, end: 100 },
        { start: 500, end: 600 },
      ],
      async (range, options) => await (range.start ? held : refused)(range, options),
    ),
    b.read(0, 50),
  ];
  const error = new CloudError('not now', { code: 'Throttled' });
  let aborted = false;
  async function held(_: unknown, { signal }: { signal: AbortSignal }): Promise<Uint8Array> {
    return await new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        aborted = true;
        reject(signal.reason);
      });
    });
  }
  async function refused(): Promise<Uint8Array> {
    throw error;
  }
  for (const read of reads) await rejects(read, (got) => (got as unknown) === error);
  ok(aborted, 'the other request is aborted');
  equal([a.asked.length, b.asked.length, cache.stats.requests], [0, 0, 2]);
  const again = b.read(0, 50);
  await turns();
  b.asked[0]!.answer();
  sameBytes((await again)[0], right(0, 50));
});

test('requests at a time are limited for each object, and who leaves the queue is not fetched for', async () => {
  const { cache, reader } = readers({ concurrency: 2 });
  const [a, b, c] = [reader(), reader(), reader()];
  const reads = [0, 200, 400].map((start) => a.read(start, start + 100));
  const left = rejects(b.read(600, 700), (reason) => (reason as unknown) === 'b leaves');
  const last = c.read(800, 900);
  const others = scriptedFetch(object, 'hand');
  const other = cache.read({ ...object, object: 'f'.repeat(40) }, [{ start: 0, end: 100 }], others.fetch);
  await turns();
  equal([spans(a.asked), b.asked.length, c.asked.length, others.asked.length], [['0-100', '200-300'], 0, 0, 1]);
  b.abort('b leaves');
  await left;
  a.asked[0]!.answer();
  await turns();
  equal([spans(a.asked), c.asked.length], [['0-100', '200-300', '400-500'], 0]);
  a.asked[1]!.answer();
  await turns();
  equal([b.asked.length, spans(c.asked)], [0, ['800-900']], 'the one that left is passed over');
  for (const one of [...a.asked, ...c.asked, ...others.asked]) one.answer();
  await Promise.all([...reads, last, other]);
});

test('who joined a request that waits for its turn has it made when the first one leaves', async () => {
  const { reader } = readers({ concurrency: 1 });
  const [a, b, c] = [reader(), reader(), reader()];
  const first = a.read(0, 100);
  const lost = rejects(b.read(200, 300), (reason) => (reason as unknown) === 'b leaves');
  const joined = c.read(200, 300);
  await turns();
  b.abort('b leaves');
  await lost;
  a.asked[0]!.answer();
  await first;
  await turns();
  equal([b.asked.length, spans(c.asked)], [0, ['200-300']], 'by the fetch of the one who stayed');
  c.asked[0]!.answer();
  sameBytes((await joined)[0], right(200, 300));
});
