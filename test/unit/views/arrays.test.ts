// What the page's views read of Parquet and Zarr: the rows, columns and chunks that are wanted, and no others.
import { cellText } from '../../../src/demo/views/cell-text.ts';
import { objectSource, type FileSource } from '../../../src/demo/views/file-source.ts';
import { ParquetFile } from '../../../src/demo/views/parquet-file.ts';
import { ZarrFile } from '../../../src/demo/views/zarr-file.ts';
import { openStore, type ObjectStore } from '../../../src/index.ts';
import { largeParquet, zarr2, zarr3 } from '../../conformance/view-files.ts';
import { equal, ok, rejects, test } from '../../harness.ts';

const { signal } = new AbortController();

async function stored(store: ObjectStore, key: string, bytes: Uint8Array): Promise<FileSource> {
  await store.put(key, bytes);
  return objectSource(store, { key, sizeBytes: bytes.length, etag: undefined });
}

test('rows and columns of Parquet, by blocks of rows', async () => {
  const bytes = largeParquet({ rows: 30_000 });
  const source = await stored(openStore('mem://parquet'), 'a.parquet', bytes);
  const file = await ParquetFile.open(source, signal);
  equal([file.rowCount, file.columns.length, source.used.ranges], [30_000, 10, 1]);
  equal(
    file.columns.slice(0, 4).map(({ name, type, isNumber }) => [name, type, isNumber]),
    [
      ['id', 'INT32', true],
      ['when', 'TIMESTAMP_MILLIS', false],
      ['station', 'STRING', false],
      ['channel_0', 'DOUBLE', true],
    ],
  );
  file.want(['id', 'station']);
  equal(file.row(12_345), undefined);
  equal(await file.need(12_340, 12_350), true);
  equal(file.row(12_345), { id: 12_345, station: 'Station 45' });
  equal(file.row(12_543)?.['id'], 12_543, 'the rest of its block');
  equal([await file.need(12_340, 12_350), file.row(12_288 - 1)], [false, undefined]);
  ok(source.used.bytes < 0.15 * bytes.length, `two columns of one row group, ${source.used.bytes} of ${bytes.length}`);
  await file.need(29_990, 30_000);
  equal([file.row(29_999)?.['id'], file.row(30_000)], [29_999, undefined]);
});

test('what is no Parquet is told', async () => {
  const store = openStore('mem://no-parquet');
  for (const text of ['', 'x', 'a,b\n1,2\n'])
    await rejects(ParquetFile.open(await stored(store, 'x', new TextEncoder().encode(text)), signal), 'InvalidArgument');
});

const putAll = async (store: ObjectStore, files: Iterable<[string, Uint8Array]>): Promise<void> => {
  for (const [name, bytes] of files) await store.put(`x.zarr/${name}`, bytes);
};

test('Zarr 3: groups are listed, a slice takes its chunks', async () => {
  const store = openStore('mem://zarr3');
  await putAll(store, await zarr3());
  const file = await ZarrFile.open(store, 'x.zarr/');
  equal([await file.keys('/'), await file.keys('/lines'), file.isConsolidated], [['cube', 'lines'], ['long', 'short'], false]);
  equal(await file.get('/none'), null);
  const cube = await file.get('/cube');
  if (cube?.kind !== 'dataset') throw new Error('an array');
  equal([cube.shape, cube.chunks, cube.dtype, await cube.attrs()], [[4, 256, 256], [1, 128, 128], 'float32', { units: 'K' }]);
  const before = file.used;
  const values = await cube.slice([
    [2, 3],
    [0, 2],
    [126, 130],
  ]);
  equal(
    Array.from(values as Float32Array, (value) => Math.fround(value)),
    [126, 127, 128, 129, 126, 127, 128, 129].map((x, i) => Math.fround(200 + Math.sin((i < 4 ? 0 : 1) / 40) * Math.cos(x / 40))),
  );
  equal([file.used.ranges - before.ranges, file.used.bytes - before.bytes], [2, 2 * 128 * 128 * 4], 'two chunks of sixteen');
});

test('Zarr 2: consolidated, packed by zlib; an array alone; nothing', async () => {
  const store = openStore('mem://zarr2');
  const files = await zarr2();
  await putAll(store, files);
  const file = await ZarrFile.open(store, 'x.zarr/');
  equal([await file.keys('/'), file.isConsolidated, await (await file.group('/')).attrs()], [['grid'], true, { title: 'Old' }]);
  const grid = await file.get('/grid');
  if (grid?.kind !== 'dataset') throw new Error('an array');
  equal(
    Array.from(
      (await grid.slice([
        [19, 20],
        [28, 30],
      ])) as Int32Array,
    ),
    [598, 599],
  );
  const alone = await ZarrFile.open(store, 'x.zarr/grid/');
  equal(await alone.keys('/'), ['.']);
  equal((await alone.get('/.'))?.kind, 'dataset');
  await rejects(ZarrFile.open(store, 'y.zarr/'), 'NotFound');
});

test('values as text', () => {
  const values = [
    null,
    1 / 3,
    12_345_678_901_234_567_890n,
    true,
    new Date(Date.UTC(2024, 1, 3, 4)),
    Uint8Array.of(1, 255),
    { a: [1n] },
    'x'.repeat(500),
  ];
  equal(values.map(cellText), [
    '',
    '0.3333333333333333',
    '12345678901234567890',
    'true',
    '2024-02-03 04:00:00Z',
    '01 ff',
    '{"a":[1]}',
    `${'x'.repeat(400)}…`,
  ]);
});
