/** A manifest from elsewhere is data: what it may name, and that nothing is opened before all is looked at. */
import { openManifest } from '../../../../src/data/manifest/open-manifest.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';
import { withScenario } from '../../../servers/fixture/client.ts';
import { everywhere, locally, requestsOf, withRig, type Rig } from '../dataset/rig.ts';

const id = '00000000-0000-4000-8000-000000000001';
const textOf = (entry: unknown): string => JSON.stringify({ id, datasets: { good: 'gs://good/ds', entry } });

/** What a manifest in the cloud may not name. */
const evil = (folder: string): [entry: unknown, code: string][] => [
  ...[folder, '/etc', 'relative', '.', './x', '../x', '~', `file://${folder}`, 'opfs:///x', 'C:/x', '//host/share'].map(
    (path): [unknown, string] => [path, 'PermissionDenied'],
  ),
  ['s3://https://evil.example/bucket/ds', 'PermissionDenied'],
  ['s3://http://127.0.0.1:9/bucket', 'PermissionDenied'],
  ['precomputed://s3://https://evil.example/bucket/ds', 'PermissionDenied'],
  ['ftp://host/x', 'UnsupportedProtocol'],
  ['data://x/y', 'UnsupportedProtocol'],
  ['', 'InvalidUrl'],
  [{ name: 'no path' }, 'PermissionDenied'],
  [{ path: null, files: ['gs://good/a'] }, 'PermissionDenied'],
  [{ path: 'gs://good/ds', files: ['gs://good/ds/a', `${folder}/secret`] }, 'PermissionDenied'],
  [{ path: 'gs://good/ds', files: [{ path: 'gs://good/ds/a', local_path: `${folder}/secret` }] }, 'PermissionDenied'],
  [{ path: 'gs://good/ds', files: [{ path: `${folder}/secret`, cloud_path: 'gs://good/ds/a' }] }, 'PermissionDenied'],
  [{ path: 'gs://good/ds', files: [{ path: 'gs://good/a', cloud_path: 's3://https://evil.example/b/a' }] }, 'PermissionDenied'],
  [{ path: folder, files: ['gs://good/ds/a'] }, 'PermissionDenied'],
  [{ path: 5 }, 'InvalidArgument'],
  [{ path: { endpoint: 'https://evil.example' } }, 'InvalidArgument'],
  [{ path: ['gs://good/ds'] }, 'InvalidArgument'],
  [5, 'InvalidArgument'],
  [null, 'InvalidArgument'],
];

everywhere('manifest: what one in the cloud may not name', async (rig) => {
  const { putObjects, putTree, client, folder, cloud, kind } = rig;
  await putTree({ secret: 'x' });
  const all = evil(folder);
  if (kind !== 'mem') all.push(['mem://bucket/ds', 'PermissionDenied']);
  for (const [entry, code] of all) {
    await putObjects({ 'm.json': textOf(entry) });
    const cost = await requestsOf(rig, () => rejects(openManifest(`${cloud}/m.json`, { client }), code));
    equal(cost, kind === 'mem' ? 0 : 1, `${JSON.stringify(entry)}: nothing but the manifest was asked for`);
  }
});

everywhere('manifest: what one in the cloud may name', async ({ putObjects, client, cloud, kind }) => {
  await putObjects({ 'ds/a': 'x' });
  const entries = [`${cloud}/ds`, { path: `${cloud}/ds` }, { path: `${cloud}/ds`, files: [`${cloud}/ds/a`] }];
  for (const entry of [
    ...entries,
    { path: `${cloud}/ds`, files: [{ path: `${cloud}/ds/a`, cloud_path: `${cloud}/ds/a`, local_path: null }] },
  ]) {
    await putObjects({ 'm.json': JSON.stringify({ id, datasets: { entry } }) });
    equal((await openManifest(`${cloud}/m.json`, { client })).getDataset('entry').size, 1, `${kind} ${JSON.stringify(entry)}`);
  }
});

everywhere('manifest: trusted, it may name all', async ({ putObjects, putTree, client, folder, cloud }) => {
  await putTree({ 'ds/a': 'x' });
  await putObjects({ 'm.json': JSON.stringify({ id, datasets: { entry: `${folder}/ds`, full: { path: `${folder}/ds` } } }) });
  await rejects(openManifest(`${cloud}/m.json`, { client }), 'PermissionDenied');
  const manifest = await openManifest(`${cloud}/m.json`, { client, trusted: true });
  equal([manifest.getDataset('entry').size, manifest.getDataset('full').size], [1, 1]);
});

locally('manifest: one of this machine may name all', async ({ putTree, putObjects, client, folder, cloud }) => {
  await putTree({ 'ds/a': 'x', 'm.json': JSON.stringify({ id, datasets: { entry: `${folder}/ds`, memory: `${cloud}/ds` } }) });
  await putObjects({ 'ds/a': 'x' });
  const manifest = await openManifest(`${folder}/m.json`, { client });
  equal([manifest.getDataset('entry').size, manifest.getDataset('memory').size], [1, 1]);
});

test('manifest: the S3 service that it was read from may be named, and those that have an alias', () =>
  withScenario('s3', { objects: [{ key: 'ds/a', text: 'x' }] }, ({ endpoint, bucket, region, credentials, update }) =>
    withRig(
      'mem',
      async ({ client }) => {
        const put = (path: string): Promise<unknown> =>
          update({ objects: [{ key: 'm.json', text: JSON.stringify({ id, datasets: { entry: path } }) }] });
        const own = `s3://${endpoint}/${bucket}`;
        await put(`${own}/ds`);
        equal((await openManifest(`${own}/m.json`, { client })).getDataset('entry').size, 1);
        await rejects(openManifest(`s3://${bucket}/m.json`, { client }), 'PermissionDenied');
        await put(`mine://${bucket}/ds`);
        equal((await openManifest(`s3://${bucket}/m.json`, { client })).getDataset('entry').size, 1);
        await put('s3://http://127.0.0.1:9/bucket/ds');
        await rejects(openManifest(`${own}/m.json`, { client }), 'PermissionDenied');
      },
      { endpoint, region, credentials, aliases: { mine: `s3://${endpoint}/` } },
    ),
  ));

const served = (files: Record<string, string>, use: (rig: Rig, endpoint: string) => Promise<void>): Promise<void> =>
  withScenario('http', { files: Object.fromEntries(Object.entries(files).map(([path, text]) => [path, { text }])) }, ({ endpoint }) =>
    withRig('mem', (rig) => use(rig, endpoint), { retry: { attempts: 1 } }),
  );

test('manifest: one of the web may name URLs, and their documents no files of this machine', () =>
  served({ '/b/a': 'x' }, async ({ client, folder, putTree }, endpoint) => {
    await putTree({ secret: 'x' });
    const document = (file: string): string => JSON.stringify({ files: [`${endpoint}/b/a`, file] });
    await served(
      {
        '/good': document(`${endpoint}/b/a?x=1`),
        '/local': document(`${folder}/secret`),
        '/host': document('s3://https://evil.example/b/x'),
      },
      async (_, documents) => {
        const open = (path: string, trusted?: boolean): Promise<unknown> =>
          served({ '/m.json': JSON.stringify({ id, datasets: { entry: `${documents}${path}` } }) }, async (__, other) => {
            const manifest = await openManifest(`${other}/m.json`, { client, trusted });
            equal(manifest.getDataset('entry').size, 2);
          });
        await open('/good');
        await rejects(open('/local'), 'PermissionDenied');
        await rejects(open('/host'), 'PermissionDenied');
        await open('/local', true);
      },
    );
    await served({ '/m.json': textOf(folder) }, async (_, other) => {
      const error = await rejects<Error>(openManifest(`${other}/m.json?secret=1`, { client }), 'PermissionDenied');
      ok(!/secret=1/.test(error.message), error.message);
    });
  }));
