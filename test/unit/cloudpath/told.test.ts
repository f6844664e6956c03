/** What listings told, whose copies are cleared, and what errors do not show. */
import { absolutePath, environment, openDisk } from '#platform';
import { Client, type CloudPath } from '../../../src/index.ts';
import { equal, ok, rejects, skip, test } from '../../harness.ts';
import { uniqueName } from '../../env.ts';
import { openScenario } from '../../servers/fixture/client.ts';
import { all, inRooms, withRoom } from './rooms.ts';

const listed = async (root: CloudPath, name: string): Promise<CloudPath> => (await all(root.iterdir())).find((path) => path.name === name)!;

inRooms('what a listing told is believed once', ['mem', 's3', 'gcs'], async ({ root, store }) => {
  await store.put('gone', 'one');
  await store.put('new', 'one');
  equal([await root.join('gone').readText(), await root.join('new').readText()], ['one', 'one']);
  await store.put('gone', 'two, longer');
  await store.put('new', 'two, longer');
  const [gone, fresh] = [await listed(root, 'gone'), await listed(root, 'new')];
  await store.delete('gone');
  await store.put('new', 'three, longest');
  await rejects(gone.readText(), (error) => error instanceof Error && error.name === 'CloudPathFileNotFoundError');
  equal(await fresh.readText(), 'three, longest');
});

test('clearing a path’s copies leaves those of others in the same folder', async () => {
  const disk = (await openDisk()) ?? skip('this engine has no local disk');
  const dir = absolutePath(`${environment()['TMPDIR'] ?? '/tmp'}/${uniqueName('copies')}`);
  const server = await openScenario('s3', {
    objects: [
      { key: 'd/a', text: 'hello' },
      { key: 'd/b', text: 'hello' },
    ],
  });
  const { endpoint, region, credentials, bucket } = server;
  const client = (identity: string): Client =>
    new Client({ endpoint, region, credentials, cache: { mode: 'persistent', dir, identity }, onWarning: () => {} });
  const [one, two] = [client('one'), client('two')];
  try {
    const file = await one.path(`s3://${bucket}/d/a`).localPath();
    await disk.write(
      file,
      (async function* () {
        yield new TextEncoder().encode('edited');
      })(),
    );
    await two.path(`s3://${bucket}/d/b`).readText();
    equal(await two.path(`s3://${bucket}/d`).clearCache({ discardUnsaved: true }), 1);
    const stat = await disk.stat(file);
    equal(stat?.sizeBytes, 'edited'.length, 'the edit is there');
    equal(await one.path(`s3://${bucket}/d`).clearCache({ discardUnsaved: true }), 1);
  } finally {
    await Promise.all([one.close(), two.close()]);
    await server.close();
    await disk.removeDirectory(dir, { recursive: true }).catch(() => {});
  }
});

test('errors show of web addresses neither query nor user', async () => {
  const server = await openScenario('http', { files: {} });
  const client = new Client({ retry: { attempts: 1 } });
  try {
    const path = client.path(`${server.endpoint}/d/a.txt?X-Sig=hidden#hidden`);
    const folder = client.path(`${server.endpoint}/d/?X-Sig=hidden`);
    const calls: (() => Promise<unknown>)[] = [
      () => path.stat(),
      () => path.copy('mem://b/x'),
      () => path.move('mem://b/x'),
      () => path.copytree('mem://b/x'),
      () => path.downloadTo('mem://b/x'),
      () => path.rename(client.path('mem://b/x')),
      () => path.rename(client.path(`${server.endpoint}/e`)),
      () => path.unlink({ missingOk: false }),
      () => path.touch(),
      () => path.open('w'),
      () => path.writeText('x'),
      () => folder.unlink(),
      () => folder.open('r'),
      () => folder.stat(),
      () => path.asUrl({ presign: true }),
      async () => client.path('mem://b/x').join(path.toString()),
      async () => path.relativeTo(client.path(`${server.endpoint}/e/?X-Sig=hidden`)),
    ];
    for (const call of calls) {
      const error = await call().then(
        () => undefined,
        (reason: unknown) => reason as Error & { toJSON?(): unknown },
      );
      ok(error instanceof Error, String(call));
      const told = `${error.message} ${JSON.stringify(error.toJSON?.())}`;
      ok(!told.includes('hidden'), `${String(call)}: ${told}`);
    }
  } finally {
    await client.close();
    await server.close();
  }
});

test('a mark of the web in a key is part of it', () =>
  withRoom('s3', ({ root }) =>
    rejects(root.join('what?#').stat(), (error) => error instanceof Error && error.message.includes('/what?# is')),
  ));
