/** Datafiles that are HDF5: read where they lie, written as working copies, with their metadata. */
import type { Datafile } from '../../../../src/data/datafile/datafile.ts';
import { editHdf5, openHdf5 } from '../../../../src/hdf5/open-hdf5.ts';
import type { Hdf5File } from '../../../../src/hdf5/file/file.ts';
import type { Hdf5WritableFile } from '../../../../src/hdf5/write/file.ts';
import { equal, ok, rejects, sameBytes } from '../../../harness.ts';
import { everywhere, labelsIn, locally, storedLabels, type Setting } from './places.ts';

const named =
  (name: string) =>
  (error: Error): boolean =>
    error.name === name;

/** The values of one dataset. */
async function valuesIn(source: Datafile | string, { client }: Setting, path = '/x'): Promise<number[]> {
  const file = typeof source === 'string' ? await openHdf5(source, { client }) : await source.openHdf5();
  try {
    return Array.from((await (await file.dataset(path)).read()) as Int32Array);
  } finally {
    await file.close();
  }
}

const fill = async (file: Hdf5WritableFile, values: number[]): Promise<void> => {
  await file.createDataset('/x', { data: Int32Array.from(values), maxShape: [null] });
};

everywhere('HDF5 in the cloud: made, read where it lies, changed, with its metadata', async (setting) => {
  const { open, cloud, cloudMetadata, store } = setting;
  const datafile = await open(`${cloud}/scan.nxs`, { labels: ['raw'] });
  const made = await datafile.openHdf5('w');
  await fill(made, [1, 2]);
  equal(await store.head('scan.nxs'), null, 'nothing before it is closed');
  const published = (await made.close())!;
  equal([published.url, published.sizeBytes], [`${cloud}/scan.nxs`, (await store.head('scan.nxs'))!.sizeBytes]);
  equal(await made.close(), published);
  equal(labelsIn(await cloudMetadata('scan.nxs')), storedLabels('raw'));
  equal(await valuesIn(`${cloud}/scan.nxs`, setting), [1, 2]);

  const again = await open(`${cloud}/scan.nxs`);
  equal([await valuesIn(again, setting), again.existsLocally], [[1, 2], false], 'read where it lies');
  again.addLabels('checked');
  const changed = await again.openHdf5('r+');
  await (await changed.dataset('/x')).append([3]);
  await changed.close();
  equal(
    [await valuesIn(`${cloud}/scan.nxs`, setting), await valuesIn(again, setting)],
    [
      [1, 2, 3],
      [1, 2, 3],
    ],
  );
  equal(labelsIn(await cloudMetadata('scan.nxs')), storedLabels('checked', 'raw'));
  equal(await again.hashValue(), (await again.cloudHashValue()) ?? (await again.hashValue()));

  await rejects(again.openHdf5('x'), named('FileExistsError'));
  await rejects((await open(`${cloud}/other.nxs`)).openHdf5('r+'), named('FileNotFoundError'));
  const exclusive = await (await open(`${cloud}/other.nxs`)).openHdf5('w-', { updateMetadata: false });
  await fill(exclusive, [7]);
  await exclusive.close();
  equal([await valuesIn(`${cloud}/other.nxs`, setting), labelsIn(await cloudMetadata('other.nxs'))], [[7], null]);
});

everywhere('HDF5: who is second is refused, and what was written stays until it is given up', async (setting) => {
  const { open, cloud } = setting;
  const url = `${cloud}/a.h5`;
  await editHdf5(await open(url), (file) => fill(file, [1]), { mode: 'w' });
  const [one, two] = [await open(url), await open(url)];
  const [first, second] = [await one.openHdf5('a'), await two.openHdf5('a')];
  await (await first.dataset('/x')).write([5]);
  await (await second.dataset('/x')).write([6]);
  await first.close();
  await rejects(second.close(), named('ConflictError'));
  await rejects(second.close(), named('ConflictError'));
  await second.abort();
  equal(await second.close(), null);
  equal(await valuesIn(url, setting), [5]);
});

everywhere('HDF5: metadata that cannot be stored stop nothing for good', async (setting) => {
  const { open, cloud, store } = setting;
  const datafile = await open(`${cloud}/a.h5`);
  const file = await datafile.openHdf5('w');
  await fill(file, [1, 2, 3]);
  datafile.tags = { much: 'x'.repeat(20_000) };
  if (setting.kind !== 'mem') {
    await rejects(file.close(), 'InvalidArgument');
    equal(await store.head('a.h5'), null);
  }
  datafile.tags = { little: 'x' };
  await file.close();
  equal(await valuesIn(`${cloud}/a.h5`, setting), [1, 2, 3]);
});

locally('HDF5 on the disk: each mode, and the record beside it', async (setting) => {
  const { open, folder, localNames, localText } = setting;
  const path = `${folder}/scan.h5`;
  const datafile = await open(path, { tags: { beam: 1 } });
  await rejects(datafile.openHdf5('r'), named('FileNotFoundError'));
  await rejects(datafile.openHdf5('r+'), named('FileNotFoundError'));
  const made = await datafile.openHdf5('a');
  await fill(made, [1]);
  equal(await localNames(), []);
  const published = (await made.close())!;
  equal([published.url, published.sizeBytes, await localNames()], [path, datafile.sizeBytes, ['.octue', 'scan.h5']]);
  ok((await localText('.octue'))!.includes('"beam": 1'), 'its record');
  await rejects(datafile.openHdf5('x'), named('FileExistsError'));
  await rejects(datafile.openHdf5('w-'), named('FileExistsError'));
  const changed = await datafile.openHdf5('r+');
  await (await changed.dataset('/x')).append([2]);
  await changed.close();
  equal(await valuesIn(datafile, setting), [1, 2]);
  const replaced = await datafile.openHdf5('w');
  await fill(replaced, [9]);
  await replaced.abort();
  equal(
    [await valuesIn(datafile, setting), await localNames()],
    [
      [1, 2],
      ['.octue', 'scan.h5'],
    ],
  );
});

locally('open of .hdf5 and .h5 is that of HDF5, but for modes with b', async (setting) => {
  const { open, folder, disk } = setting;
  for (const name of ['a.hdf5', 'a.h5']) {
    const datafile = await open(`${folder}/${name}`);
    equal(await datafile.open('w', async (file: Hdf5WritableFile) => (await fill(file, [4, 2]), 'done')), 'done');
    const file = await datafile.open<Hdf5File>();
    equal(await file.keys(), ['x']);
    await file.close();
    equal(await datafile.open('r', async (its: Hdf5File) => Array.from((await (await its.dataset('/x')).read()) as Int32Array)), [4, 2]);
    const bytes = await datafile.open('rb', (its) => its.read());
    sameBytes(bytes.subarray(0, 8), Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a));
    const before = (await disk.stat(`${folder}/${name}`))!.version;
    await rejects(
      datafile.open('a', async (its: Hdf5WritableFile) => {
        await its.setAttr('a', 1);
        throw new Error('enough');
      }),
      (error: Error) => error.message === 'enough',
    );
    equal((await disk.stat(`${folder}/${name}`))!.version, before, 'a block that throws stores nothing');
    for (const mode of ['rt', 'w+', 'a+'] as const) await rejects(datafile.open(mode), 'InvalidArgument');
    await rejects(datafile.open('r', { encoding: 'utf-8' }), 'InvalidArgument');
  }
});

locally('HDF5: what a datafile cannot be told, and what is none', async ({ open, putLocal, localText }) => {
  const path = await putLocal('a.h5', 'just text, of more than a few bytes');
  const datafile = await open(path);
  await rejects(datafile.openHdf5(), named('NotHdf5Error'));
  await rejects(datafile.openHdf5('a'), named('NotHdf5Error'));
  await rejects(openHdf5(datafile, { mode: 'w', contentType: 'text/plain' }), 'InvalidArgument');
  await rejects(datafile.openHdf5('w', { format: 'v9' as never }), 'InvalidArgument');
  await rejects(datafile.openHdf5('rw' as never), 'InvalidArgument');
  equal(await localText('a.h5'), 'just text, of more than a few bytes');
});
