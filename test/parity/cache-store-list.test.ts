/** Many files that are kept, revalidated by one listing. */
import { Client, type ClientOptions, type FileRecord } from '../../src/index.ts';
import { equal, ok, sameBytes, test } from '../harness.ts';
import { need, uniqueName } from '../env.ts';

const s3 = (name: 'versitygw' | 'minio') => (): { options: ClientOptions; url: string } => {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = need(name);
  return { options: { endpoint, region, credentials: { accessKeyId, secretAccessKey } }, url: `s3://${bucket}/${uniqueName('listed')}` };
};

const places: Record<string, () => { options: ClientOptions; url: string }> = {
  versitygw: s3('versitygw'),
  minio: s3('minio'),
  'fake-gcs': () => {
    const { endpoint, bucket } = need('fake-gcs');
    return { options: { endpoint, credentials: 'anonymous' }, url: `gs://${bucket}/${uniqueName('listed')}` };
  },
};

const COUNT = 12;
const names = Array.from({ length: COUNT }, (_, i) => `data/file-${String(i).padStart(3, '0')}`);
const textOf = (name: string): string => `${name} `.repeat(50);
const textIn = ({ content }: FileRecord): string | null => content && new TextDecoder().decode(content);

for (const [name, open] of Object.entries(places)) {
  test(`cache on ${name}: many warm files cost one listing`, async () => {
    const { options, url } = open();
    const log: string[] = [];
    const client = new Client({ ...options, cache: { container: 'memory' }, onRequest: ({ operation }) => void log.push(operation) });
    const plain = new Client(options);
    const outside = plain.files(url);
    await outside.puts(names.map((path) => [path, textOf(path)] as const));
    await outside.put('data/zz', 'not wanted');
    const cf = client.files(url);
    const read = async (): Promise<(string | null)[]> => (await cf.get(names, { revalidate: 'list' })).map(textIn);
    equal(await read(), names.map(textOf), 'cold');
    log.length = 0;
    const again = await read();
    equal(again, names.map(textOf), 'warm');
    // where a page is shown no ETags nothing can be kept
    const { entries } = await client.cacheStats();
    if (entries > 0) equal(log, ['list'], 'requests');
    await outside.put(names[3]!, 'another');
    await outside.delete(names[5]!);
    log.length = 0;
    const now = await read();
    equal([now[3], now[5], now[7]], ['another', null, textOf(names[7]!)]);
    if (entries > 0) equal([...log].sort(), ['get', 'list'], 'requests');
    const some = await cf.get([{ path: names[0]!, start: 2, end: 9 }, 'data/none'], { revalidate: 'list' });
    equal([textIn(some[0]!), some[1]!.content], [textOf(names[0]!).slice(2, 9), null]);
    sameBytes(await cf.get(names[0]!, { cache: 'bypass' }), new TextEncoder().encode(textOf(names[0]!)));
    await client.close();
    await plain.close();
  });
}

test('cache: without one a listing is not asked for', async () => {
  const { options, url } = places['versitygw']!();
  const log: string[] = [];
  const client = new Client({ ...options, onRequest: ({ operation }) => void log.push(operation) });
  await client.files(url).get(['a', 'b'], { revalidate: 'list' });
  ok(!log.includes('list'), 'no listing');
  await client.close();
});
