import { createBlockCache } from '../../../../src/cache/blocks/block-cache.ts';
import { openReader } from '../../../../src/cache/blocks/reader.ts';
import { createMemoryContainer } from '../../../../src/cache/container/memory-container.ts';
import { turns } from '../../../conformance/block-rig.ts';
import { watchedStore } from '../../../conformance/block-store.ts';
import { noise } from '../../../conformance/noise.ts';
import { equal, ok, rejects, sameBytes, test } from '../../../harness.ts';

const namespace = '00112233445566ff';
const bytes = noise(1050);
const blockBytes = 100;
const span = (start: number, end: number) => ({ start, end });

async function withObject(content: Uint8Array<ArrayBuffer> = bytes) {
  const watched = watchedStore();
  await watched.store.put('k', content, { contentType: 'x/y' });
  return watched;
}

test('the first request is a range, which tells the size and brings the first block', async () => {
  const { store, gets, spans } = await withObject();
  const reader = await openReader(store, 'k', { blockBytes, gapBytes: 0 });
  equal([reader.byteLength, reader.info.contentType, reader.info.key], [1050, 'x/y', 'k']);
  equal(Object.keys(reader.info).includes('stream'), false);
  const [head, tail, none] = await reader.read([span(5, 60), span(1040, 2000), span(1050, 1050)]);
  sameBytes(head, bytes.subarray(5, 60));
  sameBytes(tail, bytes.subarray(1040));
  equal(none!.length, 0);
  equal(spans(), ['0-100', '1000-1050']);
  equal([gets[0]!.ifMatch, gets[1]!.ifMatch], [undefined, reader.info.etag]);
  equal(reader.stats(), { requests: 2, bytesFetched: 150, bytesUsed: 65, rounds: 2 });
  await reader.read([span(150, 250), span(700, 800)]);
  equal(reader.stats(), { requests: 4, bytesFetched: 450, bytesUsed: 265, rounds: 3 });
  await reader.close();
});

test('an object of one block is had in one request, an empty one in none but the first', async () => {
  const { store, gets } = await withObject(bytes.slice(0, 100));
  const reader = await openReader(store, 'k', { blockBytes });
  sameBytes((await reader.read([span(0, 100)]))[0], bytes.subarray(0, 100));
  await store.put('empty', '');
  const empty = await openReader(store, 'empty', { blockBytes });
  equal([empty.byteLength, (await empty.read([span(0, 0), span(0, 9)])).map(({ length }) => length)], [0, [0, 0]]);
  equal(gets.length, 2);
});

test('a first range of one’s own is rounded to blocks, and may lie behind the end', async () => {
  const { store, spans } = await withObject();
  const reader = await openReader(store, 'k', { blockBytes, first: span(950, 2000) });
  sameBytes((await reader.read([span(900, 1050)]))[0], bytes.subarray(900));
  const late = await openReader(store, 'k', { blockBytes, first: span(5000, 5050) });
  sameBytes((await late.read([span(0, 100)]))[0], bytes.subarray(0, 100));
  equal(spans(), ['900-2000', '5000-5100', '0-100']);
});

test('what is known to be there needs no first request', async () => {
  const { store, spans, gets } = await withObject();
  const known = await openReader(store, 'k', { blockBytes });
  gets.length = 0;
  const reader = await openReader(store, 'k', { blockBytes, expected: known.info });
  equal([reader.byteLength, gets.length], [1050, 0]);
  sameBytes((await reader.read([span(100, 200)]))[0], bytes.subarray(100, 200));
  equal(spans(), ['100-200']);
  await store.put('k', noise(1050, 2));
  const wrong = await openReader(store, 'k', { blockBytes, expected: known.info });
  await rejects(wrong.read([span(0, 10)]), 'ObjectChanged');
});

test('missing objects, wrong options and ranges', async () => {
  const { store } = await withObject();
  await rejects(openReader(store, 'nothing'), 'NotFound');
  for (const wrong of [{ blockBytes: 0 }, { blockBytes: 2 ** 24 }, { first: span(5, 5) }, { first: span(-1, 5) }, { gapBytes: -1 }])
    await rejects(openReader(store, 'k', wrong), 'InvalidArgument');
  await rejects(openReader(store, 'k', { container: createMemoryContainer() }), 'InvalidArgument');
  const reader = await openReader(store, 'k', { blockBytes });
  for (const wrong of [span(-1, 5), span(10, 5), span(0.5, 2), span(0, NaN)]) await rejects(reader.read([wrong]), 'InvalidArgument');
  await rejects(reader.read([span(1051, 1052)]), 'RangeNotSatisfiable');
});

test('readers of one cache share blocks and requests, each holds its own version', async () => {
  const watched = await withObject();
  const { store, spans } = watched;
  const blockCache = createBlockCache({ container: createMemoryContainer() });
  const options = { blockBytes, blockCache, namespace };
  const [a, b] = [await openReader(store, 'k', options), await openReader(store, 'k', options)];
  const [one, other] = await Promise.all([a.read([span(300, 600)]), b.read([span(400, 700)])]);
  sameBytes(one[0], bytes.subarray(300, 600));
  sameBytes(other[0], bytes.subarray(400, 700));
  equal(spans(), ['0-100', '0-100', '300-600', '600-700']);
  ok(
    watched.gets.every(({ cache }) => cache === 'bypass'),
    'not kept by the store as well',
  );
  const next = noise(1050, 2);
  await store.put('k', next);
  const c = await openReader(store, 'k', options);
  sameBytes((await c.read([span(300, 400)]))[0], next.subarray(300, 400));
  sameBytes((await a.read([span(300, 400)]))[0], bytes.subarray(300, 400), 'what is kept of the old version');
  await rejects(a.read([span(300, 400), span(800, 900)]), 'ObjectChanged');
  await a.close();
  sameBytes((await c.read([span(800, 900)]))[0], next.subarray(800, 900), 'closing one leaves the others alone');
});

test('a namespace sets apart who may not see what others read', async () => {
  const { store, gets } = await withObject();
  const blockCache = createBlockCache({ container: createMemoryContainer() });
  for (const own of [namespace, 'aabbccddeeff0011']) {
    const reader = await openReader(store, 'k', { blockBytes, blockCache, namespace: own });
    await reader.read([span(0, 1050)]);
  }
  equal(gets.length, 4);
});

test('blocks under names of one’s own, in a container of one’s own, are there for the next reader', async () => {
  const { store, spans } = await withObject();
  const container = createMemoryContainer();
  const cuts: unknown[] = [];
  const nameOf = (cut: object): string => {
    cuts.push(cut);
    return 'ab'.repeat(20);
  };
  const reader = await openReader(store, 'k', { blockBytes, container, namespace, nameOf });
  await reader.read([span(200, 300)]);
  await reader.close();
  equal((await container.usage()).entries, 2);
  equal(cuts, [{ validator: `e:${reader.info.etag!.slice(1, -1)}`, sizeBytes: 1050, blockBytes }]);
  const later = await openReader(store, 'k', { blockBytes, container, namespace, nameOf, expected: reader.info });
  sameBytes((await later.read([span(0, 100), span(200, 300)]))[1], bytes.subarray(200, 300));
  equal(spans().length, 2, 'nothing was fetched again');
});

test('an abort ends one read, closing ends all', async () => {
  const watched = await withObject();
  const reader = await openReader(watched.store, 'k', { blockBytes });
  let go = (): void => {};
  watched.before = () => new Promise<void>((resolve) => (go = resolve));
  const controller = new AbortController();
  const aborted = rejects(reader.read([span(300, 400)], { signal: controller.signal }), (reason) => (reason as unknown) === 'stop');
  const other = reader.read([span(300, 400)]);
  await turns();
  controller.abort('stop');
  await aborted;
  go();
  sameBytes((await other)[0], bytes.subarray(300, 400));
  const ended = rejects(reader.read([span(500, 600)]), 'InvalidArgument');
  await turns();
  await reader.close();
  await ended;
  await rejects(reader.read([span(0, 1)]), 'InvalidArgument');
  await reader.close();
  go();
  await rejects(openReader(watched.store, 'k', { signal: controller.signal }), (reason) => (reason as unknown) === 'stop');
});
