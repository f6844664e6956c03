/** `ObjectStore.multipart`: begun, taken up by another client, completed under a condition, aborted. */
import { withReadonly, type MultipartUpload } from '../../../src/index.ts';
import { createContext } from '../../../src/store/context.ts';
import { s3Dialect } from '../../../src/store/s3/store.ts';
import { createDriver } from '../../../src/store/xml-api/driver.ts';
import { listUploads, openMultipart } from '../../../src/store/xml-api/multipart-upload.ts';
import { memoryBody } from '../../../src/transport/refused.ts';
import { uniqueName } from '../../env.ts';
import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';
import { withScenario, type FaultRule } from '../../servers/fixture/client.ts';
import { leastOf, noise, openPlace, openUploads } from './upload-places.ts';

for (const name of ['fixture', 'versitygw', 'minio'] as const) {
  test(`multipart on ${name}: another client goes on where the first one ended`, async () => {
    const place = await openPlace(name);
    const size = leastOf(name);
    const bytes = noise(2 * size + 1000);
    const part = (n: number): Uint8Array => bytes.slice((n - 1) * size, n * size);
    const first = await place.store.multipart!('a/b.bin', { contentType: 'text/x-one' });
    equal([first.key, first.inOrder], ['a/b.bin', false]);
    ok((await first.sendPart(2, part(2))).sent);
    equal(
      (await openUploads(place.store, 'a/b.bin')).map(({ key, id }) => [key, id]),
      [['a/b.bin', first.id]],
    );

    const { store, client } = place.again();
    const second = await store.multipart!('a/b.bin', { id: first.id, ifAbsent: true });
    const listed = await second.listParts();
    equal(
      listed.map(({ number, sizeBytes }) => [number, sizeBytes]),
      [[2, size]],
    );
    place.requests.length = 0;
    equal((await second.sendPart(2, part(2), { stored: listed[0] })).sent, false);
    equal(place.requests.length, 0, 'what is there is not sent');
    const other = part(2);
    other[7]! ^= 1;
    await rejects(second.sendPart(2, other, { stored: listed[0] }), 'ObjectChanged');
    await rejects(second.complete(), 'InvalidArgument');
    await Promise.all([second.sendPart(1, part(1)), second.sendPart(3, part(3))]);
    const result = await second.complete();
    equal([result.key, result.sizeBytes], ['a/b.bin', bytes.length]);
    const got = (await store.get('a/b.bin'))!;
    equal(got.contentType, 'text/x-one');
    sameBytes(await got.bytes(), bytes);
    equal(await openUploads(store, 'a/b.bin'), []);
    await rejects(second.listParts(), 'NotFound');

    // the condition holds at the end
    const third = await store.multipart!('a/b.bin', { ifAbsent: true });
    await third.sendPart(1, part(3));
    await rejects(third.complete(), 'PreconditionFailed');
    equal((await store.head('a/b.bin'))!.etag, result.etag);
    await third.abort();
    await third.abort();
    equal(await openUploads(store, 'a/b.bin'), []);
    await rejects(third.sendPart(1, part(1)), (error: DOMException) => error.name === 'AbortError');
    await store.delete('a/b.bin');
    await client.close();
    await place.close();
  });
}

test('multipart: damaged parts are refused, and parts that failed are sent again', async () => {
  const place = await openPlace('fixture', [
    { match: { operation: 'UploadPart', nth: 1 }, fault: { type: 'status', status: 503, code: 'SlowDown' } },
  ]);
  const upload = await place.store.multipart!('a');
  await upload.sendPart(1, noise(5000));
  equal(
    place.requests.map(({ status }) => status),
    [200, 503, 200],
    'per-part retry',
  );
  await place.server!.update({ faults: [{ match: { operation: 'UploadPart', nth: 1 }, fault: { type: 'corruptUpload' } }] });
  // pages are not shown how ETags are made, so there it is the whole that tells
  await upload
    .sendPart(1, noise(5000))
    .then(() => upload.complete())
    .then(
      () => ok(false, 'a damaged part was taken'),
      (error: { code?: string }) => equal(error.code, 'IntegrityError'),
    );
  await upload.abort();
  equal(await openUploads(place.store, 'a'), []);
  await place.close();
});

test('multipart: a completion whose answer is lost is found out about', async () => {
  const place = await openPlace('fixture', [
    { match: { operation: 'CompleteMultipartUpload', nth: 1 }, fault: { type: 'cut', bytes: 0, head: false } },
  ]);
  const upload = await place.store.multipart!('a');
  await upload.sendPart(1, noise(5000));
  equal((await upload.complete()).sizeBytes, 5000);
  sameBytes(await (await place.store.get('a'))!.bytes(), noise(5000));

  // and one that did not reach the server is asked for again
  await place.server!.update({
    faults: [{ match: { operation: 'CompleteMultipartUpload', nth: 1 }, fault: { type: 'status', status: 503, code: 'SlowDown' } }],
  });
  const next = await place.store.multipart!('b');
  await next.sendPart(1, noise(6000));
  equal((await next.complete()).sizeBytes, 6000);
  await place.close();
});

for (const service of ['aws', 'minio', 'gcs', 'generic'] as const)
  for (const checksum of service === 'aws' ? ([undefined, 'crc32c'] as const) : [undefined])
    test(`multipart, ${service} ${checksum ?? ''}: a completion that was done is known by what a HEAD shows, and that of others is not`, () =>
      withScenario('s3', { minPartBytes: 1 }, async (server) => {
        const { endpoint, region, bucket, credentials } = server;
        const context = createContext({ endpoint, region, credentials, retry: { attempts: 1 } });
        const init = { bucket, context, scope: { bucket }, endpoint, region, url: `s3://${bucket}` };
        const driver = createDriver({ ...init, dialect: s3Dialect({ bucket, endpoint, service }) });
        const lost: FaultRule = {
          match: { operation: 'CompleteMultipartUpload', nth: 1 },
          fault: { type: 'status', status: 503, code: 'SlowDown', execute: true },
        };
        const begin = async (key: string): Promise<MultipartUpload> => {
          await server.update({ faults: [lost] });
          const upload = await openMultipart(driver, key, { ...(checksum && { checksum }) });
          await upload.sendPart(1, noise(5000, 1));
          await upload.sendPart(2, noise(700, 2));
          return upload;
        };
        try {
          const upload = await begin('a');
          equal((await upload.complete()).sizeBytes, 5700);
          equal((await server.object('a'))!.length, 5700);
          // gone, and another object of the same size in its place
          const other = await begin('b');
          await (await openMultipart(driver, 'b', { id: other.id })).abort();
          await server.update({ objects: [{ key: 'b', pattern: { sizeBytes: 5700, seed: 9 } }] });
          await rejects(other.complete(), 'Throttled');
        } finally {
          await context.close();
        }
      }));

for (const [phase, operation] of [
  ['begun', 'CreateMultipartUpload'],
  ['sent', 'UploadPart'],
  ['completed', 'CompleteMultipartUpload'],
] as const)
  for (const how of operation === 'UploadPart' ? (['before'] as const) : (['before', 'after'] as const))
    test(`multipart: an abort while it is ${phase}, the answer on its way (${how} the deed): nothing is left, nothing is sent any more`, async () => {
      const place = await openPlace('fixture', [
        {
          match: { operation },
          fault: how === 'before' ? { type: 'delayMs', ms: 300 } : { type: 'drip', bytes: 40, everyMs: 60 },
        },
      ]);
      const { store, server } = place;
      const controller = new AbortController();
      const reason = new Error(uniqueName('enough'));
      const run = async (): Promise<void> => {
        const upload = await store.multipart!('a', { signal: controller.signal });
        try {
          await upload.sendPart(1, noise(9000), { signal: controller.signal });
          await upload.complete({ signal: controller.signal });
        } catch (error) {
          await upload.abort();
          throw error;
        }
      };
      const running = run();
      for (;;) {
        const { requests } = await server!.log({ settled: false });
        if (requests.some((request) => request.operation === operation)) break;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      controller.abort(reason);
      await rejects(running, (error) => error === reason);
      const before = (await server!.log()).requests.length;
      await new Promise((resolve) => setTimeout(resolve, 100));
      equal((await server!.log()).requests.length, before, 'no further request');
      equal(await openUploads(store, 'a'), []);
      equal(await store.head('a'), null);
      await place.close();
    });

test('multipart: where a page may not see ETags they are taken from the list of parts', async () => {
  const place = await openPlace('fixture', [], { expose: [] });
  const bytes = noise(3 * leastOf('fixture'));
  const upload = await place.store.multipart!('a');
  for (let n = 1; n <= 3; n++) await upload.sendPart(n, bytes.slice((n - 1) * leastOf('fixture'), n * leastOf('fixture')));
  equal((await upload.complete()).sizeBytes, bytes.length);
  sameBytes(await place.server!.object((await place.server!.log()).requests.at(-1)!.path.replace(/^\/bucket\//, '')), bytes);
  await place.close();
});

test('multipart: a store that cannot be changed has no uploads', async () => {
  const place = await openPlace('fixture');
  await rejects(withReadonly(place.store).multipart!('a'), 'NotSupported');
  equal(place.requests.length, 0);
  await place.close();
});

test('a list of uploads that says there is more and not where is no end, and repeats nothing', async () => {
  const page = '<ListMultipartUploadsResult><Upload><Key>a</Key><UploadId>1</UploadId></Upload><IsTruncated>true</IsTruncated>';
  const pages: number[] = [];
  const driver = {
    send: async () => ({ body: memoryBody(new TextEncoder().encode(`${page}</ListMultipartUploadsResult>`)) }),
  } as unknown as Parameters<typeof listUploads>[0];
  await rejects(async () => {
    for await (const one of listUploads(driver)) pages.push(one.length);
  }, 'InvalidResponse');
  equal(pages, [1]);
});
