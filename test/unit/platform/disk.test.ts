import { absolutePath, environment, openDisk, openOpfs, openScratch } from '#platform';
import { createMemoryDisk } from '../../../src/platform/memory-disk.ts';
import { diskSuite } from '../../conformance/disk-suite.ts';
import { env, uniqueName } from '../../env.ts';
import { equal, ok, skip, test } from '../../harness.ts';

const rooted = (disk: Awaited<ReturnType<typeof openScratch>>['disk'], root: string) => ({
  disk,
  root,
  close: () => disk.removeDirectory(root, { recursive: true }).catch(() => {}),
});

diskSuite('local', async () => {
  const disk = (await openDisk()) ?? skip('this engine has no local disk');
  return rooted(disk, absolutePath(`${environment()['TMPDIR'] ?? '/tmp'}/${uniqueName('anyfile')}`));
});

diskSuite('opfs', async () => {
  const disk = (await openOpfs()) ?? skip('this engine has no origin private file system');
  return rooted(disk, `/${uniqueName('anyfile')}`);
});

diskSuite('memory', async () => rooted(createMemoryDisk(), '/root'));

test('scratch: one folder for all, to work in', async () => {
  const [one, two] = await Promise.all([openScratch(), openScratch()]);
  ok(one.disk === two.disk && one.folder === two.folder, 'the same each time');
  const path = `${one.folder}/${uniqueName()}`;
  const edit = await one.disk.edit(path, { from: 'empty' });
  await edit.write(0, new Uint8Array(3));
  await edit.commit();
  equal((await one.disk.stat(path))!.sizeBytes, 3);
  equal(await one.disk.remove(path), true);
});

test('scratch: nobody sees it in the listing of the browser’s disk', async () => {
  const opfs = (await openOpfs()) ?? skip('this engine has no origin private file system');
  const { folder } = await openScratch();
  const names = ((await opfs.list('/')) ?? []).map(({ name }) => name);
  ok(!names.some((name) => folder.startsWith(`/${name}/`)), `${env().engine} lists ${names.join()}`);
});
