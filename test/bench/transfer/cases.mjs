// What is measured of transfers, and the goals.

/** The files. */
export const tree = { files: 2000, totalBytes: 500_000_000 };
export const quickTree = { files: 300, totalBytes: 75_000_000 };

/** The file that is uploaded by parts. */
export const large = { sizeBytes: 512 << 20, partBytes: 8 << 20, partsInFlight: 4 };

/** Directions, with what they are called. */
export const legs = { up: 'disk to bucket', down: 'bucket to disk', copy: 'bucket to bucket' };

/** The command in the newest Node; the goals are held to the one that runs the bench. */
export const inNewest = 'anyfile in Node 26';

/** The commands; those that take very long run in the first rounds only. */
export const sides = {
  anyfile: {},
  [inNewest]: {},
  s5cmd: {},
  rclone: {},
  'rclone, 32 transfers': {},
  cloudfiles: { rounds: 2 },
  'cloudfiles -p 2': { rounds: 2 },
};

/** The time of `by` by that of `anyfile` is to be at least this. */
export const goals = [
  { leg: 'up', by: 's5cmd', atLeast: 0.85 },
  { leg: 'up', by: 'rclone', atLeast: 1 },
  { leg: 'up', by: 'cloudfiles', atLeast: 3.5 },
  { leg: 'down', by: 's5cmd', atLeast: 0.6 },
  { leg: 'down', by: 'rclone', atLeast: 1 },
  { leg: 'down', by: 'cloudfiles', atLeast: 8 },
  { leg: 'copy', by: 's5cmd', atLeast: 0.6 },
  { leg: 'copy', by: 'rclone', atLeast: 1 },
  { leg: 'copy', by: 'cloudfiles', atLeast: 40 },
  { leg: 'large', by: 'plain PUT', atLeast: 0.95 },
  { leg: 'large', by: 'lib-storage', atLeast: 2.5 },
];

/** How a process may grow while it uploads by parts, in MiB: what is in flight, the next part, and one that is being completed. */
export const growthMiB = ((large.partsInFlight + 2) * large.partBytes) / 2 ** 20;
