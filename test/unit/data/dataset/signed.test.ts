/** Signed URLs of datasets: anybody opens what one signed, and changes nothing. */
import { openDataset } from '../../../../src/data/dataset/open-dataset.ts';
import { Client } from '../../../../src/index.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';
import { withScenario } from '../../../servers/fixture/client.ts';
import { below, everywhere, locally, named, requestsOf, tree, withRig, type Rig } from './rig.ts';

const names = Object.keys(tree).sort();

/** Puts a dataset with odd names into the cloud. */
async function seed({ putObjects, store, openDs, cloud }: Rig): Promise<void> {
  await putObjects(Object.fromEntries(Object.entries(tree).map(([name, text]) => [`ds/${name}`, text])));
  await store.put('ds/sub/a b+é%20.csv', 'odd', { metadata: { octue__labels: '["odd"]' } });
  await (await openDs(`${cloud}/ds`, { name: 'n', labels: ['d'], tags: { s: new Set(['q']) } })).updateMetadata();
}

async function opened(rig: Rig): Promise<void> {
  const { openDs, cloud, folder, keys, localTree, octue, cloudText, putTree, open } = rig;
  await seed(rig);
  const source = await openDs(`${cloud}/ds`);
  const url = await source.generateSignedUrl({ expiresInMs: 60_000 });
  equal(source.path, `${cloud}/ds`);
  const [document] = (await keys('ds/.signed')) as [string];
  ok(/^ds\/\.signed_metadata_files\/[^/]{16,}$/.test(document), document);
  const root = JSON.parse((await cloudText(document))!) as Record<string, unknown>;
  equal([Object.keys(root), root['path'], root['name']], [['id', 'name', 'tags', 'labels', 'path', 'files'], `${cloud}/ds`, 'n']);
  ok(new URL(url).pathname.endsWith(`/${document}`), 'the URL is that of the document');

  // Whoever has the URL needs no keys.
  const client = new Client({ credentials: 'anonymous', retry: { attempts: 1 } });
  try {
    let dataset = await openDataset(url, { client });
    equal(
      await requestsOf({ client } as never, async () => (dataset = await openDataset(url, { client }))),
      6,
      'the document, and one for each file: a URL signed for GET alone is not asked by HEAD',
    );
    equal([dataset.id, dataset.name, [...dataset.labels], dataset.tags['s']], [source.id, 'n', ['d'], new Set(['q'])]);
    equal([dataset.path, dataset.existsInCloud, dataset.allFilesAreInCloud, dataset.cloudProtocol], [url, true, true, 'http']);
    equal([dataset.metadataPath, dataset.bucketName], [url, source.bucketName]);
    equal([...dataset].map(({ name }) => name).sort(), ['a b+é%20.csv', 'a.csv', 'a.csv', 'b.txt', 'c.csv']);
    equal([...dataset].map(({ id }) => id).length, 5);
    equal([dataset.getFileByLabel('odd').name, await dataset.hashValue()], ['a b+é%20.csv', await source.hashValue()]);
    equal((await openDataset(url, { client, include: 'sub/**' })).size, 3);
    equal((await openDataset(url, { client, ignoreStoredMetadata: true, name: 'mine' })).name, 'mine');

    const changes: (() => Promise<unknown>)[] = [
      () => dataset.updateMetadata(),
      () => dataset.updateCloudMetadata(),
      () => dataset.edit(() => dataset.labels.add('x')),
      () => dataset.upload(),
      () => dataset.generateSignedUrl(),
      async () => dataset.add(await open((await putTree({ l: 'x' }), `${folder}/l`))),
    ];
    for (const change of changes) {
      const error = await rejects<Error>(change(), named('ReadOnlyResourceError'));
      ok(!/signature/i.test(JSON.stringify(error) + error.message), 'no signature is told');
    }
    await rejects(dataset.updateLocalMetadata(), named('LocalLocationNotSpecifiedError'));

    await dataset.download(`${folder}/down`);
    equal(await localTree('down'), { ...tree, 'sub/a b+é%20.csv': 'odd' });
    const records = await octue('down/sub');
    equal([Object.keys(records.datafiles!).sort(), (await octue('down')).dataset!['path']], [['a b+é%20.csv', 'a.csv'], `${folder}/down`]);
  } finally {
    await client.close();
  }
  const again = await source.generateSignedUrl();
  equal([again === url, (await keys('ds/.signed')).length, (await openDs(`${cloud}/ds`)).size], [false, 2, 5]);
  // One's own copy of what somebody shared.
  const shared = await openDs(url);
  await shared.upload(`${cloud}/mine`);
  equal(below(await openDs(`${cloud}/mine`)).sort(), [...names, 'sub/a b+é%20.csv'].sort());
}

everywhere('opened again from its URL', opened, ['s3', 'gcs-account', 'versitygw', 'minio']);

locally('what cannot be signed', async ({ openDs, open, putTree, putObjects, folder, cloud }) => {
  await putTree(tree);
  await putObjects({ 'ds/a': 'x' });
  await rejects((await openDs(folder)).generateSignedUrl(), named('CloudLocationNotSpecifiedError'));
  await rejects((await openDs(`${cloud}/ds`)).generateSignedUrl(), 'NotSupported');
  const mixed = await openDs(`${cloud}/ds`, { files: [await open(`${folder}/a.csv`)] });
  await rejects(mixed.generateSignedUrl(), named('CloudLocationNotSpecifiedError'));
});

const served = (files: Record<string, string>, use: (rig: Rig, endpoint: string) => Promise<void>): Promise<void> =>
  withScenario('http', { files: Object.fromEntries(Object.entries(files).map(([path, text]) => [path, { text }])) }, ({ endpoint }) =>
    withRig('mem', (rig) => use(rig, endpoint), { retry: { attempts: 1 } }),
  );

test('dataset: URLs without a document are errors, not empty datasets', () =>
  served({ '/text': 'no JSON', '/list': '[]', '/other': '{"id": "x"}', '/none': '{"files": []}' }, async ({ openDs }, endpoint) => {
    await rejects(openDs(`${endpoint}/b/ds/.signed_metadata_files/x?secret=1`), 'NotFound');
    for (const path of ['text', 'list']) await rejects(openDs(`${endpoint}/${path}?secret=1`), 'InvalidResponse');
    await rejects(openDs(`${endpoint}/other`), (error: { code?: string }) => ['InvalidResponse', 'InvalidArgument'].includes(error.code!));
    equal((await openDs(`${endpoint}/none`)).size, 0);
    await rejects(openDs('http://127.0.0.1:9/b/ds/.signed_metadata_files/x'), 'Network');
  }));

test('dataset: a document names no files of this machine', () =>
  served({ '/b/ok': 'x' }, async ({ openDs, putTree, folder }, endpoint) => {
    await putTree({ secret: 'x' });
    for (const path of [`${folder}/secret`, 'secret', `file://${folder}/secret`, 'mem://b/x', 's3://https://evil.example/b/x'])
      await served({ '/doc': JSON.stringify({ files: [`${endpoint}/b/ok`, path] }) }, async (_, other) => {
        await rejects(openDs(`${other}/doc`), 'PermissionDenied');
        if (path.startsWith('/')) equal((await openDs(`${other}/doc`, { trusted: true })).size, 2);
      });
  }));

test('dataset: paths in URLs, however the bucket is named', () =>
  withScenario('http', { files: { '/x/1.txt': { text: 'x' }, '/y/1.txt': { text: 'y' } } }, ({ endpoint, update }) =>
    served({}, async ({ openDs, folder, localTree }, other) => {
      const document = '/.signed_metadata_files/doc';
      const named = async (files: string[]): Promise<string> => {
        const body = JSON.stringify({ files });
        await update({ faults: [{ match: { pathPrefix: document }, fault: { type: 'status', status: 200, body } }] });
        return endpoint + document;
      };
      const both = [`${endpoint}/x/1.txt?a=1`, `${endpoint}/y/1.txt?a=1`];
      // A bucket in the host's name: the whole path is the dataset's.
      await (await openDs(await named(both))).download(`${folder}/to`);
      equal(await localTree('to'), { 'x/1.txt': 'x', 'y/1.txt': 'y' });
      // Files of another host go by their names.
      await (await openDs(await named([`${other}/q/2.txt`, both[0]!]), { include: '1.txt' })).download(`${folder}/one`);
      equal(await localTree('one'), { 'x/1.txt': 'x' });
      const elsewhere = await openDs(`${endpoint}${document}?x=1`, { files: both.map((url) => url.replace('127.0.0.1', 'localhost')) });
      await rejects(elsewhere.download(`${folder}/two`), 'InvalidArgument');
      for (const path of ['z/%2e%2e%2f%2e%2e%2f1.txt', '%2e%2e%2f1.txt', 'a%2f%2fb'])
        await rejects((await openDs(await named([`${endpoint}/${path}`]))).download(`${folder}/evil`), 'InvalidArgument');
      equal([await localTree('evil'), await localTree('two')], [{}, {}]);
    }),
  ));
