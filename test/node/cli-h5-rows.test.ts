/** anyfile h5: rows read in blocks are those of the slice, whatever the blocks; and a bucket, with what was fetched of it. */
import fc from 'fast-check';
import { readRows } from '../../src/cli/h5-rows.ts';
import { parseSlice, sliceOf } from '../../src/cli/h5-slice.ts';
import { openHdf5, type Hdf5Dataset } from '../../src/hdf5.ts';
import { Client } from '../../src/index.ts';
import { env, need, uniqueName } from '../env.ts';
import { equal, ok, test } from '../harness.ts';
import { frontBytes } from './cli/front-file.ts';
import { cli, optionsOf } from './cli/run-cli.ts';

/** Indexes of an axis by Python's rules, told one by one. */
function indexesOf(part: string, extent: number): number[] {
  if (!part.includes(':')) return [Number(part) < 0 ? Number(part) + extent : Number(part)];
  const [start = '', stop = '', step = ''] = part.split(':');
  const place = (text: string, otherwise: number): number => {
    if (text === '') return otherwise;
    return Math.min(Math.max(Number(text) < 0 ? Number(text) + extent : Number(text), 0), extent);
  };
  const found: number[] = [];
  for (let i = place(start, 0); i < place(stop, extent); i += Number(step || 1)) found.push(i);
  return found;
}

const partFor = (extent: number): fc.Arbitrary<string> => {
  const edge = fc.option(fc.integer({ min: -extent - 2, max: extent + 2 }), { nil: undefined });
  const range = fc
    .tuple(edge, edge, fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }))
    .map(([start, stop, step]) => `${start ?? ''}:${stop ?? ''}${step === undefined ? '' : `:${step}`}`);
  return fc.oneof({ weight: 3, arbitrary: range }, { weight: 1, arbitrary: fc.integer({ min: -extent, max: extent - 1 }).map(String) });
};

test('rows of a slice are in order and complete, in blocks of any size and up to any limit', async () => {
  const file = await openHdf5(frontBytes());
  const names = { grid: [20, 30], cube: [4, 5, 6], growing: [5] };
  const valueAt: Record<string, (index: number[]) => number> = {
    grid: ([i, j]) => 100 * i! + j!,
    cube: ([i, j, k]) => 30 * i! + 6 * j! + k!,
    growing: ([i]) => i! / 4,
  };
  const datasets = new Map<string, Hdf5Dataset>();
  for (const name of Object.keys(names)) datasets.set(name, await file.dataset(name));
  const asked = fc
    .constantFrom(...(Object.keys(names) as (keyof typeof names)[]))
    .chain((name) =>
      fc.tuple(fc.constant(name), fc.tuple(...names[name].map(partFor)), fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 30 })),
    );
  await fc.assert(
    fc.asyncProperty(asked, fc.boolean(), async ([name, parts, maxBytes, most], isLimited) => {
      const limit = isLimited ? most : Infinity;
      const dataset = datasets.get(name)!;
      const shape = dataset.shape!;
      const indexes = parts.map((part, axis) => indexesOf(part, shape[axis]!));
      const kept = parts.filter((part) => part.includes(':')).length;
      const points = indexes.reduce<number[][]>((all, its) => all.flatMap((index) => its.map((one) => [...index, one])), [[]]);
      const width = kept < 2 ? 1 : indexes[parts.findLastIndex((part) => part.includes(':'))]!.length;
      const got: number[] = [];
      let rows = 0;
      for await (const block of readRows(dataset, sliceOf(parseSlice(parts.join(',')), shape), {
        limit,
        maxBytes,
        signal: new AbortController().signal,
      })) {
        for (let row = 0; row < block.count && rows < limit; row++) {
          const values = Array.from(block.values as Float32Array).slice(row * block.width, (row + 1) * block.width);
          equal(valueAt[name]!([...block.indexOf(row)]), values[0], 'the index of the first value of a row');
          got.push(...values);
          if (block.ends) rows++;
        }
      }
      equal(got, points.slice(0, Math.min(points.length, limit * Math.max(1, width))).map(valueAt[name]!), parts.join(','));
    }),
    { seed: env().seed, numRuns: 150 },
  );
  await file.close();
});

test('a file in a bucket: what is printed, and how little of it is fetched', async () => {
  const server = need('versitygw');
  const clientOptions = optionsOf(server);
  const client = new Client(clientOptions);
  const url = `s3://${server.bucket}/${uniqueName('front')}.h5`;
  try {
    // something to lie behind, which nobody asks for
    const bytes = new Uint8Array(3_000_000);
    bytes.set(frontBytes());
    await client.files(url.replace(/[^/]+$/, '')).put(url.replace(/^.*\//, ''), bytes);
    const got = await cli(['h5', 'dump', url, '/grid', '--slice', '3,:3', '--verbose'], { clientOptions });
    equal([got.status, got.stdout], [0, '300\n301\n302\n']);
    const [, requests, fetched, all] = /: (\d+) requests? in \d+ rounds?, ([\d,]+) of ([\d,]+) bytes/.exec(got.stderr) ?? [];
    equal(all, '3,000,000');
    ok(Number(requests) <= 2 && Number(fetched?.replaceAll(',', '')) <= 140_000, got.stderr);
    const missing = await cli(['h5', 'ls', `${url}x`], { clientOptions });
    equal([missing.status, missing.errors[0]], [1, `anyfile h5 ls: ${url}x: does not exist`]);
    const folder = await cli(['h5', 'ls', `s3://${server.bucket}/`], { clientOptions });
    equal([folder.status, folder.errors[0]], [1, `anyfile h5 ls: s3://${server.bucket}/: is a directory`]);
    const denied = await cli(['h5', 'ls', url], {
      clientOptions: { ...clientOptions, credentials: { accessKeyId: server.accessKeyId, secretAccessKey: 'wrong' } },
    });
    equal(denied.status, 3, 'wrong keys');
  } finally {
    await client.files(url.replace(/[^/]+$/, '')).delete(url.replace(/^.*\//, ''));
    await client.close();
  }
});
