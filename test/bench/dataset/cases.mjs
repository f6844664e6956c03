// What is measured of datasets, beside Octue's own SDK where it can do the same, and what has to come out.

/** Names and numbers of files; what a case opens or sends is made once, see data.mjs. */
export const counts = { open: 500, move: 200, latency: 100, memory: 100_000, local: 10_000 };

/** Added by toxiproxy to what the server sends, in the cases that say so. */
export const latencyMs = 20;

/** One filter on 500 files, for both sides in the words of Octue's SDK. */
const byTag = { tags__group__equals: 'g3' };

/** Two on 100,000: neither lets few through, so that both are asked of many. */
const byTwo = { tags__n__gte: counts.memory / 2, labels__contains: 'odd' };

/**
 * Cases in the order in which they run. `does` is a request of anyfile.mjs and octue_side.py, `octue` says whether the latter takes part, `on` is
 * the server, `fresh` wants new processes each round, `warm` lets anyfile do it unmeasured before. `atLeast` is the ratio of Octue's time to anyfile's, `atMostMs` a time of anyfile's; a
 * case without either is for information.
 */
export const cases = [
  {
    name: 'open',
    title: `open ${counts.open} objects`,
    does: 'open',
    on: 'gs',
    files: 'open',
    warm: true,
    octue: true,
    rounds: 5,
    atLeast: 50,
  },
  {
    name: 'open-first',
    title: `open ${counts.open} objects, first of all in a new process`,
    does: 'open',
    on: 'gs',
    files: 'open',
    octue: true,
    fresh: true,
    rounds: 3,
  },
  {
    name: 'upload',
    title: `upload ${counts.move} files of 4 KiB`,
    does: 'upload',
    on: 'gs',
    files: 'move',
    octue: true,
    rounds: 3,
    atLeast: 5,
  },
  {
    name: 'download',
    title: `download ${counts.move} files of 4 KiB`,
    does: 'download',
    on: 'gs',
    files: 'move',
    octue: true,
    rounds: 3,
    atLeast: 7,
  },
  {
    name: 'filter',
    warm: true,
    title: `filter ${counts.open} files by a tag`,
    does: 'filter',
    on: 'gs',
    files: 'open',
    criteria: byTag,
    times: 20,
    octue: true,
    rounds: 5,
    atLeast: 20,
  },
  {
    name: 'latency',
    warm: true,
    title: `open ${counts.latency} objects with ${latencyMs} ms of latency`,
    does: 'open',
    on: 'slow',
    files: 'latency',
    octue: true,
    rounds: 3,
    atLeast: 100,
  },
  {
    name: 'memory',
    warm: true,
    title: `filter ${counts.memory.toLocaleString('en-US')} datafiles in memory by two filters`,
    does: 'filterMade',
    files: 'memory',
    criteria: byTwo,
    rounds: 5,
    atMostMs: 50,
  },
  {
    name: 'local',
    title: `open ${counts.local.toLocaleString('en-US')} local files of one folder`,
    does: 'openLocal',
    files: 'local',
    rounds: 5,
    atMostMs: 2000,
  },
  { name: 's3-open', title: `S3: open ${counts.open} objects`, does: 'open', on: 's3', files: 'open', rounds: 3 },
  { name: 's3-upload', title: `S3: upload ${counts.move} files of 4 KiB`, does: 'upload', on: 's3', files: 'move', rounds: 3 },
];
