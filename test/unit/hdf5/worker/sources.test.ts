// What a worker reads by: Blobs, and sources that the page reads for it.
import { Client, type CloudError } from '../../../../src/index.ts';
import type { Hdf5Source } from '../../../../src/hdf5.ts';
import { memorySource } from '../../../conformance/hdf5-sources.ts';
import { SIDE, workerFile } from '../../../conformance/hdf5-worker-file.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';
import { withRig } from './rig.ts';

const image = Float32Array.from({ length: SIDE * SIDE }, (_, i) => i);

test('Blobs and Files', () =>
  withRig(async ({ remote }) => {
    const bytes = await workerFile();
    for (const blob of [new Blob([bytes]), new File([bytes], 'scan.h5')]) {
      const file = await remote.openHdf5(blob);
      equal(file.byteLength, bytes.length);
      equal(await (await file.dataset('/image')).read(), image);
      await file.close();
    }
    await rejects(remote.openHdf5(new Blob(['no HDF5'])), (error) => (error as Error).name === 'NotHdf5Error');
  }));

test('sources with `read` are read by the page, counted, and closed with the file', () =>
  withRig(async ({ remote }) => {
    const source = memorySource(await workerFile());
    const file = await remote.openHdf5(source, { pageBytes: 512, headBytes: 512, minFetchBytes: 512 });
    equal(await (await file.dataset('/image')).read(), image);
    ok(source.counts.reads > 3, `${source.counts.reads} ranges`);
    equal([file.stats().requests > 0, file.stats().bytesFetched], [true, source.counts.bytes]);
    equal(source.closed, 0);
    await file.close();
    equal(source.closed, 1);
  }));

test('what a source has, and no more, is asked of it: counts, files beside it', () =>
  withRig(async ({ remote }) => {
    const inner = memorySource(await workerFile());
    const names: string[] = [];
    const stats = { requests: 5, bytesFetched: 50, rounds: 2 };
    const source: Hdf5Source = {
      byteLength: inner.byteLength,
      read: (ranges, options) => inner.read(ranges, options),
      stats: () => stats,
      async sibling(name) {
        names.push(name);
        return null;
      },
    };
    const file = await remote.openHdf5(source);
    stats.requests = 7;
    stats.bytesFetched = 70;
    await (await file.dataset('/image')).read();
    const { requests, bytesFetched, rounds } = file.stats();
    equal([requests >= 5, bytesFetched >= 50, rounds >= 2], [true, true, true]);
    equal(names, []);
  }));

test('memory of the page stays its own', () =>
  withRig(async ({ remote }) => {
    const all = await workerFile();
    // one buffer, handed out again and again, as a whole and in parts
    const source: Hdf5Source = {
      byteLength: all.length,
      read: async (ranges) => ranges.map(({ start, end }) => (start === 0 && end >= all.length ? all : all.subarray(start, end))),
    };
    for (let i = 0; i < 2; i++) {
      const file = await remote.openHdf5(source, { headBytes: all.length, minFetchBytes: all.length });
      equal(await (await file.dataset('/image')).read(), image);
      await file.close();
    }
    ok(all.byteLength > 0, 'the buffer stays');
  }));

test('what a source throws is thrown to who waits, as the error that it was', () =>
  withRig(async ({ remote }) => {
    class Broken extends Error {}
    const broken = new Broken('the cable');
    let isBroken = false;
    const before = (): void => {
      if (isBroken) throw broken;
    };
    const source = memorySource(await workerFile(), { before });
    const file = await remote.openHdf5(source, { headBytes: 512, minFetchBytes: 512, maxReadAheadBytes: 0, cacheBytes: 0 });
    const dataset = await file.dataset('/image');
    isBroken = true;
    await rejects(dataset.read(), (error) => error === broken);
    isBroken = false;
    equal(await dataset.read(), image);
  }));

test('a path goes with what its client was made with', () =>
  withRig(async ({ remote }) => {
    const bytes = await workerFile();
    const fetch: typeof globalThis.fetch = async () => new Response(bytes);
    // what is seen of it here: the client's options
    await rejects(remote.openHdf5(new Client({ fetch }).path('s3://bucket/scan.h5')), 'InvalidArgument');
    const path = new Client({ cache: { mode: 'off' } }).path('mem://bucket/none.h5');
    await rejects(remote.openHdf5(path), 'NotFound');
  }));

test('what opens itself is refused with what to do instead', () =>
  withRig(async ({ remote }) => {
    const datafile = { openHdf5: () => Promise.reject(new Error('here')) };
    const { message } = await rejects<CloudError>(remote.openHdf5(datafile as unknown as string), 'InvalidArgument');
    ok(message.includes('Datafile'), message);
  }));

test('what nothing can be read of is refused', () =>
  withRig(async ({ remote }) => {
    for (const odd of [5, null, undefined, {}, { byteLength: 5 }, { read: () => [] }])
      await rejects<CloudError>(remote.openHdf5(odd as unknown as string), 'InvalidArgument');
    await rejects(remote.openHdf5(''), 'InvalidUrl');
    await rejects(remote.openHdf5('mem://bucket/none.h5'), 'NotFound');
  }));
