/** `anyfile serve`: uploads in parts, and the command itself. */
import { Writable } from 'node:stream';
import { equal, ok, test } from '../harness.ts';
import { noise } from '../conformance/noise.ts';
import { account, fieldOf, served, type Served } from './cli/served.ts';
import { cli, inFolder, plant, tree } from './cli/run-cli.ts';

const MIB = 1 << 20;
const stateIn = (folder: string): string[] => (tree(folder) ?? []).filter((name) => name.startsWith('.anyfile.serve/uploads'));

async function begin({ ask }: Served, key: string, headers: Record<string, string> = {}): Promise<string> {
  return fieldOf(await (await ask(`/data/${key}?uploads`, { method: 'POST', headers })).text(), 'UploadId')!;
}
const sendPart = async ({ ask }: Served, key: string, id: string, number: number, body: Uint8Array<ArrayBuffer>): Promise<string> =>
  (await ask(`/data/${key}?partNumber=${number}&uploadId=${id}`, { method: 'PUT', body })).headers.get('etag')!;
const complete = (
  { ask }: Served,
  key: string,
  id: string,
  parts: readonly (readonly [number, string])[],
  headers: Record<string, string> = {},
): Promise<Response> =>
  ask(`/data/${key}?uploadId=${id}`, {
    method: 'POST',
    headers,
    body: `<CompleteMultipartUpload>${parts.map(([n, etag]) => `<Part><PartNumber>${n}</PartNumber><ETag>${etag}</ETag></Part>`).join('')}</CompleteMultipartUpload>`,
  });

test('serve: an upload in parts, taken up after a restart', async () => {
  await served(async (at) => {
    const { ask, store, folder, restart } = at;
    const [one, two] = [noise(5 * MIB, 1), noise(100_000, 2)];
    const id = await begin(at, 'dir/big', { 'content-type': 'text/csv', 'x-amz-meta-a': '1' });
    const second = await sendPart(at, 'dir/big', id, 2, two);
    await sendPart(at, 'dir/big', id, 1, two);
    await restart();
    const first = await sendPart(at, 'dir/big', id, 1, one);
    const listed = await (await ask(`/data/dir/big?uploadId=${id}&max-parts=1`)).text();
    equal([fieldOf(listed, 'PartNumber'), fieldOf(listed, 'Size'), fieldOf(listed, 'IsTruncated')], ['1', String(5 * MIB), 'true']);
    ok((await (await ask('/data/?uploads')).text()).includes(id), 'it is listed');
    equal(await store.head('dir/big'), null, 'nothing is seen before the end');

    const code = async (answer: Response): Promise<string | undefined> => fieldOf(await answer.text(), 'Code');
    equal(
      await code(
        await complete(at, 'dir/big', id, [
          [2, second],
          [1, first],
        ]),
      ),
      'InvalidPartOrder',
    );
    equal(
      await code(
        await complete(at, 'dir/big', id, [
          [1, second],
          [2, second],
        ]),
      ),
      'InvalidPart',
    );
    equal(
      await code(
        await complete(at, 'dir/big', id, [
          [1, first],
          [3, second],
        ]),
      ),
      'InvalidPart',
    );
    equal(await code(await complete(at, 'dir/other', id, [[1, first]])), 'NoSuchUpload');
    equal(
      await code(
        await complete(
          at,
          'dir/big',
          id,
          [
            [1, first],
            [2, second],
          ],
          { 'x-amz-checksum-crc32c': 'AAAAAA==' },
        ),
      ),
      'BadDigest',
    );
    equal(await store.head('dir/big'), null);

    equal(
      (
        await complete(at, 'dir/big', id, [
          [1, first],
          [2, second],
        ])
      ).status,
      200,
    );
    const got = (await store.get('dir/big'))!;
    equal(
      [got.contentType, got.metadata, got.totalBytes, got.etag?.endsWith('-2"')],
      ['text/csv', { a: '1' }, one.length + two.length, true],
    );
    const bytes = Buffer.from(await got.bytes());
    ok(bytes.subarray(0, one.length).equals(Buffer.from(one)) && bytes.subarray(one.length).equals(Buffer.from(two)), 'the bytes');
    equal(stateIn(folder), [], 'the parts are gone');
    equal(
      await code(
        await complete(at, 'dir/big', id, [
          [1, first],
          [2, second],
        ]),
      ),
      'NoSuchUpload',
    );
  });
});

test('serve: small parts, an abort, and parts that are copied', async () => {
  await served(async (at) => {
    const { ask, store, folder } = at;
    const id = await begin(at, 'a');
    const parts: [number, string][] = [];
    for (const number of [1, 2]) parts.push([number, await sendPart(at, 'a', id, number, noise(10))]);
    equal(fieldOf(await (await complete(at, 'a', id, parts)).text(), 'Code'), 'EntityTooSmall');
    equal((await ask(`/data/a?uploadId=${id}`, { method: 'DELETE' })).status, 204);
    equal(stateIn(folder), []);
    equal((await ask(`/data/a?partNumber=1&uploadId=${id}`, { method: 'PUT', body: 'x' })).status, 404);
    equal((await ask(`/data/a?partNumber=1&uploadId=${'../'.repeat(3)}x`, { method: 'PUT', body: 'x' })).status, 404);

    await store.put('source', '0123456789');
    const other = await begin(at, 'b');
    const copied = await ask(`/data/b?partNumber=1&uploadId=${other}`, {
      method: 'PUT',
      headers: { 'x-amz-copy-source': '/data/source', 'x-amz-copy-source-range': 'bytes=2-5' },
    });
    equal((await complete(at, 'b', other, [[1, fieldOf(await copied.text(), 'ETag')!.replaceAll('&#34;', '')]])).status, 200);
    equal(await (await store.get('b'))!.text(), '2345');
  });
});

test('serve: the library uploads a long stream in parts', async () => {
  await served(async ({ store, folder }) => {
    const bytes = noise(18 * MIB);
    async function* stream(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += MIB) yield bytes.slice(at, at + MIB);
    }
    await store.put('long', stream());
    const got = (await store.get('long'))!;
    ok(Buffer.from(await got.bytes()).equals(Buffer.from(bytes)) && got.verified, 'the bytes, verified');
    ok(got.etag?.endsWith('-2"'), got.etag);
    equal(stateIn(folder), []);
  });
});

test('cli serve: prints how to reach it, serves until it is ended, and says what does not go', async () => {
  await inFolder(async (folder) => {
    plant(folder, { 'My Data/a.txt': 'hello' });
    const stop = new AbortController();
    let text = '';
    const begun = new Promise<void>((resolve) => {
      const stdout = new Writable({
        write(chunk: Uint8Array, _encoding, done) {
          text += Buffer.from(chunk).toString();
          if (text.includes('\n')) resolve();
          done();
        },
      });
      ended = cli(['serve', '--json', '--port', '0', '-v', `${folder}/My Data`], { signal: stop.signal, stdout });
    });
    await begun;
    const { endpoint, bucket, accessKeyId, secretAccessKey, region } = JSON.parse(text) as Record<string, string>;
    equal([bucket, region], ['my-data', 'us-east-1']);
    const clientOptions = { endpoint, region, credentials: { accessKeyId: accessKeyId!, secretAccessKey: secretAccessKey! } };
    const read = await cli(['cat', `s3://${bucket}/a.txt`], { clientOptions });
    equal([read.status, read.stdout], [0, 'hello']);
    const looked = await cli(['doctor', '--write', `s3://${bucket}/a.txt`], { clientOptions });
    equal([looked.status, tree(`${folder}/My Data`)?.filter((name) => !name.startsWith('.anyfile'))], [0, ['a.txt']], looked.stdout);
    const taken = await cli(['serve', '--port', new URL(endpoint!).port, folder]);
    equal([taken.status, taken.stderr.includes('EADDRINUSE')], [2, true]);
    stop.abort();
    const { status, stderr } = await ended!;
    equal([status, stderr.includes('GET /my-data/a.txt') || stderr.includes('"path":"/my-data/a.txt"')], [0, true]);
    ok(!stderr.includes(secretAccessKey!), 'no secret in the log');
    await cli(['cat', `s3://${bucket}/a.txt`], { clientOptions }).then((after) => equal(after.status, 3, 'nobody listens any more'));
  });
  equal((await cli(['serve', '/no/such/folder'])).status, 2);
  equal((await cli(['serve', '--bucket', 'A_B', '.'])).status, 2);
  const half = await cli(['serve', '.'], { env: { ANYFILE_SERVE_ACCESS_KEY: account.accessKeyId } });
  equal([half.status, half.stderr.includes('go together')], [2, true]);
});

let ended: ReturnType<typeof cli> | undefined;
