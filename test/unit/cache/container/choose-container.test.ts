// Which container is chosen, and why it is memory.
import { chooseContainer } from '../../../../src/cache/container/choose-container.ts';
import type { CacheTrouble } from '../../../../src/cache/container/container.ts';
import { entryFor, keyOf, bytesFor } from '../../../conformance/cache-rig.ts';
import { equal, ok, sameBytes, test } from '../../../harness.ts';

test('what is not to be had is memory, and it is said why', async () => {
  const told: string[] = [];
  // No platform has files and the browser's storage both; without a folder there is no disk anywhere.
  const container = await chooseContainer('disk', { onTrouble: ({ code, name }) => void told.push(`${code} ${name}`) });
  equal([container.kind, told], ['memory', ['unavailable NotSupportedError']]);
  equal(await container.putMany([entryFor(keyOf('a'))]), 1);
  sameBytes(container.getSync!(keyOf('a'))?.bytes, bytesFor(keyOf('a')));
  await container.close();
});

test('auto lasts where there is IndexedDB, and memory is in front of it', async () => {
  const container = await chooseContainer('auto');
  const there = typeof indexedDB !== 'undefined';
  equal(container.kind, there ? 'indexeddb' : 'memory');
  const key = keyOf('auto', 1000, 0, '0123456789abcdef');
  equal(await container.putMany([entryFor(key)]), 1);
  ok(container.getSync!(key));
  await container.delete({ namespace: key.namespace });
  await container.close();
  const bare = await chooseContainer('auto', { memoryBytes: 0 });
  equal([bare.kind, bare.getSync !== undefined], [there ? 'indexeddb' : 'memory', !there]);
  await bare.close();
});

test('files are not encrypted: who asks for that has memory, and is told', async () => {
  const told: string[] = [];
  const options = {
    encrypt: true,
    folder: '/nowhere/at/all',
    onTrouble: ({ code, name }: CacheTrouble) => void told.push(`${code} ${name}`),
  };
  const container = await chooseContainer('disk', options);
  equal([container.kind, told], ['memory', ['unavailable NotSupportedError']]);
  await container.close();
});

test('a listener that throws takes nothing down', async () => {
  const container = await chooseContainer('memory', {
    onTrouble() {
      throw new Error('not ours');
    },
  });
  equal([container.kind, await container.putMany([entryFor(keyOf('a'))])], ['memory', 1]);
});
