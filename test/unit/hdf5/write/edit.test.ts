/** Modes: what is made, changed, refused and left behind, in memory and on the disks of Node and of browsers. */
import { absolutePath, environment, openDisk, openOpfs } from '#platform';
import { Client } from '../../../../src/index.ts';
import { openForReading } from '../../../../src/hdf5/file/open.ts';
import { editHdf5, openHdf5 } from '../../../../src/hdf5/open-hdf5.ts';
import { openForWriting } from '../../../../src/hdf5/write/open.ts';
import { env, uniqueName } from '../../../env.ts';
import { equal, ok, rejects, skip, test } from '../../../harness.ts';
import { plain } from './any-type.ts';

interface Place {
  client: Client;
  /** A folder's URL, without a slash at the end. */
  url: string;
  names(): Promise<string[]>;
  /** Fails when something is left that nobody is shown. */
  end(): Promise<void>;
}

const places: Record<string, () => Promise<Place>> = {
  memory: async () => {
    const client = new Client();
    const url = `mem://${uniqueName('hdf5')}/folder`;
    const names = async (): Promise<string[]> => {
      const found: string[] = [];
      for await (const { objects } of client.store(url).list()) found.push(...objects.map(({ key }) => key));
      return found;
    };
    return { client, url, names, end: () => client.close() };
  },
  disk: async () => {
    const client = new Client();
    const local = await openDisk();
    const disk = local ?? (await openOpfs()) ?? skip('there is no disk');
    const path = local ? absolutePath(`${environment()['TMPDIR'] ?? '/tmp'}/${uniqueName('anyfile')}`) : `/${uniqueName('anyfile')}`;
    const names = async (): Promise<string[]> => ((await disk.list(path)) ?? []).map((entry) => entry.name).sort();
    const end = async (): Promise<void> => {
      for (const file of await names()) await disk.remove(`${path}/${file}`);
      // refused when something is left that listings hide
      if (await disk.stat(path)) await disk.removeDirectory(path);
      await client.close();
    };
    return { client, url: `${local ? 'file' : 'opfs'}://${path}`, names, end };
  },
};

for (const [name, open] of Object.entries(places)) {
  const within = (what: string, task: (place: Place) => Promise<void>): void =>
    test(`hdf5 modes in ${name}: ${what}`, async () => {
      const place = await open();
      try {
        await task(place);
      } finally {
        await place.end();
      }
    });
  const valuesOf = async ({ client }: Place, url: string, path: string): Promise<unknown> => {
    const file = await openForReading(url, { client });
    try {
      return plain(await (await file.dataset(path)).read());
    } finally {
      await file.close();
    }
  };
  const make = async ({ client }: Place, url: string, values: number[] = [1, 2]): Promise<void> => {
    const file = await openForWriting(url, { mode: 'w', client });
    await file.createDataset('/x', { data: values, maxShape: [null] });
    await file.close();
  };

  within('w makes a file that is there when it is closed, and replaces one', async (place) => {
    const { client } = place;
    const url = `${place.url}/a.h5`;
    const file = await openForWriting(url, { mode: 'w', client });
    await file.createDataset('/x', { data: [1] });
    await file.flush();
    ok(!(await place.names()).includes('a.h5'), 'nothing of that name before');
    const published = (await file.close())!;
    equal([await place.names(), published.url], [['a.h5'], url]);
    equal(await file.close(), published);
    await rejects(file.createGroup('/g'), 'InvalidArgument');
    await file.abort();
    equal(await valuesOf(place, url, '/x'), [1]);
    await make(place, url, [7, 8, 9]);
    equal(await valuesOf(place, url, '/x'), [7, 8, 9]);
  });

  within('x and w- make a file where there is none', async (place) => {
    const { client } = place;
    const url = `${place.url}/a.h5`;
    const slow = await openForWriting(url, { mode: 'w-', client });
    const file = await openForWriting(url, { mode: 'x', client });
    await file.createDataset('/x', { data: [1] });
    await file.close();
    await rejects(openForWriting(url, { mode: 'x', client }), 'AlreadyExists');
    // somebody was faster
    await rejects(slow.close(), 'AlreadyExists');
    await slow.abort();
    equal([await valuesOf(place, url, '/x'), await place.names()], [[1], ['a.h5']]);
  });

  within('r+ and a change a file', async (place) => {
    const { client } = place;
    const url = `${place.url}/a.h5`;
    await rejects(openForWriting(url, { mode: 'r+', client }), 'NotFound');
    await make(place, url);
    const file = await openForWriting(url, { mode: 'r+', client });
    const x = await file.dataset('/x');
    await x.append([3]);
    await x.write([-1], [[0, 1]]);
    await file.setAttr('edited', true);
    equal(await valuesOf(place, url, '/x'), [1, 2]);
    await file.close();
    equal(await valuesOf(place, url, '/x'), [-1, 2, 3]);
    await editHdf5(url, async (its) => void (await its.createGroup('/more')), { client });
    const read = await openForReading(url, { client });
    equal([await read.keys(), plain(await read.attrs())], [['more', 'x'], { edited: 1 }]);
    await read.close();
    await editHdf5(`${place.url}/new.h5`, (its) => its.setAttr('a', 1), { client });
    equal(await place.names(), ['a.h5', 'new.h5']);
  });

  within('who comes second is refused, and may try elsewhere', async (place) => {
    const { client } = place;
    const url = `${place.url}/a.h5`;
    await make(place, url);
    const one = await openForWriting(url, { mode: 'a', client });
    const two = await openForWriting(url, { mode: 'r+', client });
    await (await one.dataset('/x')).write([5, 6]);
    await (await two.dataset('/x')).write([7, 8]);
    await one.close();
    await rejects(two.close(), 'PreconditionFailed');
    equal(await valuesOf(place, url, '/x'), [5, 6]);
    await two.abort();
    equal([await two.close(), await valuesOf(place, url, '/x'), await place.names()], [null, [5, 6], ['a.h5']]);
  });

  within('aborted: nothing is left, and what was there stays', async (place) => {
    const { client } = place;
    const url = `${place.url}/a.h5`;
    const file = await openForWriting(url, { mode: 'w', client });
    await file.createDataset('/x', { data: new Float64Array(10_000), compression: 'gzip' });
    await file.abort();
    equal([await place.names(), await file.close()], [[], null]);
    await make(place, url);
    await rejects(
      editHdf5(
        url,
        async (its) => {
          await (await its.dataset('/x')).write([9, 9]);
          throw new Error('enough');
        },
        { client },
      ),
      (error: Error) => error.message === 'enough',
    );
    equal([await valuesOf(place, url, '/x'), await place.names()], [[1, 2], ['a.h5']]);
    const given = AbortSignal.abort(new Error('given up'));
    await rejects(openForWriting(url, { mode: 'w', client, signal: given }), (error: Error) => error.message === 'given up');
    const late = await openForWriting(url, { mode: 'a', client });
    await rejects(late.close({ signal: given }), (error: Error) => error.message === 'given up');
    await late.abort();
    equal([await valuesOf(place, url, '/x'), await place.names()], [[1, 2], ['a.h5']]);
  });

  within('what is no HDF5 is not changed', async (place) => {
    const { client } = place;
    await client.store(place.url).put('a.h5', 'just text, of more than a few bytes');
    await rejects(openForWriting(`${place.url}/a.h5`, { mode: 'a', client }), (error: Error) => error.name === 'NotHdf5Error');
    equal(await (await client.store(place.url).get('a.h5'))!.text(), 'just text, of more than a few bytes');
    equal(await place.names(), ['a.h5']);
  });
}

test('hdf5 modes: a block of values that is given up spoils the file', async () => {
  const url = `mem://${uniqueName('hdf5')}/a.h5`;
  const file = await openForWriting(url, { mode: 'w' });
  const x = await file.createDataset('/x', { dtype: '<f8', shape: [600_000] });
  const controller = new AbortController();
  const values = Array.from({ length: 600_000 }, () => 1);
  let looks = 0;
  // in the second piece: looked at once before anything is written, and once when the first piece is
  Object.defineProperty(values, 550_000, { get: () => (++looks === 2 && controller.abort(new Error('given up')), 1) });
  const writing = x.write(values, null, { signal: controller.signal });
  await rejects(writing, (error: Error) => error.message === 'given up');
  await rejects(file.close(), (error: Error) => error.name === 'Hdf5Error' && error.message.includes('given up'));
  equal(await file.close(), null);
  await rejects(openForReading(url), 'NotFound');
});

test('hdf5 modes: bad targets and options', async () => {
  const url = `mem://${uniqueName('hdf5')}/a.h5`;
  await rejects(openHdf5(url, { mode: 'q' as 'w' }), 'InvalidArgument');
  await rejects(openForWriting(url, { mode: 'w', format: 'v9' as 'v18' }), 'InvalidArgument');
  await rejects(openForWriting(url, { mode: 'w', maxMemoryBytes: -1 }), 'InvalidArgument');
  await rejects(openForWriting('', { mode: 'w' }), 'InvalidArgument');
  await rejects(openForWriting({}, { mode: 'w' }), 'InvalidArgument');
  await rejects(openForWriting('https://example.com/a.h5', { mode: 'w' }), 'NotSupported');
  await rejects(openForWriting('s3://bucket', { mode: 'w' }), (error: Error & { code?: string }) =>
    ['InvalidUrl', 'InvalidArgument'].includes(error.code!),
  );
});

test('hdf5 modes: memory has its bound where there is no disk', async () => {
  const { engine, worker } = env();
  const isOnDisk = /node|bun|deno/.test(engine) || (worker && engine !== 'webkit');
  const url = `mem://${uniqueName('hdf5')}/a.h5`;
  const file = await openForWriting(url, { mode: 'w', maxMemoryBytes: 4 * 0x10_0000 });
  const x = await file.createDataset('/x', { dtype: '<f8', shape: [1_000_000] });
  const writing = x.write(new Float64Array(1_000_000).fill(1));
  if (isOnDisk) {
    await writing;
    equal((await file.close())!.sizeBytes > 8_000_000, true);
    return;
  }
  await rejects(writing, 'QuotaExceeded');
  await rejects(file.createGroup('/g'), 'QuotaExceeded');
  await rejects(file.close(), 'QuotaExceeded');
  await rejects(openForReading(url), 'NotFound');
  // and the library goes on
  const other = await openForWriting(url, { mode: 'w' });
  await other.createDataset('/x', { data: [1] });
  await other.close();
});
