/**
 * What containers promise of pointers, the values that are replaced, and of ranges.
 *
 * @module
 */
import type { CacheContainer, CacheEntry, CacheMeta, NamespaceRange } from '../../src/cache/container/container.ts';
import { equal, ok, rejects } from '../harness.ts';
import type { Check } from './cache-fault-checks.ts';
import { entryFor, keyOf, namespaces, sibling } from './cache-rig.ts';

const [mine, foreign] = namespaces;
const identity = mine.slice(0, 8);
const pointer = (name: string | number, meta: CacheMeta, namespace: string = mine): CacheEntry =>
  entryFor(keyOf(name, 0, 'o', namespace), meta);

async function known(container: CacheContainer, range: NamespaceRange): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { bytes, meta, ...key } of container.known(range)) {
    equal([key.part, bytes.length], ['o', 0]);
    found.push(meta?.['n']);
  }
  return found.sort();
}

/** Values in three namespaces, two of which are one identity's. */
async function fill(container: CacheContainer): Promise<void> {
  const values = [keyOf('a', 3000), keyOf('a', 200, 'w'), keyOf('b', 3000, 24), keyOf('a', 500, 0, sibling), keyOf('a', 500, 0, foreign)];
  const entries = [
    ...values.map((key) => entryFor(key, { n: 0 })),
    pointer('a', { n: 1 }),
    pointer('b', { n: 2, text: 'ä'.repeat(2000) }),
    pointer('a', { n: 3 }, sibling),
    pointer('a', { n: 4 }, foreign),
  ];
  equal(await container.putMany(entries), entries.length);
}

/** Registers the checks. */
export function cacheKnownChecks(check: Check): void {
  check('what is known of objects is listed by namespace and by identity', async (_, container) => {
    equal(await known(container, { namespace: mine }), []);
    await fill(container);
    equal(await known(container, { namespace: mine }), [1, 2]);
    equal(await known(container, { namespace: identity }), [1, 2, 3]);
    equal(await known(container, { namespace: foreign }), [4]);
    for (const namespace of ['', '0011', '..', '0123456789abcdef', 'ffffffff', identity.toUpperCase() + 'X', `${mine}0`])
      equal(await known(container, { namespace }), [], namespace);
    for await (const entry of container.known({ namespace: mine })) {
      (entry.meta as Record<string, unknown>)['n'] = 9;
      break;
    }
    equal(await known(container, { namespace: mine }), [1, 2], 'nobody can change what is kept');
    await container.close();
    equal(await known(container, { namespace: mine }), []);
  });

  check('many pointers are all listed, and an abort ends it', async (_, container) => {
    const all = Array.from({ length: 150 }, (__, n) => pointer(n, { n }));
    equal(await container.putMany(all), 150);
    equal(new Set(await known(container, { namespace: mine })).size, 150);
    const controller = new AbortController();
    let count = 0;
    const listing = async (): Promise<void> => {
      for await (const entry of container.known({ namespace: mine }, { signal: controller.signal })) {
        ok(entry.meta);
        if (++count === 3) controller.abort(new Error('enough'));
      }
    };
    await rejects(listing(), ({ message }) => message === 'enough');
    equal(count, 3);
  });

  check('objects are listed by namespace, whatever there is of them', async (_, container) => {
    equal(await container.objects({ namespace: mine }), []);
    await fill(container);
    await container.putMany([entryFor(keyOf('nobody knows it', 700, 3))]);
    const names = (...of: string[]): string[] => of.map((name) => keyOf(name).object).sort();
    equal((await container.objects({ namespace: mine })).sort(), names('a', 'b', 'nobody knows it'));
    equal((await container.objects({ namespace: foreign })).sort(), names('a'));
    for (const namespace of ['', '..', '0123456789abcdef']) equal(await container.objects({ namespace }), [], namespace);
    await container.close();
    equal(await container.objects({ namespace: mine }), []);
  });

  check('a pointer goes after the values that it tells of, though it was used before them', async (_, container) => {
    const known = pointer('a', { n: 1 });
    const blocks = [keyOf('a', 100_000, 0), keyOf('a', 100_000, 1)];
    await container.putMany([known, ...blocks.map((key) => entryFor(key))]);
    await container.getMany([known]);
    for (const key of blocks) await container.getMany([key]);
    await container.evict((await container.usage()).bytes - 1);
    const there = async (): Promise<boolean[]> => (await container.getMany([known, ...blocks])).map((entry) => entry !== undefined);
    const left = await there();
    equal([left[0], left.filter(Boolean).length], [true, 2]);
    equal([(await container.evict(0))?.removed, await there()], [2, [false, false, false]]);
  });

  check('usage and delete take an identity too', async (_, container) => {
    await fill(container);
    const entries = async (namespace: string): Promise<number> => (await container.usage({ namespace })).entries;
    equal([await entries(mine), await entries(identity), await entries(foreign), await entries('0011')], [5, 7, 2, 0]);
    const { object } = keyOf('a');
    equal(await container.delete({ namespace: identity, object }), 5);
    equal([await entries(mine), await entries(identity), await entries(foreign)], [2, 2, 2]);
    equal(await container.delete({ namespace: '0011' }), 0);
    equal(await container.delete({ namespace: identity }), 2);
    equal([await entries(identity), (await container.usage()).entries], [0, 2]);
    equal(await known(container, { namespace: identity }), []);
    await container.delete({ namespace: foreign });
    equal((await container.usage()).entries, 0);
  });

  check('a pointer is replaced in one step: there is always one, and the last one stays', async (rig, container) => {
    const { bytes: _, ...key } = pointer('a', {});
    const other = await rig.open2?.();
    for (let n = 1; n <= 30; n++) {
      // Now longer, now shorter.
      const put = container.putMany([pointer('a', { n, text: 'x'.repeat((n * 397) % 3000) })]);
      const during = n > 1 ? await container.getMany([key]) : [];
      equal(await put, 1);
      for (const found of during) {
        const seen = Number(found?.meta?.['n']);
        ok(seen === n || seen === n - 1, `${seen} when ${n} came`);
      }
      for (const client of other ? [container, other] : [container]) {
        equal((await client.getMany([key]))[0]?.meta?.['n'], n);
        if (client.getSync && client === container) equal(client.getSync(key)?.meta?.['n'], n);
      }
    }
    equal([await known(container, { namespace: mine }), (await container.usage()).entries], [[30], 1]);
    await other?.close();
  });

  check('a pointer that was damaged is not listed', async (rig, container) => {
    await container.putMany([pointer('a', { n: 1 }), pointer('b', { n: 2 })]);
    if (!rig.corrupt) return;
    const { bytes: _, ...key } = pointer('a', {});
    const { bytes: __, ...other } = pointer('b', {});
    await rig.corrupt(key, 'flipMeta', other);
    equal(await known(container, { namespace: mine }), [2]);
    equal([await container.getMany([key]), (await container.usage()).entries], [[undefined], 1]);
  });
}
