import fc from 'fast-check';
import { wantedChunks, WantedChunks } from '../../../../src/hdf5/layout/chunks/wanted.ts';
import type { SelectedAxis } from '../../../../src/hdf5/values/selection.ts';
import { env } from '../../../env.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';

const axis = (start: number, count: number, step = 1): SelectedAxis => ({ start, stop: start + (count - 1) * step + 1, step, count });

const axes = fc.array(
  fc.record({
    start: fc.nat(40),
    count: fc.integer({ min: 1, max: 12 }),
    step: fc.integer({ min: 1, max: 9 }),
    chunk: fc.integer({ min: 1, max: 11 }),
  }),
  { minLength: 1, maxLength: 3 },
);

/** Chunks that selected elements are in, one element after the other. */
function touchedBy(selection: readonly SelectedAxis[], chunkShape: readonly number[]): number[][] {
  const lists = selection.map(({ start, step, count }, i) => [
    ...new Set(Array.from({ length: count }, (_, n) => Math.floor((start + n * step) / chunkShape[i]!))),
  ]);
  return lists.reduce<number[][]>((all, list) => all.flatMap((one) => list.map((place) => [...one, place])), [[]]);
}

test('wanted chunks: those that selected elements are in, and no others', () => {
  fc.assert(
    fc.property(axes, (some) => {
      const selection = some.map(({ start, count, step }) => axis(start, count, step));
      const chunkShape = some.map(({ chunk }) => chunk);
      const wanted = wantedChunks(selection, chunkShape);
      const want = touchedBy(selection, chunkShape);
      equal([...wanted], want);
      equal(wanted.count, want.length);
    }),
    { seed: env().seed },
  );
});

test('wanted chunks: the rank of a place is the number of wanted places before it', () => {
  const places = fc.uniqueArray(fc.nat(9), { minLength: 1, maxLength: 5 }).map((list) => list.sort((a, b) => a - b));
  fc.assert(
    fc.property(fc.tuple(places, places, places), fc.tuple(fc.nat(10), fc.nat(10), fc.nat(10)), (grid, place) => {
      const wanted = new WantedChunks(grid);
      const before = [...wanted].filter((one) => {
        const i = one.findIndex((at, nth) => at !== place[nth]);
        return i >= 0 && one[i]! < place[i]!;
      });
      equal(wanted.rank(place), before.length);
      equal(
        wanted.has(place),
        [...wanted].some((one) => one.join() === place.join()),
      );
    }),
    { seed: env().seed },
  );
});

test('wanted chunks: too many are refused before they are counted out', async () => {
  equal(wantedChunks([axis(0, 200_000)], [1]).count, 200_000);
  equal(wantedChunks([axis(0, 2 ** 50)], [2 ** 45]).count, 32);
  ok(wantedChunks([axis(7, 3, 2 ** 40)], [1000]).has([Math.floor((7 + 2 ** 41) / 1000)]));
  for (const [selection, chunkShape] of [
    [[axis(0, 200_001)], [1]],
    [[axis(0, 2 ** 52)], [1]],
    [
      [axis(0, 1000), axis(0, 1000)],
      [1, 4],
    ],
  ] as const) {
    await rejects<Error>(
      () => wantedChunks(selection, chunkShape),
      ({ name }) => name === 'PlanTooLarge',
    );
  }
});
