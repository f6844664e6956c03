/** How many requests datasets cost: exact, so that a change that costs more is seen. */
import { Client } from '../../../../src/index.ts';
import { openDataset, type DatasetOptions } from '../../../../src/data/dataset/open-dataset.ts';
import { env } from '../../../env.ts';
import { equal, ok, skip, test } from '../../../harness.ts';
import { withScenario, type Log, type SeedObject } from '../../../servers/fixture/client.ts';
import { everywhere, requestsOf, withRig } from './rig.ts';

const objects = (count: number): SeedObject[] =>
  Array.from({ length: count }, (_, i) => {
    const metadata = { octue__labels: `["l${i % 2}"]`, octue__tags: `{"n": ${i}}` };
    return { key: `ds/${i % 5 ? 'sub/' : ''}${String(i).padStart(5, '0')}.${i % 10 ? 'txt' : 'csv'}`, text: 'x', metadata };
  });

/** Opens a dataset of so many objects and hands over what the client counted, and what the server saw. */
async function opening(
  kind: 'gcs' | 's3',
  count: number,
  options: DatasetOptions,
  use: (found: { requests: number; log: Log; size: number; labelled: number; told: string[] }) => void,
): Promise<void> {
  await withScenario(kind, { objects: objects(count) }, async (server) => {
    const { endpoint, bucket, region } = server;
    const credentials = 'accessToken' in server ? { accessToken: server.accessToken } : server.credentials;
    const told: string[] = [];
    const client = new Client({ endpoint, region, credentials, onRequest: ({ method }) => void told.push(method) });
    try {
      const dataset = await openDataset(`${kind === 's3' ? 's3' : 'gs'}://${bucket}/ds`, { client, ...options });
      const labelled = dataset.files.filter({ labels__contains: 'l1' }).size + dataset.files.filter({ tags__n__lt: 0 }).size;
      use({ requests: client.stats().requests, log: await server.log(), size: dataset.size, labelled, told });
    } finally {
      await client.close();
    }
  });
}

for (const count of [0, 1, 5, 1000, 1001])
  test(`dataset, gcs: opening ${count} objects costs the pages of the listing and the record`, () =>
    opening('gcs', count, {}, ({ requests, log, size, labelled, told }) => {
      equal([size, labelled], [count, Math.floor(count / 2)], 'with all metadata');
      const want = Math.max(Math.ceil(count / 1000), 1) + 1;
      equal([requests, log.counts.requests, told.length], [want, want, want]);
      equal([log.counts.byMethod['HEAD'] ?? 0, log.counts.preflights > 0 && env().engine.startsWith('node')], [0, false]);
    }));

test('dataset, s3: opening 40 objects costs a HEAD for each more, no more than are allowed at a time', () =>
  opening('s3', 40, { parallel: 4 }, ({ requests, log, size, labelled }) => {
    equal([size, labelled, requests], [40, 20, 42]);
    equal([log.counts.requests, log.counts.byMethod['HEAD']], [42, 40]);
    const heads = log.requests.filter(({ method }) => method === 'HEAD');
    equal(new Set(heads.map(({ path }) => path)).size, 40);
    ok(
      log.requests.every(({ signature }) => signature === 'valid'),
      'all are signed well',
    );
  }));

test('dataset, s3: the listing is enough when stored metadata are ignored', () =>
  opening('s3', 1001, { ignoreStoredMetadata: true }, ({ requests, log, size }) => {
    equal([size, requests, log.counts.byMethod['HEAD'] ?? 0], [1001, 2, 0]);
  }));

for (const [what, options, chosen] of [
  ['a name', { include: '*.csv' }, 4],
  ['a path', { include: 'sub/*' }, 32],
  ['an exclusion', { exclude: ['sub/**'] }, 8],
  ['the top folder', { recursive: false }, 8],
  ['nothing', { include: 'none' }, 0],
] as const)
  test(`dataset, s3: only what is chosen is asked: ${what}`, () =>
    opening('s3', 40, options, ({ requests, log, size }) => {
      equal([size, log.counts.byMethod['HEAD'] ?? 0, requests], [chosen, chosen, chosen + 2]);
    }));

everywhere(
  'uploading N files costs N + 1, downloading N, and neither much again',
  async (rig) => {
    const { openDs, putTree, folder, cloud } = rig;
    await putTree(Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`${i % 2 ? 'sub/' : ''}f${i}`, `${i}`])));
    const dataset = await openDs(folder, { labels: ['l'] });
    for (const one of dataset) one.labels.add('l');
    equal(await requestsOf(rig, () => dataset.upload(`${cloud}/ds`)), 10);
    equal(await requestsOf(rig, () => dataset.upload()), 1, 'the record alone');
    const fresh = await openDs(`${cloud}/ds`);
    equal([fresh.size, fresh.files.filter({ labels__contains: 'l' }).size], [9, 9]);
    equal(await requestsOf(rig, () => fresh.download(`${folder}/down`)), 9);
    equal(await requestsOf(rig, () => fresh.hashValue()), 0);
    const again = await openDs(`${cloud}/ds`);
    equal(await requestsOf(rig, () => again.download(`${folder}/down`)), 0);
    equal(await requestsOf(rig, async () => again.files.filter({ labels__contains: 'l', sizeBytes__lt: 5, tags__x__gt: 1 })), 0);
    // From another instance: the scout is refused and looks, the others look.
    const second = await openDs(`${folder}/down`);
    equal(
      await requestsOf(rig, () => second.upload(`${cloud}/ds`)),
      1 + 9 + 3,
      'one is sent, all look; the record is found, read and replaced',
    );
  },
  ['gcs', 's3'],
);

everywhere(
  'the whole way at servers of others',
  async (rig) => {
    const { openDs, putTree, folder, cloud, kind } = rig;
    await putTree(Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`f${i}`, `${i}`])));
    equal(await requestsOf(rig, async () => (await openDs(folder)).upload(`${cloud}/ds`)), 6);
    equal(await requestsOf(rig, () => openDs(`${cloud}/ds`)), kind === 'fake-gcs' ? 2 : 7);
    const dataset = await openDs(`${cloud}/ds`);
    equal(await requestsOf(rig, () => dataset.download(`${folder}/down`)), 5);
  },
  ['versitygw', 'minio', 'fake-gcs'],
);

test('dataset: opening, uploading and downloading what is only local asks nobody', () =>
  withRig('s3', async (rig) => {
    const { openDs, putTree, folder } = rig;
    if (!rig.log) skip('no log');
    await putTree({ a: 'x', 'sub/b': 'y' });
    const cost = requestsOf(rig, async () => {
      const dataset = await openDs(folder);
      await dataset.edit((one) => one.labels.add('l'));
      await dataset.hashValue();
    });
    equal(await cost, 0);
    equal((await rig.log()).counts.requests, 0);
  }));
