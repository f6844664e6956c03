/** Which checksum a service of unknown name is sent once its answers show one. */
import { sendsLikeAPage } from '#platform';
import { Client } from '../../../src/index.ts';
import type { PutResult } from '../../../src/types.ts';
import { fromBase64, toHex } from '../../../src/util/base64.ts';
import { equal, rejects, test } from '../../harness.ts';

/** Of `hello`. */
const md5 = 'XUFAKrxLKna5cZ2REBfFkg==';
const crc32c = 'mnG7TA==';
const crc64nvme = 'M3eFcAZSQlc=';

test('a service that shows a CRC64NVME of its own is sent one instead of an MD5, for as long as it does', async () => {
  const sent: string[] = [];
  const etag = { etag: `"${toHex(fromBase64(md5))}"` };
  const shown = { 'x-amz-checksum-crc64nvme': crc64nvme };
  let answer: Record<string, string> = {};
  let refuses: string | undefined;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { headers } = new Request(input, init);
    sent.push(headers.has('x-amz-checksum-crc64nvme') ? 'crc64nvme' : headers.has('content-md5') ? 'md5' : '');
    return refuses === sent.at(-1)
      ? new Response('<Error><Code>InvalidRequest</Code></Error>', { status: 400 })
      : new Response(null, { headers: answer });
  };
  const client = new Client({
    endpoint: 'https://h.example',
    region: 'us-east-1',
    credentials: { accessKeyId: 'A', secretAccessKey: 'S' },
    fetch,
  });
  const store = client.store('s3://b');
  const put = (headers: Record<string, string>): Promise<PutResult> => {
    answer = headers;
    return store.put('k', 'hello');
  };
  const told = md5;
  equal((await put({ ...etag, ...shown })).md5, told);
  // a page sends what its bucket's rules are known to let out
  const [second, third] = [await put({ ...etag, ...shown }), await put(etag)];
  equal([second.md5, third.md5], sendsLikeAPage ? [told, told] : [undefined, told]);
  equal((await put({ ...etag, ...shown })).md5, told);
  equal(sent.join(' '), sendsLikeAPage ? 'md5 md5 md5 md5' : 'md5 crc64nvme crc64nvme md5');
  // what is refused goes the way that all take, and is not tried again until it is shown again
  sent.length = 0;
  refuses = 'crc64nvme';
  for (let i = 0; i < 2; i++) equal((await put(etag)).md5, told);
  equal(sent.join(' '), sendsLikeAPage ? 'md5 md5' : 'crc64nvme md5 md5');
  // GCS shows its own, in a header that may not be sent
  for (let i = 0; i < 2; i++) await put({ ...etag, 'x-goog-hash': `crc32c=${crc32c}` });
  equal(sent.slice(-2), ['md5', 'md5']);
  refuses = undefined;
  // in a page an ETag may hide how the object is encrypted
  if (!sendsLikeAPage) await rejects(put({ etag: `"${'0'.repeat(32)}"` }), 'IntegrityError');
  await client.close();
});
