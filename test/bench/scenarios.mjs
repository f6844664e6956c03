// What is measured, beside whom, and what has to come out.

const KIB = 1024;

/**
 * A goal: the subject's rate over the rate of a peer (median of the ratios within rounds) is at least `atLeast`; with `rss`, the
 * subject's peak memory less the peer's is at most so many MiB. Without a bound it is for information.
 */
const goal = (beside, atLeast, subject = 'anyfile') => ({ subject, beside, atLeast });

/** Scenarios of Node by name. `unit` names what the rate counts. */
export const scenarios = {
  'small-get': {
    title: 'GET of 4 KiB, 32 in flight',
    note: 'anyfile checks the MD5 of each object; undici.request, which it is held against, checks nothing, and nor does `not verified`.',
    does: 'get',
    inFlight: 32,
    unit: 'GET/s',
    peers: ['fetch', 'undici.request', 'anyfile', 'anyfile, not verified', 'CloudFiles', 's3mini', 'aws4fetch', 'aws-sdk', 'opendal'],
    goals: [goal('fetch', 2), goal('undici.request', 0.85, 'anyfile, not verified'), goal('undici.request', undefined)],
  },
  'small-put': {
    title: 'PUT of 4 KiB, 32 in flight',
    does: 'put',
    inFlight: 32,
    unit: 'PUT/s',
    peers: ['fetch', 'undici.request', 'anyfile', 'CloudFiles', 's3mini', 'aws4fetch', 'aws-sdk', 'opendal'],
    goals: [goal('fetch', 3)],
  },
  'range-get': {
    title: 'Ranges of 64 KiB of a 512 MiB object, 16 in flight',
    does: 'range',
    inFlight: 16,
    unit: 'GET/s',
    peers: ['fetch', 'undici.request', 'anyfile', 'CloudFiles', 's3mini', 'aws4fetch', 'aws-sdk', 'opendal'],
    goals: [goal('fetch', 1.8)],
  },
  list: {
    title: 'Listing of 20,000 keys',
    note: 'Key, size, ETag and date of every object; CloudFiles gives names alone.',
    does: 'list',
    inFlight: 1,
    unit: 'keys/s',
    peers: ['s3mini', 'aws-sdk', 'anyfile', 'CloudFiles', 'opendal'],
    goals: [goal('s3mini', 1.5), goal('aws-sdk', 3)],
  },
  'large-get': {
    title: 'One GET of 512 MiB, streamed and dropped',
    note: 'After one GET of 4 KiB, so that code is loaded and the connection is there.',
    does: 'stream',
    key: 'big/none',
    inFlight: 1,
    unit: 'MB/s',
    peers: ['fetch', 'undici.request', 'anyfile, not verified', 's3mini', 'aws4fetch', 'aws-sdk', 'opendal'],
    goals: [goal('fetch', 0.95, 'anyfile, not verified'), { subject: 'anyfile, not verified', beside: 'fetch', rss: 16 }],
  },
  'large-get-verified': {
    title: 'The same, verified',
    note: 'By the checksum that the store gives for the whole object.',
    does: 'stream',
    key: 'big/none',
    inFlight: 1,
    unit: 'MB/s',
    peers: [
      'anyfile, not verified',
      'anyfile, crc32',
      'anyfile, crc32c',
      'anyfile, crc64nvme',
      'anyfile, md5',
      'aws-sdk, crc32c',
      'google-cloud/storage, crc32c',
      'undici.request, md5 by node:crypto',
      'node:crypto alone',
    ],
    goals: [
      goal('anyfile, not verified', 0.85, 'anyfile, crc32c'),
      goal('aws-sdk, crc32c', 5, 'anyfile, crc32c'),
      goal('google-cloud/storage, crc32c', 5, 'anyfile, crc32c'),
      goal('undici.request, md5 by node:crypto', 0.95, 'anyfile, md5'),
      goal('node:crypto alone', undefined, 'anyfile, md5'),
    ],
    baseline: 'anyfile, not verified',
  },
  latency: {
    title: 'GET of 4 KiB with 20 ms of latency, 128 in flight',
    does: 'get',
    inFlight: 128,
    latencyMs: 20,
    unit: 'GET/s',
    peers: ['fetch', 'undici.request', 'anyfile', 's3mini', 'aws4fetch', 'aws-sdk', 'opendal'],
    goals: [goal('fetch', 1.4)],
  },
  'latency-512': {
    title: 'The same, 512 in flight',
    note: 'With 128 in flight 20 ms allow 6,400 a second at most, whoever asks; here it is the clients that differ.',
    does: 'get',
    inFlight: 512,
    latencyMs: 20,
    unit: 'GET/s',
    peers: ['fetch', 'undici.request', 'anyfile', 's3mini', 'opendal'],
    goals: [goal('fetch', undefined)],
  },
  sign: {
    title: 'Signatures (SigV4, headers of a GET)',
    note: 'One after the other; the asynchronous ones also 32 at a time.',
    does: 'sign',
    inFlight: 1,
    unit: 'signatures/s',
    peers: [
      'aws4fetch, shared cache',
      'aws4fetch, shared cache, 32 at once',
      'aws4fetch, no cache',
      'AwsClient.sign',
      'signAws',
      'inner signer',
    ],
    goals: [goal('aws4fetch, shared cache', 10, 'signAws'), goal('aws4fetch, shared cache', 10, 'inner signer')],
    baseline: 'aws4fetch, shared cache',
  },
};

/** Sizes of what is read and written. */
export const sizes = { small: 4 * KIB, range: 64 * KIB, big: 512 * KIB * KIB };

/** How long a peer works in each process, and before that unmeasured until its code is compiled. A large GET is done once. */
export const durations = { ms: 1200, warmMs: 700 };

/** How many keys there are to list. */
export const listedKeys = 20_000;

/** What a page in Chromium measures. */
export const inBrowser = {
  title: 'In Chromium: reads of 4 KiB, 32 in flight',
  note: 'Headless, from a page on another origin, every read of a key of its own. `fetch` is unsigned and `no-store`; aws4fetch signs in headers.',
  page: true,
  n: 1600,
  warm: 400,
  inFlight: 32,
  unit: 'GET/s',
  peers: ['fetch', 'anyfile', 'anyfile, not verified', 'aws4fetch'],
  goals: [goal('fetch', 0.85), { subject: 'anyfile', preflights: 0 }],
};

/** And one large read. */
export const largeInBrowser = {
  title: 'In Chromium: one GET of 512 MiB, streamed and dropped',
  note: 'By the CRC-32C that the store gives, and without.',
  page: true,
  unit: 'MB/s',
  peers: ['fetch', 'anyfile, not verified', 'anyfile, crc32c'],
  goals: [goal('anyfile, not verified', 0.85, 'anyfile, crc32c')],
};
