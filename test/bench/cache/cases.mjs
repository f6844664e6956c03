// What is measured of the cache in Node, and what has to come out.

const KiB = 1024;
const MiB = 1024 * KiB;

/** How values are asked for beside what the system can do alone. `batch` is how many calls are timed together. */
export const sizes = [
  { size: '64 KiB', sizeBytes: 64 * KiB, files: 128, batch: 64 },
  { size: '1 MiB', sizeBytes: MiB, files: 24, batch: 8 },
  { size: '8 MiB', sizeBytes: 8 * MiB, files: 6, batch: 2 },
];

const raw = 'openSync+readSync+closeSync';

/** Goals: the time of `of` by that of `by` is to be at most this. */
export const goals = [
  { does: 'get', size: '64 KiB', of: 'getMany', by: raw, atMost: 2 },
  { does: 'get', size: '64 KiB', of: 'getSync', by: raw, atMost: 2 },
  { does: 'get', size: '64 KiB', of: 'getMany', by: 'promises.readFile', atMost: 0.6 },
  { does: 'get', size: '1 MiB', of: 'getMany', by: raw, atMost: 1.4 },
  { does: 'get', size: '8 MiB', of: 'getMany', by: raw, atMost: 1.4 },
  ...sizes.map(({ size }) => ({ does: 'put', size, of: 'putMany', by: 'promises.writeFile', atMost: 1.25 })),
];
