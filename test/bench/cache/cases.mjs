// What is measured of the cache, and what has to come out.

const KiB = 1024;
const MiB = 1024 * KiB;

/** How values are asked for beside what the system can do alone. `batch` is how many calls are timed together. */
export const sizes = [
  { size: '64 KiB', sizeBytes: 64 * KiB, files: 128, batch: 64 },
  { size: '1 MiB', sizeBytes: MiB, files: 24, batch: 8 },
  { size: '8 MiB', sizeBytes: 8 * MiB, files: 6, batch: 2 },
];

/** In browsers. */
export const pageSizes = [
  { size: '64 KiB', sizeBytes: 64 * KiB, values: 96, batch: 96 },
  { size: '1 MiB', sizeBytes: MiB, values: 24, batch: 8 },
  { size: '8 MiB', sizeBytes: 8 * MiB, values: 6, batch: 2 },
];

/** How many are asked for, or written, at once. */
export const eight = 8;

/** Processes that share a folder: 30 % of what they do is writing, and all of it is six times what there is room for. */
export const clients = { sizeBytes: 64 * KiB, values: 2304, ms: 2000, most: 8 };

export const engines = ['chromium', 'firefox', 'webkit'];

const raw = 'openSync+readSync+closeSync';

/** Goals: the time of `of` by that of `by` is to be at most this, or at least that. */
export const goals = [
  { does: 'get', size: '64 KiB', of: 'getMany', by: raw, atMost: 2 },
  { does: 'get', size: '64 KiB', of: 'getSync', by: raw, atMost: 2 },
  { does: 'get', size: '64 KiB', of: 'getMany', by: 'promises.readFile', atMost: 0.6 },
  { does: 'get', size: '1 MiB', of: 'getMany', by: raw, atMost: 1.4 },
  { does: 'get', size: '8 MiB', of: 'getMany', by: raw, atMost: 1.4 },
  ...sizes.map(({ size }) => ({ does: 'put', size, of: 'putMany', by: 'promises.writeFile', atMost: 1.25 })),
];

const slowestPuts = { chromium: 1.2, firefox: 4, webkit: 0.6 };

/** The same in browsers. */
export const pageGoals = engines.flatMap((engine) => [
  ...pageSizes.flatMap(({ size }) => [
    { engine, does: 'get', size, of: 'container', by: 'idb-keyval', atMost: 1.25 },
    { engine, does: 'put', size, of: 'container', by: 'idb-keyval', atMost: 1.4 },
  ]),
  { engine, does: '8 gets', size: '64 KiB', of: 'OPFS files', by: 'container', atLeast: 1.4 },
  { engine, does: '8 gets', size: '1 MiB', of: 'OPFS files', by: 'container', atLeast: 0.85 },
  { engine, does: '8 puts', size: '64 KiB', of: 'OPFS files', by: 'container', atLeast: slowestPuts[engine] },
]);

/** What eight processes do in a second, by what one does, is to be at least this. */
export const clientsGoal = 0.45;

/** Ranges of one object in Chromium, from a server with latency. */
export const parallelGoal = { engine: 'chromium', does: 'parallel', size: '16 ranges', of: '16 ranges', by: 'one range', atMost: 3 };
