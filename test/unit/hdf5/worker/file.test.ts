// A file behind a channel: the same as one that is open here.
import { Hdf5Reference, openHdf5 } from '../../../../src/hdf5.ts';
import type { Hdf5Attributes, Hdf5File } from '../../../../src/hdf5.ts';
import { openForWriting } from '../../../../src/hdf5/write/open.ts';
import { Client } from '../../../../src/index.ts';
import type { RemoteHdf5File, RemoteHdf5Dataset } from '../../../../src/worker.ts';
import { MANY, SIDE, workerFile } from '../../../conformance/hdf5-worker-file.ts';
import { uniqueName } from '../../../env.ts';
import { equal, ok, rejects, sameBytes, test } from '../../../harness.ts';
import { withRig } from './rig.ts';

const withFile = (
  act: (file: RemoteHdf5File, here: Hdf5File, given: { sizeBytes: number; buffer: ArrayBuffer }[]) => Promise<void>,
): Promise<void> =>
  withRig(async ({ remote, given }) => {
    const bytes = await workerFile();
    const here = await openHdf5(bytes);
    const file = await remote.openHdf5(bytes);
    try {
      await act(file, here, given);
    } finally {
      await Promise.all([file.close(), here.close()]);
    }
  });

/** What an item says of itself. */
const facts = ({ kind, path, ...rest }: object & { kind: string; path: string }): object => ({ kind, path, ...rest });

test('objects are found and say the same of themselves as here', () =>
  withFile(async (file, here) => {
    equal(file.byteLength, here.byteLength);
    equal(await file.keys(), await here.keys());
    for (const path of ['/', '/image', 'wide', '/one', '/texts', '/soft', '/broken', '/many', '/many/g7', '/nothing'])
      equal(facts((await file.get(path)) ?? { kind: 'none', path }), facts((await here.get(path)) ?? { kind: 'none', path }), path);
    const many = await file.group('/many');
    equal((await many.keys()).length, MANY);
    equal([(await many.get('g1'))?.path, (await many.get('/image'))?.path], ['/many/g1', '/image']);
    await rejects(file.dataset('/many'), 'InvalidArgument');
    await rejects(file.group('/nothing'), 'NotFound');
    await rejects(file.keys('/image'), 'InvalidArgument');
  }));

test('values, slices and blocks are the same, and given away by the worker', () =>
  withFile(async (file, here, given) => {
    const dataset = await file.dataset('/image');
    equal([dataset.size, dataset.sliceShape([[1, 9, 3]])], [SIDE * SIDE, [3, SIDE]]);
    equal(await dataset.read(), await (await here.dataset('/image')).read());
    // the one buffer that was given away was all of the values, and is gone
    equal(
      given.map(({ sizeBytes, buffer }) => [sizeBytes, buffer.byteLength]),
      [[SIDE * SIDE * 4, 0]],
    );
    const ranges = [
      [10, 60, 2],
      [-70, null],
    ] as const;
    equal(await dataset.slice(ranges), await (await here.dataset('/image')).slice(ranges));
    const blocks: unknown[] = [];
    for await (const block of dataset.blocks({ maxBytes: 0x10000 })) blocks.push(block);
    const wanted: unknown[] = [];
    for await (const block of (await here.dataset('/image')).blocks({ maxBytes: 0x10000 })) wanted.push(block);
    ok(wanted.length > 2, 'several blocks');
    equal(blocks, wanted);
    for (const name of ['/wide', '/one', '/texts'])
      equal(await (await file.dataset(name)).read(), await (await here.dataset(name)).read(), name);
    equal(await dataset.chunkMap([[0, 65]]), await (await here.dataset('/image')).chunkMap([[0, 65]]));
    await rejects((await file.dataset('/wide')).chunkMap(), 'NotSupported');
    await rejects(
      dataset.slice([
        [0, 1],
        [0, 1],
        [0, 1],
      ]),
      'InvalidArgument',
    );
    await rejects(() => dataset.sliceShape([[0.5]]), 'InvalidArgument');
  }));

test('attributes, whatever they are called', () =>
  withFile(async (file) => {
    const dataset = await file.dataset('/image');
    const attributes = await dataset.attrs();
    equal(Object.keys(attributes).sort(), ['constructor', 'scale']);
    equal(
      [attributes['scale'], attributes['constructor'], attributes['toString']],
      [new Float64Array([0.5, 2]), 'a name that objects have', undefined],
    );
    equal([await dataset.attr('scale'), await dataset.attr('none')], [new Float64Array([0.5, 2]), undefined]);
    equal({ ...(await file.attrs()) }, {});
  }));

test('references in attributes are followed as they are here', () =>
  withRig(async ({ remote }) => {
    await using client = new Client();
    const bucket = `mem://${uniqueName('hdf5')}`;
    const made = await openForWriting(`${bucket}/a.h5`, { mode: 'w', client });
    const image = await made.createDataset('/image', { data: [1, 2] });
    const to = await made.reference('/image');
    await image.setAttr('before', 'a text');
    await image.setAttr('one', to);
    await image.setAttr('DIMENSION_LIST', [[to], [to]], { dtype: 'vlen<reference>' });
    await image.setAttr('records', [{ dataset: to, dimension: 1 }]);
    await made.close();
    const file = await remote.openHdf5(await (await client.store(bucket).get('a.h5'))!.bytes());
    const found: unknown[] = [];
    const look = async (item: { attrs(): Promise<Hdf5Attributes> }): Promise<void> => {
      const { one, DIMENSION_LIST: list, records } = await item.attrs();
      const [first, second] = list as Hdf5Reference[][];
      found.push(one, first![0], second![0], (records as { dataset: Hdf5Reference }[])[0]!.dataset);
    };
    const dataset = await file.dataset('/image');
    await look(dataset);
    found.push(await dataset.attr('one'), ((await dataset.attr('DIMENSION_LIST')) as Hdf5Reference[][])[1]![0]);
    for await (const [, item] of file.walk({ attributes: true })) await look(item as RemoteHdf5Dataset);
    equal(found.length, 10);
    for (const one of found) {
      ok(one instanceof Hdf5Reference, 'a reference');
      equal(((await file.dereference(one)) as RemoteHdf5Dataset).path, '/image');
    }
    await file.close();
  }));

test('a walk tells all objects in order, ends early, and brings attributes', () =>
  withFile(async (file, here) => {
    const told: string[] = [];
    for await (const [path, item] of file.walk()) told.push(`${path} ${item.kind} ${item.path}`);
    const wanted: string[] = [];
    for await (const [path, item] of here.walk()) wanted.push(`${path} ${item.kind} ${item.path}`);
    ok(wanted.length > MANY, `${wanted.length} objects`);
    equal(told, wanted);

    const upTo = async (from: RemoteHdf5File | Hdf5File, depth: number, path = '/'): Promise<string[]> => {
      const paths: string[] = [];
      for await (const [at] of from.walk({ depth, path })) paths.push(at);
      return paths;
    };
    equal(
      await upTo(file, 1),
      (await file.keys()).map((name) => `/${name}`),
    );
    for (const [depth, path] of [
      [0, '/'],
      [2, '/'],
      [1, '/many'],
    ] as const)
      equal(await upTo(file, depth, path), await upTo(here, depth, path), `${depth} below ${path}`);

    let scale: unknown;
    for await (const [path, item] of file.walk({ attributes: true })) {
      if (path !== '/image') continue;
      scale = (await (item as RemoteHdf5Dataset).attrs())['scale'];
      // it was given away with the first, and is here again
      equal(await (await file.dataset('/image')).attr('scale'), scale);
      break;
    }
    equal(scale, new Float64Array([0.5, 2]));
    equal((await file.walk({ path: '/many' }).next()).value?.[0], '/many/g0');
    await rejects(() => file.walk({ path: 'a\0b' }), 'InvalidArgument');
  }));

test('what was asked for is counted, as of the last answer', () =>
  withFile(async (file, here) => {
    await (await file.dataset('/image')).read();
    await (await here.dataset('/image')).read();
    const { bytesUsed } = file.stats();
    ok(bytesUsed > 0, `${bytesUsed} bytes`);
    equal(bytesUsed, here.stats().bytesUsed);
  }));

test('a file is closed once; what comes after says so', () =>
  withRig(async ({ remote }) => {
    const file = await remote.openHdf5(await workerFile());
    const dataset = await file.dataset('/image');
    await Promise.all([file.close(), file.close()]);
    await rejects(dataset.read(), 'InvalidArgument');
    await rejects(file.keys(), 'InvalidArgument');
    await remote.close();
    await file.close();
    await rejects(remote.openHdf5('mem://bucket/a.h5'), 'InvalidArgument');
  }));

test('bytes are copied, or given away on request', () =>
  withRig(async ({ remote }) => {
    const bytes = await workerFile();
    const kept = bytes.slice();
    const part = new Uint8Array(bytes.length + 8);
    part.set(bytes, 8);
    for (const source of [bytes, bytes.buffer, part.subarray(8)]) {
      const file = await remote.openHdf5(source);
      equal(await (await file.dataset('/one')).read(), 42);
      await file.close();
    }
    sameBytes(bytes, kept);
    await rejects(remote.openHdf5(part.subarray(8), { transfer: true }), 'InvalidArgument');
    const file = await remote.openHdf5(bytes, { transfer: true });
    equal(bytes.byteLength, 0);
    equal(await (await file.dataset('/one')).read(), 42);
  }));
