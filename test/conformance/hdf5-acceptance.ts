/**
 * What reading HDF5 files may cost in requests, bytes and waits for the server. Source of the limits: measurements of the design, at 20 ms.
 *
 * @module
 */
import { openHdf5, type Hdf5File } from '../../src/hdf5.ts';
import { equal, ok } from '../harness.ts';

/** What was asked between two moments. */
export interface Cost {
  requests: number;
  bytes: number;
  rounds: number;
}

/** One step of a job, on the file that the steps before have used. */
export interface Step {
  name: string;
  act: (file: Hdf5File) => Promise<void>;
  /** The most that it may cost; of bytes it may depend on the file. */
  most: Omit<Cost, 'bytes'> & { bytes: number | ((file: Hdf5File) => Promise<number>) };
}

/** Steps on one file; opening it counts to the first. */
export interface Job {
  file: string;
  steps: Step[];
}

const kB = 1024;
const image = '/entry/instrument/detector/img';

/** Bytes of the chunks that a slice touches, times a factor. */
const chunksTimes =
  (factor: number, path: string, ranges: [number, number][]) =>
  async (file: Hdf5File): Promise<number> => {
    const places = await (await file.dataset(path)).chunkMap(ranges);
    return factor * places.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  };

/** A slice that must be as long as its ranges say. */
function slice(name: string, path: string, ranges: [number, number][], most: Step['most']): Step {
  return {
    name,
    most,
    async act(file) {
      const values = (await (await file.dataset(path)).slice(ranges)) as { length: number };
      const count = ranges.reduce((product, [from, to]) => product * (to - from), 1);
      equal(values.length, count, 'values');
    },
  };
}

const rootKeys =
  (count: number): Step['act'] =>
  async (file) =>
    equal((await file.keys()).length, count, 'keys');

/** Opening, and the few names at the root. */
const names = (count: number): Step => ({ name: 'open, names', act: rootKeys(count), most: { requests: 2, bytes: 136 * kB, rounds: 2 } });

const walk: Step['act'] = async (file) => {
  let [objects, attributes] = [1, 0];
  for await (const [, item] of file.walk({ attributes: true })) {
    objects++;
    if (item.kind === 'unreadable') throw item.error;
    if (item.kind !== 'link') attributes += Object.keys(await item.attrs()).length;
  }
  equal([objects, attributes], [4001, 8000]);
};

function imageJob(
  file: string,
  { near, factor, atRoot, path = image }: { near: number; factor: number; atRoot: number; path?: string },
): Job {
  const [of64, of640]: [number, number][][] = [
    [
      [1000, 1064],
      [1000, 1064],
    ],
    [
      [1100, 1740],
      [1100, 1740],
    ],
  ];
  return {
    file,
    steps: [
      names(atRoot),
      {
        name: 'an attribute three groups deep',
        act: async (opened) => equal(await attr(opened, path), 'det'),
        most: { requests: 1, bytes: (path === image ? 64 : 68) * kB, rounds: 1 },
      },
      slice('64 x 64', path, of64!, { requests: 6, bytes: 300 * kB, rounds: near }),
      slice('640 x 640', path, of640!, { requests: 30, bytes: chunksTimes(factor, path, of640!), rounds: 2 }),
    ],
  };
}

const attr = async (file: Hdf5File, path: string): Promise<unknown> =>
  (await file.group(path.slice(0, path.lastIndexOf('/')))).attr('name');

/** Everything that is measured. */
export const jobs: Record<string, Job> = {
  chunked: imageJob('chunked.h5', { near: 3, factor: 1.5, atRoot: 2 }),
  paged: imageJob('paged.h5', { near: 4, factor: 1.05, atRoot: 2 }),
  'an extensible array': imageJob('indexes.h5', { near: 4, factor: 1.5, atRoot: 3, path: '/earray/img' }),
  'a fixed array': imageJob('indexes.h5', { near: 4, factor: 1.5, atRoot: 3, path: '/farray/img' }),
  'a B-tree of version 2': imageJob('indexes.h5', { near: 4, factor: 1.5, atRoot: 3, path: '/bt2/img' }),
  rows: {
    file: 'contig.h5',
    steps: [
      names(1),
      slice(
        '1 % of the rows',
        '/data',
        [
          [1000, 1050],
          [0, 10_000],
        ],
        { requests: 2, bytes: 1.01 * 50 * 40_000, rounds: 1 },
      ),
    ],
  },
  columns: {
    file: 'contig.h5',
    steps: [
      names(1),
      slice(
        '1 % in columns',
        '/data',
        [
          [0, 500],
          [1000, 2000],
        ],
        { requests: 500, bytes: 10 * 500 * 4000, rounds: 1 },
      ),
    ],
  },
  groups: {
    file: 'groups_latest.h5',
    steps: [{ name: '2,000 names', act: rootKeys(2000), most: { requests: 50, bytes: 700 * kB, rounds: 6 } }],
  },
};

/** Walks through 4,001 objects with their attributes, from opening on. */
export const walks: Record<string, Job> = Object.fromEntries(
  ['groups.h5', 'groups_latest.h5', 'groups_paged.h5'].map((file) => [
    file,
    {
      file,
      steps: [{ name: 'walk', act: walk, most: { requests: 60, bytes: async ({ byteLength }) => 1.05 * byteLength, rounds: 7 } }],
    } satisfies Job,
  ]),
);

/** The end of 8 GB, from opening on. */
export const far: Job = {
  file: 'big.h5',
  steps: [
    {
      name: 'the end, and what is behind it',
      most: { requests: 5, bytes: 150 * kB, rounds: 4 },
      async act(file) {
        equal(
          await (await file.dataset('/big')).slice([[-10, null]]),
          Float32Array.from({ length: 10 }, (_, i) => i),
        );
        equal(
          await (
            await file.dataset('/after')
          ).slice([
            [99, 100],
            [95, 100],
          ]),
          BigInt64Array.of(9995n, 9996n, 9997n, 9998n, 9999n),
        );
      },
    },
  ],
};

const costOf = (file: Hdf5File): Cost => {
  const { requests, bytesFetched, rounds } = file.stats();
  return { requests, bytes: bytesFetched, rounds };
};

/**
 * Does a job and holds every step to its limits, and the figures of the file itself to those of the server.
 *
 * @param source what is opened
 * @param asked what the server has counted so far, where it does
 */
export async function holdJob(
  { steps }: Job,
  source: Parameters<typeof openHdf5>[0],
  options: Parameters<typeof openHdf5>[1] = {},
  asked?: () => Promise<{ requests: number; bytes: number }>,
): Promise<Record<string, Cost>> {
  const said: Record<string, Cost> = {};
  const over: string[] = [];
  const file = await openHdf5(source, options);
  try {
    let before: Cost = { requests: 0, bytes: 0, rounds: 0 };
    const hold = async (name: string, most: Step['most']): Promise<void> => {
      const after = costOf(file);
      const cost = { requests: after.requests - before.requests, bytes: after.bytes - before.bytes, rounds: after.rounds - before.rounds };
      said[name] = cost;
      const bytes = typeof most.bytes === 'number' ? most.bytes : await most.bytes(file);
      before = costOf(file);
      for (const [key, limit] of Object.entries({ ...most, bytes }) as [keyof Cost, number][])
        if (cost[key] > limit) over.push(`${name}: ${cost[key]} ${key}, at most ${Math.round(limit)}`);
    };
    for (const { name, act, most } of steps) {
      await act(file);
      await hold(name, most);
    }
    const all = costOf(file);
    const server = await asked?.();
    if (server)
      equal(
        { requests: all.requests, bytes: all.bytes },
        { requests: server.requests, bytes: server.bytes },
        'what the file says of itself',
      );
    ok(all.requests > 0 && all.bytes > 0, 'something that was asked for');
  } finally {
    await file.close();
  }
  equal(over, [], JSON.stringify(said));
  return said;
}
