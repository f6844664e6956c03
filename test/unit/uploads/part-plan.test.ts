/** How uploads are cut into parts. */
import fc from 'fast-check';
import { growingPartBytes, maxPartBytes, maxParts, minPartBytes, planParts } from '../../../src/store/part-plan.ts';
import { env } from '../../env.ts';
import { equal, ok, rejects, test } from '../../harness.ts';

const MiB = 0x10_0000;
const TiB = MiB * MiB;

test('part plan: of every size at most 10,000 parts within the limits, which make it up', () => {
  const size = fc.oneof(fc.maxSafeInteger().map(Math.abs), fc.integer({ min: 0, max: 2 ** 31 - 1 }));
  const wish = fc.option(fc.integer({ min: minPartBytes, max: 2 ** 31 - 1 }), { nil: undefined });
  fc.assert(
    fc.property(size, wish, (any, partBytes) => {
      const sizeBytes = any % (maxParts * maxPartBytes + 1);
      const plan = planParts(sizeBytes, { partBytes });
      ok(plan.parts >= 1 && plan.parts <= maxParts, `${plan.parts} parts`);
      ok(plan.partBytes >= minPartBytes && plan.partBytes <= maxPartBytes);
      ok(plan.partBytes >= (partBytes ?? 0), 'never smaller than asked for');
      const last = sizeBytes - (plan.parts - 1) * plan.partBytes;
      ok(last <= plan.partBytes && (last > 0 || sizeBytes === 0), `${last} bytes in the last part`);
    }),
    { seed: env().seed, numRuns: 500 },
  );
});

test('part plan: sizes that people ask about', () => {
  equal(planParts(0), { partBytes: 16 * MiB, parts: 1 });
  equal(planParts(60e9), { partBytes: 16 * MiB, parts: 3577 });
  equal(planParts(60e9, { partBytes: 5 * MiB }), { partBytes: 6 * MiB, parts: 9537 });
  equal(planParts(5 * TiB), { partBytes: 525 * MiB, parts: 9987 });
  ok(planParts(50e12).parts <= maxParts, '50 TB');
});

test('part plan: what no service takes is refused', async () => {
  for (const size of [-1, 0.5, NaN, maxParts * maxPartBytes + 1]) await rejects(() => planParts(size), 'InvalidArgument');
  for (const partBytes of [0, 5 * MiB - 1, maxPartBytes + 1, NaN]) await rejects(() => planParts(1, { partBytes }), 'InvalidArgument');
  equal(planParts(3000, { partBytes: 1000, minBytes: 1000 }).parts, 3);
});

test('part plan: a stream of unknown length begins small and has room for 12 TiB', () => {
  let total = 0;
  for (let index = 0; index < maxParts; index++) {
    const size = growingPartBytes(index);
    ok(size >= minPartBytes && size <= maxPartBytes);
    total += size;
    if (index === 999) ok(total <= 16_000 * MiB, 'a short stream has small parts');
  }
  ok(total >= 12 * TiB, `${total} bytes`);
});
