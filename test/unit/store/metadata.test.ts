/** What changes of metadata cost and send, and how S3's times stand in for a number that it does not have. */
import { Client } from '../../../src/index.ts';
import { createContext } from '../../../src/store/context.ts';
import { createS3Store } from '../../../src/store/s3/store.ts';
import type { S3ServiceName } from '../../../src/store/s3/profile.ts';
import type { ObjectInfo, ObjectStore } from '../../../src/types.ts';
import { equal, ok, rejects, test } from '../../harness.ts';
import { pattern, withScenario, type Scenarios } from '../../servers/fixture/client.ts';

interface S3Place {
  store: ObjectStore;
  server: Scenarios['s3'];
  info: ObjectInfo;
  /** Operations since the last call. */
  asked: () => Promise<string[]>;
}

/** A store with an object `a`, ten seconds old for the server unless it is young. */
const onS3 = (
  use: (place: S3Place) => Promise<void>,
  { young = false, service = 'generic' }: { young?: boolean; service?: S3ServiceName } = {},
): Promise<void> =>
  withScenario(
    's3',
    { objects: [{ key: 'a', text: 'hello', contentType: 'text/csv', cacheControl: 'no-cache', metadata: { a: '1' } }] },
    async (server) => {
      const { endpoint, region, bucket, credentials } = server;
      const context = createContext({ endpoint, region, credentials, retry: { attempts: 2, minDelayMs: 5 } });
      const store = createS3Store({ bucket, context, scope: { bucket }, endpoint, region, url: `s3://${bucket}`, service });
      const asked = async (): Promise<string[]> => {
        const { requests } = await server.log();
        await server.update({ clearLog: true });
        return requests.filter(({ method }) => method !== 'OPTIONS').map(({ operation }) => operation);
      };
      if (!young) await server.update({ clockOffsetMs: 10_000 });
      try {
        const info = (await store.head('a'))!;
        await asked();
        await use({ store, server, info, asked });
      } finally {
        await context.close();
      }
    },
  );

test('S3: other metadata in 2 requests, for what was expected in 3; a copy with other metadata in 2', () =>
  onS3(async ({ store, info, asked }) => {
    const set = await store.setMetadata!('a', { b: '2' }, { expected: info });
    equal(await asked(), ['HeadObject', 'CopyObject', 'HeadObject']);
    equal([set?.key, set?.sizeBytes, set?.etag], ['a', 5, info.etag]);
    await store.setMetadata!('a', { b: '3' });
    equal(await asked(), ['HeadObject', 'CopyObject']);
    await store.copy!('a', 'b', { metadata: { c: '4' } });
    equal(await asked(), ['HeadObject', 'CopyObject']);
    const { contentType, cacheControl, metadata } = (await store.head('b'))!;
    equal([contentType, cacheControl, metadata], ['text/csv', 'no-cache', { c: '4' }]);
    await asked();
    equal(await store.setMetadata!('none', { b: '2' }, { expected: info }), null);
    equal(await asked(), ['HeadObject']);
    await rejects(store.setMetadata!('a', { b: '5' }, { expected: info }), 'PreconditionFailed');
    equal(await asked(), ['HeadObject']);
  }));

test('S3: what is sent for what was expected', () =>
  onS3(
    async ({ store, server, info }) => {
      await store.setMetadata!('a', { b: '2' }, { expected: info });
      const { headers, signature } = (await server.log()).requests.find(({ operation }) => operation === 'CopyObject')!;
      equal(signature, 'valid');
      equal(headers['x-amz-copy-source-if-unmodified-since'], info.lastModified!.toUTCString());
      equal([headers['x-amz-copy-source-if-match'], headers['if-match']], [undefined, info.etag], 'AWS would not look at the time');
    },
    { service: 'aws' },
  ));

test('S3: an object that was changed just now is waited for', () =>
  onS3(
    async ({ store, server, info, asked }) => {
      const { metadata } = info;
      await store.setMetadata!('a', { ...metadata, b: '2' }, { expected: info });
      const operations = await asked();
      ok(operations.length >= 3 && operations.length <= 4, String(operations));
      const now = (await store.head('a'))!;
      ok(now.lastModified! > info.lastModified!, 'a later second');
      // where the time of an answer is not shown, too
      await server.update({ faults: [{ match: { method: 'HEAD' }, fault: { type: 'dropHeader', names: ['date'] } }] });
      await store.setMetadata!('a', { c: '3' }, { expected: now });
      ok((await store.head('a'))!.lastModified! > now.lastModified!, 'a later second');
    },
    { young: true },
  ));

test('S3: a change of metadata between the look and the copy is not lost', () =>
  onS3(async ({ store, server, info }) => {
    const { endpoint, region, bucket, credentials } = server;
    let meanwhile: (() => Promise<unknown>) | undefined = () => store.setMetadata!('a', { b: '2' });
    const late = new Client({
      endpoint,
      region,
      credentials,
      async fetch(input, init) {
        const copies = new Headers(init?.headers ?? (input as Request).headers).has('x-amz-copy-source');
        const act = copies ? meanwhile : undefined;
        if (act) meanwhile = undefined;
        await act?.();
        return fetch(input, init);
      },
    });
    try {
      await rejects(late.store(`s3://${bucket}`).setMetadata!('a', { late: '1' }, { expected: info }), 'PreconditionFailed');
      equal([meanwhile, (await store.head('a'))!.metadata], [undefined, { b: '2' }]);
      equal((await server.log()).counts.byOperation['CopyObject'], 2);
    } finally {
      await late.close();
    }
  }));

test('S3: a writer that came on top at the same moment is told of', () =>
  onS3(async ({ store, server, info }) => {
    await server.update({ faults: [{ match: { operation: 'CopyObject', nth: 1 }, fault: { type: 'changeObject', text: 'other' } }] });
    await rejects(store.setMetadata!('a', { b: '2' }, { expected: info }), 'PreconditionFailed');
    equal(await (await store.get('a'))!.text(), 'other');
  }));

test('S3: times of a service that are finer than it tells', () =>
  onS3(async ({ store, server, info }) => {
    const fault = { type: 'status', status: 412, code: 'PreconditionFailed' } as const;
    await server.update({ faults: [{ match: { operation: 'CopyObject', nth: 1 }, fault }] });
    await store.setMetadata!('a', { b: '2' }, { expected: info });
    const sent = (await server.log()).requests.filter(({ operation }) => operation === 'CopyObject');
    const next = new Date(info.lastModified!.getTime() + 1000).toUTCString();
    equal(
      sent.map(({ headers }) => headers['x-amz-copy-source-if-unmodified-since']),
      [info.lastModified!.toUTCString(), next],
    );
  }));

test('S3: more than is copied at once is NotSupported', () =>
  onS3(async ({ store, server, info }) => {
    const message = 'The specified copy source is larger than the maximum allowable size for a copy source: 5368709120';
    const fault = { type: 'status', status: 400, code: 'InvalidRequest', message } as const;
    await server.update({ faults: [{ match: { operation: 'CopyObject' }, fault }] });
    await rejects(store.setMetadata!('a', { b: '2' }, { expected: info }), 'NotSupported');
    ok(await store.copy!('a', 'b'), 'a copy is made in parts');
    await server.update({ faults: [{ match: { operation: 'CopyObject' }, fault: { ...fault, message: 'no' } }] });
    await rejects(store.copy!('a', 'b'), 'InvalidArgument');
  }));

test('a source that changes while it is copied with other metadata is read again; a condition of the caller holds', () =>
  onS3(async ({ store, server, info, asked }) => {
    const change = { match: { method: 'HEAD', pathPrefix: '/bucket/a', nth: 1 }, fault: { type: 'changeObject', text: 'newer' } } as const;
    await server.update({ faults: [change] });
    ok(await store.copy!('a', 'b', { metadata: { c: '1' } }));
    equal(await (await store.get('b'))!.text(), 'newer');
    equal((await asked()).slice(0, 5), ['HeadObject', 'CopyObject', 'HeadObject', 'HeadObject', 'CopyObject']);
    await rejects(store.copy!('a', 'b', { metadata: { c: '2' }, ifMatch: info.etag }), 'PreconditionFailed');
    equal((await store.head('b'))!.metadata, { c: '1' });
  }));

test('S3: a preferred CRC32C is stored with the object and told, whole and in parts', () =>
  onS3(
    async ({ store, server }) => {
      const put = await store.put('k', 'hello', { checksum: 'crc32c' });
      equal([put.crc32c, (await store.head('k'))!.crc32c], ['mnG7TA==', 'mnG7TA==']);
      const bytes = pattern(0x1000000 + 5);
      async function* chunks(): AsyncGenerator<Uint8Array> {
        yield bytes.subarray(0, 1000);
        yield bytes.subarray(1000);
      }
      const parts = await store.put('p', chunks(), { checksum: 'crc32c' });
      const { crc32c } = (await store.head('p'))!;
      ok(crc32c);
      equal([parts.crc32c, parts.sizeBytes], [crc32c, bytes.length]);
      await store.put('k', 'hello');
      equal((await store.head('k'))!.crc32c, undefined);
      const { requests } = await server.log();
      ok(
        requests.every(({ signature }) => signature === 'valid' || signature === 'none'),
        'signed',
      );
    },
    { service: 'aws' },
  ));

for (const account of ['service account', 'HMAC key'] as const) {
  test(`GCS, ${account}: metageneration in heads, lists, puts and as a condition; the cost of other metadata`, () =>
    withScenario('gcs', {}, async (server) => {
      const { endpoint, bucket, serviceAccount, credentials } = server;
      const client = new Client({ endpoint, credentials: account === 'HMAC key' ? credentials : serviceAccount });
      const store = client.store(`gs://${bucket}`);
      const asked = async (): Promise<string[]> => {
        const { requests } = await server.log();
        await server.update({ clearLog: true });
        return requests.filter(({ method }) => method !== 'OPTIONS').map(({ operation }) => operation);
      };
      try {
        const put = await store.put('a', 'hello', { metadata: { a: '1', b: '2' }, contentType: 'text/csv' });
        equal([put.metageneration, (await store.head('a'))!.metageneration], ['1', '1']);
        for await (const { objects } of store.list()) equal([objects[0]?.generation, objects[0]?.metageneration], [put.generation, '1']);
        const info = (await store.head('a'))!;
        await asked();
        const set = (await store.setMetadata!('a', { b: '2' }, { expected: info }))!;
        const json = account === 'service account';
        equal(await asked(), json ? ['objects.patch'] : ['xml.head', 'xml.copy']);
        const now = (await store.head('a'))!;
        equal([now.generation, now.metageneration, now.metadata], [set.generation, set.metageneration, { b: '2' }]);
        equal(now.contentType, 'text/csv');
        if (json) equal([set.generation, set.metageneration], [info.generation, '2']);
        await asked();
        await store.setMetadata!('a', { c: '3' });
        equal(await asked(), json ? ['objects.get', 'objects.patch'] : ['xml.head', 'xml.copy']);

        const third = (await store.head('a'))!;
        const ifMatch = third.generation;
        const big = pattern(0x1000000 + 1);
        // the fixture takes no parts by XML
        for (const body of ['x', ...(json ? [new Blob([big])] : [])]) {
          await rejects(store.put('a', body, { ifMatch, ifMetagenerationMatch: '77' }), 'PreconditionFailed');
          equal((await store.head('a'))!.generation, ifMatch);
        }
        await store.put('a', 'x', { ifMatch, ifMetagenerationMatch: third.metageneration });
        if (json) await store.put('a', new Blob([big]), { ifMetagenerationMatch: '1' });
      } finally {
        await client.close();
      }
    }));
}

test('GCS: an expected that numbers nothing is compared by what it tells', () =>
  withScenario('gcs', { objects: [{ key: 'a', text: 'hello', metadata: { a: '1' } }] }, async (server) => {
    const { endpoint, bucket, serviceAccount } = server;
    const client = new Client({ endpoint, credentials: serviceAccount });
    try {
      const store = client.store(`gs://${bucket}`);
      const { metageneration: _, ...info } = (await store.head('a'))!;
      await rejects(store.setMetadata!('a', { b: '2' }, { expected: { ...info, metadata: { a: '0' } } }), 'PreconditionFailed');
      await rejects(store.setMetadata!('a', { b: '2' }, { expected: { ...info, generation: '1' } }), 'PreconditionFailed');
      ok(await store.setMetadata!('a', { b: '2' }, { expected: info }));
      equal((await store.head('a'))!.metadata, { b: '2' });
    } finally {
      await client.close();
    }
  }));

test('GCS: a name that was told in another case is taken away as well', () =>
  withScenario('gcs', { objects: [{ key: 'a', text: 'hello', metadata: { Owner: 'me' } }] }, async (server) => {
    const { endpoint, bucket, accessToken } = server;
    const client = new Client({ endpoint, credentials: { accessToken } });
    try {
      const store = client.store(`gs://${bucket}`);
      const expected = (await store.head('a'))!;
      await store.setMetadata!('a', { b: '2' }, { expected });
      equal((await store.head('a'))!.metadata, { b: '2' });
    } finally {
      await client.close();
    }
  }));

test('the metadata of signed URLs of either provider, of empty objects too', async () => {
  const client = new Client();
  const objects = [
    { key: 'a', text: 'hello', metadata: { a: '1' } },
    { key: 'empty', text: '', metadata: { b: '2' } },
  ];
  const look = async (signed: ObjectStore, base: string): Promise<void> => {
    const web = client.store(base);
    for (const [key, metadata, sizeBytes] of [
      ['a', { a: '1' }, 5],
      ['empty', { b: '2' }, 0],
    ] as const) {
      const name = (await signed.signUrl!(key)).slice(base.length);
      const head = (await web.head(name))!;
      equal([head.key, head.metadata, head.sizeBytes], [key, metadata, sizeBytes]);
      equal((await web.get(name))!.metadata, metadata);
    }
  };
  try {
    await withScenario('s3', { objects }, async ({ endpoint, region, credentials, bucket }) => {
      const own = new Client({ endpoint, region, credentials });
      await look(own.store(`s3://${bucket}`), `${endpoint}/${bucket}/`);
      await own.close();
    });
    await withScenario('gcs', { objects }, async ({ endpoint, serviceAccount, bucket }) => {
      const own = new Client({ endpoint, credentials: serviceAccount });
      await look(own.store(`gs://${bucket}`), `${endpoint}/${bucket}/`);
      await own.close();
    });
  } finally {
    await client.close();
  }
});
