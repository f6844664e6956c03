import fc from 'fast-check';
import { coveredParts, merged } from '../../../../src/hdf5/layout/contiguous.ts';
import type { SelectedAxis } from '../../../../src/hdf5/values/selection.ts';
import { env } from '../../../env.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';

const axis = (start: number, count: number, step = 1): SelectedAxis => ({ start, stop: start + (count - 1) * step + 1, step, count });

/** Where selected elements begin, in elements. */
function elementsOf(selection: readonly SelectedAxis[], shape: readonly number[]): number[] {
  return selection.reduce<number[]>(
    (all, { start, step, count }, i) => all.flatMap((one) => Array.from({ length: count }, (_, n) => one * shape[i]! + start + n * step)),
    [0],
  );
}

const dimensions = fc.array(
  fc.record({ start: fc.nat(5), count: fc.integer({ min: 1, max: 5 }), step: fc.integer({ min: 1, max: 4 }), more: fc.nat(3) }),
  { maxLength: 3 },
);

test('covered parts: every selected byte, with holes that are small enough and no others', () => {
  fc.assert(
    fc.property(dimensions, fc.integer({ min: 1, max: 9 }), fc.nat(30), (some, elementBytes, holeBytes) => {
      const selection = some.map(({ start, count, step }) => axis(start, count, step));
      const shape = some.map(({ more }, i) => selection[i]!.stop + more);
      const parts = merged(coveredParts(selection, shape, elementBytes, 1000, holeBytes));
      const starts = elementsOf(selection, shape).map((element) => 1000 + element * elementBytes);
      for (const start of starts)
        ok(
          parts.some((part) => part.start <= start && start + elementBytes <= part.end),
          `${start} in a part`,
        );
      for (const part of parts) {
        const inside = starts.filter((start) => start >= part.start && start < part.end);
        equal([inside[0], inside.at(-1)! + elementBytes], [part.start, part.end]);
        for (const [i, start] of inside.slice(1).entries())
          ok(start - inside[i]! - elementBytes < Math.max(1, holeBytes), 'no larger hole');
      }
    }),
    { seed: env().seed },
  );
});

test('covered parts: rows are one part, columns one each', () => {
  const shape = [5000, 10_000];
  equal(coveredParts([axis(10, 50), axis(0, 10_000)], shape, 4, 2048, 4096), [{ start: 2048 + 400_000, end: 2048 + 400_000 + 2_000_000 }]);
  const columns = coveredParts([axis(0, 500), axis(3, 1000)], shape, 4, 0, 4096);
  equal(
    [columns.length, columns[0], columns[499]],
    [500, { start: 12, end: 4012 }, { start: 499 * 40_000 + 12, end: 499 * 40_000 + 4012 }],
  );
  equal(coveredParts([], [], 8, 96, 4096), [{ start: 96, end: 104 }]);
});

test('covered parts: too many rows are refused before they are counted out', () =>
  rejects<Error>(
    () => coveredParts([axis(0, 2 ** 40), axis(0, 1)], [2 ** 40, 5000], 1, 0, 4096),
    ({ name }) => name === 'PlanTooLarge',
  ));

test('ranges: those that touch or overlap become one', () => {
  const ranges = [
    { start: 9, end: 12 },
    { start: 0, end: 4 },
    { start: 4, end: 6 },
    { start: 10, end: 11 },
  ];
  equal(merged(ranges), [
    { start: 0, end: 6 },
    { start: 9, end: 12 },
  ]);
  equal(merged([]), []);
});
