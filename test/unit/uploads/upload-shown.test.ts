/** Uploads in parts at services of unknown name that have shown a CRC: what they are begun with, sent with and taken up with. */
import { sendsLikeAPage } from '#platform';
import { Client } from '../../../src/index.ts';
import type { ObjectStore } from '../../../src/types.ts';
import { equal, ok, sameBytes, test } from '../../harness.ts';
import { leastOf, noise, openPlace } from './upload-places.ts';

const crc32c = 'x-amz-checksum-crc32c';

/** A service that tells what it was sent, and answers what it is told to. */
class Service {
  /** It shows its own CRC-32C, and repeats the algorithm of an upload. */
  shows = true;
  repeats = true;
  /** Refuses what names a checksum. */
  refuses = false;
  /** With which an upload was begun that is asked for. */
  begunWith = '';
  readonly sent: string[] = [];
  readonly client = new Client({
    endpoint: 'https://h.example',
    region: 'us-east-1',
    credentials: { accessKeyId: 'A', secretAccessKey: 'S' },
    retry: { attempts: 1 },
    fetch: (input, init) => this.#answer(new Request(input, init)),
  });

  store(bucket: string): ObjectStore {
    return this.client.store(`s3://${bucket}`);
  }

  async #answer(request: Request): Promise<Response> {
    const { method, headers, url } = request;
    const query = new URL(url).searchParams;
    const by = [...headers.keys()].filter((name) => name === 'content-md5' || name.startsWith('x-amz-checksum-'));
    const what = query.has('uploads') ? 'begin' : query.has('partNumber') ? 'part' : query.has('uploadId') ? `${method} upload` : method;
    this.sent.push([what, ...by.sort()].join(' '));
    if (this.refuses && by.some((name) => name !== 'content-md5'))
      return new Response('<Error><Code>InvalidRequest</Code></Error>', { status: 400 });
    if (what === 'begin') {
      const told = this.repeats ? headers.get('x-amz-checksum-algorithm') : null;
      const xml = '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>';
      return new Response(xml, { headers: told ? { 'x-amz-checksum-algorithm': told } : {} });
    }
    if (what === 'part') return new Response(null, { headers: { etag: '"p"' } });
    if (what === 'POST upload') {
      this.sent.push(/<ChecksumCRC32C>[^<]+/.exec(await request.text())?.[0] ?? 'no checksums');
      return new Response('<CompleteMultipartUploadResult><ETag>"e-1"</ETag></CompleteMultipartUploadResult>');
    }
    if (what === 'GET upload') {
      const algorithm = this.begunWith && `<ChecksumAlgorithm>${this.begunWith}</ChecksumAlgorithm>`;
      return new Response(`<ListPartsResult>${algorithm}<IsTruncated>false</IsTruncated></ListPartsResult>`);
    }
    if (method === 'HEAD') return new Response(null, { headers: { etag: '"e-1"', 'content-length': '5' } });
    // of `hello`
    return new Response(null, { headers: this.shows ? { [crc32c]: 'mnG7TA==' } : {} });
  }

  /** A whole upload of `hello`, or the rest of one that was begun; and what was sent for it. */
  async upload(id?: string): Promise<string[]> {
    this.sent.length = 0;
    const upload = await this.store('c').multipart!('k', { ...(id && { id }) });
    await upload.sendPart(1, new TextEncoder().encode('hello'));
    equal((await upload.complete()).sizeBytes, 5);
    return this.sent.filter((what) => !what.startsWith('HEAD'));
  }
}

const byMd5 = ['begin', 'part content-md5', 'POST upload', 'no checksums'];
const byCrc = ['begin x-amz-checksum-algorithm x-amz-checksum-type', `part ${crc32c}`, 'POST upload', '<ChecksumCRC32C>mnG7TA=='];

test('parts go with the CRC that the service has shown for another bucket, when it says that it understood', async () => {
  const service = new Service();
  const learnt = sendsLikeAPage ? byMd5 : byCrc;
  equal(await service.upload(), byMd5, 'nothing was shown yet');
  await service.store('b').put('k', 'hello');
  equal(await service.upload(), learnt);
  service.repeats = false;
  equal(await service.upload(), sendsLikeAPage ? byMd5 : [learnt[0], ...byMd5.slice(1)], 'not understood');
  service.refuses = true;
  equal(await service.upload(), sendsLikeAPage ? byMd5 : [learnt[0], ...byMd5], 'refused');
  equal(await service.upload(), byMd5, 'and not tried again');
  await service.client.close();
});

test('an upload that is taken up goes on with the checksum that it was begun with, whatever was shown', async () => {
  const service = new Service();
  const list = sendsLikeAPage && service.begunWith ? [] : ['GET upload'];
  equal(await service.upload('u'), [...list, ...byMd5.slice(1)]);
  service.begunWith = 'CRC32C';
  equal(await service.upload('u'), [...list, ...byCrc.slice(1)]);
  service.begunWith = 'SHA256';
  await service.store('b').put('k', 'hello');
  equal(await service.upload('u'), [...list, ...byMd5.slice(1)], 'one that is not ours');
  await service.client.close();
});

for (const name of ['fixture', 'versitygw', 'minio'] as const)
  test(`on ${name}, parts after a first object are whole, also when another client ends the upload`, async () => {
    const place = await openPlace(name);
    const size = leastOf(name);
    const bytes = noise(size + 1000);
    await place.store.put('first', noise(100));
    for (const taken of [false, true]) {
      const first = await place.store.multipart!('parts.bin');
      await first.sendPart(1, bytes.slice(0, size));
      const other = taken ? place.again() : undefined;
      const upload = other ? await other.store.multipart!('parts.bin', { id: first.id }) : first;
      const [stored] = await upload.listParts();
      if (taken) ok(!(await upload.sendPart(1, bytes.slice(0, size), { stored })).sent);
      ok((await upload.sendPart(2, bytes.slice(size))).sent);
      equal((await upload.complete()).sizeBytes, bytes.length);
      const got = (await place.store.get('parts.bin'))!;
      sameBytes(await got.bytes(), bytes);
      await place.store.delete('parts.bin');
      await other?.client.close();
    }
    await place.store.delete('first');
    await place.close();
  });
