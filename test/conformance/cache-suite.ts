/**
 * What every container of the cache does alike.
 *
 * @module
 */
import type { CacheContainer, CacheKey } from '../../src/cache/container/container.ts';
import { equal, ok, rejects, sameBytes, skip, test } from '../harness.ts';
import { cacheFaultChecks } from './cache-fault-checks.ts';
import { cacheKnownChecks } from './cache-known-checks.ts';
import { cacheModelCheck } from './cache-model-check.ts';
import { bytesFor, entryFor, keyOf, namespaces, type CacheRig, type Damage, type MakeRig } from './cache-rig.ts';

const MiB = 0x100000;

/** How much is checked. */
export interface CacheSuiteOptions {
  /** Steps of the comparison with a model. @default 2000 */
  steps?: number;
  /** How long one check may take, in ms. @default 20000 */
  timeoutMs?: number;
}

/**
 * Registers the checks of one container.
 *
 * @param make a new place each time
 */
export function cacheSuite(name: string, make: MakeRig, options: CacheSuiteOptions = {}): void {
  const check = (what: string, fn: (rig: CacheRig, container: CacheContainer) => Promise<void>, budgetBytes = 64 * MiB): void =>
    test(
      `${name} container: ${what}`,
      async () => {
        const rig = await make({ budgetBytes });
        try {
          await fn(rig, rig.container);
        } finally {
          await rig.close();
        }
      },
      { timeoutMs: options.timeoutMs ?? 20_000 },
    );
  const has = async (container: CacheContainer, keys: readonly CacheKey[]): Promise<boolean[]> =>
    (await container.getMany(keys)).map((entry) => entry !== undefined);

  check('what is put comes back in the order asked, with its meta', async (_, container) => {
    const keys = [
      keyOf('a'),
      keyOf('b', 1),
      keyOf('a', 70_000, 1),
      keyOf('a', 300, 'w'),
      keyOf('a', 0, 'o'),
      keyOf('a', 1000, 0, namespaces[1]),
    ];
    keys.push(keyOf('big', 600 * 1024), keyOf('bigger', 3 * MiB, 7), keyOf('biggest', 8 * MiB));
    const meta = { validator: 'e:"ä"', n: 1.5, contentEncoding: 'gzip' };
    equal(await container.putMany(keys.map((key, i) => entryFor(key, i % 2 ? meta : undefined))), keys.length);
    const asked = [keyOf('none'), ...keys.toReversed(), keys[0]!];
    const got = await container.getMany(asked);
    equal(got.length, asked.length);
    equal(got[0], undefined);
    for (const [i, key] of asked.entries()) {
      if (!i) continue;
      const { bytes, meta: told, ...rest } = got[i]!;
      equal([rest, told], [key, keys.indexOf(key) % 2 ? meta : undefined]);
      sameBytes(bytes, bytesFor(key), `part ${key.part} of ${key.sizeBytes}`);
    }
    if (container.getSync) {
      sameBytes(container.getSync(keys[2]!)?.bytes, bytesFor(keys[2]!), 'at once');
      equal(container.getSync(keyOf('none')), undefined);
    }
    equal(container.capabilities.syncRead, container.getSync !== undefined);
    equal([await container.getMany([]), await container.putMany([])], [[], 0]);
  });

  check('no bytes are a value too', async (_, container) => {
    equal(await container.putMany([entryFor(keyOf('empty', 0, 'w'))]), 1);
    equal((await container.getMany([keyOf('empty', 0, 'w')]))[0]?.bytes.length, 0);
  });

  check('every part of a key tells values apart, and another length is a miss', async (_, container) => {
    const key = keyOf('a');
    await container.putMany([entryFor(key)]);
    const others = [
      keyOf('b'),
      keyOf('a', 1000, 1),
      keyOf('a', 1000, 'w'),
      keyOf('a', 1000, 0, namespaces[1]),
      keyOf('a', 999),
      keyOf('a', 1001),
    ];
    equal(
      await has(container, others),
      others.map(() => false),
    );
    equal(await has(container, [key]), [true], 'asking for others did no harm');
  });

  check('what is no key, or not as long as it says, is not kept', async (_, container) => {
    const key = keyOf('a');
    const bad = [
      { namespace: '../../../../up' },
      { namespace: '' },
      { object: 'a/../../b' },
      { part: -1 },
      { part: 1.5 },
      { part: 'o' as const },
      { sizeBytes: 999 },
    ];
    equal(await container.putMany(bad.map((wrong) => ({ ...entryFor(key), ...wrong }))), 0);
    equal(
      await has(
        container,
        bad.map((wrong) => ({ ...key, ...wrong })),
      ),
      bad.map(() => false),
    );
    equal(await container.delete({ namespace: '..' }), 0);
    const large = keyOf('large', container.capabilities.maxValueBytes + 1);
    equal([await container.putMany([entryFor(large)]), await has(container, [large])], [0, [false]]);
    equal((await container.usage()).entries, 0);
  });

  check('nobody can change a value that is kept', async (_, container) => {
    for (const sizeBytes of [1000, 2 * MiB]) {
      const key = keyOf('a', sizeBytes);
      const whole = new Uint8Array(sizeBytes + 64);
      const bytes = whole.subarray(32, 32 + sizeBytes);
      bytes.set(bytesFor(key));
      const meta = { n: 1 };
      await container.putMany([{ ...key, bytes, meta }]);
      whole.fill(0);
      meta.n = 2;
      for (const read of [() => container.getMany([key]).then(([entry]) => entry), async () => container.getSync?.(key)]) {
        for (let i = 0; i < 2; i++) {
          const entry = await read();
          if (!entry && !container.getSync) continue;
          sameBytes(entry!.bytes, bytesFor(key));
          equal(entry!.meta, { n: 1 });
          entry!.bytes.fill(1);
          (entry!.meta as { n: number }).n = 3;
        }
      }
    }
  });

  check('put again, it is there once', async (_, container) => {
    for (let i = 0; i < 3; i++) equal(await container.putMany([entryFor(keyOf('a', 5000)), entryFor(keyOf('a', 5000))]), 2);
    const { entries, bytes } = await container.usage();
    equal(entries, 1);
    ok(bytes >= 5000 && bytes < 16_000, `${bytes} bytes`);
  });

  check('usage and delete go by namespace and object', async (_, container) => {
    const keys = [keyOf('a', 5000), keyOf('a', 4000, 1), keyOf('b', 3000), keyOf('a', 2000, 0, namespaces[1])];
    await container.putMany(keys.map((key) => entryFor(key)));
    const [mine, all] = [await container.usage({ namespace: namespaces[0] }), await container.usage()];
    equal([mine.entries, all.entries, all.budgetBytes], [3, 4, 64 * MiB]);
    ok(mine.bytes >= 12_000 && all.bytes >= mine.bytes + 2000 && all.bytes < 14_000 + 4 * 8192, `${mine.bytes} of ${all.bytes}`);
    equal(await container.delete({ namespace: namespaces[0], object: keyOf('a').object }), 2);
    equal(await has(container, keys), [false, false, true, true]);
    equal(await container.delete({ namespace: namespaces[0] }), 1);
    equal(await has(container, keys), [false, false, false, true]);
    equal(await container.delete({ namespace: namespaces[0] }), 0);
    equal((await container.usage()).entries, 1);
  });

  check('evict removes what was used longest ago; getting and touching count as use', async (rig, container) => {
    const keys = Array.from({ length: 8 }, (_, i) => keyOf(i, 100_000));
    for (const key of keys) {
      await container.putMany([entryFor(key)]);
      await rig.age?.();
    }
    await container.getMany([keys[0]!]);
    container.touch([keys[2]!, keyOf('none')]);
    await rig.age?.();
    const before = (await container.usage()).bytes;
    const each = before / keys.length;
    const done = await container.evict(before - 3.5 * each);
    equal(done?.removed, 4);
    ok(Math.abs(done!.bytes - 4 * each) < 1, `${done!.bytes} bytes`);
    equal(await has(container, keys), [true, false, true, false, false, false, true, true]);
    equal(await container.evict(before), { removed: 0, bytes: 0 });
    equal([(await container.evict(0))?.removed, (await container.usage()).entries], [4, 0]);
  });

  check(
    'ten times the budget: usage stays within it, and what is used stays',
    async (rig, container) => {
      const hot = keyOf('hot', 10_000);
      await container.putMany([entryFor(hot)]);
      for (let i = 0; i < 100; i++) {
        if (i % 5 === 4) {
          await rig.age?.();
          equal(await has(container, [hot]), [true], `after ${i}`);
        }
        await container.putMany([entryFor(keyOf(i, 100_000))]);
        if (i % 5 === 0) {
          const { bytes } = await container.usage();
          ok(bytes <= MiB, `${bytes} bytes after ${i}`);
        }
      }
      const { entries } = await container.usage();
      ok(entries > 4 && entries < 12, `${entries} are left`);
      const large = keyOf('large', 2 * MiB);
      equal(
        [await container.putMany([entryFor(large)]), await has(container, [hot, large])],
        [0, [true, false]],
        'more than there is room',
      );
    },
    MiB,
  );

  for (const how of ['flip', 'flipMeta', 'truncate', 'move'] satisfies Damage[])
    check(`a value that was damaged (${how}) is a miss, and gone`, async (rig, container) => {
      const corrupt = rig.corrupt ?? skip('nobody can damage its values');
      if (!(rig.damages ?? [how]).includes(how)) skip(`nothing here can ${how}`);
      for (const sizeBytes of [1000, 600 * 1024, 2 * MiB]) {
        for (const sync of container.getSync ? [true, false] : [false]) {
          const [key, other] = [keyOf('a', sizeBytes), keyOf('b', sizeBytes)];
          await container.putMany([entryFor(key), entryFor(other)]);
          await corrupt(key, how, other);
          const told: string[] = [];
          container.onTrouble = ({ code }) => void told.push(code);
          equal(sync ? container.getSync!(key) : (await container.getMany([key]))[0], undefined, `${sizeBytes} bytes`);
          if (how !== 'move') sameBytes((await container.getMany([other]))[0]?.bytes, bytesFor(other), 'the other');
          ok(!told.some((code) => code !== 'corrupt'), told.join());
          await container.delete({ namespace: key.namespace, object: other.object });
          equal((await container.usage()).entries, 0, 'the damaged one is gone');
          equal(await container.putMany([entryFor(key)]), 1);
          sameBytes((await container.getMany([key]))[0]?.bytes, bytesFor(key), 'put again');
          await container.delete({ namespace: key.namespace });
        }
      }
    });

  check('another client sees whole values, and what one removes the other misses', async (rig, container) => {
    const other = await (rig.open2 ?? skip('nobody shares it'))();
    const keys = [keyOf('a', 1000), keyOf('b', 2 * MiB), keyOf('c', 600 * 1024)];
    equal(await container.putMany(keys.map((key) => entryFor(key, { n: 1 }))), 3);
    for (const [i, entry] of (await other.getMany(keys)).entries()) {
      sameBytes(entry?.bytes, bytesFor(keys[i]!));
      equal(entry?.meta, { n: 1 });
    }
    equal(await other.delete({ namespace: namespaces[0], object: keys[0]!.object }), 1);
    equal(await has(container, keys), [false, true, true]);
    await container.close();
    equal(await has(other, keys), [false, true, true], 'one that closes takes nothing along');
    await other.close();
  });

  check('scrub removes what the dead left, and nothing else; so does the first put', async (rig, container) => {
    await rig.litter?.();
    await container.putMany([entryFor(keyOf('a'))]);
    // What is under way is waited for.
    equal(await container.scrub(), 0);
    const left = (await rig.litter?.()) ?? 0;
    equal(await container.scrub(), left);
    equal(await container.scrub(), 0);
    equal(await has(container, [keyOf('a')]), [true]);
  });

  check('an abort rejects with its reason, and harms nobody', async (__, container) => {
    const keys = [keyOf('a'), keyOf('b', 3 * MiB), keyOf('c', 600 * 1024)];
    const reason = new Error('enough');
    const is = (error: Error): boolean => error === reason;
    const aborted = AbortSignal.abort(reason);
    await rejects(container.getMany(keys, { signal: aborted }), is);
    await rejects(container.putMany([entryFor(keys[0]!)], { signal: aborted }), is);
    await rejects(container.delete({ namespace: namespaces[0] }, { signal: aborted }), is);
    await rejects(
      (async () => {
        for await (const _ of container.known({ namespace: namespaces[0] }, { signal: aborted })) ok(false, 'nothing');
      })(),
      is,
    );
    for (let round = 0; round < 4; round++) {
      const late = new AbortController();
      const put = container.putMany(
        keys.map((key) => entryFor(key)),
        { signal: late.signal },
      );
      const mine = Promise.allSettled([put]);
      for (let i = 0; i < round; i++) await Promise.resolve();
      late.abort(reason);
      const [end] = await mine;
      ok(end.status === 'fulfilled' || end.reason === reason, 'the reason, or done already');
      equal(await container.putMany(keys.map((key) => entryFor(key))), 3);
      const leaving = new AbortController();
      const got = Promise.allSettled([container.getMany(keys, { signal: leaving.signal }), container.getMany(keys)]);
      for (let i = 0; i < round; i++) await Promise.resolve();
      leaving.abort(reason);
      const [left, stayed] = await got;
      ok(left.status === 'fulfilled' || left.reason === reason, 'the reason, or done already');
      ok(stayed.status === 'fulfilled', 'who stayed');
      for (const [i, entry] of stayed.value.entries()) sameBytes(entry?.bytes, bytesFor(keys[i]!));
      await container.delete({ namespace: namespaces[0] });
    }
  });

  check('a closed container has nothing, takes nothing and fails nobody', async (_, container) => {
    await container.putMany([entryFor(keyOf('a'))]);
    await container.close();
    await container.close();
    equal(await has(container, [keyOf('a')]), [false]);
    equal([container.getSync?.(keyOf('a')), await container.putMany([entryFor(keyOf('b'))])], [undefined, 0]);
    container.touch([keyOf('a')]);
    equal([await container.delete({ namespace: namespaces[0] }), await container.scrub()], [0, 0]);
  });

  cacheKnownChecks(check);
  cacheFaultChecks(check);
  cacheModelCheck(check, options.steps ?? 2000);
}
