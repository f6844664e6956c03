// HDF5 files that are cut, flipped or say what nobody can mean: an error of ours, soon, and the next file opens.
import { openHdf5 } from '../../src/hdf5.ts';
import { compareFile } from '../conformance/hdf5-compare.ts';
import { random } from '../conformance/hdf5-fuzz.ts';
import { survey, surveyFlips } from '../conformance/hdf5-hostile.ts';
import { hdf5Bytes, hdf5Url, oracleOf } from '../conformance/hdf5-oracle.ts';
import { memorySource } from '../conformance/hdf5-sources.ts';
import { need } from '../env.ts';
import { equal, ok, rejects, test } from '../harness.ts';

/** A file that is whole still reads as it should. */
async function stillWell(): Promise<void> {
  const file = await openHdf5(hdf5Url('victim_latest.h5'));
  equal(await compareFile(file, await oracleOf('victim_latest.h5')), []);
  await file.close();
}

for (const name of ['victim.h5', 'victim_latest.h5']) {
  test(
    `${name} cut anywhere`,
    async () => {
      const bytes = await hdf5Bytes(name);
      const next = random(1);
      const ends = [0, 7, 8, 9, 47, 48, 95, 96, 512, 2048, bytes.length - 1];
      const lengths = [...ends, ...Array.from({ length: 30 }, () => Math.floor(next() * bytes.length))];
      for (const length of lengths) {
        const { opened, errors } = await survey(bytes.subarray(0, length));
        ok(!opened || Object.keys(errors).length, `an error at ${length} of ${bytes.length} bytes`);
      }
      await stillWell();
    },
    { timeoutMs: 60_000 },
  );

  test(
    `${name} with flipped bits`,
    async () => {
      const errors = await surveyFlips(await hdf5Bytes(name), { seed: 1, from: 0, count: 60 });
      ok(errors['InvalidFile'], JSON.stringify(errors));
      await stillWell();
    },
    { timeoutMs: 60_000 },
  );
}

/** Each says one thing that nobody can mean; whoever reads what it is about must be told. */
const absurd = [
  'shape',
  'shape_all',
  'chunk_zero',
  'text',
  'vlen',
  'heap',
  'tree',
  'entries',
  'end',
  'versions',
  'zeros',
  'head',
  'nothing',
];

for (const name of absurd) {
  test(
    `absurd_${name}.h5`,
    async () => {
      const { errors } = await survey(await hdf5Bytes(`absurd_${name}.h5`));
      ok(Object.keys(errors).length > 0, 'an error');
      await stillWell();
    },
    { timeoutMs: 30_000 },
  );
}

test('what is absurd and not in the way is not', async () => {
  for (const name of ['chunk', 'address']) {
    equal((await survey(await hdf5Bytes(`absurd_${name}.h5`))).errors, {}, name);
    const file = await openHdf5(await hdf5Bytes(`absurd_${name}.h5`));
    equal(await (await file.dataset('chunked')).slice([[0, 3]]), Uint8Array.of(1, 1, 1), name);
    await file.close();
  }
});

test('what is no HDF5 file is told by name', async () => {
  for (const name of ['absurd_text.txt', 'absurd_nothing.h5']) {
    const error = await rejects<Error>(openHdf5(await hdf5Bytes(name)), 'InvalidFile');
    equal(error.name, 'NotHdf5Error', name);
  }
});

test('more than memory holds is an error at once, and slices of it are read', async () => {
  const file = await openHdf5(await hdf5Bytes('absurd_chunk_one.h5'));
  for (const name of ['flat', 'chunked', 'packed']) {
    const dataset = await file.dataset(name);
    equal(dataset.shape, [2 ** 40], name);
    await rejects(dataset.read(), ({ code }: { code?: string }) => code === 'QuotaExceeded' || code === 'InvalidFile');
  }
  equal(await (await file.dataset('chunked')).slice([[-3, null]]), Uint8Array.of(3, 3, 3));
  await file.close();
  await stillWell();
});

test('what lies outside of the folder is not looked for', async () => {
  need('hdf5');
  const asked: string[] = [];
  const bytes = await hdf5Bytes('forbidden.h5');
  const source = {
    byteLength: bytes.length,
    read: async (ranges: readonly { start: number; end: number }[]) => ranges.map(({ start, end }) => bytes.slice(start, end)),
    sibling: async (name: string) => {
      asked.push(name);
      return null;
    },
  };
  const file = await openHdf5(source);
  for (const name of await file.keys()) {
    const item = await file.get(name);
    if (item?.kind === 'dataset' && name !== 'data') await item.read().catch(() => {});
  }
  await file.close();
  const bad = asked.filter((name) => /^[/\\]|^\w:|:\/\/|\\|(^|\/)\.{0,2}(\/|$)/.test(name));
  equal(bad, []);
});

test('links that lead back to themselves end', async () => {
  const siblings = { 'loops.h5': await hdf5Bytes('loops.h5'), 'loops_other.h5': await hdf5Bytes('loops_other.h5') };
  const file = await openHdf5(memorySource(siblings['loops.h5'], { siblings }));
  const paths: string[] = [];
  for await (const [path] of file.walk()) paths.push(path);
  ok(paths.length < 100 && paths.includes('/group/again') && paths.includes('/group/root'), paths.join());
  equal((await file.get(['group', 'again', 'again', 'root', 'group', 'again'].join('/')))?.kind, 'group');
  for (const name of ['self', 'a', 'b', 'deeper', 'ext_self', 'ext_other']) {
    const item = await file.get(name).catch((error: { code?: string }) => error);
    ok(item && ('kind' in item ? item.kind === 'link' : item.code === 'InvalidFile'), `a link or an error at ${name}`);
  }
  equal(await (await file.dataset('data')).read(), BigInt64Array.of(0n, 1n, 2n));
  await file.close();
  await stillWell();
});
