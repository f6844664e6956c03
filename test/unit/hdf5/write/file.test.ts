/** Files that are written: groups, datasets, attributes and links, read while they are open and afterwards. */
import { openForReading } from '../../../../src/hdf5/file/open.ts';
import type { Hdf5Data } from '../../../../src/hdf5/write/types/lay-out.ts';
import type { CreateDatasetOptions } from '../../../../src/hdf5/write/create-dataset.ts';
import type { Hdf5Reference } from '../../../../src/hdf5/values/reference.ts';
import { integerType } from '../../../../src/hdf5/write/types/make.ts';
import { openForWriting } from '../../../../src/hdf5/write/open.ts';
import { uniqueName } from '../../../env.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';
import { plain } from './any-type.ts';

/** A filter that nobody has registered, so that no other test brings a plugin for it. */
const NOBODYS = 39_999;
const newUrl = (): string => `mem://${uniqueName('hdf5')}/a.h5`;

/** Options of a dataset, with what it is then and what its values are. */
const datasets: Record<string, [options: CreateDatasetOptions, dtype: string, shape: number[], values: unknown]> = {
  i1: [{ data: new Int8Array([-1, 2]) }, '|i1', [2], [-1, 2]],
  u2: [{ data: new Uint16Array([1, 65_535]) }, '<u2', [2], [1, 65_535]],
  i8: [{ data: new BigInt64Array([-(2n ** 63n), 5n]) }, '<i8', [2], ['-9223372036854775808n', '5n']],
  u8: [{ data: [2n ** 64n - 1n] }, '<u8', [1], ['18446744073709551615n']],
  f2: [{ data: [1, 0.1, -65_504, Infinity], dtype: '<f2' }, '<f2', [4], [1, 0.0999755859375, -65_504, Infinity]],
  f4: [{ data: new Float32Array(6).fill(0.5), shape: [2, 3] }, '<f4', [2, 3], [0.5, 0.5, 0.5, 0.5, 0.5, 0.5]],
  f8: [{ data: [0.1, -2] }, '<f8', [2], [0.1, -2]],
  bfloat16: [{ data: [1, -2.5], dtype: 'bfloat16' }, 'bfloat16', [2], [1, -2.5]],
  big: [{ data: [1, -2], dtype: '>i4' }, '>i4', [2], [1, -2]],
  bigFloat: [{ data: new Float64Array([1, -2]), dtype: '>f8' }, '>f8', [2], [1, -2]],
  bool: [{ data: [true, false] }, 'bool', [2], [1, 0]],
  boolScalar: [{ data: true }, 'bool', [], 1],
  number: [{ data: 3.5 }, '<f8', [], 3.5],
  text: [{ data: 'größe 漢 🎈' }, 'string', [], 'größe 漢 🎈'],
  texts: [{ data: ['a', '', 'bc'] }, 'string', [3], ['a', '', 'bc']],
  packedTexts: [{ data: ['a', '', 'bc'], dtype: 'S2', compression: 'gzip' }, 'S2', [3], ['a', '', 'bc']],
  packedRecords: [{ data: [{ s: 'a', x: 1 }], compression: 'gzip' }, 'compound', [1], [{ s: 'a', x: 1 }]],
  fixed: [{ data: ['abc', '12345678'], dtype: 'S8' }, 'S8', [2], ['abc', '12345678']],
  records: [
    {
      data: [
        { x: 1, s: 'a' },
        { x: 2, s: 'b' },
      ],
    },
    'compound',
    [2],
    [
      { x: 1, s: 'a' },
      { x: 2, s: 'b' },
    ],
  ],
  columns: [
    { data: { x: new Float32Array([1, 2]), b: [true, false], n: new Int8Array([3, 4]) } },
    'compound',
    [2],
    [
      { x: 1, b: 1, n: 3 },
      { x: 2, b: 0, n: 4 },
    ],
  ],
  plainColumns: [{ data: { x: new Float32Array([1]), n: new BigUint64Array([3n]) } }, 'compound', [1], [{ x: 1, n: '3n' }]],
  arrays: [
    {
      data: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      dtype: '(2)<i2',
    },
    '(2)<i2',
    [3],
    [1, 2, 3, 4, 5, 6],
  ],
  sequences: [{ data: [new Int32Array([1, 2]), new Int32Array(0)] }, 'vlen<i4>', [2], [[1, 2], []]],
  texts2: [{ data: [['a', 'b'], []], dtype: 'vlen<string>' }, 'vlen<string>', [2], [['a', 'b'], []]],
  complex: [{ data: [1, 2, 3, 4], dtype: '<c16' }, '<c16', [2], [1, 2, 3, 4]],
  opaque: [{ data: [new Uint8Array([1, 2])], dtype: 'V2' }, 'V2', [1], [[1, 2]]],
  nothing: [{ dtype: '<f4', shape: [0, 3] }, '<f4', [0, 3], []],
  zeros: [{ dtype: '<i2', shape: [3] }, '<i2', [3], [0, 0, 0]],
  bigEnum: [
    {
      data: [5, -6],
      dtype: {
        class: 'enum',
        sizeBytes: 2,
        base: integerType(true, 2, 'big'),
        members: [
          { name: 'A', value: 5 },
          { name: 'B', value: -6 },
        ],
      },
    },
    'enum',
    [2],
    [5, -6],
  ],
  emptyTexts: [{ dtype: 'string', shape: [0, 2], maxShape: [null, 2] }, 'string', [0, 2], []],
  noTexts: [{ dtype: 'string', shape: [2] }, 'string', [2], ['', '']],
  zeroScalar: [{ dtype: '<f4', shape: [] }, '<f4', [], 0],
  gzip: [
    { data: new Uint8Array(1000).fill(7), compression: 'gzip', compressionLevel: 9 },
    '|u1',
    [1000],
    Array.from({ length: 1000 }, () => 7),
  ],
  chunked: [
    { data: Int32Array.from({ length: 35 }, (_, i) => i), shape: [5, 7], chunks: [2, 3] },
    '<i4',
    [5, 7],
    Array.from({ length: 35 }, (_, i) => i),
  ],
};

test('hdf5 write: all kinds of datasets, read at once and afterwards', async () => {
  const url = newUrl();
  const file = await openForWriting(url, { mode: 'w' });
  for (const [name, [options, dtype, shape, values]] of Object.entries(datasets)) {
    const made = await file.createDataset(`/of/${name}`, options);
    equal([made.dtype, made.shape, plain(await made.read())], [dtype, shape, values], name);
    const found = await file.dataset(`/of/${name}`);
    equal([found.dtype, found.shape, found.maxShape, found.chunks], [dtype, shape, made.maxShape, made.chunks], name);
  }
  equal((await file.keys('/of')).length, Object.keys(datasets).length);
  const { sizeBytes } = (await file.close())!;
  const read = await openForReading(url);
  equal(read.byteLength, sizeBytes);
  for (const [name, [, dtype, shape, values]] of Object.entries(datasets)) {
    const found = await read.dataset(`/of/${name}`);
    equal([found.dtype, found.shape, plain(await found.read())], [dtype, shape, values], name);
  }
  equal((await read.dataset('/of/gzip')).filters, [{ id: 1, name: 'deflate', values: [9] }]);
  await read.close();
});

const attributes: Record<string, [value: Hdf5Data, dtype: string | undefined, values: unknown]> = {
  number: [3, undefined, 3],
  bigint: [5n, undefined, '5n'],
  flag: [true, undefined, 1],
  flags: [[true, false], undefined, [1, 0]],
  text: ['größe', undefined, 'größe'],
  texts: [['a', 'b'], undefined, ['a', 'b']],
  fixed: ['abc', 'S4', 'abc'],
  half: [1.5, '<f2', 1.5],
  big: [[1, 2], '>i2', [1, 2]],
  typed: [new Uint8Array([1, 2]), undefined, [1, 2]],
  matrix: [
    [
      [1, 2],
      [3, 4],
    ],
    '<f4',
    [1, 2, 3, 4],
  ],
  record: [{ x: 1, s: 'a', b: false }, undefined, { x: 1, s: 'a', b: 0 }],
  none: [new Float32Array(0), undefined, []],
  sequence: [[1, 2, 3], 'vlen<u1>', [1, 2, 3]],
};

test('hdf5 write: attributes of the root, of groups and of datasets, set, replaced and removed', async () => {
  const url = newUrl();
  const file = await openForWriting(url, { mode: 'w' });
  const group = await file.createGroup('/g');
  const dataset = await file.createDataset('/d', { data: [1] });
  const wanted = Object.fromEntries(Object.entries(attributes).map(([name, [, , value]]) => [name, value]));
  for (const object of [file, group, dataset]) {
    await object.setAttr('text', 'another', { shape: [] });
    for (const [name, [value, dtype]] of Object.entries(attributes)) await object.setAttr(name, value, { dtype });
    await object.setAttr('gone', 1);
    equal([await object.deleteAttr('gone'), await object.deleteAttr('gone')], [true, false]);
    equal(plain(sorted(await object.attrs())), plain(sorted(wanted)));
    equal(await object.attr('number'), 3);
    equal(await object.attr('gone'), undefined);
  }
  await file.close();
  const read = await openForReading(url);
  for (const object of [read, await read.group('/g'), await read.dataset('/d')])
    equal(plain(sorted(await object.attrs())), plain(sorted(wanted)));
  await read.close();
});

const sorted = (record: object): object => Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));

test('hdf5 write: groups and links, relative and absolute', async () => {
  const url = newUrl();
  const file = await openForWriting(url, { mode: 'w', trackOrder: true });
  const inner = await file.createGroup('/z/b');
  equal([inner.path, await file.keys(), await file.keys('/z')], ['/z/b', ['z'], ['b']]);
  const deep = await inner.createGroup('c/d');
  equal(deep.path, '/z/b/c/d');
  await inner.createDataset('x', { data: [1, 2] });
  await deep.createDataset('/a', { data: 'top' });
  await inner.createSoftLink('soft', 'x');
  await inner.createHardLink('/hard', 'x');
  await file.createSoftLink('dangling', '/nowhere');
  await file.createExternalLink('ext/link', 'other.h5', '/x');
  const listing: string[] = [];
  for await (const [path, item] of file.walk()) listing.push(`${path} ${item.kind}`);
  const all = [
    '/z group',
    '/z/b group',
    '/z/b/c group',
    '/z/b/c/d group',
    '/z/b/x dataset',
    '/z/b/soft dataset',
    '/a dataset',
    '/hard dataset',
    '/dangling link',
    '/ext group',
    '/ext/link link',
  ];
  equal(listing, all);
  const soft = await file.get('/z/b/soft');
  ok(soft?.kind === 'dataset');
  equal(plain(await soft.read()), [1, 2]);
  await soft.write([3, 4]);
  equal([(await inner.get('nothing')) === null, (await inner.group('c')).path], [true, '/z/b/c']);
  await rejects(inner.dataset('c'), 'InvalidArgument');
  await rejects(inner.dataset('nothing'), 'NotFound');
  await rejects(inner.group('x'), 'InvalidArgument');
  const link = await file.get('/ext/link');
  equal(link?.kind === 'link' && [link.file, link.target], ['other.h5', '/x']);
  await file.close();
  const read = await openForReading(url);
  const again: string[] = [];
  for await (const [path, item] of read.walk()) again.push(`${path} ${item.kind}`);
  equal(again, all);
  equal(plain(await (await read.dataset('/hard')).read()), [3, 4]);
  await read.close();
});

test('hdf5 write: references', async () => {
  const url = newUrl();
  const file = await openForWriting(url, { mode: 'w' });
  const group = await file.createGroup('/a');
  await file.createDataset('/x', { data: [1] });
  const toX = await group.reference('/x');
  const refs = await file.createDataset('/refs', { data: [toX, null], dtype: 'reference' });
  await file.setAttr('first', await file.reference('a'));
  await rejects(file.reference('/nothing'), 'NotFound');
  const [first, second] = (await refs.read()) as [Hdf5Reference, null];
  const found = await file.dereference(first);
  equal([second, 'path' in found && found.path], [null, '/x']);
  await file.close();
  const read = await openForReading(url);
  const led = await read.dereference((await read.attrs())['first'] as Hdf5Reference);
  equal('path' in led && led.path, '/a');
  await read.close();
});

test('hdf5 write: parts of a dataset, rows behind the last, another extent', async () => {
  const url = newUrl();
  const file = await openForWriting(url, { mode: 'w' });
  const grid = await file.createDataset('/grid', { dtype: '<i4', shape: [4, 5] });
  await grid.write(Int32Array.from({ length: 20 }, (_, i) => i));
  await grid.write(
    [100, 101, 102],
    [[1, 4], [2]].map((range) => [range[0]!, range[1] ?? 3] as const),
  );
  await grid.write(
    [
      [-1, -2, -3],
      [-4, -5, -6],
    ],
    [
      [0, 4, 3],
      [0, 5, 2],
    ],
  );
  equal(plain(await grid.read()), [-1, 1, -2, 3, -3, 5, 6, 100, 8, 9, 10, 11, 101, 13, 14, -4, 16, -5, 18, -6]);
  equal(
    plain(
      await grid.slice([
        [1, 3],
        [2, 4],
      ]),
    ),
    [100, 8, 101, 13],
  );

  const log = await file.createDataset('/log', { dtype: { t: '<f8', name: 'string' }, shape: [0], maxShape: [null] });
  await log.append([{ t: 1, name: 'a' }]);
  await log.append({ t: [2, 3], name: ['b', 'c'] });
  await log.append([]);
  equal([log.shape, log.maxShape, plain(await log.read({ as: 'columns' }))], [[3], [null], { t: [1, 2, 3], name: ['a', 'b', 'c'] }]);
  const rows = await file.createDataset('/rows', {
    data: [
      [1, 2],
      [3, 4],
    ],
    maxShape: [null, 4],
    chunks: [3, 2],
  });
  // asked for at once, done in turn
  await Promise.all([
    rows.append([5, 6]),
    rows.append([
      [7, 8],
      [9, 10],
    ]),
    rows.resize([5, 3]),
  ]);
  equal(
    [rows.shape, plain(await rows.read())],
    [
      [5, 3],
      [1, 2, 0, 3, 4, 0, 5, 6, 0, 7, 8, 0, 9, 10, 0],
    ],
  );
  await rows.resize([1, 2]);
  await rows.resize([2, 2]);
  equal(plain(await rows.read()), [1, 2, 0, 0]);
  const scalar = await file.createDataset('/scalar', { data: 1 });
  await scalar.write(2);
  equal(await scalar.read(), 2);
  const blocks: unknown[] = [];
  for await (const { ranges, values } of rows.blocks({ maxBytes: 16 })) blocks.push([ranges, plain(values)]);
  equal(blocks.length > 0 && plain(blocks.flatMap((block) => (block as [unknown, number[]])[1])), [1, 2, 0, 0]);

  const bad: [() => Promise<unknown>, string][] = [
    [() => grid.write([1]), 'InvalidArgument'],
    [
      () =>
        grid.write(
          [1, 2.5],
          [
            [0, 1],
            [0, 2],
          ],
        ),
      'InvalidArgument',
    ],
    [() => grid.append([1, 2, 3, 4, 5]), 'InvalidArgument'],
    [() => grid.resize([4, 6]), 'InvalidArgument'],
    [() => rows.append([1, 2, 3]), 'InvalidArgument'],
    [() => rows.resize([1, 5]), 'InvalidArgument'],
    [() => rows.resize([1]), 'InvalidArgument'],
    [() => rows.resize([1, -1]), 'InvalidArgument'],
    [() => scalar.append([1]), 'InvalidArgument'],
    [() => log.append([{ t: 1 }]), 'InvalidArgument'],
  ];
  for (const [act, code] of bad) await rejects(act, code);
  // none of these has spoiled it
  await file.close();
  const read = await openForReading(url);
  equal((await read.dataset('/log')).shape, [3]);
  await read.close();
});

test('hdf5 write: what cannot be made is refused, and the rest is written', async () => {
  const url = newUrl();
  const file = await openForWriting(url, { mode: 'w' });
  await file.createDataset('/x', { data: [1] });
  await file.createSoftLink('/round', '/round');
  await file.createSoftLink('/nowhere', '/not/there');
  const bad: [() => Promise<unknown>, string][] = [
    [() => file.createGroup('/x'), 'AlreadyExists'],
    [() => file.createGroup('/'), 'AlreadyExists'],
    [() => file.createGroup('/x/y'), 'InvalidArgument'],
    [() => file.createGroup('/round'), 'AlreadyExists'],
    [() => file.createGroup('/round/y'), 'InvalidArgument'],
    [() => file.createGroup('/nowhere/y'), 'InvalidArgument'],
    [() => file.createHardLink('/y', '/round'), 'NotFound'],
    [() => file.createGroup('a\0b'), 'InvalidArgument'],
    [() => file.createDataset('/x', { data: [1] }), 'AlreadyExists'],
    [() => file.createDataset('/y', {}), 'InvalidArgument'],
    [() => file.createDataset('/y', { shape: [2] }), 'InvalidArgument'],
    [() => file.createDataset('/y', { data: null }), 'InvalidArgument'],
    [() => file.createDataset('/y', { data: [1.5], dtype: '<i4' }), 'InvalidArgument'],
    [() => file.createDataset('/y', { data: [1], dtype: 'what' }), 'InvalidArgument'],
    [() => file.createDataset('/new/y', { shape: [1], dtype: 'float128' }), 'NotSupported'],
    [() => file.createDataset('/y', { data: [1, 2], shape: [3] }), 'InvalidArgument'],
    [() => file.createDataset('/y', { data: [1, 2], maxShape: [1] }), 'InvalidArgument'],
    [() => file.createDataset('/y', { data: [1, 2], maxShape: [null, null] }), 'InvalidArgument'],
    [() => file.createDataset('/y', { data: [1, 2], chunks: [3] }), 'InvalidArgument'],
    [() => file.createDataset('/y', { data: [1, 2], chunks: [0] }), 'InvalidArgument'],
    [() => file.createDataset('/y', { data: 1, chunks: [] }), 'InvalidArgument'],
    [() => file.createDataset('/y', { data: 1, compression: 'gzip' }), 'InvalidArgument'],
    [() => file.createDataset('/y', { data: ['a'], compression: 'gzip' }), 'InvalidArgument'],
    [() => file.createDataset('/y', { data: [1], compression: 'zip' as 'gzip' }), 'InvalidArgument'],
    [() => file.createDataset('/y', { data: [1], compression: 'gzip', compressionLevel: 10 }), 'InvalidArgument'],
    [() => file.createDataset('/y', { data: [1], compressionLevel: 1 }), 'InvalidArgument'],
    [() => file.createDataset('/y', { data: [1], compression: NOBODYS }), 'NotSupported'],
    [() => file.createDataset('/y', { data: [1], compression: NOBODYS, compressionLevel: 3 }), 'InvalidArgument'],
    [() => file.createHardLink('/y', '/nothing'), 'NotFound'],
    [() => file.createSoftLink('/x', '/y'), 'AlreadyExists'],
    [() => file.createSoftLink('/y', ''), 'InvalidArgument'],
    [() => file.setAttr('', 1), 'InvalidArgument'],
    [() => file.setAttr('a', null), 'InvalidArgument'],
    [() => file.setAttr('a', [1], { shape: [2] }), 'InvalidArgument'],
    [() => file.setAttr('a', 1, { dtype: 'float128' }), 'NotSupported'],
  ];
  for (const [act, code] of bad) await rejects(act, code);
  equal([await file.keys(), await file.attrs()], [['nowhere', 'round', 'x'], {}]);
  const aborted = AbortSignal.abort(new Error('enough'));
  await rejects(file.createGroup('/g', { signal: aborted }), (error: Error) => error.message === 'enough');
  await file.createDataset('/y', { data: [2] });
  await file.close();
  const read = await openForReading(url);
  equal(await read.keys(), ['nowhere', 'round', 'x', 'y']);
  await read.close();
});
