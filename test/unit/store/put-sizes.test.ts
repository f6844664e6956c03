/** A stream that is not as long as its caller said: no store may take a body that broke off for an object. */
import { Client, type ClientOptions, type ObjectStore } from '../../../src/index.ts';
import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';
import { openScenario, pattern, type Log } from '../../servers/fixture/client.ts';

const MiB = 2 ** 20;

/** Bytes in chunks that no part is a multiple of; tells how many were asked for, and whether it was closed. */
function streamOf(sizeBytes: number): { body: AsyncGenerator<Uint8Array>; given(): number; closed(): boolean } {
  let given = 0;
  let closed = false;
  const body = (async function* () {
    try {
      for (let at = 0; at < sizeBytes; at += 700_001) {
        const chunk = pattern(Math.min(700_001, sizeBytes - at), 1);
        given += chunk.length;
        yield chunk;
      }
    } finally {
      closed = true;
    }
  })();
  return { body, given: () => given, closed: () => closed };
}

interface Place {
  store: ObjectStore;
  requests(): Promise<Log['requests']>;
  stored(key: string): Promise<Uint8Array | null>;
}

async function withPlace(kind: 's3' | 'gs by tokens' | 'gs by keys', use: (place: Place) => Promise<void>): Promise<void> {
  const opened = async (): Promise<Omit<Place, 'store'> & { url: string; options: ClientOptions; close(): Promise<void> }> => {
    if (kind === 's3') {
      const { endpoint, region, credentials, bucket, log, object, close } = await openScenario('s3', {});
      const requests = async (): Promise<Log['requests']> => (await log()).requests;
      return { url: `s3://${bucket}`, options: { endpoint, region, credentials }, requests, stored: (key) => object(key), close };
    }
    const { endpoint, accessToken, credentials, bucket, log, object, close } = await openScenario('gcs', {});
    const options = { endpoint, credentials: kind === 'gs by tokens' ? { accessToken } : credentials };
    const requests = async (): Promise<Log['requests']> => (await log()).requests;
    return { url: `gs://${bucket}`, options, requests, stored: (key) => object(key), close };
  };
  const { url, options, close, ...place } = await opened();
  const client = new Client({ ...options, retry: { minDelayMs: 5 } });
  try {
    await use({ ...place, store: client.store(url) });
  } finally {
    await client.close();
    await close();
  }
}

/** What was begun and what was taken back, of uploads in parts and of sessions. */
function begunAndEnded(requests: Log['requests']): [begun: number, ended: number] {
  const begun = requests.filter(
    ({ method, queryKeys, query }) => method === 'POST' && (queryKeys.includes('uploads') || query['uploadType'] === 'resumable'),
  );
  const ended = requests.filter(
    ({ method, queryKeys }) => method === 'DELETE' && (queryKeys.includes('uploadId') || queryKeys.includes('upload_id')),
  );
  return [begun.length, ended.length];
}

const before = new TextEncoder().encode('what was there before');

/** What there is, and what was said. The sizes of parts are 16 MiB: ends within one and at one. */
const cases: readonly (readonly [what: string, sizeBytes: number, said: number])[] = [
  ['a small one that is short', 1000, 2000],
  ['a small one that is long', 2000, 1000],
  ['an empty one', 0, 1000],
  ['one that should be empty', 1000, 0],
  ['one that ends before its first part does', 3 * MiB, 40 * MiB],
  ['one that ends with a part', 16 * MiB, 17 * MiB],
  ['one that goes on behind its last part', 17 * MiB, 16 * MiB],
  ['one in parts that is short', 18 * MiB, 18 * MiB + 1],
  ['one in parts that is long', 18 * MiB + 1, 18 * MiB],
];

for (const kind of ['s3', 'gs by tokens', 'gs by keys'] as const) {
  // the fixture's XML API takes no uploads in parts; those of GCS go the way of S3's
  const inParts = kind !== 'gs by keys';
  test(`${kind}: a stream of another size than was said is refused, and what was there stays`, () =>
    withPlace(kind, async ({ store, requests, stored }) => {
      await store.put('k', before);
      for (const [what, sizeBytes, said] of cases) {
        if (!inParts && sizeBytes >= 16 * MiB) continue;
        const { body, closed } = streamOf(sizeBytes);
        await rejects(store.put('k', body, { sizeBytes: said }), 'InvalidArgument');
        sameBytes(await stored('k'), before, what);
        ok(closed() || sizeBytes === 0, `${what}: closed`);
      }
      const [begun, ended] = begunAndEnded(await requests());
      equal(begun > 0, inParts, 'uploads in parts were begun');
      equal(ended, begun, 'and each was taken back');
    }));

  test(`${kind}: a stream that is longer than was said is read no further`, () =>
    withPlace(kind, async ({ store, stored }) => {
      const { body, given } = streamOf(14 * MiB);
      await rejects(store.put('k', body, { sizeBytes: MiB }), 'InvalidArgument');
      ok(given() < 2 * MiB, `${given()} bytes were read`);
      equal(await stored('k'), null);
    }));

  test(`${kind}: a stream of the size that was said is stored`, () =>
    withPlace(kind, async ({ store, stored }) => {
      for (const sizeBytes of inParts ? [0, 1000, 16 * MiB, 17 * MiB] : [0, 1000]) {
        await store.put('k', streamOf(sizeBytes).body, { sizeBytes });
        equal((await stored('k'))!.length, sizeBytes);
      }
    }));
}
