/** Which checksum goes out with the bytes, by service, and what the answer is held to. */
import { Client } from '../../../src/index.ts';
import type { ClientOptions } from '../../../src/index.ts';
import { createHasher } from '../../../src/hash.ts';
import { createContext } from '../../../src/store/context.ts';
import { createGcsDriver } from '../../../src/store/gcs/json.ts';
import { createGcsStore } from '../../../src/store/gcs/store.ts';
import { putSession } from '../../../src/store/gcs/write-session.ts';
import { s3ServiceOf, s3Profiles, type S3ServiceName } from '../../../src/store/s3/profile.ts';
import { createS3Store, s3Dialect } from '../../../src/store/s3/store.ts';
import { createDriver } from '../../../src/store/xml-api/driver.ts';
import { putParts } from '../../../src/store/xml-api/multipart.ts';
import type { ObjectStore, PutResult } from '../../../src/types.ts';
import { toBase64, toHex } from '../../../src/util/base64.ts';
import { concat } from '../../../src/util/bytes.ts';
import { need, uniqueName } from '../../env.ts';
import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';
import { pattern, withScenario, type FaultRule, type Scenarios } from '../../servers/fixture/client.ts';

const services = Object.keys(s3Profiles) as S3ServiceName[];
const credentials = { accessKeyId: 'A', secretAccessKey: 'S' };

interface Place {
  service: S3ServiceName;
  bucket: string;
  options: ClientOptions;
}

/** A store of a service, wherever it is, and its uploads in parts of any size. */
function openService({ service, bucket, options }: Place): {
  store: ObjectStore;
  putParts: (key: string, parts: readonly Uint8Array[]) => Promise<PutResult>;
  close: () => Promise<void>;
} {
  const { endpoint, region = 'us-east-1' } = options;
  const context = createContext({ retry: { minDelayMs: 5 }, ...options });
  const init = { bucket, context, scope: { bucket }, endpoint, region, url: `s3://${bucket}` };
  const driver = createDriver({ ...init, dialect: s3Dialect({ bucket, endpoint, service }) });
  const rest = async function* (parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
    yield* parts;
  };
  return {
    store: createS3Store({ ...init, service }),
    putParts: (key, [first, ...more]) => putParts(driver, key, { first: first!, rest: rest(more) }, { headers: {}, conditions: {} }),
    close: () => context.close(),
  };
}

test('services by their endpoints', () => {
  const hosts: [string | undefined, S3ServiceName][] = [
    [undefined, 'aws'],
    ['https://s3.eu-west-1.amazonaws.com', 'aws'],
    ['https://s3.cn-north-1.amazonaws.com.cn', 'aws'],
    ['https://0123.r2.cloudflarestorage.com', 'r2'],
    ['https://s3.us-west-004.backblazeb2.com', 'b2'],
    ['https://storage.googleapis.com', 'gcs'],
    ['https://play.min.io', 'minio'],
    ['http://minio:9000', 'minio'],
    ['http://my-minio.lab.example:9000/', 'minio'],
    ['http://127.0.0.1:9000', 'generic'],
    ['https://amazonaws.com.evil.example', 'generic'],
    ['https://notamazonaws.com', 'generic'],
    ['https://dominion.example', 'generic'],
  ];
  for (const [endpoint, service] of hosts) equal(s3ServiceOf(endpoint), service, endpoint);
});

/** The headers of checksums, by request, of a put and of an upload of two parts. */
async function headersOf(run: (fetch: typeof globalThis.fetch) => Promise<void>): Promise<Record<string, Record<string, string>>> {
  const seen: Record<string, Record<string, string>> = {};
  const xml = (name: string, inner: string): Response => new Response(`<${name}>${inner}</${name}>`);
  await run(async (input, init) => {
    const request = new Request(input, init);
    const { searchParams, pathname } = new URL(request.url);
    const method = request.method;
    const what = searchParams.has('uploads')
      ? 'create'
      : searchParams.has('partNumber')
        ? `part ${searchParams.get('partNumber')}`
        : searchParams.has('uploadId')
          ? 'complete'
          : pathname.startsWith('/upload/')
            ? 'insert'
            : method;
    const sums = [...request.headers].filter(([name]) => /checksum|md5|^x-goog-hash|object-size|trailer|content-encoding/.test(name));
    seen[what] = Object.fromEntries(sums);
    const body = await request.text();
    const crc32c = /"crc32c":"([^"]*)"/.exec(body)?.[1];
    if (what === 'insert') {
      seen[what]['(in the body) crc32c'] = crc32c ?? '';
      return Response.json({ name: 'k', crc32c });
    }
    const checksums = [...body.matchAll(/<(Checksum\w+)>/g)].map(([, name]) => name);
    if (what === 'complete') {
      seen[what]['(in the body)'] = checksums.join(' ');
      return xml('CompleteMultipartUploadResult', '<ETag>"e"</ETag>');
    }
    if (what === 'create') return xml('InitiateMultipartUploadResult', '<UploadId>u</UploadId>');
    return new Response(null, { headers: { etag: '"e"', 'content-length': '11' } });
  });
  return seen;
}

const hello = new TextEncoder().encode('hello');
const world = new TextEncoder().encode(' world');
/** Of `hello`, ` world` and both. */
const md5 = ['XUFAKrxLKna5cZ2REBfFkg==', 't5E6oVxDvn1TS07sbpnooA==', 'XrY7u+Ae7tCTyyK7j1rNww=='];
const crc32c = ['mnG7TA==', 'pgadfA==', 'yZRlqg=='];
const crc64nvme = ['M3eFcAZSQlc=', 'NU/1twQMH4A=', 'jSnVw/bqjr4='];

const byMd5 = {
  PUT: { 'content-md5': md5[0]! },
  create: {},
  'part 1': { 'content-md5': md5[0]! },
  'part 2': { 'content-md5': md5[1]! },
  complete: { '(in the body)': '' },
};

/** Written down, not computed: what changes here changes what services are sent. */
const snapshots: Record<S3ServiceName, Record<string, Record<string, string>>> = {
  aws: {
    PUT: { 'x-amz-checksum-crc64nvme': crc64nvme[0]! },
    create: { 'x-amz-checksum-algorithm': 'CRC64NVME', 'x-amz-checksum-type': 'FULL_OBJECT' },
    'part 1': { 'x-amz-checksum-crc64nvme': crc64nvme[0]! },
    'part 2': { 'x-amz-checksum-crc64nvme': crc64nvme[1]! },
    complete: {
      'x-amz-checksum-crc64nvme': crc64nvme[2]!,
      'x-amz-checksum-type': 'FULL_OBJECT',
      'x-amz-mp-object-size': '11',
      '(in the body)': 'ChecksumCRC64NVME ChecksumCRC64NVME',
    },
  },
  minio: {
    PUT: { 'x-amz-checksum-crc32c': crc32c[0]! },
    create: { 'x-amz-checksum-algorithm': 'CRC32C', 'x-amz-checksum-type': 'FULL_OBJECT' },
    'part 1': { 'x-amz-checksum-crc32c': crc32c[0]! },
    'part 2': { 'x-amz-checksum-crc32c': crc32c[1]! },
    complete: { '(in the body)': 'ChecksumCRC32C ChecksumCRC32C' },
  },
  r2: byMd5,
  b2: byMd5,
  gcs: byMd5,
  generic: byMd5,
};

for (const service of services) {
  test(`${service}: the headers of a put and of an upload in parts`, async () => {
    const seen = await headersOf(async (fetch) => {
      const { store, putParts } = openService({ service, bucket: 'b', options: { endpoint: 'https://h.example', credentials, fetch } });
      await store.put('k', hello);
      await putParts('k', [hello, world]);
    });
    const { HEAD: _, ...sent } = seen;
    equal(sent, snapshots[service]);
  });
}

test('gs: the headers of a put, with HMAC keys and with a token', async () => {
  const open = (fetch: typeof globalThis.fetch, given: ClientOptions['credentials']): ObjectStore =>
    createGcsStore({
      bucket: 'b',
      context: createContext({ fetch, credentials: given }),
      scope: { bucket: 'b' },
      endpoint: 'https://h.example',
      url: 'gs://b',
    });
  const xml = await headersOf(async (fetch) => void (await open(fetch, credentials).put('k', hello)));
  equal(xml, { PUT: { 'x-goog-hash': `crc32c=${crc32c[0]}` } });
  const json = await headersOf(async (fetch) => void (await open(fetch, { accessToken: 't' }).put('k', hello)));
  equal(json, { insert: { '(in the body) crc32c': crc32c[0]! } });
});

/** A store of a service on the fixture, which takes parts of any size and compares all that it is sent. */
const onFixture = (
  service: S3ServiceName,
  faults: FaultRule[],
  use: (place: ReturnType<typeof openService>, server: Scenarios['s3']) => Promise<void>,
): Promise<void> =>
  withScenario('s3', { minPartBytes: 1, faults }, async (server) => {
    const { endpoint, region, bucket } = server;
    const place = openService({ service, bucket, options: { endpoint, region, credentials: server.credentials } });
    try {
      await use(place, server);
    } finally {
      await place.close();
    }
  });

const parts = [pattern(70_000, 1), pattern(70_000, 2), pattern(123, 3)];
const whole = concat(parts);

for (const service of services) {
  test(`${service}: what was written is verified, and read back verified`, () =>
    onFixture(service, [], async ({ store, putParts }, server) => {
      await store.put('whole', whole);
      const put = await putParts('parts', parts);
      equal(put.sizeBytes, whole.length);
      for (const key of ['whole', 'parts']) {
        sameBytes(await server.object(key), whole, key);
        // what stands in no x-amz-checksum is tried by its ETag, of parts of a size that nobody knows
        const partSizeBytes = parts[0]!.length;
        const got = (await store.get(key, { partSizeBytes }))!;
        sameBytes(await got.bytes(), whole);
        equal(got.verified, true, key);
      }
      const { requests } = await server.log();
      ok(
        requests.every(({ signature }) => signature === 'valid' || signature === 'none'),
        'signed',
      );
      equal(requests.filter(({ method }) => method === 'HEAD').length, 0, 'nothing was asked afterwards');
    }));

  test(`${service}: bytes that are damaged by the store are an IntegrityError`, () =>
    onFixture(
      service,
      [
        { match: { operation: 'PutObject' }, fault: { type: 'corruptUpload', at: 7 } },
        { match: { operation: 'UploadPart', nth: 2 }, fault: { type: 'corruptUpload', at: 7 } },
      ],
      async ({ store, putParts }, server) => {
        await rejects(store.put('whole', whole), 'IntegrityError');
        await rejects(putParts('parts', parts), 'IntegrityError');
        equal(await server.object('parts'), null, 'no object of parts');
        const { counts } = await server.log();
        equal(counts.byOperation['CompleteMultipartUpload'] ?? 0, 0);
        equal(counts.byOperation['AbortMultipartUpload'], 1);
        equal(counts.byOperation['DeleteObject'] ?? 0, 0, 'what may be another writer’s stays');
      },
    ));
}

test('a version that the store damaged is removed, and no other', () =>
  onFixture(
    'generic',
    [
      {
        match: { operation: 'PutObject' },
        fault: [{ type: 'corruptUpload' }, { type: 'setHeader', headers: { 'x-amz-version-id': 'v7' } }],
      },
    ],
    async ({ store }, server) => {
      await rejects(store.put('a', 'hello'), 'IntegrityError');
      const removed = (await server.log()).requests.filter(({ method }) => method === 'DELETE');
      equal(
        removed.map(({ path, query }) => [path, query['versionId']]),
        [['/bucket/a', 'v7']],
      );
    },
  ));

const completed = (inner: string): FaultRule => ({
  match: { operation: 'CompleteMultipartUpload' },
  fault: {
    type: 'status',
    status: 200,
    execute: true,
    body: `<CompleteMultipartUploadResult>${inner}</CompleteMultipartUploadResult>`,
  },
});

test('an upload in parts is held to the checksum in its answer', async () => {
  for (const [service, name] of [
    ['aws', 'ChecksumCRC64NVME'],
    ['minio', 'ChecksumCRC32C'],
    ['gcs', 'ChecksumCRC32C'],
  ] as const) {
    await onFixture(service, [completed(`<ETag>"e"</ETag><${name}>AAAAAA==</${name}>`)], async ({ putParts }) => {
      await rejects(putParts('a', parts), 'IntegrityError');
    });
  }
  // that of parts says nothing of the whole
  await onFixture('minio', [completed('<ETag>"e"</ETag><ChecksumCRC32C>AAAAAA==-3</ChecksumCRC32C>')], async ({ putParts }) => {
    equal((await putParts('a', parts)).sizeBytes, whole.length);
  });
});

test('where the answer tells nothing a HEAD of the same version is asked', async () => {
  const etag = '"0123-3"';
  const head = (headers: Record<string, string>): FaultRule => ({ match: { method: 'HEAD' }, fault: { type: 'setHeader', headers } });
  const put = (faults: FaultRule[]): Promise<PutResult> =>
    new Promise((resolve, reject) => {
      onFixture('minio', [completed(`<ETag>${etag}</ETag>`), ...faults], async ({ putParts }, server) => {
        const result = await putParts('a', parts);
        equal((await server.log()).counts.byMethod['HEAD'], 1);
        resolve(result);
      }).catch(reject);
    });
  equal((await put([head({ etag })])).sizeBytes, whole.length);
  const hasher = createHasher('crc32c');
  hasher.update(whole);
  equal((await put([head({ etag, 'x-amz-checksum-crc32c': toBase64(hasher.digest()) })])).sizeBytes, whole.length);
  await rejects(put([head({ etag, 'x-amz-checksum-crc32c': 'AAAAAA==' })]), 'IntegrityError');
  await put([head({ etag: '"another"', 'x-amz-checksum-crc32c': 'AAAAAA==' })]);
});

for (const server of ['versitygw', 'minio'] as const) {
  for (const service of ['aws', 'minio', 'generic', 'r2'] as const) {
    test(`${server}, spoken to as ${service}: wholes and parts`, async () => {
      const { endpoint, region, bucket, accessKeyId, secretAccessKey } = need(server);
      const options = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
      const { store, putParts, close } = openService({ service, bucket, options });
      const key = uniqueName('sums');
      try {
        await store.put(key, whole);
        sameBytes(await (await store.get(key))!.bytes(), whole);
        const large = [pattern(5 * 0x100000, 1), pattern(1000, 2)];
        equal((await putParts(key, large)).sizeBytes, 5 * 0x100000 + 1000);
        sameBytes(await (await store.get(key, { partSizeBytes: 5 * 0x100000 }))!.bytes(), concat(large));
      } finally {
        await store.delete(key);
        await close();
      }
    });
  }
}

test('GCS: what the store damaged is removed by its generation', () =>
  withScenario('gcs', {}, async ({ endpoint, accessToken, bucket, log, object, update }) => {
    const client = new Client({ endpoint, credentials: { accessToken }, retry: { minDelayMs: 5 } });
    const store = client.store(`gs://${bucket}`);
    try {
      const bytes = pattern(17_000_000, 3);
      await update({ faults: [{ match: { operation: 'objects.resume', nth: 1 }, fault: { type: 'corruptUpload', at: 9 } }] });
      await rejects(store.put('a', new Blob([bytes]).stream()), 'IntegrityError');
      equal(await object('a'), null, 'it is gone');
      const removed = (await log()).requests.filter(({ operation }) => operation === 'objects.delete');
      equal(removed.length, 1);
      ok(/^\d+$/.test(removed[0]!.query['generation'] ?? ''), 'this generation');
      await update({ faults: [] });
      const put = await store.put('a', new Blob([bytes]).stream());
      ok(put.crc32c, 'its CRC32C');
      sameBytes(await object('a'), bytes);
    } finally {
      await client.close();
    }
  }));

test('GCS: bytes that change on the way are refused, those of a session too when all are there', () =>
  withScenario('gcs', {}, async ({ endpoint, accessToken, bucket, log, object, update }) => {
    const context = createContext({ endpoint, credentials: { accessToken }, retry: { minDelayMs: 5 } });
    const init = { bucket, context, scope: { bucket }, endpoint, url: `gs://${bucket}` };
    const bytes = pattern(300_000, 3);
    const rest = async function* (): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0x40000);
    };
    const put = (): Promise<PutResult> =>
      putSession(createGcsDriver(init), 'a', { first: bytes.subarray(0, 0x40000), rest: rest(), giveBack: () => {}, all: bytes }, {});
    try {
      await update({ faults: [{ match: { operation: 'objects.insert' }, fault: { type: 'corruptUpload', at: 600 } }] });
      await rejects(createGcsStore(init).put('a', bytes), 'IntegrityError');
      await update({ faults: [{ match: { operation: 'objects.resume', nth: 2 }, fault: { type: 'corruptUpload', at: 9 } }] });
      await rejects(put(), 'IntegrityError');
      equal(await object('a'), null);
      equal((await log()).counts.byOperation['objects.delete'] ?? 0, 0, 'there was nothing to remove');
      await update({ faults: [] });
      equal((await put()).sizeBytes, bytes.length);
      sameBytes(await object('a'), bytes);
    } finally {
      await context.close();
    }
  }));

test('the signature covers the SHA-256 of a body where others could change it on the way, and elsewhere the checksum alone', async () => {
  const bytes = pattern(5000);
  const hasher = createHasher('sha256');
  hasher.update(bytes);
  const sha256 = toHex(hasher.digest());
  const ways: [endpoint: string | undefined, hash: string][] = [
    [undefined, 'UNSIGNED-PAYLOAD'],
    ['https://storage.example', 'UNSIGNED-PAYLOAD'],
    ['http://127.0.0.1:9000', 'UNSIGNED-PAYLOAD'],
    ['http://[::1]:9000', 'UNSIGNED-PAYLOAD'],
    ['http://localhost:9000', 'UNSIGNED-PAYLOAD'],
    ['http://storage.example', sha256],
    ['http://localhost.example', sha256],
    ['http://10.0.0.7:9000', sha256],
  ];
  for (const [endpoint, hash] of ways) {
    const seen: string[] = [];
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const request = new Request(input, init);
      const { headers } = request;
      const signed = /SignedHeaders=([^,]*)/.exec(headers.get('authorization') ?? '')?.[1]?.split(';') ?? [];
      const sum = ['content-md5', 'x-amz-checksum-crc64nvme'].find((name) => headers.get(name));
      ok(sum && signed.includes(sum), `${endpoint}: no signed checksum`);
      seen.push(headers.get('x-amz-content-sha256') ?? '');
      await request.arrayBuffer();
      return new Response('', { headers: { etag: '"e"' } });
    };
    const place = openService({ service: s3ServiceOf(endpoint), bucket: 'bucket', options: { endpoint, credentials, fetch } });
    await place.store.put('key', bytes);
    await place.close();
    equal(seen, [hash], endpoint);
  }
});
