/** Clearing in places where a client of these options keeps nothing now. */
import { identityPrefix } from '../../src/cache/identity.ts';
import { openIndexedDbContainer } from '../../src/cache/container/indexeddb-container.ts';
import { equal, ok, skip, test } from '../harness.ts';
import { uniqueName } from '../env.ts';
import { bytesOf, rig, whole } from '../unit/cache/object/cache-rig.ts';
import type { CacheOptions } from '../../src/types.ts';

test('clearing finds what was kept before the options became others, and makes no place', async () => {
  if (typeof indexedDB === 'undefined') skip('no IndexedDB');
  const identity = uniqueName('me');
  const me = { id: `name:${identity}`, durable: true };
  const open = (options: CacheOptions): ReturnType<typeof rig> => rig({ container: 'indexeddb', identity, ...options }, { identity: me });
  const looker = (await openIndexedDbContainer()) ?? skip('no IndexedDB');
  const entries = async (): Promise<number> =>
    (await looker.usage({ namespace: identityPrefix({ provider: 's3', identity: me.id }) })).entries;
  for (const later of [{ encrypt: true }, { container: 'memory', mode: 'persistent' }] satisfies CacheOptions[]) {
    const first = open({});
    await first.base.put('a', bytesOf(1000));
    await whole(first.store, 'a');
    await first.context.close();
    equal(await entries(), 2, 'it is kept');
    const names = async (): Promise<(string | undefined)[]> => (await indexedDB.databases()).map(({ name }) => name).sort();
    const before = await names();
    const now = open(later);
    ok((await now.cache.clear()) >= 2, 'something went');
    equal(await entries(), 0, 'nothing is left');
    if (!('encrypt' in later)) equal(await names(), before);
    await now.context.close();
  }
  await looker.close();
});
