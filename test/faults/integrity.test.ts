/** Bytes that are not those that were stored: read once more, then refused; never returned, never under a final name. Runs in every engine. */
import { Client, CloudFiles, dl, isCloudError } from '../../src/index.ts';
import type { ObjectStore } from '../../src/index.ts';
import { createHasher, toBase64 } from '../../src/hash.ts';
import { equal, ok, rejects, sameBytes, test } from '../harness.ts';
import { withPlace } from '../parity/cloudfiles-places.ts';
import { pattern, withScenario, type Fault, type FaultRule, type ScenarioOptions, type Scenarios } from '../servers/fixture/client.ts';

const size = 300_000;
const whole = pattern(size);
const objects = [
  { key: 'a', pattern: { sizeBytes: size } },
  { key: 'j', text: '{"a":1}' },
];
const flip: Fault = { type: 'wrongChecksum', at: 5 };
const once: FaultRule = { match: { method: 'GET', nth: 1 }, fault: flip };
const always: FaultRule = { match: { method: 'GET' }, fault: flip };

const md5Of = (bytes: Uint8Array): string => {
  const hasher = createHasher('md5');
  hasher.update(bytes);
  return toBase64(hasher.digest());
};

/** The S3 scenario's store. */
const withStore = (
  options: ScenarioOptions['s3'],
  use: (store: ObjectStore, server: Scenarios['s3'], client: Client) => Promise<void>,
): Promise<void> =>
  withScenario('s3', { objects, ...options }, async (server) => {
    const { endpoint, credentials, region, bucket } = server;
    const client = new Client({ endpoint, region, credentials, retry: { minDelayMs: 5 } });
    try {
      await use(client.store(`s3://${bucket}`), server, client);
    } finally {
      await client.close();
    }
  });

const gets = async (server: { log(): Promise<{ counts: { byMethod: Record<string, number> } }> }): Promise<number> =>
  (await server.log()).counts.byMethod['GET'] ?? 0;

test('a wrong checksum is read once more: 2 GETs, and the second may be right', () =>
  withStore({ faults: [once] }, async (store, server) => {
    const result = (await store.get('a'))!;
    sameBytes(await result.bytes(), whole);
    equal([result.verified, await gets(server)], [true, 2]);
    const [first, second] = (await server.log()).requests.filter(({ method }) => method === 'GET');
    equal([first!.headers['range'], second!.headers['range']], [undefined, undefined], 'all of it');
    await server.update({ faults: [once], clearLog: true });
    equal(await (await store.get('j'))!.json(), { a: 1 });
    equal(await gets(server), 2);
  }));

test('a checksum that stays wrong is an IntegrityError after 2 GETs', () =>
  withStore({ faults: [always] }, async (store, server, client) => {
    for (const read of ['bytes', 'text'] as const) {
      await server.update({ clearLog: true });
      const result = (await store.get('a'))!;
      const error = await rejects<Error & { key?: string }>(result[read](), 'IntegrityError');
      equal([error.key, result.verified, await gets(server)], ['a', false, 2]);
    }
    await server.update({ clearLog: true });
    const files = new CloudFiles(`s3://${server.bucket}`, { client });
    await rejects(files.get('a'), 'IntegrityError');
    equal(await gets(server), 2);
    const [record] = await files.get(['a'], { raiseErrors: false });
    equal([record!.content, record!.verified, isCloudError(record!.error, 'IntegrityError')], [null, false, true]);
    const got = await dl(`s3://${server.bucket}/a`, { client, raiseErrors: false });
    equal([got.content, isCloudError(got.error, 'IntegrityError')], [null, true]);
  }));

test('a stream has handed its bytes out: it errors at its end, after 1 GET', () =>
  withStore({ faults: [always] }, async (store, server) => {
    const result = (await store.get('a'))!;
    const reader = result.stream().getReader();
    let bytes = 0;
    await rejects(async () => {
      for (let step = await reader.read(); !step.done; step = await reader.read()) bytes += step.value.length;
    }, 'IntegrityError');
    equal([bytes, result.verified, await gets(server)], [size, false, 1]);
  }));

test('an object that is another one the second time is ObjectChanged', () =>
  withStore({ faults: [{ match: { method: 'GET', nth: 1 }, fault: [flip, { type: 'changeObject' }] }] }, async (store) => {
    await rejects(
      store.get('a').then((result) => result!.bytes()),
      'ObjectChanged',
    );
  }));

for (const kind of ['mem', 'file', 'opfs', 'gcs'] as const) {
  test(`to ${kind}: a transfer is done once more, and leaves nothing when it fails`, () =>
    withPlace(kind, ({ cf: to }) =>
      withStore({ faults: [once] }, async (_, server, client) => {
        const from = new CloudFiles(`s3://${server.bucket}`, { client });
        equal(await from.transferTo(to, { paths: ['a'] }), 1);
        sameBytes(await to.get('a'), whole);
        equal(await gets(server), 2);
        await server.update({ faults: [always], clearLog: true });
        await rejects(from.transferTo(to, { paths: [['a', 'b']] }), 'IntegrityError');
        equal([await to.exists('b'), await gets(server)], [false, 2]);
        await to.put('c', 'old');
        await rejects(from.transferTo(to, { paths: [['a', 'c']] }), 'IntegrityError');
        equal(new TextDecoder().decode((await to.get('c'))!), 'old', 'what was there stays');
        const names: string[] = [];
        for await (const name of to.list()) names.push(name);
        equal(names.sort(), ['a', 'c'], 'nothing else is left');
      }),
    ));
}

test('a range that is all of the object is verified like it, another one is not', () =>
  withStore({}, async (store, server) => {
    for (const range of [{}, { start: 0 }, { end: size }, { start: 0, end: size * 2 }]) {
      const result = (await store.get('a', { range }))!;
      sameBytes(await result.bytes(), whole);
      equal(result.verified, true, JSON.stringify(range));
    }
    for (const range of [{ start: 1 }, { end: size - 1 }]) {
      const result = (await store.get('a', { range }))!;
      await result.bytes();
      equal(result.verified, false, JSON.stringify(range));
    }
    await server.update({ faults: [always], clearLog: true });
    await rejects(
      store.get('a', { range: {} }).then((result) => result!.bytes()),
      'IntegrityError',
    );
    equal(await gets(server), 2);
    equal((await (await store.get('a', { range: { end: size - 1 } }))!.bytes()).length, size - 1, 'nothing says that it is wrong');
    await server.update({ faults: [{ match: { method: 'GET' }, fault: [flip, { type: 'ignoreRange' }] }] });
    await rejects(
      store.get('a', { range: { end: size } }).then((result) => result!.bytes()),
      'IntegrityError',
    );
  }));

const MiB = 0x100000;
const large = { pattern: { sizeBytes: 1.25 * MiB, seed: 1 } };
const largeBytes = pattern(1.25 * MiB, 1);

/** What each kind of checksum comes to: verified, not verified, or refused when a byte is flipped. */
const kinds: Record<string, [object: object, partSizeBytes: number | undefined, verified: boolean, refuses: boolean]> = {
  'MD5 in the ETag': [{ checksum: 'none' }, undefined, true, true],
  'full CRC32': [{ checksum: 'crc32' }, undefined, true, true],
  'full CRC32C of parts': [{ checksum: 'crc32c', partBytes: 700_000 }, undefined, true, true],
  'full SHA-256': [{ checksum: 'sha256' }, undefined, true, true],
  'SHA-1, which nobody here has, beside an MD5': [{ checksum: 'sha1' }, undefined, true, true],
  'multipart ETag, size over number': [{ checksum: 'none', partBytes: MiB }, undefined, true, false],
  'multipart ETag, one part': [{ checksum: 'none', partBytes: 9 * MiB }, undefined, true, true],
  'multipart ETag, unknown size': [{ checksum: 'none', partBytes: 700_000 }, undefined, false, false],
  'multipart ETag, given size': [{ checksum: 'none', partBytes: 700_000 }, 700_000, true, true],
  'multipart ETag, a given size that cannot be': [{ checksum: 'none', partBytes: 700_000 }, 5 * MiB, false, false],
  'composite CRC32C, given size': [{ checksum: 'crc32c', partBytes: 700_000, composite: true }, 700_000, true, true],
  'composite SHA-256, size over number': [{ checksum: 'sha256', partBytes: MiB, composite: true }, undefined, true, false],
  'composite CRC32, unknown size': [{ checksum: 'crc32', partBytes: 700_000, composite: true }, undefined, false, false],
};

test('all kinds of checksums, right and wrong', () =>
  withStore({ objects: Object.entries(kinds).map(([, [kind]], i) => ({ key: `${i}`, ...large, ...kind })) }, async (store, server) => {
    for (const wrong of [false, true]) {
      if (wrong) await server.update({ faults: [always] });
      for (const [i, [what, [, partSizeBytes, verified, refuses]]] of Object.entries(kinds).entries()) {
        const result = (await store.get(`${i}`, { partSizeBytes }))!;
        if (wrong && refuses) await rejects(result.bytes(), 'IntegrityError');
        else {
          const bytes = await result.bytes();
          if (!wrong) sameBytes(bytes, largeBytes, what);
          equal(result.verified, verified && !wrong, what);
        }
      }
    }
    for (const partSizeBytes of [0, -1, 1.5, NaN]) await rejects(store.get('0', { partSizeBytes }), 'InvalidArgument');
    const wrongSize = (await store.get('7', { partSizeBytes: MiB }))!;
    await rejects(wrongSize.bytes(), 'IntegrityError');
  }));

test('ETags that are no MD5 raise no alarm: encrypted with a managed key, digits and a dash, another hash', () =>
  withStore({ objects: [{ ...objects[0]!, checksum: 'none' }] }, async (store, server) => {
    const hash = '0'.repeat(32);
    for (const headers of [
      { 'x-amz-server-side-encryption': 'aws:kms', etag: `"${hash}"` },
      { 'x-amz-server-side-encryption': 'aws:kms:dsse', etag: `"${hash}-1"` },
      { 'x-amz-server-side-encryption-customer-algorithm': 'AES256', etag: `"${hash}"` },
      { etag: '"1234-"' },
      { etag: `"${hash}-"` },
      { etag: `"${hash}-2"` },
      { etag: `W/"${hash}"` },
    ]) {
      await server.update({ faults: [{ match: { method: 'GET' }, fault: { type: 'setHeader', headers } }], clearLog: true });
      const result = (await store.get('a'))!;
      sameBytes(await result.bytes(), whole);
      equal([result.verified, await gets(server)], [false, 1], JSON.stringify(headers));
    }
    for (const etag of [`"${hash}"`, `"${hash}-1"`]) {
      await server.update({ faults: [{ match: { method: 'GET' }, fault: { type: 'setHeader', headers: { etag } } }] });
      // the second time it is asked for by this ETag, which the server knows nothing of
      await rejects(
        store.get('a').then((result) => result!.bytes()),
        (error) => isCloudError(error, 'IntegrityError') || isCloudError(error, 'ObjectChanged'),
      );
    }
  }));

for (const [name, credentialsOf] of [
  ['HMAC key', ({ credentials }: Scenarios['gcs']) => credentials],
  ['token', ({ accessToken }: Scenarios['gcs']) => ({ accessToken })],
] as const) {
  test(`GCS, ${name}: a wrong checksum is read once more, then refused`, () =>
    withScenario('gcs', { objects, faults: [once] }, async (server) => {
      const client = new Client({ endpoint: server.endpoint, credentials: credentialsOf(server), retry: { minDelayMs: 5 } });
      const store = client.store(`gs://${server.bucket}`);
      try {
        const result = (await store.get('a'))!;
        sameBytes(await result.bytes(), whole);
        equal([result.verified, await gets(server)], [true, 2]);
        await server.update({ faults: [always], clearLog: true });
        await rejects(
          store.get('a').then((r) => r!.bytes()),
          'IntegrityError',
        );
        equal(await gets(server), 2);
      } finally {
        await client.close();
      }
    }));
}

test('a web server’s Content-MD5 counts, unless the answer is encoded', () =>
  withScenario(
    'http',
    {
      files: {
        '/good': { pattern: { sizeBytes: size }, headers: { 'content-md5': md5Of(whole) } },
        '/bad': { pattern: { sizeBytes: size }, headers: { 'content-md5': md5Of(whole.subarray(1)) } },
        '/plain': { pattern: { sizeBytes: size } },
      },
    },
    async (server) => {
      const client = new Client();
      const store = client.store(`${server.endpoint}/`);
      try {
        for (const [key, verified] of [
          ['good', true],
          ['plain', false],
        ] as const) {
          const result = (await store.get(key))!;
          sameBytes(await result.bytes(), whole);
          equal(result.verified, verified, key);
        }
        await server.update({ clearLog: true });
        await rejects(
          store.get('bad').then((result) => result!.bytes()),
          'IntegrityError',
        );
        equal(await gets(server), 2);
        ok((await (await store.get('bad', { verify: false }))!.bytes()).length === size, 'unless nobody wants to know');
      } finally {
        await client.close();
      }
    },
  ));
