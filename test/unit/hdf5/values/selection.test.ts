/** Ranges by numpy's rules, against a list of indices that is sliced by hand. */
import fc from 'fast-check';
import { normaliseSelection, type Hdf5Range } from '../../../../src/hdf5/values/selection.ts';
import { env } from '../../../env.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';

/** The indices that a slice of Python takes of `length`. */
function naive(length: number, [start, stop, step]: NonNullable<Hdf5Range>): number[] {
  const from = start == null ? 0 : start < 0 ? start + length : start;
  const to = stop == null ? length : stop < 0 ? stop + length : stop;
  const indices: number[] = [];
  for (let at = from; at < to; at += step ?? 1) indices.push(at);
  // what is before the beginning is clipped, not stepped over
  if (from < 0) return naive(length, [0, Math.max(to, 0), step]);
  return indices.filter((at) => at < length);
}

const place = fc.option(fc.integer({ min: -15, max: 15 }));
const range = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(place, place, fc.option(fc.integer({ min: 1, max: 6 }))) },
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.tuple(place) },
  { weight: 1, arbitrary: fc.constant([] as []) },
);

test('hdf5 selections mean what numpy means', () => {
  fc.assert(
    fc.property(fc.nat(12), range as fc.Arbitrary<Hdf5Range>, (length, asked) => {
      const [axis] = normaliseSelection([length], [asked]);
      const { start, stop, step, count } = axis!;
      equal(
        Array.from({ length: count }, (_, k) => start + k * step),
        naive(length, asked ?? []),
      );
      ok(start >= 0 && start <= stop && stop <= length, 'within the axis');
      equal(count, Math.ceil((stop - start) / step));
    }),
    { seed: env().seed, numRuns: 2000 },
  );
});

test('hdf5 selections: examples', () => {
  const all = (length: number): unknown => ({ start: 0, stop: length, step: 1, count: length });
  equal(normaliseSelection([]), []);
  equal(normaliseSelection([], []), []);
  equal(normaliseSelection([3, 4]), [all(3), all(4)]);
  equal(normaliseSelection([3, 4], null), [all(3), all(4)]);
  equal(normaliseSelection([3, 4], [[1, 2]]), [{ start: 1, stop: 2, step: 1, count: 1 }, all(4)]);
  equal(normaliseSelection([10], [[-3, null]]), [{ start: 7, stop: 10, step: 1, count: 3 }]);
  equal(normaliseSelection([10], [[null, -8]]), [{ start: 0, stop: 2, step: 1, count: 2 }]);
  equal(normaliseSelection([10], [[undefined, undefined, 4]]), [{ start: 0, stop: 10, step: 4, count: 3 }]);
  equal(normaliseSelection([10], [[8, 2]]), [{ start: 8, stop: 8, step: 1, count: 0 }]);
  equal(normaliseSelection([10], [[-100, 100, 100]]), [{ start: 0, stop: 10, step: 100, count: 1 }]);
  equal(normaliseSelection([0], [[0, 5]]), [{ start: 0, stop: 0, step: 1, count: 0 }]);
  equal(normaliseSelection([2 ** 52], [[2 ** 51]]), [{ start: 2 ** 51, stop: 2 ** 52, step: 1, count: 2 ** 51 }]);
});

test('hdf5 selections: what is refused', async () => {
  const refused: unknown[] = [
    [null, null],
    [[0, 1, 0]],
    [[0, 1, -1]],
    [[1.5]],
    [[0, NaN]],
    [[0, Infinity]],
    [['1']],
    [[0, 1, 1, 1]],
    [5],
    [true],
    [{}],
    'a',
    7,
  ];
  for (const ranges of refused) await rejects(() => normaliseSelection([4], ranges as Hdf5Range[]), 'InvalidArgument');
  await rejects(() => normaliseSelection([], [null]), 'InvalidArgument');
  for (const length of [-1, 1.5, NaN, 2 ** 60]) await rejects(() => normaliseSelection([length]), 'InvalidFile');
});
