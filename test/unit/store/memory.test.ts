import { createMemoryStore, createMemoryTree } from '../../../src/store/memory.ts';
import { storeSuite } from '../../conformance/store-suite.ts';
import { equal, rejects, test } from '../../harness.ts';

storeSuite('memory', {
  metadataRaces: 200,
  open: async () => ({ store: createMemoryStore({ bucket: 'suite' }), close: async () => {} }),
  seed: async (store, keys) => {
    for (const key of keys) await store.put(key, 'x');
  },
});

test('memory: a bucket is the same within a tree and nowhere else', async () => {
  const tree = createMemoryTree();
  await createMemoryStore({ bucket: 'b', tree }).put('a', 'x');
  equal((await createMemoryStore({ bucket: 'b', tree }).head('a'))?.sizeBytes, 1);
  equal(await createMemoryStore({ bucket: 'c', tree }).head('a'), null);
  equal(await createMemoryStore({ bucket: 'b' }).head('a'), null);
});

test('memory: the clock is the client’s', async () => {
  const store = createMemoryStore({ bucket: 'b', clock: () => 86_400_000 });
  await store.put('a', 'x');
  equal((await store.head('a'))!.lastModified, new Date(86_400_000));
});

test('memory: what is told of an object is a copy', async () => {
  const store = createMemoryStore({ bucket: 'b' });
  await store.put('a', 'x', { metadata: { m: '1' } });
  (await store.head('a'))!.metadata['m'] = '2';
  equal((await store.head('a'))!.metadata, { m: '1' });
});

test('memory: a stream is held to its promised size, and there are no versions', async () => {
  const store = createMemoryStore({ bucket: 'b' });
  await rejects(store.put('a', new Blob(['xyz']).stream(), { sizeBytes: 2 }), 'InvalidArgument');
  equal(await store.head('a'), null);
  await store.put('a', 'x');
  await rejects(store.get('a', { version: '1' }), 'NotSupported');
});
