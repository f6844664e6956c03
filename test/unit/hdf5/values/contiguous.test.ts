/** Selections of values that lie one after the other, against picking them one by one. */
import fc from 'fast-check';
import { assembleRuns, contiguousRuns } from '../../../../src/hdf5/values/contiguous.ts';
import { normaliseSelection, type Hdf5Range, type Selection } from '../../../../src/hdf5/values/selection.ts';
import { env } from '../../../env.ts';
import { equal, ok, rejects, sameBytes, test } from '../../../harness.ts';

/** Where each selected element begins, in elements. */
function naive(selection: Selection, shape: readonly number[]): number[] {
  let places = [0];
  for (const [axis, { start, step, count }] of selection.entries())
    places = places.flatMap((place) => Array.from({ length: count }, (_, k) => place * shape[axis]! + start + k * step));
  return places;
}

const selections = fc
  .array(
    fc.record({
      length: fc.integer({ min: 1, max: 7 }),
      start: fc.nat(6),
      count: fc.integer({ min: 1, max: 7 }),
      step: fc.integer({ min: 1, max: 4 }),
    }),
    { maxLength: 4 },
  )
  .map((axes) => {
    const shape = axes.map(({ length }) => length);
    const ranges = axes.map(({ length, start, count, step }): Hdf5Range => {
      const from = start % length;
      return [from, from + count * step, step];
    });
    return { shape, selection: normaliseSelection(shape, ranges) };
  });

const sizes = fc.constantFrom(1, 2, 3, 4, 8, 12, 70);
const gaps = fc.constantFrom(0, 1, 4, 9, 30, 1000);

test('hdf5 contiguous values: the runs hold what is selected, and are as short as the gap allows', () => {
  fc.assert(
    fc.property(selections, sizes, gaps, ({ shape, selection }, size, gapBytes) => {
      const runs = contiguousRuns(selection, shape, size, { gapBytes });
      const want: { start: number; end: number }[] = [];
      for (const place of naive(selection, shape)) {
        const last = want.at(-1);
        if (last && place * size - last.end <= gapBytes) last.end = (place + 1) * size;
        else want.push({ start: place * size, end: (place + 1) * size });
      }
      equal(runs, want);
    }),
    { seed: env().seed, numRuns: 1000 },
  );
});

test('hdf5 contiguous values: the elements out of runs, and out of pieces cut anywhere', () => {
  fc.assert(
    fc.property(selections, sizes, gaps, fc.array(fc.nat(2000), { maxLength: 12 }), ({ shape, selection }, size, gapBytes, cuts) => {
      const total = shape.reduce((product, length) => product * length, size);
      const data = Uint8Array.from({ length: total }, (_, i) => (i * 7 + (i >> 8)) & 255);
      const places = naive(selection, shape);
      const want = Uint8Array.from({ length: places.length * size }, (_, i) => data[places[Math.floor(i / size)]! * size + (i % size)]!);
      const runs = contiguousRuns(selection, shape, size, { gapBytes });
      const pieces = runs.map(({ start, end }) => data.slice(start, end));
      sameBytes(assembleRuns(pieces, runs, selection, shape, size), want, 'out of runs');
      const edges = [0, ...cuts.map((cut) => cut % total).sort((a, b) => a - b), total];
      const pages = edges.slice(1).map((end, i) => ({ start: edges[i]!, end }));
      const cut = pages.map(({ start, end }) => data.slice(start, end));
      sameBytes(assembleRuns(cut, pages, selection, shape, size), want, 'out of pages');
    }),
    { seed: env().seed, numRuns: 1000 },
  );
});

test('hdf5 contiguous values: examples', () => {
  const runs = (shape: number[], ranges: Hdf5Range[], gapBytes = 0): [number, number][] =>
    contiguousRuns(normaliseSelection(shape, ranges), shape, 4, { gapBytes }).map(({ start, end }) => [start, end]);
  equal(runs([], []), [[0, 4]]);
  equal(runs([10, 10], []), [[0, 400]]);
  equal(runs([10, 10], [[2, 4]]), [[80, 160]]);
  equal(
    runs(
      [10, 10],
      [
        [2, 4],
        [0, 5],
      ],
    ),
    [
      [80, 100],
      [120, 140],
    ],
  );
  equal(
    runs(
      [10, 10],
      [
        [2, 4],
        [0, 5],
      ],
      20,
    ),
    [[80, 140]],
  );
  equal(runs([10, 10], [[3, 3]]), []);
  equal(runs([4], [[0, 4, 2]]), [
    [0, 4],
    [8, 12],
  ]);
  // a row's last and the next row's first
  equal(runs([2, 3], [null, [0, 3, 2]]), [
    [0, 4],
    [8, 16],
    [20, 24],
  ]);
});

test('hdf5 contiguous values: one piece that is the selection is not copied', () => {
  const selection = normaliseSelection([10, 4], [[2, 4]]);
  const piece = new Uint8Array(100);
  const got = assembleRuns([piece], [{ start: 20, end: 120 }], selection, [10, 4], 4);
  ok(got.buffer === piece.buffer, 'a view');
  equal([got.byteOffset, got.length], [12, 32]);
});

test('hdf5 contiguous values: pieces that are too short, datasets that are too large, runs that are too many', async () => {
  const selection = normaliseSelection([8]);
  await rejects(() => assembleRuns([new Uint8Array(31)], [{ start: 0, end: 32 }], selection, [8], 4), 'InvalidFile');
  await rejects(() => assembleRuns([], [{ start: 0, end: 32 }], selection, [8], 4), 'InvalidFile');
  const large = [2 ** 40, 2 ** 40];
  await rejects(
    () =>
      contiguousRuns(
        normaliseSelection(large, [
          [0, 1],
          [0, 1],
        ]),
        large,
        4,
      ),
    'InvalidFile',
  );
  const wide = [2 ** 20, 2 ** 20];
  const column = normaliseSelection(wide, [null, [0, 1]]);
  await rejects(() => contiguousRuns(column, wide, 4), 'QuotaExceeded');
  equal(contiguousRuns(column, wide, 4, { gapBytes: 2 ** 30 }).length, 1);
  equal(
    contiguousRuns(
      normaliseSelection(wide, [
        [0, 100],
        [0, 1],
      ]),
      wide,
      4,
      { maxRuns: 100 },
    ).length,
    100,
  );
});
