// Files that are written, opened by h5py: all types, copies of h5py's own files, and those files changed.
import { copyFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openForReading } from '../../src/hdf5/file/open.ts';
import type { Hdf5Type } from '../../src/hdf5/values/type.ts';
import type { Hdf5Data } from '../../src/hdf5/write/types/lay-out.ts';
import { editHdf5 } from '../../src/hdf5/open-hdf5.ts';
import { openForWriting } from '../../src/hdf5/write/open.ts';
import { compareFile } from '../conformance/hdf5-compare.ts';
import type { Oracle, ToldEntry } from '../conformance/hdf5-oracle.ts';
import { inFewEngines, need, uniqueName } from '../env.ts';
import { equal, ok, rejects, test } from '../harness.ts';
import { askH5py, describeByH5py, inFolder } from './hdf5-h5py.ts';

test('h5py reads what was written, as what it is', () =>
  inFolder(async (folder) => {
    need('hdf5');
    const path = join(folder, 'a.h5');
    const file = await openForWriting(path, { mode: 'w' });
    await file.createDataset('bools', { data: [true, false, true] });
    await file.createDataset('half', { data: [1, 0.1, -2], dtype: '<f2' });
    await file.createDataset('texts', { data: ['größe', ''] });
    await file.createDataset('fixed', { data: ['abc'], dtype: 'S4' });
    await file.createDataset('table', { data: { x: new Float32Array([1, 2]), ok: [true, false], name: ['a', 'b'] } });
    await file.createDataset('grid', {
      data: new Uint16Array(60_000),
      shape: [200, 300],
      maxShape: [null, 300],
      chunks: [10, 300],
      compression: 'gzip',
    });
    await file.createGroup('group/inner');
    await file.createSoftLink('soft', '/grid');
    await file.createExternalLink('outside', 'b.h5', '/x');
    await file.setAttr('flag', true);
    await file.setAttr('title', 'A run');
    await file.setAttr('halves', [1.5, 2.5], { dtype: '>f2' });
    await file.setAttr('names', ['a', 'bc']);
    await file.setAttr('count', 3n);
    await file.close();
    const said = await askH5py(
      path,
      `{
        'bools': [str(f['bools'].dtype), f['bools'][:].tolist()],
        'half': [str(f['half'].dtype), f['half'][:].tolist()],
        'texts': [h5py.check_string_dtype(f['texts'].dtype).encoding, f['texts'].asstr()[:].tolist()],
        'fixed': [str(f['fixed'].dtype), f['fixed'][0].decode()],
        'table': [f['table'].dtype.names, [str(f['table'].dtype[n]) for n in range(2)], f['table']['name'][1].decode(), f['table']['ok'].tolist()],
        'grid': [f['grid'].shape, f['grid'].maxshape, f['grid'].chunks, f['grid'].compression, f['grid'].compression_opts],
        'links': [f.get('soft', getlink=True).path, f.get('outside', getlink=True).filename, f.get('outside', getlink=True).path],
        'attrs': [bool(f.attrs['flag']), str(type(f.attrs['flag']).__name__), f.attrs['title'], f.attrs['halves'].tolist(), str(f.attrs['halves'].dtype), f.attrs['names'].tolist(), int(f.attrs['count'])],
      }`,
    );
    equal(said, {
      bools: ['bool', [true, false, true]],
      half: ['float16', [1, 0.0999755859375, -2]],
      texts: ['utf-8', ['größe', '']],
      fixed: ['|S4', 'abc'],
      table: [['x', 'ok', 'name'], ['float32', 'bool'], 'b', [true, false]],
      grid: [[200, 300], [null, 300], [10, 300], 'gzip', 4],
      links: ['/grid', 'b.h5', '/x'],
      attrs: [true, 'bool', 'A run', [1.5, 2.5], '>f2', ['a', 'bc'], 3],
    });
  }));

test('a file without anything, and one with many objects', () =>
  inFolder(async (folder) => {
    need('hdf5');
    const empty = join(folder, 'empty.h5');
    await (await openForWriting(empty, { mode: 'x' })).close();
    equal(await askH5py(empty, 'list(f.keys())'), []);
    const many = join(folder, 'many.h5');
    const file = await openForWriting(many, { mode: 'w', trackOrder: true });
    for (let i = 0; i < 100; i++) {
      const group = await file.createGroup(`group ${999 - i}`);
      await group.setAttr('flag', i % 2 === 0);
      for (let k = 0; k < 12; k++) await group.setAttr(`attribute ${k}`, k);
    }
    await file.close();
    const said = await askH5py(
      many,
      `[len(f), sum(int(g.attrs['flag']) for g in f.values()), f['group 999'].attrs['attribute 11'], len(f['group 950'].attrs)]`,
    );
    equal(said, [100, 50, 11, 13]);
  }));

test('values packed by plugins are unpacked by h5py; what a filter refuses is an error', () =>
  inFolder(async (folder) => {
    const { base } = need('hdf5');
    const path = join(folder, 'a.h5');
    const plugins = `${base}plugins/`;
    const packed: [id: number, values: number[]][] = [
      [307, [9]],
      [32_000, []],
      [32_001, [0, 0, 0, 0, 5, 1, 0]],
      [32_004, []],
      [32_008, [0, 2]],
      [32_015, [3]],
    ];
    const data = Int32Array.from({ length: 5000 }, (_, i) => i % 50);
    const file = await openForWriting(path, { mode: 'w', plugins });
    for (const [compression, filterValues] of packed)
      await file.createDataset(`by ${compression}`, { data, compression, filterValues, chunks: [1024] });
    await file.close();
    const said = await askH5py(
      path,
      '[[d.id.get_create_plist().get_filter(0)[0], d[:].tolist() == [i % 50 for i in range(5000)]] for d in f.values()]',
    );
    equal(said, packed.map(([id]) => [id, true]).sort());

    // what cannot be made smaller LZF does not take; h5wasm cannot say that it need not
    const noise = Uint32Array.from({ length: 5000 }, (_, i) => Math.imul(i, 2_654_435_761) ^ Math.imul(i >>> 3, 40_503));
    const bad = await openForWriting(join(folder, 'b.h5'), { mode: 'w', plugins });
    await rejects(bad.createDataset('x', { data: noise, compression: 32_000 }), 'InvalidFile');
    await rejects(bad.close(), (error: Error) => error.message.includes('nothing was written'));
    equal(readdirSync(folder), ['a.h5']);
  }));

test('the working copy of a file in a store is where it was wished for, and goes', () =>
  inFolder(async (folder) => {
    const url = `mem://${uniqueName('hdf5')}/a.h5`;
    const file = await openForWriting(url, { mode: 'w', workFolder: folder });
    await file.createDataset('x', { data: new Float64Array(100_000) });
    const sizes = (): number[] =>
      readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
        entry.isFile() ? [statSync(join(entry.parentPath, entry.name)).size] : [],
      );
    ok(sizes().some((size) => size > 800_000));
    await file.close();
    equal(sizes(), []);
  }));

/** What is compared of a dataset. */
const essence = (entry: ToldEntry | undefined): unknown =>
  entry && 'kind' in entry && entry.kind === 'dataset'
    ? [entry.dtype, entry.shape, entry.maxShape, entry.chunks, entry.values, entry.slices]
    : entry;

const pointsElsewhere = (type: Hdf5Type): boolean => {
  if (type.class === 'compound') return type.members.some((member) => pointsElsewhere(member.type));
  return type.class === 'reference' || ('base' in type && pointsElsewhere(type.base));
};

/** Files of which each dataset is written anew; how many there are that can be. */
const copied: Record<string, number> = {
  'types.h5': 18,
  'compound.h5': 5,
  'complex.h5': 2,
  'strings.h5': 8,
  'integers.h5': 8,
  'floats.h5': 4,
  'spaces.h5': 3,
  'latest.h5': 10,
  'filters.h5': 5,
};

for (const [name, least] of Object.entries(copied))
  test(`datasets of ${name}, written anew: h5py tells no difference`, () =>
    inFolder(async (folder) => {
      inFewEngines('h5py is the same');
      const { dir } = need('hdf5');
      const source = await openForReading(join(dir, name));
      const path = join(folder, name);
      const target = await openForWriting(path, { mode: 'w' });
      const done: string[] = [];
      const odd: string[] = [];
      for await (const [at, item] of source.walk()) {
        if (item.kind !== 'dataset' || done.includes(at)) continue;
        const { type, shape, maxShape, chunks } = item;
        // references are places in the other file
        if (!shape || pointsElsewhere(type)) continue;
        try {
          const data = (await item.read()) as Hdf5Data;
          await target.createDataset(at, { data, dtype: type, shape, maxShape: maxShape ?? undefined, chunks: chunks ?? undefined });
          done.push(at);
        } catch (error) {
          const { code, message } = error as Error & { code?: string };
          // what cannot be read cannot be copied; layouts of numbers that nobody has any more are not written
          ok(code === 'NotSupported' || code === 'InvalidFile' || /bits|layout|ASCII|7 fit/.test(message), `${at}: ${code} ${message}`);
          odd.push(`${at}: ${message}`);
        }
      }
      await source.close();
      await target.close();
      const [was, is] = await describeByH5py(join(dir, name), path);
      for (const at of done) if ('kind' in was!.objects[at]!) equal(essence(is!.objects[at]), essence(was!.objects[at]), `${name}${at}`);
      ok(done.length >= least, `${done.length} copied, and not: ${odd.join('; ')}`);
    }));

test('files of h5py, changed: nothing else is another', () =>
  inFolder(async (folder) => {
    inFewEngines('h5py is the same');
    const { base, dir } = need('hdf5');
    const names = ['old.h5', 'latest.h5', 'userblock.h5', 'types.h5', 'types_latest.h5', 'names_order.h5', 'offsets4.h5'];
    for (const name of names) {
      const path = join(folder, name);
      copyFileSync(join(dir, name), path);
      await editHdf5(path, async (file) => {
        await file.setAttr('edited', true);
        await file.createDataset('/new/table', { data: [{ x: 1, ok: true }], maxShape: [null] });
        await file.createDataset('/new/half', { data: [1.5], dtype: '<f2', shape: [] });
        await (await file.dataset('/new/table')).append([{ x: 2, ok: false }]);
      });
    }
    const paths = names.map((name) => join(folder, name));
    const was = await describeByH5py(...names.map((name) => join(dir, name)));
    const is = await describeByH5py(...paths);
    for (const [i, name] of names.entries()) {
      const [before, after] = [was[i]!.objects, is[i]!.objects];
      const root = after['/'];
      ok(root && 'attrs' in root && root.attrs['edited']?.form === 'bool', name);
      for (const [at, entry] of Object.entries(before)) if (at !== '/') equal(after[at], entry, `${name}${at}`);
      equal(
        [essence(after['/new/half']), Object.keys(after).length],
        [['<f2', [], [], null, 'hex:0000c03f', []], Object.keys(before).length + 3],
        name,
      );
      // and so does anyfile say
      const file = await openForReading(paths[i]!, { plugins: `${base}plugins/` });
      equal(await compareFile(file, is[i] as Oracle, { slices: false }), []);
      await file.close();
    }
    equal(readdirSync(folder).sort(), [...names].sort());
  }));
