/** A client that changes nothing: no request but GET and HEAD leaves it, and what it keeps in memory stays as it is. */
import { Client, CloudFiles, isCloudError } from '../../../src/index.ts';
import { equal, ok, rejects, test } from '../../harness.ts';

/** What tries to change something, on a folder of files. */
const changes: Record<string, (files: CloudFiles, client: Client) => Promise<unknown>> = {
  put: (files) => files.put('a', 'x'),
  'put of a large body': (files) => files.put('a', new Blob([new Uint8Array(1 << 20)]).stream()),
  delete: (files) => files.delete('a'),
  'delete of several': (files) => files.delete(['a', 'b']),
  move: (files) => files.move('a', `${files.url}/b`),
  transfer: (files, client) => files.transferTo(new CloudFiles(`${files.url}/copy`, { client }), { paths: ['a'] }),
  metadata: (files, client) => client.store(files.url).setMetadata!('a', { x: '1' }),
  copy: (files, client) => client.store(files.url).copy!('a', 'b'),
  touch: (files) => files.touch('missing'),
};

/** A bucket that holds `a`, behind a fetch that tells what it was asked. */
function bucket(url: string): { client: Client; files: CloudFiles; methods: string[] } {
  const methods: string[] = [];
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const { method, url: asked } = new Request(input, { ...init, body: null });
    methods.push(method);
    if (asked.includes('missing')) return new Response(null, { status: 404 });
    const headers = { etag: '"9dd4e461268c8034f5c8564e155c67a6"', 'last-modified': 'Sat, 01 Jan 2022 00:00:00 GMT' };
    if (asked.includes('/storage/v1/') && !asked.includes('alt=media'))
      return Response.json({ name: 'd/a', size: '1', generation: '1', metageneration: '1' });
    return new Response(method === 'HEAD' ? null : 'x', { status: 200, headers: { ...headers, 'content-length': '1' } });
  };
  const credentials = url.startsWith('gs:') ? { accessToken: 'token' } : { accessKeyId: 'AK', secretAccessKey: 'secret' };
  const client = new Client({ readOnly: true, fetch, credentials, endpoint: 'http://storage.test', region: 'us-east-1' });
  return { client, files: client.files(url), methods };
}

for (const url of ['s3://bucket/d', 'gs://bucket/d']) {
  for (const [name, change] of Object.entries(changes)) {
    test(`a read-only client: ${name} at ${url.slice(0, 2)} is refused, and sends nothing that changes anything`, async () => {
      const { client, files, methods } = bucket(url);
      const error = await rejects(change(files, client), (thrown: unknown) => isCloudError(thrown, 'NotSupported'));
      ok(String(error).includes('read-only'), String(error));
      equal(
        methods.filter((method) => method !== 'GET' && method !== 'HEAD'),
        [],
      );
      await client.close();
    });
  }
  test(`a read-only client reads at ${url.slice(0, 2)}`, async () => {
    const { client, files } = bucket(url);
    equal(await files.get('a', { raw: true }), new TextEncoder().encode('x'));
    await client.close();
  });
}

test('a read-only client: memory is not written', async () => {
  const client = new Client({ readOnly: true });
  const files = client.files('mem://bucket/d');
  await rejects(files.put('a', 'x'), 'NotSupported');
  await rejects(files.touch('a'), 'NotSupported');
  equal(await files.get('a'), null);
  await client.close();
});
