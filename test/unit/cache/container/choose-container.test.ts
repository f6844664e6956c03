// Which container is chosen, and why it is memory.
import { chooseContainer } from '../../../../src/cache/container/choose-container.ts';
import { defaultBudget } from '../../../../src/cache/container/browser-budget.ts';
import type { CacheContainer, CacheTrouble } from '../../../../src/cache/container/container.ts';
import { createMemoryContainer } from '../../../../src/cache/container/memory-container.ts';
import { entryFor, keyOf, bytesFor } from '../../../conformance/cache-rig.ts';
import { equal, ok, sameBytes, test } from '../../../harness.ts';

const MiB = 0x100000;

test('what is not to be had is memory, and it is said why', async () => {
  const told: string[] = [];
  // No platform has files and the browser's storage both; without a folder there is no disk anywhere.
  const container = await chooseContainer('disk', { onTrouble: ({ code, name }) => void told.push(`${code} ${name}`) });
  equal([container.kind, told], ['memory', ['unavailable NotSupportedError']]);
  equal(await container.putMany([entryFor(keyOf('a'))]), 1);
  sameBytes(container.getSync!(keyOf('a'))?.bytes, bytesFor(keyOf('a')));
  await container.close();
});

test('memory that stands for a disk is not as large as the disk was to be', async () => {
  const GiB = 2 ** 30;
  const budget = async (...given: Parameters<typeof chooseContainer>): Promise<number> => {
    const container = await chooseContainer(...given);
    await container.close();
    equal(container.kind, 'memory');
    return container.capabilities.budgetBytes;
  };
  equal(await budget('disk', { budgetBytes: 64 * GiB }), 64 * MiB);
  equal(await budget('disk', { budgetBytes: MiB, memoryBytes: 64 * MiB }), MiB);
  equal(await budget('disk', { budgetBytes: GiB, memoryBytes: 2 * MiB }), 2 * MiB);
  equal(await budget('disk', { budgetBytes: GiB, memoryBytes: 0 }), 64 * MiB);
  equal(await budget('memory', { budgetBytes: GiB, memoryBytes: MiB }), GiB, 'asked for by name');
  equal([await budget('memory', { memoryBytes: MiB }), await budget('memory')], [MiB, 64 * MiB]);
});

test('storage that never opens is memory after a while, and is closed when it comes', async () => {
  const told: string[] = [];
  const late = createMemoryContainer();
  await late.putMany([entryFor(keyOf('a'))]);
  let come = (_: { container: CacheContainer }): void => {};
  const container = await chooseContainer('disk', {
    openMs: 20,
    open: () => new Promise<{ container: CacheContainer }>((resolve) => (come = resolve)),
    onTrouble: ({ code, name }) => void told.push(`${code} ${name}`),
  });
  equal([container.kind, told], ['memory', ['timeout TimeoutError']]);
  come({ container: late });
  await new Promise((resolve) => void setTimeout(resolve, 20));
  equal(await late.putMany([entryFor(keyOf('a'))]), 0, 'it is closed');
});

test('a browser that never says how much is free has the usual budget', async () => {
  const silent = { estimate: () => new Promise<never>(() => {}), userAgent: '' };
  equal(await defaultBudget(0, silent, 20), 128 * MiB);
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
