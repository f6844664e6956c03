/** Clients with a cache on real servers: what each read costs, and what is kept. */
import { Client, type CacheOptions, type ClientOptions, type ObjectStore } from '../../src/index.ts';
import { equal, ok, rejects, sameBytes, skip, test } from '../harness.ts';
import { env, need, uniqueName } from '../env.ts';
import { openScenario } from '../servers/fixture/client.ts';

interface Place {
  options: ClientOptions;
  url: string;
  /** What a question whether something changed is answered by, after the first: not every server says enough with a 304. */
  answers: readonly string[];
  end?: () => Promise<void>;
}

const isPage = (): boolean => !/^(node|bun|deno)/.test(env().engine);

const s3 = (name: 'versitygw' | 'minio', answers: readonly string[]) => async (): Promise<Place> => {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = need(name);
  return {
    options: { endpoint, region, credentials: { accessKeyId, secretAccessKey } },
    url: `s3://${bucket}/${uniqueName('cached')}`,
    answers,
  };
};

const places: Record<string, () => Promise<Place>> = {
  // its 304 tells neither ETag nor time, so the first byte is asked for
  versitygw: s3('versitygw', ['206']),
  minio: s3('minio', ['304']),
  'fake-gcs': async () => {
    const { endpoint, bucket } = need('fake-gcs');
    // it takes no conditions: what begins to come is compared and let go of
    return { options: { endpoint, credentials: 'anonymous' }, url: `gs://${bucket}/${uniqueName('cached')}`, answers: ['200', '206'] };
  },
  'fixture s3': async () => {
    need('fixture');
    const { endpoint, bucket, region, credentials, close } = await openScenario('s3', {});
    return { options: { endpoint, region, credentials }, url: `s3://${bucket}`, answers: ['304'], end: close };
  },
  'fixture gcs': async () => {
    need('fixture');
    const { endpoint, bucket, serviceAccount, close } = await openScenario('gcs', {});
    return { options: { endpoint, credentials: serviceAccount }, url: `gs://${bucket}`, answers: ['304', '206'], end: close };
  },
};

const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7 + (i >> 8)) % 253);
const other = bytes.map((byte) => byte ^ 1);

interface Rig {
  place: Place;
  client: Client;
  store: ObjectStore;
  /** A client without a cache, of which the one with a cache knows nothing. */
  outside: ObjectStore;
  /** Statuses of what was asked since the last call. */
  asked(): string[];
  end(): Promise<void>;
}

async function open(name: string, cache: CacheOptions = {}): Promise<Rig> {
  const place = await places[name]!();
  const log: string[] = [];
  const retry = { attempts: 3, minDelayMs: 20 };
  const onRequest = ({ status, operation }: { status?: number | undefined; operation: string }): void =>
    void (operation === 'token' || log.push(String(status)));
  const client = new Client({ ...place.options, retry, onRequest, cache: { container: 'memory', ...cache } });
  const plain = new Client({ ...place.options, retry });
  const outside = plain.store(place.url);
  const end = async (): Promise<void> => {
    await Promise.all([client.close(), plain.close()]);
    await place.end?.();
  };
  await outside.put('probe', 'x');
  const seen = await outside.get('probe');
  await seen?.bytes();
  if (!seen?.etag && !seen?.generation) {
    await end();
    skip('this server shows no validators to pages');
  }
  return { place, client, store: client.store(place.url), outside, asked: () => log.splice(0), end };
}

const whole = async (store: ObjectStore, key: string, options = {}): Promise<Uint8Array | null> =>
  (await (await store.get(key, options))?.bytes()) ?? null;

for (const name of Object.keys(places)) {
  test(`cache on ${name}: a warm read is one request without the bytes`, async () => {
    const { place, store, outside, asked, client, end } = await open(name);
    await outside.put('a', bytes, { contentType: 'text/x' });
    sameBytes(await whole(store, 'a'), bytes);
    equal(asked(), ['200']);
    // the first time tells how this server answers
    sameBytes(await whole(store, 'a'), bytes);
    asked();
    const result = await store.get('a');
    sameBytes(await result!.bytes(), bytes);
    const [status, ...rest] = asked();
    ok(
      rest.length === 0 && (isPage() ? '206' : place.answers).includes(status!),
      `one request that brings nothing, got ${status} ${rest.join(' ')}`,
    );
    equal([result!.contentType, result!.totalBytes, result!.key], ['text/x', bytes.length, 'a']);
    const { hits, misses, revalidated, bytesSaved } = await client.cacheStats();
    equal([hits, misses, revalidated, bytesSaved], [2, 1, 2, 2 * bytes.length]);
    // contents alone are asked for by a condition wherever one can be sent
    await client.files(place.url).get('a');
    // where the runtime decodes, they are another kind of read
    if (!isPage() && store.capabilities.storedBytes === true && name !== 'fake-gcs') equal(asked(), ['304']);
    await end();
  });

  test(`cache on ${name}: objects that are replaced, and that go`, async () => {
    const { store, outside, client, end } = await open(name);
    await outside.put('a', bytes);
    await whole(store, 'a');
    await outside.put('a', other);
    sameBytes(await whole(store, 'a'), other);
    sameBytes(await whole(store, 'a', { range: { start: 5, end: 70_000 } }), other.subarray(5, 70_000));
    await outside.put('a', bytes);
    sameBytes(await whole(store, 'a', { range: { start: 5, end: 70_000 } }), bytes.subarray(5, 70_000));
    await store.put('a', other);
    sameBytes(await whole(store, 'a'), other);
    await outside.delete('a');
    equal(await store.get('a'), null);
    equal((await client.cacheStats()).entries, 0);
    await end();
  });

  test(`cache on ${name}: ranges`, async () => {
    const { store, outside, asked, end } = await open(name);
    await outside.put('a', bytes);
    sameBytes(await whole(store, 'a', { range: { start: 100, end: 300 } }), bytes.subarray(100, 300));
    sameBytes(await whole(store, 'a', { range: { start: 60_000, end: 140_000 } }), bytes.subarray(60_000, 140_000));
    equal(asked(), ['206', '206']);
    await whole(store, 'a', { range: { start: 0, end: 10 } });
    asked();
    sameBytes(await whole(store, 'a', { range: { start: 0, end: 150_000 } }), bytes.subarray(0, 150_000));
    equal(asked().length, 1, 'requests');
    const still = (await outside.head('a'))!;
    sameBytes(await whole(store, 'a', { range: { start: 0, end: 150_000 }, expected: still }), bytes.subarray(0, 150_000));
    equal(asked(), []);
    await end();
  });

  test(`cache on ${name}: immutable asks nothing, offline fetches nothing`, async () => {
    const { store, outside, asked, end } = await open(name, { freshness: 'immutable' });
    await outside.put('a', bytes);
    await whole(store, 'a');
    // what pages are shown of plain reads is not all that head tells
    await whole(store, 'a', { storedBytes: true });
    asked();
    sameBytes(await whole(store, 'a'), bytes);
    sameBytes(await whole(store, 'a', { range: { start: 1, end: 2 } }), bytes.subarray(1, 2));
    equal((await store.head('a'))?.sizeBytes, bytes.length);
    equal(asked(), []);
    await end();
    const off = await open(name, { freshness: 'offline' });
    await rejects(off.store.get('a'), 'NotCached');
    equal(off.asked(), []);
    await off.end();
  });

  test(`cache on ${name}: metadata that change alone are seen`, async () => {
    const { store, outside, end } = await open(name);
    await outside.put('a', bytes, { metadata: { v: 'one' } });
    const first = await store.get('a');
    await first!.bytes();
    if (first!.metadata['v'] !== 'one') {
      await end();
      skip('metadata are not shown here');
    }
    await whole(store, 'a');
    // services that number nothing tell it by whole seconds
    if (name === 'minio' || name === 'fixture s3') await new Promise((resolve) => void setTimeout(resolve, 1100));
    await outside.setMetadata!('a', { v: 'two' });
    const result = await store.get('a');
    sameBytes(await result!.bytes(), bytes);
    equal(result!.metadata, { v: 'two' });
    await end();
  });
}

test('cache on the web: one conditional request, and nothing of signed addresses that lasts', async () => {
  need('fixture');
  const { endpoint, close } = await openScenario('http', {
    files: { '/a.txt': { text: 'hello' }, '/weak': { text: 'weak', etag: 'W/"1"' } },
  });
  const log: string[] = [];
  const client = new Client({ cache: { container: 'memory' }, onRequest: ({ status }) => void log.push(String(status)) });
  const store = client.store(endpoint);
  for (let i = 0; i < 2; i++) equal(new TextDecoder().decode((await whole(store, 'a.txt'))!), 'hello');
  equal(log, ['200', isPage() ? '206' : '304']);
  await whole(store, 'weak');
  const { entries } = await client.cacheStats();
  await whole(store, 'a.txt?X-Amz-Credential=AK&X-Amz-Signature=00');
  equal((await client.cacheStats()).entries, entries + 2, 'kept apart, in memory');
  equal(await client.clearCache({ prefix: `${endpoint}/a.txt` }), 4);
  equal((await client.cacheStats()).entries, 0);
  await client.close();
  await close();
});
