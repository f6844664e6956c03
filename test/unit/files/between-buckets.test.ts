/** From one bucket to another of the same service: the server copies, and the bytes stay where they are. */
import { Client, CloudFiles, type ClientOptions } from '../../../src/index.ts';
import { isPage } from '../data/datafile/places.ts';
import { uniqueName } from '../../env.ts';
import { equal, ok, rejects, sameBytes, skip, test } from '../../harness.ts';
import { openScenario, type FaultRule, type Log, type Scenarios } from '../../servers/fixture/client.ts';

interface Two {
  from: CloudFiles;
  to: CloudFiles;
  buckets: string[];
  requests(): Promise<Log['requests']>;
  faults(rules: FaultRule[]): Promise<unknown>;
}

async function withTwo(kind: 's3' | 'gs' | 'gs-key', use: (two: Two) => Promise<void>): Promise<void> {
  const buckets = ['one', 'two'].map(uniqueName);
  const opened = async (): Promise<{ options: ClientOptions; server: Pick<Scenarios['s3'], 'log' | 'update' | 'close'> }> => {
    if (kind === 's3') {
      const { endpoint, region, credentials, ...server } = await openScenario('s3', { buckets });
      return { options: { endpoint, region, credentials }, server };
    }
    const { endpoint, accessToken, credentials, ...server } = await openScenario('gcs', { buckets });
    return { options: { endpoint, credentials: kind === 'gs' ? { accessToken } : credentials }, server };
  };
  const { options, server } = await opened();
  const { log, update, close } = server;
  const client = new Client({ ...options, retry: { attempts: 2, minDelayMs: 1 } });
  const url = (bucket: string): string => `${kind === 's3' ? 's3' : 'gs'}://${bucket}/some/folder`;
  try {
    const [from, to] = buckets.map((bucket) => new CloudFiles(url(bucket), { client })) as [CloudFiles, CloudFiles];
    await use({
      from,
      to,
      buckets,
      requests: async () => (await log()).requests,
      faults: (rules) => update({ faults: rules, clearLog: true }),
    });
  } finally {
    await client.close();
    await close();
  }
}

const bytes = new Uint8Array(5000).map((_, i) => (i * 7) & 255);

for (const kind of ['s3', 'gs', 'gs-key'] as const) {
  test(`between buckets, ${kind}: the server copies, with all that goes with the bytes`, () =>
    withTwo(kind, async ({ from, to, requests, faults }) => {
      await from.put('a b+c', bytes, { contentType: 'text/x-test', metadata: { some: 'thing' }, compress: 'gzip' });
      await from.put('deep/b', bytes);
      await faults([]);
      equal(await to.transferFrom(from, { paths: ['a b+c', ['deep/b', 'other/c']] }), 2);
      const made = (await requests()).filter(({ method }) => method !== 'OPTIONS');
      equal([made.length, made.filter(({ method }) => method === 'GET').length], [2, 0], 'one request each, and nothing is read');
      sameBytes(await to.get('other/c'), bytes);
      if (!isPage()) {
        sameBytes(await to.get('a b+c'), bytes);
        const { contentType, contentEncoding, metadata } = (await to.head('a b+c'))!;
        equal([contentType, contentEncoding, metadata], ['text/x-test', 'gzip', { some: 'thing' }]);
      }
      await rejects(to.transferFrom(from, { paths: ['none'] }), 'NotFound');
      equal(await from.transferTo(to, { paths: ['none'], allowMissing: true }), 0);
    }));
}

test('between buckets: who may not read the other one with these keys has the bytes come through', () =>
  withTwo('s3', async ({ from, to, requests, faults }) => {
    if (isPage()) skip('the header is as good in a page');
    await from.put('a', bytes);
    await faults([{ match: { operation: 'CopyObject' }, fault: { type: 'status', status: 403, code: 'AccessDenied' } }]);
    await to.transferFrom(from, { paths: ['a'] });
    sameBytes(await to.get('a'), bytes);
    ok(
      (await requests()).some(({ method }) => method === 'GET'),
      'it was read',
    );
  }));

test('between buckets: what is too large for one copy is copied in parts, of one version', () =>
  withTwo('s3', async ({ from, to, buckets, requests, faults }) => {
    await from.put('a', bytes, { contentType: 'text/x-test' });
    const message = 'The specified copy source is larger than the maximum allowable size for a copy source: 5368709120';
    const tooLarge = {
      match: { operation: 'CopyObject' },
      fault: { type: 'status', status: 400, code: 'InvalidRequest', message },
    } as const;
    await faults([tooLarge]);
    await to.transferFrom(from, { paths: ['a'] });
    sameBytes(await to.get('a'), bytes);
    equal((await to.head('a'))!.contentType, 'text/x-test');
    const part = (await requests()).find(({ operation }) => operation === 'UploadPartCopy')!;
    ok(part.headers['x-amz-copy-source-if-match'], 'pinned');
    equal(part.headers['x-amz-copy-source-range'], `bytes=0-${bytes.length - 1}`);
    // within one bucket too
    await faults([tooLarge]);
    await from.transferTo(from, { paths: [['a', 'b']] });
    sameBytes(await from.get('b'), bytes);
    // somebody else was faster: nothing is there, and no upload stays
    await faults([
      tooLarge,
      { match: { method: 'HEAD', pathPrefix: `/${buckets[0]}/`, nth: 1 }, fault: { type: 'changeObject', text: 'other' } },
    ]);
    await rejects(to.transferFrom(from, { paths: [['a', 'late']] }), 'PreconditionFailed');
    equal(await to.exists('late'), false);
    ok(
      (await requests()).some(({ operation }) => operation === 'AbortMultipartUpload'),
      'it was taken back',
    );
  }));

test('between buckets: no other store has them', async () => {
  const client = new Client();
  try {
    const store = client.store(`mem://${uniqueName('mem')}/`);
    await store.put('a', 'x');
    await rejects(store.copy!('a', 'b', { fromBucket: 'other' }), 'NotSupported');
    equal(await store.head('b'), null);
  } finally {
    await client.close();
  }
});
