import fc from 'fast-check';
import { readDatasetLayout } from '../../../../src/hdf5/layout/dataset-layout.ts';
import { chunkMap, planSelection } from '../../../../src/hdf5/layout/plan-selection.ts';
import { readSuperblock } from '../../../../src/hdf5/layout/superblock.ts';
import type { SelectedAxis, Selection } from '../../../../src/hdf5/values/selection.ts';
import { env } from '../../../env.ts';
import { equal, ok, test } from '../../../harness.ts';
import { strictLook } from './look.ts';
import { sample, type ChunkRow } from './unpack.ts';

const all = (shape: readonly number[]): SelectedAxis[] => shape.map((length) => ({ start: 0, stop: length, step: 1, count: length }));

/** The rows of a table that a selection touches. */
const touched = (table: readonly ChunkRow[], selection: Selection, chunkShape: readonly number[]): ChunkRow[] =>
  table.filter(([index]) =>
    selection.every(({ start, step, count }, i) => {
      const from = index[i]! * chunkShape[i]!;
      const first = Math.max(0, Math.ceil((from - start) / step));
      return first < count && start + first * step < from + chunkShape[i]!;
    }),
  );

const rowsOf = (places: Awaited<ReturnType<typeof chunkMap>>): ChunkRow[] =>
  places.map(({ index, at, sizeBytes, filterMask }) => [index, at, sizeBytes, filterMask]);

for (const name of ['chunks', 'tree1', 'unusual'] as const) {
  test(`chunks of the file ${name}: as h5py has them, whole and in part`, async () => {
    const { bytes, addresses, tables } = sample(name);
    const look = strictLook(bytes);
    const superblock = await readSuperblock(look);
    ok(Object.keys(tables).length > 0);
    for (const [path, table] of Object.entries(tables)) {
      const layout = await readDatasetLayout(look, superblock, superblock.baseAddress + addresses[path]!);
      const { shape, chunkShape = [] } = layout;
      equal(rowsOf(await chunkMap(look, superblock, layout, all(shape))), table, path);
      const part = fc.tuple(
        ...shape.map((length) => fc.tuple(fc.nat(length - 1), fc.integer({ min: 1, max: 9 }), fc.nat(Math.min(length, 1000)))),
      );
      await fc.assert(
        fc.asyncProperty(part, async (some) => {
          const selection = some.map(([start, step, most], i) => {
            const count = Math.min(most, Math.ceil((shape[i]! - start) / step));
            return { start, stop: count ? start + (count - 1) * step + 1 : start, step, count };
          });
          const want = touched(table, selection, chunkShape);
          equal(rowsOf(await chunkMap(look, superblock, layout, selection)), want, path);
          const { ranges, chunks } = await planSelection(look, superblock, layout, selection);
          if (selection.every(({ count }) => count)) equal(chunks, want.length);
          const planned = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
          equal(planned, new Set(want.flatMap(([, at, size]) => Array.from({ length: size }, (_, i) => at + i))).size, path);
          for (const [, at, size] of want) ok(ranges.some(({ start, end }) => start <= at && at + size <= end));
        }),
        { seed: env().seed, numRuns: 12 },
      );
    }
  });
}
