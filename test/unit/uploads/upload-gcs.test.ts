/** Uploads to GCS: side by side by the XML API, or in order by a resumable session where that is out of reach. */
import { Client, openUploadJournal, uploadFile } from '../../../src/index.ts';
import type { ClientOptions, MultipartUpload, UploadRecord, UploadRecords } from '../../../src/index.ts';
import { startJob } from '../../../src/uploads/job.ts';
import { openSource } from '../../../src/uploads/source.ts';
import { env, need, uniqueName } from '../../env.ts';
import { equal, ok, rejects, sameBytes, skip, test } from '../../harness.ts';
import { withScenario } from '../../servers/fixture/client.ts';
import { MiB, noise } from './upload-places.ts';

const partBytes = 0x4_0000;
const isPage = !/^(node|bun|deno)/.test(env().engine);

/** One record at a time, which outlives clients. */
function oneRecord(): UploadRecords & { kept: UploadRecord | undefined } {
  return {
    kept: undefined,
    async list() {
      return this.kept ? [this.kept] : [];
    },
    async get() {
      return this.kept;
    },
    async put(record) {
      this.kept = record;
    },
    async remove() {
      this.kept = undefined;
    },
    hold: async () => async () => {},
  };
}

test('gcs session: parts in order, taken up by another client in the middle of a part', () =>
  withScenario('gcs', {}, async (server) => {
    const { endpoint, accessToken, bucket } = server;
    const open = (): Client => new Client({ endpoint, credentials: { accessToken }, retry: { minDelayMs: 5 } });
    const client = open();
    const bytes = noise(5 * partBytes + 99);
    const part = (n: number): Uint8Array => bytes.slice((n - 1) * partBytes, n * partBytes);
    const store = client.store(`gs://${bucket}/x`);
    const options = { contentType: 'text/x-a', partBytes };
    const first = await store.multipart!('a', options);
    ok(first.inOrder);
    equal(await first.listParts(), []);
    await first.sendPart(1, part(1));
    await rejects(first.sendPart(3, part(3)), 'InvalidArgument');
    await first.sendPart(2, part(2));
    await rejects(store.multipart!('a', { id: first.id }), 'InvalidArgument');

    const other = open();
    const second = await other.store(`gs://${bucket}/x`).multipart!('a', { ...options, id: first.id });
    const stored = await second.listParts();
    equal(
      stored.map(({ number, sizeBytes }) => [number, sizeBytes]),
      [
        [1, partBytes],
        [2, partBytes],
      ],
    );
    const go = async (upload: MultipartUpload): Promise<void> => {
      for (let n = 1; n <= 6; n++) await upload.sendPart(n, part(n), { stored: stored[n - 1] });
    };
    await server.update({
      faults: [{ match: { operation: 'objects.resume', nth: 2 }, fault: { type: 'status', status: 503 } }],
      clearLog: true,
    });
    await go(second);
    const result = await second.complete();
    equal([result.key, result.sizeBytes], ['a', bytes.length]);
    const got = (await store.get('a'))!;
    equal(got.contentType, 'text/x-a');
    sameBytes(await got.bytes(), bytes);
    await rejects(second.listParts(), 'NotFound');
    await rejects(async () => {
      for await (const _ of store.listUploads!());
    }, 'NotSupported');
    await Promise.all([client.close(), other.close()]);
  }));

test('gcs session: another source behind the parts that are there is found out at the end, and leaves no object', () =>
  withScenario('gcs', {}, async ({ endpoint, accessToken, bucket }) => {
    const client = new Client({ endpoint, credentials: { accessToken } });
    const store = client.store(`gs://${bucket}`);
    const bytes = noise(3 * partBytes);
    const first = await store.multipart!('a', { partBytes });
    await first.sendPart(1, bytes.slice(0, partBytes));
    const second = await store.multipart!('a', { partBytes, id: first.id });
    const [stored] = await second.listParts();
    bytes[9]! ^= 1;
    for (let n = 1; n <= 3; n++)
      await second.sendPart(n, bytes.slice((n - 1) * partBytes, n * partBytes), { stored: n === 1 ? stored : undefined });
    await rejects(second.complete(), 'IntegrityError');
    equal(await store.head('a'), null);
    await client.close();
  }));

for (const operation of ['objects.insert', 'objects.resume'] as const)
  test(`gcs session: an abort during ${operation} ends the session`, () =>
    withScenario('gcs', { faults: [{ match: { operation }, fault: { type: 'delayMs', ms: 200 } }] }, async (server) => {
      const { endpoint, accessToken, bucket } = server;
      const client = new Client({ endpoint, credentials: { accessToken } });
      const store = client.store(`gs://${bucket}`);
      const blob = new Blob([noise(3 * partBytes)]);
      const source = (signal: AbortSignal): ReturnType<typeof openSource> => openSource(blob, { signal });
      const job = startJob({ id: '1', store, key: 'a', options: {}, partBytes, concurrency: 3, source });
      job.done.catch(() => {});
      while (!(await server.log({ settled: false })).requests.some((request) => request.operation === operation))
        await new Promise((resolve) => setTimeout(resolve, 10));
      await job.abort();
      const { requests } = await server.log();
      equal(
        requests.filter((request) => request.method === 'DELETE').map((request) => request.operation),
        ['objects.cancel'],
      );
      equal(await store.head('a'), null);
      await client.close();
    }));

test('upload to fake-gcs: paused, taken up by another client, the same bytes', async () => {
  const { endpoint, bucket } = need('fake-gcs');
  if (isPage) skip('fake-gcs-server lets no page send x-guploader-no-308');
  const options: ClientOptions = { endpoint, credentials: { accessToken: 'any' }, retry: { minDelayMs: 5 } };
  const [client, other] = [new Client(options), new Client(options)];
  const url = `gs://${bucket}/${uniqueName('upload')}`;
  const records = oneRecord();
  const journal = openUploadJournal({ records });
  const bytes = noise(2 * 5 * MiB + 300);
  const file = new File([bytes], 'a', { lastModified: 5 });
  const job = uploadFile(client.store(url), 'a', file, { journal, partBytes: 5 * MiB });
  for await (const { parts } of job.progress) if (parts === 1) break;
  await job.pause();
  await rejects(job.done, (error: DOMException) => error.name === 'AbortError');
  ok(!JSON.stringify(await journal.list()).includes('upload_id'), 'what lets others write is not shown');
  const store = other.store(url);
  equal((await (await journal.resume(job.id, file, { store })).done).sizeBytes, bytes.length);
  sameBytes(await (await store.get('a'))!.bytes(), bytes);
  await store.delete('a');
  await Promise.all([client.close(), other.close()]);
});

test("gcs: a token uploads to Google by the XML API, but for pages, whose buckets' rules may not let them", async () => {
  const seen: string[] = [];
  const xml = (name: string, inner: string): Response => new Response(`<${name}>${inner}</${name}>`);
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { method, url, headers } = new Request(input, init);
    const { pathname, searchParams, origin } = new URL(url);
    equal([origin, headers.get('authorization')], ['https://storage.googleapis.com', 'Bearer t']);
    seen.push(`${method} ${pathname} ${[...searchParams.keys()].sort().join()}`);
    if (searchParams.has('uploads')) return xml('InitiateMultipartUploadResult', '<UploadId>u</UploadId>');
    return new Response(null, { headers: { etag: '"e"', location: `${origin}/upload/storage/v1/b/b/o?upload_id=1` } });
  };
  const client = new Client({ credentials: { accessToken: 't' }, fetch });
  const upload = await client.store('gs://b').multipart!('k');
  if (!isPage) await upload.sendPart(1, noise(8));
  equal(
    [seen, upload.inOrder],
    isPage ? [['POST /upload/storage/v1/b/b/o fields,uploadType'], true] : [['POST /b/k uploads', 'PUT /b/k partNumber,uploadId'], false],
  );
  await client.close();
});
