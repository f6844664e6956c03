/** What clearing takes along, and how much memory a cache may take. */
import { anonymous } from '../../../../src/auth/identity.ts';
import { identityPrefix } from '../../../../src/cache/identity.ts';
import { urlOfEntry } from '../../../../src/cache/object/pointer.ts';
import type { CacheOptions } from '../../../../src/types.ts';
import { equal, rejects, sameBytes, test } from '../../../harness.ts';
import { bytesOf, rig, whole } from './cache-rig.ts';

const MiB = 0x100000;

test('clearing below a URL takes along what nothing tells the object of', async () => {
  const { base, store, cache, calls } = rig({ freshness: 'immutable' });
  for (const key of ['private/a', 'b']) {
    await base.put(key, bytesOf(1000));
    await whole(store, key);
  }
  const { container } = await cache.shelf(anonymous);
  const namespace = identityPrefix({ provider: 's3', identity: anonymous.id });
  // as eviction does: a pointer is used before its blocks
  for await (const entry of container.known({ namespace }))
    if (urlOfEntry(entry).includes('private')) await container.delete({ namespace: entry.namespace, object: entry.object });
  equal((await cache.stats()).entries, 3, 'a block that nothing tells the object of');
  equal(await cache.clear({ prefix: 's3://b/private' }), 1);
  calls();
  sameBytes(await whole(store, 'b'), bytesOf(1000));
  equal([calls(), (await cache.stats()).entries], [[], 2], 'the other one stays');
});

test('memory is not as large as a disk was to be, unless it was asked for by name', async () => {
  const budget = async (options: CacheOptions, durable = false): Promise<number> => {
    const { cache, context } = rig(options);
    const { container } = await cache.shelf({ id: 'token:f0', durable });
    equal(container.kind, 'memory');
    await context.close();
    return container.capabilities.budgetBytes;
  };
  equal(await budget({ container: 'auto', maxBytes: 64 * 2 ** 30 }), 64 * MiB);
  equal(await budget({ container: 'auto', mode: 'tmp_dir', maxBytes: MiB, memoryBytes: 64 * MiB }, true), MiB);
  equal(await budget({ container: 'auto', mode: 'tmp_dir', maxBytes: 2 ** 30 }, true), 64 * MiB);
  equal(await budget({ container: 'memory', maxBytes: 2 ** 30, memoryBytes: MiB }, true), 2 ** 30);
  equal(await budget({ container: 'memory', memoryBytes: MiB }), MiB);
});

test('a clearing that was begun is waited for by closing, and after it there is none', async () => {
  const { base, store, cache, context } = rig({ freshness: 'immutable' });
  await base.put('a', bytesOf(1000));
  await whole(store, 'a');
  const { entries } = await cache.stats();
  const clearing = cache.clear();
  await context.close();
  equal([await clearing, entries > 0], [entries, true]);
  await rejects(cache.clear(), 'InvalidArgument');
});
