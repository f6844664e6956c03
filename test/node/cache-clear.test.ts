/** Clearing files that cannot be removed. */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { equal, ok, rejects, test } from '../harness.ts';
import { bytesOf, rig, whole } from '../unit/cache/object/cache-rig.ts';

test('a file that cannot be removed is told by clearing, when everything else is gone', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'anyfile-clear-'));
  try {
    const { base, store, cache, context } = rig({ container: 'disk', dir });
    for (const key of ['a', 'b']) {
      await base.put(key, bytesOf(1000));
      await whole(store, key);
    }
    equal((await cache.stats()).entries, 4);
    const below = join(dir, 'anyfile', 'v1');
    const namespace = (await readdir(below)).find((name) => name !== 'tmp')!;
    // a folder under a value's name: no system removes it as a file
    const bad = join(below, namespace, '00', `${'0'.repeat(38)}.0.a`);
    await mkdir(join(bad, 'inside'), { recursive: true });
    await rejects(cache.clear(), 'ServerError');
    equal((await cache.stats()).entries, 1, 'all others are gone');
    await rejects(cache.clear({ prefix: 's3://b/a' }), 'ServerError');
    await rm(bad, { recursive: true });
    await whole(store, 'a');
    ok((await cache.clear()) > 0, 'something went');
    await context.close();
  } finally {
    await rm(dir, { recursive: true });
  }
});
