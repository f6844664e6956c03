/** Selections cut in halves, and their values put together again. */
import fc from 'fast-check';
import { halves, joined } from '../../../../src/hdf5/file/parts.ts';
import { normaliseSelection, type Selection } from '../../../../src/hdf5/values/selection.ts';
import { env } from '../../../env.ts';
import { equal, ok, test } from '../../../harness.ts';

/** The flat places of a selection's elements. */
function placesOf(selection: Selection, shape: readonly number[]): number[] {
  let places = [0];
  for (const [axis, { start, step, count }] of selection.entries())
    places = places.flatMap((at) => Array.from({ length: count }, (_, k) => at * shape[axis]! + start + k * step));
  return places;
}

test('halves hold all of a selection, the first before the second, and no chunk is in both', () => {
  const axis = fc.record({
    extent: fc.integer({ min: 1, max: 20 }),
    chunk: fc.integer({ min: 1, max: 7 }),
    from: fc.nat(19),
    step: fc.integer({ min: 1, max: 4 }),
  });
  let cuts = 0;
  fc.assert(
    fc.property(fc.array(axis, { minLength: 1, maxLength: 3 }), fc.boolean(), (axes, isChunked) => {
      const shape = axes.map(({ extent }) => extent);
      const chunks = isChunked ? axes.map(({ chunk }) => chunk) : null;
      const selection = normaliseSelection(
        shape,
        axes.map(({ from, step, extent }) => [Math.min(from, extent - 1), null, step]),
      );
      const parts = halves(selection, chunks);
      if (!parts) return;
      cuts++;
      equal(
        parts.flatMap((part) => placesOf(part, shape)),
        placesOf(selection, shape),
      );
      const first = selection.findIndex(({ count }) => count > 1);
      const size = chunks?.[first] ?? 1;
      const [a, b] = parts.map((part) => part[first]!);
      ok(Math.floor((a!.start + (a!.count - 1) * a!.step) / size) < Math.floor(b!.start / size), 'no chunk twice');
    }),
    { seed: env().seed, numRuns: 300 },
  );
  ok(cuts > 50, `${cuts} cuts`);
});

test('what has one element, or is in one chunk, is not cut', () => {
  equal(halves(normaliseSelection([1, 1]), null), undefined);
  equal(halves(normaliseSelection([10]), [10]), undefined);
  equal(halves(normaliseSelection([10], [[2, 5]]), [6]), undefined);
});

test('values of all kinds are put together', () => {
  equal(joined([Float32Array.of(1, 2), Float32Array.of(3)]), Float32Array.of(1, 2, 3));
  equal(joined([BigInt64Array.of(1n), BigInt64Array.of(-1n)]), BigInt64Array.of(1n, -1n));
  equal(joined([['a'], ['b', 'c']]), ['a', 'b', 'c']);
  equal(joined([[Int8Array.of(1)], [Int8Array.of()]]), [Int8Array.of(1), Int8Array.of()]);
  equal(
    joined([
      { a: Int8Array.of(1), b: ['x'] },
      { a: Int8Array.of(2), b: ['y'] },
    ]),
    { a: Int8Array.of(1, 2), b: ['x', 'y'] },
  );
});
