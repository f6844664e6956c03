/** Clearing in places where a client of these options keeps nothing now. */
import { isDatabase } from '../../src/cache/container/browser-places.ts';
import type { CacheContainer } from '../../src/cache/container/container.ts';
import { identityPrefix } from '../../src/cache/identity.ts';
import { DATABASE, openIndexedDbContainer } from '../../src/cache/container/indexeddb-container.ts';
import { openOpfsContainer } from '../../src/cache/container/opfs-container.ts';
import type { CacheOptions } from '../../src/types.ts';
import { dropDatabase } from '../conformance/cache-idb-rig.ts';
import { entryFor, keyOf } from '../conformance/cache-rig.ts';
import { uniqueName } from '../env.ts';
import { equal, ok, skip, test } from '../harness.ts';
import { bytesOf, rig, whole } from '../unit/cache/object/cache-rig.ts';

/** Somebody who lasts, and clients of his. */
function somebody(): { prefix: string; open(options: CacheOptions): ReturnType<typeof rig> } {
  const identity = uniqueName('me');
  const me = { id: `name:${identity}`, durable: true };
  return {
    prefix: identityPrefix({ provider: 's3', identity: me.id }),
    open: (options) => rig({ container: 'indexeddb', identity, ...options }, { identity: me }),
  };
}

/** Runs a task with another answer to which databases there are. */
async function withDatabases(value: unknown, task: () => Promise<void>): Promise<void> {
  Object.defineProperty(indexedDB, 'databases', { value, configurable: true });
  try {
    await task();
  } finally {
    Reflect.deleteProperty(indexedDB, 'databases');
  }
}

test('clearing finds what was kept before the options became others', async () => {
  const { prefix, open } = somebody();
  const looker = (await openIndexedDbContainer()) ?? skip('no IndexedDB');
  const entries = async (): Promise<number> => (await looker.usage({ namespace: prefix })).entries;
  for (const later of [{ encrypt: true }, { container: 'memory', mode: 'persistent' }] satisfies CacheOptions[]) {
    const first = open({});
    await first.base.put('a', bytesOf(1000));
    await whole(first.store, 'a');
    await first.context.close();
    equal(await entries(), 2, 'it is kept');
    const now = open(later);
    ok((await now.cache.clear()) >= 2, 'something went');
    equal(await entries(), 0, 'nothing is left');
    await now.context.close();
  }
  await looker.close();
});

test('clearing opens what is there and nothing else', async () => {
  if (!(await openIndexedDbContainer())) skip('no IndexedDB');
  const opened: string[] = [];
  const real = indexedDB.open.bind(indexedDB);
  Object.defineProperty(indexedDB, 'open', { value: (name: string) => (opened.push(name), real(name)), configurable: true });
  try {
    const { cache, context } = somebody().open({ container: 'memory', mode: 'persistent' });
    await withDatabases(
      async () => [{ name: DATABASE }],
      async () => void (await cache.clear()),
    );
    await context.close();
  } finally {
    Reflect.deleteProperty(indexedDB, 'open');
  }
  equal([...new Set(opened)], [DATABASE]);
});

test('where databases are not listed, looking for one makes none', async () => {
  const name = uniqueName('idb');
  const container = (await openIndexedDbContainer({ name })) ?? skip('no IndexedDB');
  await withDatabases(undefined, async () => {
    equal(await isDatabase(name), true);
    equal(await isDatabase(`${name}-none`), false);
  });
  equal((await indexedDB.databases()).filter((one) => one.name?.startsWith(name)).length, 1);
  await container.close();
  await dropDatabase(name);
});

test('clearing takes along what the browser’s own disk holds', async () => {
  /** Others may have it for a moment. */
  const disk = async (): Promise<CacheContainer> => {
    for (let i = 0; i < 40; i++) {
      const container = await openOpfsContainer({ budgetBytes: 2 ** 24 });
      if (container) return container;
      await new Promise((resolve) => void setTimeout(resolve, 50));
    }
    return skip('no disk, or others have it');
  };
  const { prefix, open } = somebody();
  const key = keyOf('a', 1000, 0, `${prefix}00000000`);
  // page and worker have different layouts, each of which removes the other
  await navigator.locks.request('anyfile-test-clear', async () => {
    const before = await disk();
    equal(await before.putMany([entryFor(key)]), 1);
    await before.close();
    const { cache, context } = open({});
    await cache.clear();
    await context.close();
    const after = await disk();
    equal((await after.usage({ namespace: prefix })).entries, 0);
    await after.close();
  });
});
