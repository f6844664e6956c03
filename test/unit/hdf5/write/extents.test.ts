/** Reading what is written while its extent changes: by another object, or by a change that is under way. */
import type { Hdf5Dataset } from '../../../../src/hdf5/file/dataset.ts';
import type { Hdf5Reference } from '../../../../src/hdf5/values/reference.ts';
import type { Hdf5WritableDataset } from '../../../../src/hdf5/write/dataset.ts';
import type { Hdf5WritableFile } from '../../../../src/hdf5/write/file.ts';
import { openForWriting } from '../../../../src/hdf5/write/open.ts';
import { uniqueName } from '../../../env.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';
import { plain } from './any-type.ts';

const within = (what: string, task: (file: Hdf5WritableFile) => Promise<void>): void =>
  test(`hdf5 write: ${what}`, async () => {
    const file = await openForWriting(`mem://${uniqueName('hdf5')}/a.h5`, { mode: 'w' });
    try {
      await task(file);
    } finally {
      await file.abort();
    }
  });

const LOG = { dtype: '<f8', maxShape: [null], chunks: [4096] };
const upTo = (count: number): Float64Array<ArrayBuffer> => Float64Array.from({ length: count }, (_, i) => i);

/** Two objects for one dataset of so many values. */
async function twice(file: Hdf5WritableFile, count: number): Promise<[Hdf5WritableDataset, Hdf5WritableDataset]> {
  return [await file.createDataset('/log', { ...LOG, data: upTo(count) }), await file.dataset('/log')];
}

within('a dataset that another object has grown is read as it is now', async (file) => {
  const [a, b] = await twice(file, 1);
  await a.append(upTo(100_000));
  equal(((await b.read()) as Float64Array).length, 100_001);
  equal(b.shape, [100_001]);
  await a.append([7]);
  equal(plain(await b.slice([[-1, null]])), [7]);
  await a.append([8]);
  let count = 0;
  for await (const { values } of b.blocks({ maxBytes: 0x4_0000 })) count += (values as Float64Array).length;
  equal(count, 100_003);
});

within('a dataset that another object has shrunk gives nothing that is gone', async (file) => {
  const [a, b] = await twice(file, 1000);
  await a.resize([2]);
  equal(plain(await b.read()), [0, 1]);
  equal(plain(await b.slice([[1, 10]])), [1]);
});

within('a read waits for the changes before it, and they for no other', async (file) => {
  const [log] = await twice(file, 1);
  const [, read, slice] = await Promise.all([log.append(upTo(300_000)), log.read(), log.slice([[1, null]]), log.resize([3])]);
  equal((read as Float64Array).length, 300_001);
  equal([(read as Float64Array).subarray(1), slice], [upTo(300_000), upTo(300_000)]);
  equal(plain(await log.read()), [0, 0, 1]);
  const controller = new AbortController();
  const late = Promise.all([
    log.append(upTo(300_000)),
    rejects(log.read({ signal: controller.signal }), ({ message }) => message === 'enough'),
  ]);
  controller.abort(new Error('enough'));
  await late;
});

within('blocks go on through what is appended, and say when what they were to give is gone', async (file) => {
  const [log] = await twice(file, 10_000);
  const found: number[] = [];
  for await (const { values } of log.blocks({ maxBytes: 0x8000 })) {
    if (found.length === 0) await log.append([1, 2, 3]);
    found.push(...(values as Float64Array));
  }
  equal(found, [...upTo(10_000)]);
  await rejects(async () => {
    for await (const { ranges, values } of log.blocks({ maxBytes: 0x8000 })) {
      equal((values as Float64Array).length, ranges[0]![1] - ranges[0]![0]);
      await log.resize([5000]);
    }
  }, 'InvalidFile');
  equal(((await log.read()) as Float64Array).length, 5000, 'the file is as good as before');
});

within('an object for reading gives what it said it has, or nothing', async (file) => {
  const [log] = await twice(file, 1);
  const { path } = log;
  await file.setAttr('to', await file.reference(path));
  const old = (await file.dereference((await file.attr('to')) as Hdf5Reference)) as Hdf5Dataset;
  await log.append(upTo(100_000));
  equal([old.shape, plain(await old.read())], [[1], [0]]);
  const long = (await file.dereference((await file.attr('to')) as Hdf5Reference)) as Hdf5Dataset;
  ok(long.shape?.[0] === 100_001, 'it is as long as it is now');
  await log.resize([2]);
  await rejects(long.read(), 'InvalidFile');
});
