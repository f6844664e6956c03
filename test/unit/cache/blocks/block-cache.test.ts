import { createBlockCache, type BlockCache, type ByteSpan } from '../../../../src/cache/blocks/block-cache.ts';
import type { CacheContainer } from '../../../../src/cache/container/container.ts';
import { createMemoryContainer } from '../../../../src/cache/container/memory-container.ts';
import { knownObject, scriptedFetch, slowContainer, turns, type KnownObject, type ScriptedFetch } from '../../../conformance/block-rig.ts';
import { equal, ok, rejects, sameBytes, test } from '../../../harness.ts';

const span = (start: number, end: number): ByteSpan => ({ start, end });

async function check(cache: BlockCache, object: KnownObject, ranges: ByteSpan[], script: ScriptedFetch): Promise<void> {
  const got = await cache.read(object, ranges, script.fetch);
  equal(got.length, ranges.length);
  for (const [i, { start, end }] of ranges.entries()) sameBytes(got[i], object.bytes.subarray(start, end), `${start}-${end}`);
}

/** A cache over blocks of 100 bytes. */
function small(options: Partial<Parameters<typeof createBlockCache>[0]> = {}, sizeBytes = 2050) {
  const object = knownObject(sizeBytes, 100);
  const container = options.container ?? createMemoryContainer();
  return { object, container, script: scriptedFetch(object), cache: createBlockCache({ gapBytes: 0, ...options, container }) };
}

test('ranges come in the order asked, whole blocks are fetched once, and the last block is short', async () => {
  const { object, cache, script } = small();
  await check(cache, object, [span(2000, 2050), span(150, 420), span(0, 0), span(160, 170), span(2050, 2050)], script);
  equal(script.spans(), ['100-500', '2000-2050']);
  await check(cache, object, [span(100, 500), span(2049, 2050)], script);
  equal(script.spans().length, 2, 'nothing is fetched twice');
  equal({ ...cache.stats }, { hits: 1, misses: 1, bytesFetched: 450, bytesSaved: 401, requests: 2 });
  await check(cache, object, [span(450, 650)], script);
  equal(script.spans()[2], '500-700', 'only what is missing');
  equal({ ...cache.stats }, { hits: 2, misses: 1, bytesFetched: 650, bytesSaved: 451, requests: 3 });
});

test('an object without bytes needs no request', async () => {
  const { object, cache, script } = small({}, 0);
  await check(cache, object, [span(0, 0)], script);
  equal(script.asked.length, 0);
});

test('bytes that were handed out are the caller’s own', async () => {
  const { object, cache, script } = small();
  const [a, b] = await cache.read(object, [span(0, 100), span(0, 100)], script.fetch);
  a!.fill(0);
  sameBytes(b, object.bytes.subarray(0, 100));
  equal(b!.buffer.byteLength, 100, 'a buffer of its own');
  b!.fill(1);
  await cache.settled();
  await check(cache, object, [span(0, 200)], script);
});

test('gaps are fetched along up to gapBytes, requests are no longer than maxRequestBytes', async () => {
  const { object, cache, script } = small({ gapBytes: 200, maxRequestBytes: 650 });
  await check(cache, object, [span(0, 1), span(300, 301), span(700, 701)], script);
  equal(script.spans(), ['0-400', '700-800'], 'two blocks between are bridged, three are not');
  await check(cache, object, [span(100, 300)], script);
  equal(script.asked.length, 2, 'what was fetched along is kept');
  await check(cache, object, [span(900, 2050)], script);
  equal(script.spans().slice(2), ['900-1500', '1500-2050'], 'whole blocks, six at most');
});

test('a gap that is kept is not fetched along, nor is one that another fetches', async () => {
  const { object, cache, script } = small({ gapBytes: 1000 });
  await check(cache, object, [span(300, 400)], script);
  await check(cache, object, [span(0, 100), span(600, 700)], script);
  equal(script.spans(), ['300-400', '0-100', '600-700']);
  const slow = scriptedFetch(object, 'hand');
  const first = cache.read(object, [span(1000, 1100)], slow.fetch);
  await turns();
  await check(cache, object, [span(900, 1000), span(1200, 1300)], script);
  equal(script.spans().slice(3), ['900-1000', '1200-1300']);
  slow.asked[0]!.answer();
  await first;
});

test('a gap that fits into no request leaves none behind', async () => {
  const { object, cache, script } = small({ gapBytes: 300, maxRequestBytes: 400 });
  await check(cache, object, [span(0, 201), span(400, 500)], script);
  equal(script.spans(), ['0-300', '400-500']);
  await check(cache, object, [span(300, 400)], script);
  equal(script.spans()[2], '300-400', 'the block between is asked for when it is wanted');
});

test('a block longer than maxRequestBytes is one request', async () => {
  const { object, cache, script } = small({ maxRequestBytes: 10 });
  await check(cache, object, [span(0, 250)], script);
  equal(script.spans(), ['0-100', '100-200', '200-300']);
});

test('offsets above 4 GiB', async () => {
  const sizeBytes = 2 ** 33 + 77;
  const object = { ...knownObject(0, 0x10000), sizeBytes };
  const cache = createBlockCache({ container: createMemoryContainer() });
  const spans: string[] = [];
  const [got] = await cache.read(object, [span(sizeBytes - 3, sizeBytes)], async ({ start, end }) => {
    spans.push(`${start}-${end}`);
    return Uint8Array.from({ length: end - start }, (_, i) => (start + i) % 251);
  });
  equal(spans, [`${2 ** 33}-${sizeBytes}`]);
  equal(
    [...got!],
    [74, 75, 76].map((i) => (2 ** 33 + i) % 251),
  );
});

test('what is not within the object, and a cut that makes no sense', async () => {
  const { object, cache, script } = small();
  for (const wrong of [span(-1, 5), span(5, 4), span(0, 2051), span(0.5, 2), span(0, NaN)]) {
    await rejects(cache.read(object, [wrong], script.fetch), 'InvalidArgument');
    await rejects(cache.has(object, wrong), 'InvalidArgument');
    await rejects(() => void cache.source(object, wrong, script.fetch), 'InvalidArgument');
  }
  for (const wrong of [{ blockBytes: 0 }, { blockBytes: 2 ** 24 }, { sizeBytes: -1 }, { sizeBytes: 1.5 }])
    await rejects(cache.read({ ...object, ...wrong }, [], script.fetch), 'InvalidArgument');
  await rejects(cache.put(object, 2000, new Uint8Array(51)), 'InvalidArgument');
  const container = createMemoryContainer();
  for (const wrong of [{ gapBytes: -1 }, { maxRequestBytes: 0 }, { concurrency: 0.5 }])
    await rejects(() => void createBlockCache({ container, ...wrong }), 'InvalidArgument');
  equal(script.asked.length, 0);
});

test('fewer or more bytes than asked for are Truncated, and not kept', async () => {
  const { object, cache, script } = small();
  for (const wrong of [99, 101, 0])
    await rejects(
      cache.read(object, [span(0, 50)], async () => new Uint8Array(wrong)),
      'Truncated',
    );
  ok(!(await cache.has(object, span(0, 50))), 'nothing kept');
  await check(cache, object, [span(0, 50)], script);
});

test('keep: false hands out what is kept and keeps nothing more', async () => {
  const { object, cache, script } = small();
  await check(cache, object, [span(0, 100)], script);
  await cache.read(object, [span(0, 200)], script.fetch, { keep: false });
  equal(script.spans(), ['0-100', '100-200']);
  equal([await cache.has(object, span(0, 100)), await cache.has(object, span(0, 101))], [true, false]);
  const slow = scriptedFetch(object, 'hand');
  const both = [cache.read(object, [span(100, 200)], slow.fetch, { keep: false }), cache.read(object, [span(150, 160)], slow.fetch)];
  await turns();
  slow.asked[0]!.answer();
  await Promise.all(both);
  ok(await cache.has(object, span(100, 200)), 'kept, since one of the two wanted it');
});

test('put keeps the blocks that lie wholly in the bytes', async () => {
  const { object, cache, script } = small();
  const bytes = object.bytes.slice(150, 2050);
  const done = cache.put(object, 150, bytes);
  bytes.fill(0);
  await done;
  equal([await cache.has(object, span(200, 2050)), await cache.has(object, span(100, 200))], [true, false]);
  await check(cache, object, [span(0, 2050)], script);
  equal(script.spans(), ['0-200']);
});

test('what is being kept is read from memory, and put in few calls', async () => {
  const container = slowContainer();
  const { object, cache, script } = small({ container });
  await check(cache, object, [span(0, 1000)], script);
  await check(cache, object, [span(0, 1000)], script);
  ok(await cache.has(object, span(0, 1000)), 'kept');
  equal(script.asked.length, 1);
  equal(
    container.puts.map((entries) => entries.length),
    [10],
  );
  let settled = false;
  const wait = cache.settled().then(() => (settled = true));
  await turns();
  ok(!settled, 'waits for storage');
  container.let();
  await wait;
  await check(cache, object, [span(0, 1000)], script);
  equal(script.asked.length, 1);
});

test('batches are as large as the container likes them', async () => {
  const container = slowContainer();
  const like = { ...container, capabilities: { ...container.capabilities, batchBytes: 250 } };
  const { object, cache, script } = small({ container: like });
  await check(cache, object, [span(0, 500)], script);
  for (let i = 0; i < 3; i++) {
    await turns();
    container.let();
  }
  await cache.settled();
  equal(
    container.puts.map((entries) => entries.length),
    [2, 2, 1],
  );
});

test('storage that slows down has blocks dropped, not held', async () => {
  const container = slowContainer();
  const object = knownObject(80 * 0x100000, 8 * 0x100000);
  const cache = createBlockCache({ container });
  const fetch = async ({ start, end }: ByteSpan): Promise<Uint8Array> => object.bytes.subarray(start, end);
  await cache.read(object, [span(0, object.sizeBytes)], fetch);
  equal([await cache.has(object, span(0, 64 * 0x100000)), await cache.has(object, span(0, 64 * 0x100000 + 1))], [true, false]);
  const closed = cache.close();
  container.let();
  await turns();
  for (let i = 0; i < 20; i++) {
    container.let();
    await turns();
  }
  await closed;
});

test('failing storage fails no read', async () => {
  const failures: Partial<CacheContainer>[] = [
    { getMany: () => Promise.reject(new DOMException('no', 'UnknownError')) },
    { getMany: () => Promise.reject(null), putMany: () => Promise.reject(undefined) },
    {
      getMany() {
        throw new Error('at once');
      },
      putMany() {
        throw new Error('at once');
      },
    },
    { getMany: async () => [], putMany: async () => 0 },
  ];
  for (const failure of failures) {
    const { object, cache, script } = small({ container: { ...createMemoryContainer(), ...failure } });
    await check(cache, object, [span(0, 500)], script);
    await check(cache, object, [span(0, 600)], script);
    await cache.put(object, 0, object.bytes);
    await cache.close();
    if (failure.putMany) ok(!(await cache.has(object, span(0, 100))), 'nothing kept');
  }
});

test('forget: nothing of it is kept that is on its way, close: nothing at all', async () => {
  const container = slowContainer();
  const { object, cache } = small({ container });
  const other = { ...object, namespace: 'aabbccddeeff0011' };
  const slow = scriptedFetch(object, 'hand');
  const reads = [cache.read(object, [span(0, 100)], slow.fetch), cache.read(other, [span(0, 100)], slow.fetch)];
  await cache.read(object, [span(500, 600)], scriptedFetch(object).fetch);
  await turns();
  const forgotten = cache.forget({ namespace: object.namespace.slice(0, 8) });
  container.let();
  await forgotten;
  await container.delete({ namespace: object.namespace });
  for (const one of slow.asked) one.answer();
  await Promise.all(reads);
  await turns();
  container.let();
  await cache.settled();
  equal([await cache.has(object, span(0, 100)), await cache.has(other, span(0, 100))], [false, true]);
  equal((await container.usage()).entries, 1);
  await cache.close();
  await check(cache, object, [span(700, 800)], scriptedFetch(object));
  equal((await container.usage()).entries, 1);
});
