// What service workers sign with a key of one day, against the signers that have the secret.
import fc from 'fast-check';
import { createAwsSigner } from '../../../src/auth/aws/sigv4.ts';
import { createGoogleSigner } from '../../../src/auth/gcs/v4.ts';
import { deriveDayKey } from '../../../src/service-worker/day-key.ts';
import { gcsDriver, s3Driver, webDriver } from '../../../src/service-worker/drivers.ts';
import { recordMaker } from '../../../src/service-worker/place.ts';
import { parseContentRange, parseRange } from '../../../src/service-worker/range.ts';
import { encodeKey } from '../../../src/url/key.ts';
import { env } from '../../env.ts';
import { equal, ok, rejects, test } from '../../harness.ts';

const minute = 60_000;
const input = fc.record({
  keys: fc.record(
    {
      accessKeyId: fc.stringMatching(/^[\w/+=-]{1,30}$/),
      secretAccessKey: fc.string({ minLength: 1, unit: 'grapheme' }),
      sessionToken: fc.stringMatching(/^[\w/+=]{1,40}$/),
    },
    { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
  ),
  method: fc.constantFrom('GET' as const, 'HEAD' as const),
  origin: fc.constantFrom('https://bucket.s3.eu-west-1.amazonaws.com', 'http://127.0.0.1:9000/bucket'),
  key: fc.string({ minLength: 1, unit: 'grapheme' }).filter((key) => !key.includes('\0')),
  date: fc.date({ min: new Date('2020-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
});
const numRuns = 100;

/** Parameters by name: the signers write them in another order. */
const parts = (url: string): [string, [string, string][]] => {
  const { origin, pathname, searchParams } = new URL(url);
  return [origin + pathname, [...searchParams].sort(([a], [b]) => (a < b ? -1 : 1))];
};
const day = (date: Date): string => date.toISOString().slice(0, 10).replaceAll('-', '');

test('a key of the day signs for S3 as the secret does', async () => {
  const property = fc.asyncProperty(input, async ({ keys, method, origin, key, date }) => {
    const url = `${origin}/${encodeKey(key)}`;
    const dayKey = await deriveDayKey(keys, 'AWS4', `${day(date)}/eu-west-1/s3/aws4_request`);
    const want = createAwsSigner(keys, { region: 'eu-west-1' }).signQuery({ method, url, headers: {} }, date, 15 * minute);
    equal(parts(await s3Driver.sign(method, url, dayKey, date)), parts(want.url));
  });
  await fc.assert(property, { seed: env().seed, numRuns });
});

test('a key of the day signs for GCS as the secret does', async () => {
  const property = fc.asyncProperty(input, async ({ keys: { accessKeyId, secretAccessKey }, method, origin, key, date }) => {
    const keys = { accessKeyId, secretAccessKey };
    const url = `${origin}/${encodeKey(key)}`;
    const dayKey = await deriveDayKey(keys, 'GOOG4', `${day(date)}/auto/storage/goog4_request`);
    const want = await createGoogleSigner(keys, { signPort: true }).signQuery({ method, url, headers: {} }, date, 15 * minute);
    equal(parts(await gcsDriver.sign(method, url, dayKey, date)), parts(want.url));
  });
  await fc.assert(property, { seed: env().seed, numRuns });
});

test('the record of a mount holds no secret, and a key that cannot be read', async () => {
  const secretAccessKey = 'a secret of this test';
  const record = await recordMaker({
    url: 's3://photos/2026/',
    region: 'eu-west-1',
    credentials: { accessKeyId: 'ID', secretAccessKey, sessionToken: 'token' },
  })();
  equal(record.root, 'https://photos.s3.eu-west-1.amazonaws.com');
  equal([record.protocol, record.prefix, record.signing?.accessKeyId, record.signing?.sessionToken], ['s3', '2026/', 'ID', 'token']);
  ok(!JSON.stringify(record).includes(secretAccessKey), 'no secret');
  equal(record.signing?.key.extractable, false);
  await rejects(crypto.subtle.exportKey('raw', record.signing!.key), () => true);
  const end = new Date(record.expiresAt);
  ok(record.expiresAt > Date.now() && record.expiresAt - Date.now() <= 24 * 60 * minute, 'ends within a day');
  equal(end.toISOString().slice(11), '00:00:00.000Z');
});

test('temporary keys end the record before they end', async () => {
  const expiration = new Date(Date.now() + 2 * minute);
  let calls = 0;
  const make = recordMaker({
    url: 's3://b',
    credentials: () => {
      calls++;
      return { accessKeyId: 'ID', secretAccessKey: 'S', expiration };
    },
  });
  ok((await make()).expiresAt <= expiration.getTime() - minute, 'a minute before');
  await make();
  equal(calls, 1);
});

test('places: S3, its endpoints, GCS and the web', async () => {
  const place = async (source: Parameters<typeof recordMaker>[0]): Promise<unknown[]> => {
    const { protocol, root, prefix, expiresAt } = await recordMaker(source)();
    return [protocol, root, prefix, expiresAt];
  };
  equal(await place({ url: 's3://https://minio.example/b/p/' }), ['s3', 'https://minio.example/b', 'p/', Infinity]);
  equal(await place({ url: 's3://b', endpoint: 'http://127.0.0.1:9000/' }), ['s3', 'http://127.0.0.1:9000/b', '', Infinity]);
  equal(await place({ url: 'gs://b/a b' }), ['gs', 'https://storage.googleapis.com/b', 'a b', Infinity]);
  equal(await place({ url: 'https://data.example/a b/' }), ['web', 'https://data.example/a%20b', '', Infinity]);
  equal(await webDriver.sign('GET', 'https://data.example/x', undefined as never, new Date()), 'https://data.example/x');
});

test('what cannot be mounted is refused with a code', async () => {
  const keys = { accessKeyId: 'I', secretAccessKey: 'S' };
  for (const url of ['mem://b', 'file:///a', 'b/c', '']) await rejects(() => recordMaker({ url }), 'UnsupportedProtocol');
  for (const url of ['s3://https://h', 's3://..', 'https://h/?a=1', 'https://u:p@h/', 'https://h/#a'])
    await rejects(() => recordMaker({ url }), 'InvalidUrl');
  await rejects(() => recordMaker({ url: 's3://b/a/../c' }), 'InvalidArgument');
  await rejects(() => recordMaker({ url: 's3://b', endpoint: 'ftp://h' }), 'InvalidArgument');
  await rejects(() => recordMaker({ url: 's3://b', credentials: 'keys' as never }), 'InvalidArgument');
  await rejects(recordMaker({ url: 's3://b', credentials: { accessToken: 'T' } as never })(), 'NotSupported');
  await rejects(recordMaker({ url: 'https://h/', credentials: keys })(), 'NotSupported');
  await rejects(recordMaker({ url: 's3://b', credentials: () => Promise.reject(new Error('gone')) })(), 'Unauthenticated');
});

test('ranges as they are asked and told', () => {
  equal(parseRange('bytes=0-9'), { from: 0, to: 9 });
  equal(parseRange('bytes=5-'), { from: 5 });
  equal(parseRange('Bytes = 5 - 7'), { from: 5, to: 7 });
  equal(parseRange('bytes=-3'), { last: 3 });
  for (const none of [null, '', 'bytes=-', 'bytes=9-5', 'bytes=0-1,3-4', 'items=0-1', 'bytes=a-b'])
    equal(parseRange(none), undefined, `${none}`);
  equal(parseContentRange('bytes 5-9/100'), { from: 5, to: 9, sizeBytes: 100 });
  for (const none of [null, 'bytes 5-9/*', 'bytes */100']) equal(parseContentRange(none), undefined, `${none}`);
});
