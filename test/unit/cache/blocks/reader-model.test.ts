/** Random reads of an object that is replaced all the time: every answer is of one version. */
import fc from 'fast-check';
import { createBlockCache } from '../../../../src/cache/blocks/block-cache.ts';
import { openReader } from '../../../../src/cache/blocks/reader.ts';
import { createMemoryContainer } from '../../../../src/cache/container/memory-container.ts';
import type { CloudError } from '../../../../src/errors.ts';
import { createMemoryStore } from '../../../../src/store/memory.ts';
import { watchedStore } from '../../../conformance/block-store.ts';
import { isRight } from '../../../conformance/cache-rig.ts';
import { noise } from '../../../conformance/noise.ts';
import { env } from '../../../env.ts';
import { ok, test } from '../../../harness.ts';

const SIZE = 2000;
const RUNS = 6;
const span = fc.tuple(fc.nat(SIZE), fc.nat(SIZE)).map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }));
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ spans: fc.array(span, { minLength: 1, maxLength: 4 }), which: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.constant('replace' as const) },
  { weight: 3, arbitrary: fc.constant('wait' as const) },
);

test('random reads while the object is replaced: each answer is of one version, others are ObjectChanged', async () => {
  const { seed } = env();
  let runs = 0;
  const answers = { right: 0, changed: 0 };
  const run = await fc.check(
    fc.asyncProperty(fc.array(step, { minLength: 300, maxLength: 300, size: 'max' }), async (steps) => {
      runs++;
      const versions = [noise(SIZE, 1)];
      // the last run is quicker than times are told
      let second = 0;
      const watched = watchedStore(undefined, createMemoryStore({ bucket: 'b', clock: () => (runs === RUNS ? 0 : ++second * 1000) }));
      await watched.store.put('k', versions[0]!);
      watched.before = async (n) => {
        for (let i = 0; i < n % 7; i++) await Promise.resolve();
      };
      const blockCache = createBlockCache({ container: createMemoryContainer(), gapBytes: 0 });
      const shared = { blockCache, namespace: '00112233445566ff', blockBytes: 100 };
      const restart = 'restart' as const;
      const readers = [
        await openReader(watched.store, 'k', { ...shared, onChange: restart }),
        await openReader(watched.store, 'k', { blockBytes: 70, onChange: restart }),
        await openReader(watched.store, 'k', shared),
        await openReader(watched.store, 'k', { ...shared, blockBytes: 130 }),
      ];
      const running: Promise<void>[] = [];
      for (const one of steps) {
        if (one === 'wait') for (let i = 0; i < 15; i++) await Promise.resolve();
        else if (one === 'replace') {
          versions.push(noise(SIZE, versions.length + 1));
          await watched.store.put('k', versions.at(-1)!);
        } else {
          const read = async (): Promise<void> => {
            try {
              const got = await readers[one.which]!.read(one.spans);
              const whole = versions.some((bytes) => one.spans.every(({ start, end }, i) => isRight(got[i]!, bytes.subarray(start, end))));
              ok(whole, 'bytes of one version');
              answers.right++;
            } catch (error) {
              if ((error as CloudError).code !== 'ObjectChanged') throw error;
              answers.changed++;
            }
          };
          running.push(read());
        }
      }
      await Promise.all(running);
    }),
    { seed, numRuns: RUNS, endOnFailure: true },
  );
  if (run.failed) throw new Error(`seed ${seed}`, { cause: run.errorInstance });
  ok(answers.right > 300 && answers.changed > 50, JSON.stringify(answers));
});
