/** Uploads from Blobs: what is sent, what is left after an abort, and what becomes of sources that change. Runs in every engine. */
import { Client, openUploadJournal, uploadFile } from '../../../src/index.ts';
import type { UploadJob, UploadProgress, UploadRecords } from '../../../src/index.ts';
import { startJob } from '../../../src/uploads/job.ts';
import { openSource, type OpenSource } from '../../../src/uploads/source.ts';
import { uniqueName } from '../../env.ts';
import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';
import { leastOf, memoryRecords, MiB, noise, openPlace, openUploads, type UploadPlace } from './upload-places.ts';

const partBytes = leastOf('fixture');

/** An upload with parts as small as the fixture server takes them. */
function startSmall(
  place: UploadPlace,
  blob: Blob,
  o: { records?: UploadRecords; signal?: AbortSignal; concurrency?: number } = {},
): UploadJob {
  const { store } = place;
  const job = { id: uniqueName('job'), store, key: 'a', options: {}, partBytes, concurrency: o.concurrency ?? 3 };
  return startJob({ ...job, records: o.records, signal: o.signal, source: (signal) => openSource(blob, { signal }) });
}

const operations = async ({ server }: UploadPlace): Promise<string[]> =>
  (await server!.log()).requests.filter(({ method }) => method !== 'OPTIONS').map(({ operation }) => operation);

test('upload: each byte is sent once, in parts, with exactly one preflight a PUT', async () => {
  const place = await openPlace('fixture');
  const bytes = noise(5 * partBytes + 17);
  const job = startSmall(place, new Blob([bytes]));
  const seen: UploadProgress[] = [];
  for await (const one of job.progress) seen.push(one);
  equal((await job.done).sizeBytes, bytes.length);
  equal(seen.at(-1), { sentBytes: bytes.length, totalBytes: bytes.length, parts: 6, totalParts: 6 });
  ok(
    seen.every((one, i) => one.sentBytes >= (seen[i - 1]?.sentBytes ?? 0)),
    'never less than before',
  );
  const { requests, counts } = await place.server!.log();
  equal((await operations(place)).sort(), [
    'CompleteMultipartUpload',
    'CreateMultipartUpload',
    ...Array.from({ length: 6 }, () => 'UploadPart'),
  ]);
  const parts = requests.filter(({ operation }) => operation === 'UploadPart');
  equal(
    parts.reduce((sum, { bodyLength }) => sum + bodyLength, 0),
    bytes.length,
  );
  ok(
    parts.every(({ headers }) => headers['content-md5']),
    'a checksum beside each',
  );
  const preflights = requests.filter(({ method, query }) => method === 'OPTIONS' && query['partNumber'] !== undefined);
  equal(preflights.length, counts.preflights ? 6 : 0, 'one preflight a part, in pages');
  sameBytes(await place.server!.object(requests.at(-1)!.path.replace(/^\/bucket\//, '')), bytes);
  await place.close();
});

test('upload: no stream is ever handed to fetch', async () => {
  const place = await openPlace('fixture');
  const kinds = new Set<string>();
  const { store, client } = place.again({
    fetch(input, init) {
      kinds.add(Object.prototype.toString.call(init?.body).slice(8, -1));
      return fetch(input, init);
    },
  });
  const bytes = noise(3 * partBytes);
  await startSmall({ ...place, store }, new Blob([bytes])).done;
  await store.put('b', new Blob([bytes]).stream());
  sameBytes(await (await store.get('b'))!.bytes(), bytes);
  ok(
    [...kinds].every((kind) => ['Blob', 'Uint8Array', 'Undefined'].includes(kind)),
    [...kinds].join(),
  );
  await client.close();
  await place.close();
});

test('upload: stores without uploads in parts take it as one stream', async () => {
  const client = new Client();
  const store = client.store(`mem://${uniqueName('upload')}`);
  equal([store.multipart, store.listUploads], [undefined, undefined]);
  const bytes = noise(11 * MiB);
  const journal = openUploadJournal({ records: memoryRecords() });
  const job = uploadFile(store, 'a', new Blob([bytes]), { journal, partBytes: 5 * MiB });
  equal((await job.done).sizeBytes, bytes.length);
  await job.pause();
  await job.abort();
  sameBytes(await (await store.get('a'))!.bytes(), bytes, 'what is done is done');
  equal(await journal.list(), []);
  await client.close();
});

test('upload: as many buffers as parts in flight, whatever the size', async () => {
  const place = await openPlace('fixture');
  const bytes = noise(12 * partBytes);
  const known = new Set<unknown>();
  let fresh = 0;
  const source = async (): Promise<OpenSource> => {
    const opened = await openSource(new Blob([bytes]));
    return {
      ...opened,
      async read(start, end, options) {
        if (end - start > 1 && !known.has(options!.into!.buffer)) fresh++;
        const bytes = await opened.read(start, end, options);
        known.add(bytes.buffer);
        return bytes;
      },
    };
  };
  await startJob({ id: 'x', store: place.store, key: 'a', options: {}, partBytes, concurrency: 3, source }).done;
  ok(fresh >= 1 && fresh <= 3, `${fresh} buffers`);
  sameBytes(await (await place.store.get('a'))!.bytes(), bytes);
  await place.close();
});

test('upload: what is no larger than a part goes in one request, and an empty file too', async () => {
  const place = await openPlace('fixture');
  for (const size of [0, 70_000]) {
    place.requests.length = 0;
    const result = await uploadFile(place.store, 'b', new Blob([noise(size)], { type: 'text/x-a' })).done;
    equal([result.sizeBytes, place.requests.length], [size, 1]);
  }
  equal((await place.store.head('b'))!.contentType, 'text/x-a');
  await rejects(() => uploadFile(place.store, 'b', new Blob([]), { partBytes: 1000 }), 'InvalidArgument');
  await rejects(() => uploadFile(place.store, '', new Blob([])), 'InvalidArgument');
  await rejects(uploadFile(place.store, 'b', 'https://h.example/a').done, 'InvalidArgument');
  await place.close();
});

test('upload: taken up again by another client, which sends what is missing and nothing else', async () => {
  const place = await openPlace('fixture', [{ match: { operation: 'UploadPart', nth: 4, times: 99 }, fault: { type: 'headStall' } }]);
  const bytes = noise(8 * partBytes);
  const file = new File([bytes], 'a.bin', { lastModified: 1000 });
  const journal = openUploadJournal({ records: memoryRecords() });
  const job = startSmall(place, file, { records: journal.records });
  for await (const { parts } of job.progress) if (parts === 3) break;
  await job.pause();
  await rejects(job.done, (error: DOMException) => error.name === 'AbortError');
  const [pending] = await journal.list();
  equal([pending!.id, pending!.key, pending!.source.kind, pending!.fingerprint.sizeBytes], [job.id, 'a', 'repick', bytes.length]);
  // what was on its way has ended
  await place.server!.log();
  await place.server!.update({ faults: [], clearLog: true });

  const { store, client } = place.again();
  await rejects(journal.resume(job.id, undefined, { store }), 'InvalidArgument');
  await rejects(journal.resume('0'.repeat(32), file, { store }), 'NotFound');
  for (const other of [
    new File([bytes.subarray(1)], 'a.bin', { lastModified: 1000 }),
    new File([noise(bytes.length, 2)], 'a.bin', { lastModified: 1000 }),
    new File([bytes], 'a.bin', { lastModified: 2000 }),
  ])
    await rejects(journal.resume(job.id, other, { store }), 'PreconditionFailed');
  equal((await operations(place)).length, 0, 'the wrong file costs no request');
  const again = await journal.resume(job.id, new File([bytes], 'b.bin', { lastModified: 1000 }), { store });
  await rejects(journal.resume(job.id, file, { store }), 'PreconditionFailed');
  equal((await again.done).sizeBytes, bytes.length);
  equal((await operations(place)).sort(), ['CompleteMultipartUpload', 'ListParts', ...Array.from({ length: 5 }, () => 'UploadPart')]);
  equal(await journal.list(), []);
  sameBytes(await (await store.get('a'))!.bytes(), bytes);

  // changed in the middle, where no fingerprint looks
  const first = startSmall(place, file, { records: journal.records, concurrency: 1 });
  for await (const { parts } of first.progress) if (parts >= 4) break;
  await first.pause();
  first.done.catch(() => {});
  if ((await journal.list()).length) {
    const changed = bytes.slice();
    changed[2 * partBytes + 5]! ^= 1;
    const third = await journal.resume(first.id, new File([changed], 'a', { lastModified: 1000 }), { store });
    await rejects(third.done, 'ObjectChanged');
    equal([await journal.list(), await openUploads(store, 'a')], [[], []]);
    sameBytes(await (await store.get('a'))!.bytes(), bytes, 'what was there stays');
  }
  await client.close();
  await place.close();
});

for (const [phase, operation] of [
  ['begun', 'CreateMultipartUpload'],
  ['sent', 'UploadPart'],
  ['completed', 'CompleteMultipartUpload'],
] as const)
  test(`upload: an abort while it is ${phase} leaves no object, no upload, no record, and sends nothing more`, async () => {
    const place = await openPlace('fixture', [{ match: { operation }, fault: { type: 'delayMs', ms: 250 } }]);
    const { store, server } = place;
    const records = memoryRecords();
    const controller = new AbortController();
    const reason = new Error('enough');
    const blob = new Blob([noise(4 * partBytes)]);
    const bySignal = phase === 'sent';
    const job = startSmall(place, blob, { records, ...(bySignal && { signal: controller.signal }) });
    job.done.catch(() => {});
    while (!(await server!.log({ settled: false })).requests.some((request) => request.operation === operation))
      await new Promise((resolve) => setTimeout(resolve, 10));
    if (bySignal) {
      controller.abort(reason);
      await rejects(job.done, (error) => error === reason);
    } else {
      await job.abort();
      await rejects(job.done, (error: DOMException) => error.name === 'AbortError');
    }
    const before = (await server!.log()).requests.length;
    await new Promise((resolve) => setTimeout(resolve, 100));
    equal((await server!.log()).requests.length, before, 'no further request');
    equal([await openUploads(store, 'a'), await store.head('a'), await records.list()], [[], null, []]);
    await job.abort();
    await place.close();
  });

test('upload: one that fails leaves nothing without a journal, and what is needed to go on with one', async () => {
  const refused = {
    match: { operation: 'UploadPart', nth: 2, times: 99 },
    fault: { type: 'status', status: 403, code: 'AccessDenied' },
  } as const;
  const place = await openPlace('fixture', [refused]);
  const blob = new Blob([noise(3 * partBytes)]);
  await rejects(startSmall(place, blob).done, 'PermissionDenied');
  equal(await openUploads(place.store, 'a'), []);
  const unkept = startSmall(place, blob);
  await rejects(unkept.pause(), 'InvalidArgument');
  await unkept.abort();
  await place.server!.update({ faults: [refused] });
  const journal = openUploadJournal({ records: memoryRecords() });
  const job = startSmall(place, blob, { records: journal.records });
  await rejects(job.done, 'PermissionDenied');
  equal((await openUploads(place.store, 'a')).length, 1);
  await journal.abort(job.id, { store: place.store });
  equal([await openUploads(place.store, 'a'), await journal.list()], [[], []]);
  await place.close();
});

test('upload: a connection that breaks off is no end of it', async () => {
  const cut = { type: 'cut', bytes: 0, head: false } as const;
  const place = await openPlace('fixture', [
    { match: { operation: 'UploadPart', nth: 3, times: 2 }, fault: cut },
    { match: { operation: 'CompleteMultipartUpload', nth: 1 }, fault: cut },
  ]);
  const bytes = noise(4 * partBytes);
  await startSmall(place, new Blob([bytes])).done;
  sameBytes(await (await place.store.get('a'))!.bytes(), bytes);
  equal(await openUploads(place.store, 'a'), []);
  await place.close();
});

test('upload: a part that is damaged on its way is sent again', async () => {
  const place = await openPlace('fixture', [
    { match: { operation: 'UploadPart', nth: 2 }, fault: { type: 'status', status: 400, code: 'BadDigest' } },
  ]);
  const bytes = noise(3 * partBytes);
  await startSmall(place, new Blob([bytes])).done;
  sameBytes(await (await place.store.get('a'))!.bytes(), bytes);
  await place.close();
});

for (const name of ['versitygw', 'minio'] as const)
  test(`upload to ${name}: paused, taken up by another client, the same bytes`, async () => {
    const place = await openPlace(name);
    const bytes = noise(3 * 5 * MiB - 7);
    const journal = openUploadJournal({ records: memoryRecords() });
    const file = new File([bytes], 'a', { lastModified: 5 });
    const about = { contentType: 'video/x', metadata: { note: 'n' }, ifAbsent: true };
    const job = uploadFile(place.store, 'v', file, { journal, partBytes: 5 * MiB, concurrency: 1, ...about });
    for await (const { parts } of job.progress) if (parts === 1) break;
    await job.pause();
    await rejects(job.done, (error: DOMException) => error.name === 'AbortError');
    const { store, client } = place.again();
    place.requests.length = 0;
    const again = await journal.resume(job.id, file, { store });
    const { etag, sizeBytes } = await again.done;
    equal(sizeBytes, bytes.length);
    const sent = place.requests.reduce((sum, one) => sum + one.bytesSent, 0);
    ok(sent <= 2 * 5 * MiB + 10_000, `${sent} bytes sent by the second`);
    const got = (await store.get('v'))!;
    equal([got.etag, got.contentType], [etag, 'video/x']);
    sameBytes(await got.bytes(), bytes);
    equal([await openUploads(store, 'v'), await journal.list()], [[], []]);
    await store.delete('v');
    await client.close();
    await place.close();
  });
