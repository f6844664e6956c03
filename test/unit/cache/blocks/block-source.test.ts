import { createBlockCache } from '../../../../src/cache/blocks/block-cache.ts';
import { createMemoryContainer } from '../../../../src/cache/container/memory-container.ts';
import { knownObject, scriptedFetch, turns } from '../../../conformance/block-rig.ts';
import { equal, ok, rejects, sameBytes, test } from '../../../harness.ts';

const object = knownObject(1000, 10);

/** Pieces of 100 bytes: a request each. */
const make = (signal?: AbortSignal, by: 'itself' | 'hand' = 'hand') => {
  const cache = createBlockCache({ container: createMemoryContainer(), maxRequestBytes: 100 });
  const script = scriptedFetch(object, by);
  return { cache, script, source: cache.source(object, { start: 15, end: 990 }, script.fetch, { signal }) };
};

test('a source gives a range piece by piece, and reads a few pieces ahead', async () => {
  const { source, script } = make();
  await turns();
  equal(script.asked.length, 0, 'nothing is read before it is wanted');
  const got: Uint8Array[] = [];
  for (let i = 0; ; i++) {
    const reading = source.read();
    await turns();
    ok(script.asked.length <= i + 3, `at most three at a time: ${script.asked.length} at piece ${i}`);
    for (const one of script.asked) if (!one.answered) one.answer();
    const piece = await reading;
    if (!piece) break;
    equal(piece.buffer.byteLength, piece.length, 'a buffer of its own');
    got.push(piece);
  }
  equal(await source.read(), undefined);
  equal(script.spans().slice(0, 2), ['10-100', '100-200']);
  sameBytes(await new Blob(got as Uint8Array<ArrayBuffer>[]).arrayBuffer(), object.bytes.subarray(15, 990));
});

test('its bytes are what is left, from the beginning or the middle', async () => {
  const { source, cache, script } = make(undefined, 'itself');
  const first = (await source.read())!;
  sameBytes(first, object.bytes.subarray(15, 100));
  sameBytes(await source.bytes!(), object.bytes.subarray(100, 990));
  equal(await source.read(), undefined);
  sameBytes(await cache.source(object, { start: 5, end: 995 }, script.fetch).bytes!(), object.bytes.subarray(5, 995));
  equal((await cache.source(object, { start: 5, end: 5 }, script.fetch).bytes!()).length, 0);
});

test('cancelling ends its requests, and no rejection is left over', async () => {
  const { source, script } = make();
  const reading = rejects(source.read(), (reason) => (reason as unknown) === 'enough');
  await turns();
  await source.cancel('enough');
  await reading;
  equal(
    script.asked.map(({ signal }) => signal.reason as unknown),
    ['enough', 'enough', 'enough'],
  );
  equal(await source.read(), undefined);
});

test('an abort and an error end it for good', async () => {
  const controller = new AbortController();
  const aborted = make(controller.signal);
  const reading = rejects(aborted.source.read(), (reason) => (reason as unknown) === 'stop');
  await turns();
  controller.abort('stop');
  await reading;
  await rejects(aborted.source.read(), (reason) => (reason as unknown) === 'stop');

  const { source, script } = make();
  const failing = rejects(source.read(), (error) => error.message === 'broken');
  await turns();
  script.asked[0]!.refuse(new Error('broken'));
  await failing;
  ok(script.asked[1]!.signal.aborted && script.asked[2]!.signal.aborted, 'what was read ahead is aborted');
  await rejects(source.read(), (error) => error.message === 'broken');
  await rejects(source.bytes!(), (error) => error.message === 'broken');
});
