/** Readers of ranges on real servers, and on the fixture which says what it was asked. */
import { openReader, type RangeReader, type ReaderOptions } from '../../../../src/cache/blocks/reader.ts';
import type { CloudError } from '../../../../src/errors.ts';
import { Client } from '../../../../src/index.ts';
import type { ClientOptions } from '../../../../src/index.ts';
import type { ObjectStore } from '../../../../src/types.ts';
import { isRight } from '../../../conformance/cache-rig.ts';
import { noise } from '../../../conformance/noise.ts';
import { env, need, uniqueName } from '../../../env.ts';
import { equal, ok, rejects, sameBytes, skip, test } from '../../../harness.ts';
import { openScenario, pattern, withScenario, type FaultRule, type Scenarios } from '../../../servers/fixture/client.ts';

interface Place {
  options: ClientOptions;
  url: string;
  scenario?: Scenarios['s3' | 'gcs'];
}

const s3 = (name: 'versitygw' | 'minio') => async (): Promise<Place> => {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = need(name);
  return { options: { endpoint, region, credentials: { accessKeyId, secretAccessKey } }, url: `s3://${bucket}/${uniqueName('reader')}` };
};
const places: Record<string, () => Promise<Place>> = {
  versitygw: s3('versitygw'),
  minio: s3('minio'),
  'fake-gcs': async () => {
    const { endpoint, bucket } = need('fake-gcs');
    return { options: { endpoint, credentials: 'anonymous' }, url: `gs://${bucket}/${uniqueName('reader')}` };
  },
  'fixture s3': async () => {
    const scenario = await openScenario('s3');
    const { endpoint, bucket, region, credentials } = scenario;
    return { options: { endpoint, region, credentials }, url: `s3://${bucket}`, scenario };
  },
  'fixture gcs, service account': async () => {
    const scenario = await openScenario('gcs');
    return { options: { endpoint: scenario.endpoint, credentials: scenario.serviceAccount }, url: `gs://${scenario.bucket}`, scenario };
  },
  'fixture gcs, HMAC key': async () => {
    const scenario = await openScenario('gcs');
    return { options: { endpoint: scenario.endpoint, credentials: scenario.credentials }, url: `gs://${scenario.bucket}`, scenario };
  },
};

const BLOCK = 0x4000;
const SIZE = 20 * BLOCK + 5;
const span = (start: number, end: number) => ({ start, end });

async function withPlace(name: string, use: (store: ObjectStore, place: Place) => Promise<void>): Promise<void> {
  if (env().worker && !name.startsWith('fixture')) skip('the page asks the servers alike');
  const place = await places[name]!();
  const client = new Client({ ...place.options, retry: { attempts: 3, minDelayMs: 20 } });
  try {
    await use(client.store(place.url), place);
  } finally {
    await client.close();
    await place.scenario?.close();
  }
}

/** Opens a reader, and says whether it could pin the version for certain: pages are not shown every validator. */
async function open(store: ObjectStore, key: string, options: ReaderOptions = {}): Promise<{ reader: RangeReader; isSure: boolean }> {
  const warnings: CloudError[] = [];
  const reader = await openReader(store, key, { blockBytes: BLOCK, gapBytes: 0, onWarning: (told) => warnings.push(told), ...options });
  return { reader, isSure: !warnings.length };
}

for (const name of Object.keys(places)) {
  test(`${name}: ranges, small, empty and missing objects, requests counted`, () =>
    withPlace(name, async (store, { scenario }) => {
      const bytes = noise(SIZE, 5);
      await store.put('k', bytes);
      await store.put('small', bytes.slice(0, BLOCK));
      await store.put('empty', new Uint8Array());
      await scenario?.update({ clearLog: true });
      const { reader } = await open(store, 'k');
      equal(reader.byteLength, SIZE);
      const [head, middle, tail] = await reader.read([span(0, 9), span(3 * BLOCK - 1, 5 * BLOCK + 1), span(SIZE - 4, SIZE)]);
      sameBytes(head, bytes.subarray(0, 9));
      sameBytes(middle, bytes.subarray(3 * BLOCK - 1, 5 * BLOCK + 1));
      sameBytes(tail, bytes.subarray(SIZE - 4));
      equal(reader.stats(), { requests: 3, bytesFetched: 5 * BLOCK + 5, bytesUsed: 15 + 2 * BLOCK, rounds: 2 });
      const small = (await open(store, 'small')).reader;
      sameBytes((await small.read([span(0, BLOCK)]))[0], bytes.subarray(0, BLOCK));
      equal(small.stats().requests, 1);
      const empty = (await open(store, 'empty')).reader;
      equal([empty.byteLength, (await empty.read([span(0, 0)]))[0]!.length], [0, 0]);
      await rejects(openReader(store, 'nothing'), 'NotFound');
      const log = await scenario?.log();
      const reads = log?.requests.filter(({ path, method }) => /\/(k|small)$/.test(path) && method !== 'OPTIONS');
      for (const request of reads ?? []) equal([request.method, request.headers['range']?.slice(0, 6)], ['GET', 'bytes=']);
      if (reads) equal(reads.length, 3 + 1);
    }));

  test(`${name}: an object that is replaced between two reads is never mixed`, () =>
    withPlace(name, async (store) => {
      const old = noise(SIZE, 5);
      await store.put('k', old);
      const { reader, isSure } = await open(store, 'k');
      const restarting = (await open(store, 'k', { onChange: 'restart' })).reader;
      for (const one of [reader, restarting]) await one.read([span(0, 2 * BLOCK)]);
      // what is told by time and size alone has to have another size
      const now = noise(isSure ? SIZE : SIZE + 1, 6);
      await store.put('k', now);
      await rejects(reader.read([span(0, 2 * BLOCK), span(9 * BLOCK, 9 * BLOCK + 5)]), 'ObjectChanged');
      sameBytes((await reader.read([span(5, 2 * BLOCK)]))[0], old.subarray(5, 2 * BLOCK), 'what is kept');
      const [kept, fetched] = await restarting.read([span(0, 2 * BLOCK), span(9 * BLOCK, 9 * BLOCK + 5)]);
      ok(isRight(kept!, now.subarray(0, 2 * BLOCK)), 'all of the new version');
      sameBytes(fetched, now.subarray(9 * BLOCK, 9 * BLOCK + 5));
      await store.delete('k');
      await rejects(reader.read([span(15 * BLOCK, 16 * BLOCK)]), 'ObjectChanged');
    }));
}

/** The n-th answer has this ETag. */
const etagOf = (n: number): FaultRule => ({
  match: { method: 'GET', nth: n },
  fault: { type: 'setHeader', headers: { etag: `"random-${n}"` } },
});

test('the web: ETags that change by themselves, weak ones and none', async () => {
  const file = { pattern: { sizeBytes: SIZE } };
  const cases: [faults: FaultRule[], says: RegExp | undefined][] = [
    [[], undefined],
    [Array.from({ length: 20 }, (_, i) => etagOf(i + 1)), /changes though/],
    [[{ fault: { type: 'setHeader', headers: { etag: 'W/"weak"' } } }], /a weak one/],
    [[{ fault: { type: 'dropHeader', names: ['etag'] } }], /no ETag/],
  ];
  for (const [faults, says] of cases) {
    await withScenario('http', { files: { '/d/a.bin': file }, faults }, async (web) => {
      const client = new Client({});
      const warnings: string[] = [];
      const reader = await openReader(client.store(`${web.endpoint}/d`), 'a.bin', {
        blockBytes: BLOCK,
        onWarning: ({ message }) => warnings.push(message),
      });
      for (const at of [3, 7, 11]) {
        const [got] = await reader.read([span(at * BLOCK, at * BLOCK + 9)]);
        sameBytes(got, pattern(SIZE).subarray(at * BLOCK, at * BLOCK + 9));
      }
      equal(warnings.length, says ? 1 : 0, warnings.join());
      if (says) ok(says.test(warnings[0]!), warnings[0]);
      const { requests } = await web.log();
      equal(requests.filter(({ method }) => method === 'GET').length, reader.stats().requests);
      equal(reader.stats().requests, says?.source.startsWith('changes') ? 4 + 5 : 4);
      await reader.close();
      await client.close();
    });
  }
});
