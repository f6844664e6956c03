// Memory in front of IndexedDB: the suite, and what one tab clears another forgets.
import { createMemoryContainer } from '../../src/cache/container/memory-container.ts';
import { createTieredContainer } from '../../src/cache/container/tiered-container.ts';
import { makeIdbRig } from '../conformance/cache-idb-rig.ts';
import { bytesFor, entryFor, keyOf, namespaces } from '../conformance/cache-rig.ts';
import { cacheSuite } from '../conformance/cache-suite.ts';
import { equal, ok, sameBytes, test } from '../harness.ts';

cacheSuite(
  'tiered',
  async (options) => {
    // What lies behind is damaged, shared and failing in tests of its own.
    const { litter, close, channel, container: back } = await makeIdbRig(options);
    const memory = createMemoryContainer({ budgetBytes: options.budgetBytes / 4 });
    const container = createTieredContainer(back, { memory, channel });
    return {
      container,
      litter: litter!,
      async close() {
        await container.close();
        await close();
      },
    };
  },
  { steps: 300 },
);

test('what was read is in front, and storage that fails is not asked for it', async () => {
  const rig = await makeIdbRig({ budgetBytes: 0x100000 });
  const container = createTieredContainer(rig.container, { channel: rig.channel });
  const [key, other] = [keyOf('a'), keyOf('b')];
  try {
    await rig.container.putMany([entryFor(key), entryFor(other)]);
    equal(container.getSync!(key), undefined);
    sameBytes((await container.getMany([key]))[0]?.bytes, bytesFor(key));
    const fault = rig.faults!.fail('get', 'null');
    sameBytes(container.getSync!(key)?.bytes, bytesFor(key));
    equal((await container.getMany([other, key])).map(Boolean), [false, true]);
    fault.lift();
    const full = rig.faults!.fail('put', 'null');
    equal(await container.putMany([entryFor(keyOf('c'))]), 1, 'kept in memory');
    full.lift();
    sameBytes((await container.getMany([keyOf('c')]))[0]?.bytes, bytesFor(keyOf('c')));
  } finally {
    await container.close();
    await rig.close();
  }
});

test('what another client clears is gone from memory', async () => {
  const rig = await makeIdbRig({ budgetBytes: 0x100000 });
  const container = createTieredContainer(rig.container, { channel: rig.channel });
  const mine = keyOf('a', 1000, 0, namespaces[0]);
  const others = keyOf('a', 1000, 0, namespaces[1]);
  try {
    await container.putMany([entryFor(mine), entryFor(others)]);
    const client = await rig.open2!();
    equal(await client.delete({ namespace: namespaces[0] }), 1);
    for (let i = 0; container.getSync!(mine); i++) {
      ok(i < 500, 'it hears of it');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    ok(container.getSync!(others), 'the other namespace');
    await client.close();
  } finally {
    await container.close();
    await rig.close();
  }
});
