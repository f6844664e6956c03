import { readDatasetLayout } from '../../../../src/hdf5/layout/dataset-layout.ts';
import { chunkMap, planSelection } from '../../../../src/hdf5/layout/plan-selection.ts';
import { readSuperblock } from '../../../../src/hdf5/layout/superblock.ts';
import type { DatasetLayout } from '../../../../src/hdf5/layout/types.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';
import { memoryLook } from './look.ts';
import { sample } from './unpack.ts';

const axis = (start: number, count: number, step = 1) => ({ start, stop: start + (count - 1) * step + 1, step, count });

async function opened(name: Parameters<typeof sample>[0]) {
  const { bytes, addresses } = sample(name);
  const look = memoryLook(bytes);
  const superblock = await readSuperblock(look);
  const layout = (path: string): Promise<DatasetLayout> => readDatasetLayout(look, superblock, superblock.baseAddress + addresses[path]!);
  return { look, superblock, bytes, addresses, layout };
}

test('layouts: shape, limits, chunks, filters and fill values', async () => {
  const { layout } = await opened('chunks');
  const { datatype: _, index, ...growing } = await layout('extensible array');
  equal(growing, {
    kind: 'chunked',
    elementBytes: 1,
    space: 'simple',
    shape: [3, 50],
    maxShape: [4, Infinity],
    chunkShape: [2, 1],
    filtered: false,
    filters: [],
    plainEdges: false,
    external: false,
    fillValue: { defined: true, bytes: undefined },
  });
  equal(index?.kind, 'extensible-array');
  const { filters, filtered } = await layout('fixed array filtered');
  equal([filtered, filters], [true, [2, 3].map((id) => ({ id, flags: id === 2 ? 1 : 0, values: id === 2 ? [1] : [] }))]);
  const kinds = ['single', 'implicit', 'fixed array', 'extensible array', 'tree 2', 'single filtered', 'fixed array of pages'];
  equal(await Promise.all(kinds.map(async (path) => (await layout(path)).index?.kind)), [
    'single',
    'implicit',
    'fixed-array',
    'extensible-array',
    'btree-2',
    'single',
    'fixed-array',
  ]);
  const none = await layout('none');
  equal([none.space, none.shape, none.kind], ['null', [], 'contiguous']);
});

test('layouts of the first format: names of filters, fill values, the tree', async () => {
  const { layout } = await opened('tree1');
  const { filters, index, chunkShape } = await layout('tree 1');
  equal([filters, index?.kind, chunkShape], [[{ id: 1, name: 'deflate', flags: 1, values: [4] }], 'btree-1', [2, 1]]);
  const { fillValue, elementBytes } = await layout('flat');
  equal([elementBytes, fillValue], [4, { defined: true, bytes: Uint8Array.of(0x40, 0xe0, 0, 0) }]);
});

test('plans: contiguous values are the bytes of the selection, from the user block on', async () => {
  const { look, superblock, bytes, layout } = await opened('tree1');
  const flat = await layout('flat');
  const { ranges } = await planSelection(look, superblock, flat, [axis(1, 1), axis(1, 2)]);
  equal(ranges.length, 1);
  const { start, end } = ranges[0]!;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  equal([end - start, view.getFloat32(start), view.getFloat32(start + 4)], [8, 5, 6]);
});

test('plans: nothing for what was not written, is not selected, or has no values', async () => {
  const { look, superblock, layout } = await opened('chunks');
  const plan = async (path: string, ...selection: ReturnType<typeof axis>[]) =>
    planSelection(look, superblock, await layout(path), selection);
  equal(await plan('never written', axis(0, 10), axis(0, 10)), { ranges: [], chunks: 0 });
  equal(await plan('flat', axis(0, 0), axis(0, 10)), { ranges: [] });
  equal(await plan('tree 2', axis(0, 4), axis(0, 0)), { ranges: [] });
  equal(await plan('none'), { ranges: [] });
});

test('plans: selections that are not of the dataset, and datasets that have no plan', async () => {
  const { look, superblock, layout } = await opened('chunks');
  const flat = await layout('flat');
  await rejects(planSelection(look, superblock, flat, [axis(0, 10)]), 'InvalidArgument');
  await rejects(planSelection(look, superblock, flat, [axis(0, 10), axis(5, 6)]), 'InvalidArgument');
  await rejects(chunkMap(look, superblock, flat, [axis(0, 1), axis(0, 1)]), 'NotSupported');
  await rejects(planSelection(look, superblock, { ...flat, kind: 'virtual' }, [axis(0, 1), axis(0, 1)]), 'NotSupported');
});

test('plans: of chunks larger than the cache of the library only what it reads of them', async () => {
  const at = 1 << 20;
  const layout: DatasetLayout = {
    kind: 'chunked',
    elementBytes: 4,
    space: 'simple',
    shape: [5000, 5000],
    maxShape: [5000, 5000],
    chunkShape: [2500, 2500],
    index: { kind: 'implicit', at },
    filtered: false,
    filters: [],
    plainEdges: false,
    external: false,
    datatype: new Uint8Array(8),
  };
  const { superblock } = await opened('chunks');
  const look = { ...memoryLook(new Uint8Array(0)), byteLength: at + 100_000_000 };
  const plan = await planSelection(look, superblock, layout, [axis(2400, 200), axis(10, 100)]);
  equal(plan.chunks, 2);
  ok(plan.ranges.every(({ start, end }) => start >= at && end <= at + 75_000_000));
  // 100 rows of 10 kB in either chunk
  const planned = plan.ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  ok(planned > 1_900_000 && planned < 2_200_000, `${planned} bytes`);
  const whole = await planSelection(look, superblock, { ...layout, filtered: true }, [axis(2400, 200), axis(10, 100)]);
  equal(
    whole.ranges.reduce((sum, { start, end }) => sum + end - start, 0),
    50_000_000,
  );
});

test('plans: by the library contiguous values take what its buffer reads besides', async () => {
  const layout: DatasetLayout = {
    kind: 'contiguous',
    elementBytes: 100,
    space: 'simple',
    shape: [100, 1000],
    maxShape: [100, 1000],
    contiguous: { at: 4096, sizeBytes: 10_000_000 },
    filtered: false,
    filters: [],
    plainEdges: false,
    external: false,
    datatype: new Uint8Array(8),
  };
  const { superblock } = await opened('chunks');
  const look = { ...memoryLook(new Uint8Array(0)), byteLength: 20_000_000 };
  const plan = (options?: { byLibrary: boolean }) => planSelection(look, superblock, layout, [axis(97, 3), axis(500, 2)], options);
  const starts = [97, 98, 99].map((row) => 4096 + row * 100_000 + 50_000);
  equal(await plan(), { ranges: starts.map((start) => ({ start, end: start + 200 })) });
  const ends = starts.map((start) => Math.min(start + 200 + 65_536, 10_004_096));
  equal(await plan({ byLibrary: true }), { ranges: starts.map((start, i) => ({ start, end: ends[i]! })) });
});
