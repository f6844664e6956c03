/**
 * Random steps on a container beside a model of what is right.
 *
 * @module
 */
import fc from 'fast-check';
import type { CacheContainer, CacheEntry, CacheKey } from '../../src/cache/container/container.ts';
import { env } from '../env.ts';
import { equal, ok } from '../harness.ts';
import { bytesFor, isRight, keyOf, namespaces, soon, type CacheRig, type Damage } from './cache-rig.ts';
import type { Check } from './cache-fault-checks.ts';

const MiB = 0x100000;
const sizes = [0, 1, 500, 4096, 20_000, 100_000, 550_000, 1_100_000];
const keys = Array.from({ length: 40 }, (_, i) => keyOf(i % 13, sizes[i % 8], i % 5 ? i : 'w', namespaces[i % 3 ? 0 : 1]));
const right = keys.map(bytesFor);
const metaOf = (n: number): { n: number } | undefined => (n % 2 ? { n } : undefined);
const entry = (n: number): CacheEntry => ({ ...keys[n]!, bytes: right[n]!, meta: metaOf(n) });

type Step =
  | { do: 'put' | 'get' | 'getSync' | 'touch'; which: readonly number[] }
  | { do: 'evict'; part: number }
  | { do: 'delete'; which: number; whole: boolean }
  | { do: 'corrupt'; which: number; how: Damage }
  | { do: 'abort'; which: readonly number[] };

const which = fc.array(fc.nat(keys.length - 1), { minLength: 1, maxLength: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('put' as const), which }) },
  { weight: 16, arbitrary: fc.record({ do: fc.constantFrom('get' as const, 'getSync' as const, 'touch' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('evict' as const), part: fc.integer({ min: 0, max: 100 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), which: fc.nat(keys.length - 1), whole: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('corrupt' as const),
      which: fc.nat(keys.length - 1),
      how: fc.constantFrom<Damage>('flip', 'flipMeta', 'truncate', 'move'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('abort' as const), which }) },
);

/** One step. @returns how many values were found */
async function take(one: Step, rig: CacheRig, clients: CacheContainer[], i: number): Promise<number> {
  const container = clients[i % clients.length]!;
  switch (one.do) {
    case 'put':
      await container.putMany(one.which.map(entry));
      return 0;
    case 'get':
    case 'getSync': {
      const wanted = one.which.map((n) => keys[n]!);
      const got =
        one.do === 'getSync' && container.getSync ? wanted.map((key) => container.getSync!(key)) : await container.getMany(wanted);
      for (const [at, found] of got.entries()) {
        if (!found) continue;
        const n = one.which[at]!;
        ok(isRight(found.bytes, right[n]!), `step ${i}: the bytes of key ${n}`);
        equal(found.meta, metaOf(n));
      }
      return got.filter(Boolean).length;
    }
    case 'touch':
      container.touch(one.which.map((n) => keys[n]!));
      return 0;
    case 'evict': {
      const target = (one.part / 100) * (await container.usage()).bytes;
      const small = async (): Promise<boolean> => {
        await container.evict(target);
        return (await container.usage()).bytes <= target;
      };
      ok(await soon(small), `step ${i}: more is left than ${target}`);
      return 0;
    }
    case 'delete': {
      const { namespace, object } = keys[one.which]!;
      const gone = keys.filter((key) => key.namespace === namespace && (one.whole || key.object === object));
      const none = async (): Promise<boolean> => {
        await container.delete({ namespace, ...(!one.whole && { object }) });
        return (await container.getMany(gone)).every((found) => !found);
      };
      ok(await soon(none), `step ${i}: deleted ones are gone`);
      return 0;
    }
    case 'corrupt': {
      if (!rig.corrupt || !(rig.damages ?? [one.how]).includes(one.how)) return 0;
      const key = keys[one.which]!;
      const other = keys.find((candidate: CacheKey) => candidate !== key && candidate.sizeBytes === key.sizeBytes)!;
      if (key.sizeBytes === 0 && one.how !== 'move') return 0;
      const both = await container.getMany([key, other]);
      if (!both[0] || (one.how === 'move' && !both[1])) return 0;
      // One that was given up may put it again between the two: then it is right, and to be damaged once more.
      const missed = async (): Promise<boolean> => {
        await rig.corrupt!(key, one.how, other);
        const [found] = await container.getMany([key]);
        if (found) ok(isRight(found.bytes, right[one.which]!), `step ${i}: damaged by ${one.how}, and taken`);
        return !found;
      };
      ok(await soon(missed), `step ${i}: damaged by ${one.how}`);
      return 0;
    }
    case 'abort': {
      const controller = new AbortController();
      const ends = Promise.allSettled([
        container.putMany(one.which.map(entry), { signal: controller.signal }),
        container.getMany(
          one.which.map((n) => keys[n]!),
          { signal: controller.signal },
        ),
      ]);
      controller.abort(one);
      for (const end of await ends) ok(end.status === 'fulfilled' || end.reason === one, `step ${i}: the reason`);
      return 0;
    }
  }
}

/** Registers the check. */
export function cacheModelCheck(check: Check, steps: number): void {
  const budgetBytes = 6 * MiB;
  check(
    `${steps} random steps: never a wrong byte, never above the budget`,
    async (rig) => {
      const { seed } = env();
      const run = await fc.check(
        fc.asyncProperty(fc.array(step, { minLength: steps, maxLength: steps, size: 'max' }), async (taken) => {
          const other = await rig.open2?.();
          const clients = other ? [rig.container, other] : [rig.container];
          let hits = 0;
          for (const [i, one] of taken.entries()) {
            hits += await take(one, rig, clients, i);
            if (i % 50 === 0) {
              const { bytes } = await rig.container.usage();
              ok(bytes <= budgetBytes, `step ${i}: ${bytes} bytes`);
            }
          }
          await other?.close();
          ok(hits > steps / 20, `${hits} hits`);
        }),
        { numRuns: 1, seed, endOnFailure: true },
      );
      // All steps would be a page of text: the seed makes them again.
      if (run.failed) throw new Error(`seed ${seed}`, { cause: run.errorInstance });
    },
    budgetBytes,
  );
}
