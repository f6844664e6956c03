import { createMemoryContainer } from '../../../../src/cache/container/memory-container.ts';
import { cacheSuite } from '../../../conformance/cache-suite.ts';
import { bytesFor, entryFor, keyOf } from '../../../conformance/cache-rig.ts';
import { equal, sameBytes, test } from '../../../harness.ts';

cacheSuite('memory', async ({ budgetBytes }) => {
  const container = createMemoryContainer({ budgetBytes });
  return { container, close: () => container.close() };
});

test('memory container: 64 MiB unless told otherwise, and many small values count as well', async () => {
  equal((await createMemoryContainer().usage()).budgetBytes, 64 * 0x100000);
  const container = createMemoryContainer({ budgetBytes: 100_000 });
  await container.putMany(Array.from({ length: 1000 }, (_, i) => entryFor(keyOf(i, 1))));
  const { entries } = await container.usage();
  equal(entries > 100 && entries < 500, true, `${entries} entries`);
});

test('memory container: a view is kept without what is around it', async () => {
  const container = createMemoryContainer();
  const key = keyOf('a', 16);
  const whole = new Uint8Array(1000);
  whole.set(bytesFor(key), 100);
  await container.putMany([{ ...key, bytes: whole.subarray(100, 116) }]);
  const got = container.getSync!(key)!;
  equal(got.bytes.buffer.byteLength, 16);
  sameBytes(got.bytes, bytesFor(key));
});
