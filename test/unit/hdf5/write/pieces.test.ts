/** Writing in pieces; files in memory; what was changed of a file. */
import fc from 'fast-check';
import { normaliseSelection } from '../../../../src/hdf5/values/selection.ts';
import { entriesOf, piecesOf } from '../../../../src/hdf5/write/blocks.ts';
import { createChangedRanges } from '../../../../src/hdf5/write/changed-ranges.ts';
import { guessChunks } from '../../../../src/hdf5/write/chunks.ts';
import { createMemoryFile } from '../../../../src/hdf5/write/memory-file.ts';
import { env } from '../../../env.ts';
import { equal, ok, rejects, sameBytes, test } from '../../../harness.ts';

const axes = fc.array(
  fc.record({
    extent: fc.integer({ min: 1, max: 9 }),
    start: fc.nat(8),
    count: fc.integer({ min: 1, max: 9 }),
    step: fc.integer({ min: 1, max: 3 }),
    chunk: fc.integer({ min: 1, max: 5 }),
  }),
  { maxLength: 3 },
);

test('pieces: every value goes once to where it belongs, and no piece is too large', () => {
  fc.assert(
    fc.property(axes, fc.integer({ min: 1, max: 200 }), fc.boolean(), fc.constantFrom(1, 2), (its, maxBytes, isChunked, width) => {
      const extents = its.map(({ extent, start, count, step }) => extent + start + count * step);
      const selection = normaliseSelection(
        extents,
        its.map(({ start, count, step }) => [start, start + (count - 1) * step + 1, step] as const),
      );
      const chunks = isChunked ? its.map(({ chunk }) => chunk) : null;
      const shape = selection.map(({ count }) => count);
      const total = shape.reduce((product, count) => product * count, 1);
      const values = Float64Array.from({ length: total * width }, (_, i) => i);
      const columns = { a: values, b: Array.from({ length: total }, (_, i) => i) };
      // by place in the dataset
      const got = new Map<string, number[]>();
      const want = new Map<string, number[]>();
      const each = (of: typeof selection, act: (place: string, i: number) => void): void => {
        let i = 0;
        const go = (axis: number, place: number[]): void => {
          if (axis === of.length) return act(place.join(), i++);
          for (let k = 0; k < of[axis]!.count; k++) go(axis + 1, [...place, of[axis]!.start + k * of[axis]!.step]);
        };
        go(0, []);
      };
      each(selection, (place, i) =>
        want.set(
          place,
          Array.from({ length: width }, (_, k) => i * width + k),
        ),
      );
      for (const piece of piecesOf(selection, chunks, 8, maxBytes)) {
        const row = entriesOf(values, width, shape, piece);
        const both = entriesOf(columns, 1, shape, piece);
        let bytes = 8;
        for (const { count } of piece.selection) bytes *= count;
        const least = piece.selection.reduce(
          (product, { count, step }, axis) => product * Math.min(count, step === 1 ? (chunks?.[axis] ?? 1) : 1),
          8,
        );
        ok(bytes <= Math.max(maxBytes, least), `a piece of ${bytes} bytes`);
        each(piece.selection, (place, i) => {
          ok(!got.has(place), 'once');
          const at = (row.first + i) * width;
          got.set(
            place,
            Array.from({ length: width }, (_, k) => (row.entries as Float64Array)[at + k]!),
          );
          const { a, b } = both.entries as typeof columns;
          equal(a[(both.first + i) * width], b[both.first + i]! * width);
        });
      }
      equal([...got].sort(), [...want].sort());
    }),
    { seed: env().seed, numRuns: 200 },
  );
});

test('pieces: chunks are whole where they can be', () => {
  const selection = normaliseSelection([100, 100], [[5, 95]]);
  const starts = [...piecesOf(selection, [10, 100], 1, 2000)].map(({ selection: [axis] }) => [axis!.start, axis!.count]);
  equal(starts, [
    [5, 15],
    [20, 20],
    [40, 20],
    [60, 20],
    [80, 15],
  ]);
});

test('chunks are guessed', () => {
  equal(guessChunks([0, 3], [null, 3], 8), [1024, 3]);
  equal(guessChunks([1000], [1000], 8), [1000]);
  const chunks = guessChunks([5000, 5000, 3], [null, 5000, 3], 4);
  const bytes = chunks.reduce((product, extent) => product * extent, 4);
  ok(bytes <= 0x40000 && bytes > 0x10000, `chunks of ${bytes} bytes`);
  equal(guessChunks([1], [1], 0x100_0000), [1]);
});

test('a file in memory: reads, holes, cuts, its bound', async () => {
  const model = new Uint8Array(3_000_000);
  const file = createMemoryFile(4 * 0x10_0000);
  let size = 0;
  const write = (at: number, ...numbers: number[]): void => {
    file.write(Uint8Array.from(numbers), at);
    model.set(numbers, at);
    size = Math.max(size, at + numbers.length);
  };
  const truncate = (to: number): void => {
    file.truncate(to);
    model.fill(0, to);
    size = to;
  };
  const check = (): void => {
    const into = new Uint8Array(model.length).fill(9);
    equal([file.sizeBytes, file.read(into, 0)], [size, size]);
    sameBytes(into.subarray(0, size), model.subarray(0, size));
    equal(file.read(new Uint8Array(10), size), 0);
  };
  write(0, 1, 2, 3);
  write(2_500_000, 4);
  write(0x10_0000 - 1, 5, 6);
  check();
  truncate(0x10_0000);
  check();
  truncate(2_600_000);
  write(1_500_000, 7);
  check();
  await rejects(
    async () => file.write(new Uint8Array(5 * 0x10_0000), 0),
    (error: Error & { code?: string }) => error.code === 'QuotaExceeded' && error.message.includes('maxMemoryBytes'),
  );
});

test('what was changed of a file', () => {
  const changed = createChangedRanges(1_000_000);
  equal(changed.ranges(1_000_000), []);
  changed.add(10, 20);
  changed.add(65_000, 66_000);
  changed.add(300_000, 300_001);
  changed.add(999_999, 1_000_001);
  equal(changed.ranges(1_000_010), [
    { start: 0, end: 131_072 },
    { start: 262_144, end: 327_680 },
    { start: 983_040, end: 1_000_010 },
  ]);
  changed.cut(290_000);
  equal(changed.ranges(1_000_010), [
    { start: 0, end: 131_072 },
    { start: 262_144, end: 1_000_010 },
  ]);
  equal(changed.ranges(100), [{ start: 0, end: 100 }]);
  equal(createChangedRanges(0).ranges(5), [{ start: 0, end: 5 }]);
});
