// What is measured of HDF5 files, beside other ways to read them over HTTP, and what has to come out.

/** How the server is reached: what it waits for before each answer, and what passes in a second. `only` and `most` keep short what takes long. */
export const networks = [
  { network: '20 ms', latencyMs: 20 },
  { network: '100 ms', latencyMs: 100 },
  { network: '100 ms, 100 Mbit/s', latencyMs: 100, megabitsPerSecond: 100, only: ['slice640'], most: 3 },
];

const detector = '/entry/instrument/detector';

/**
 * What is read, each from a cold start: the file is opened anew, at an address that nobody has seen before. `most` are the rounds of what takes
 * long.
 */
export const cases = [
  { name: 'open', title: 'open, names at the root', file: 'chunked.h5', does: 'keys', path: '/' },
  {
    name: 'attribute',
    title: 'open, an attribute three groups deep',
    file: 'chunked.h5',
    does: 'attribute',
    path: detector,
    attribute: 'name',
  },
  { name: 'slice64', title: 'open, 64 × 64 of 6,000 × 6,000', file: 'chunked.h5', ...slice(`${detector}/img`, [1000, 1064], [1000, 1064]) },
  { name: 'slice640', title: 'open, 640 × 640', file: 'chunked.h5', ...slice(`${detector}/img`, [1100, 1740], [1100, 1740]) },
  { name: 'paged640', title: 'open, 640 × 640, file in pages', file: 'paged.h5', ...slice(`${detector}/img`, [1100, 1740], [1100, 1740]) },
  { name: 'rows', title: 'open, 1 % in rows', file: 'contig.h5', ...slice('/data', [1000, 1050], [0, 10_000]) },
  { name: 'columns', title: 'open, 1 % in columns', file: 'contig.h5', ...slice('/data', [0, 500], [1000, 2000]) },
  { name: 'walk', title: 'open, walk through 4,001 objects', file: 'groups.h5', does: 'walk', most: 3 },
  { name: 'walk-latest', title: 'the same, newest format', file: 'groups_latest.h5', does: 'walk', most: 3 },
];

function slice(path, ...ranges) {
  return { does: 'slice', path, ranges };
}

const fsspec = ['h5py, readahead', 'h5py, blockcache'];
const sides = [
  { engine: 'node', by: 'anyfile', peers: [...fsspec, 'full download'] },
  { engine: 'chromium', by: 'anyfile, page', peers: ['full download, page'] },
  { engine: 'chromium', by: 'anyfile, worker', peers: ['full download, worker', 'lazy file, worker'] },
];
const [soon, late, narrow] = networks.map(({ network }) => network);

/** Goals for 640 × 640 from a cold start: what `of` takes by what `by` takes is to be at least this. */
export const goals = [
  ...fsspec.map((of) => ({ engine: 'node', network: soon, what: 'bytes', of, by: 'anyfile', atLeast: 5 })),
  ...fsspec.map((of) => ({ engine: 'node', network: soon, what: 'ms', of, by: 'anyfile', atLeast: 1.2 })),
  ...[late, narrow].flatMap((network) =>
    sides.flatMap(({ engine, by, peers }) => peers.map((of) => ({ engine, network, what: 'ms', of, by, atLeast: 3 }))),
  ),
].map((goal) => ({ name: 'slice640', ...goal }));

/** What is written: blocks of 4 MB one behind the other. */
export const written = { blocks: 50, rowsOfBlock: 100, columns: 10_000, rounds: 3 };

/** What WebAssembly's heap may have grown to by that, in bytes. */
export const writtenHeapBytes = 32e6;
