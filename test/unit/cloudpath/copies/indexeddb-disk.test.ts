import { openIndexedDbDisk } from '../../../../src/cloudpath/copies/indexeddb-disk.ts';
import { diskSuite } from '../../../conformance/disk-suite.ts';
import { noise } from '../../../conformance/noise.ts';
import { uniqueName } from '../../../env.ts';
import { equal, sameBytes, skip, test } from '../../../harness.ts';

const name = uniqueName('copies');

diskSuite('indexeddb', async () => {
  const disk = (await openIndexedDbDisk(name)) ?? skip('this engine has no IndexedDB');
  const root = `/${uniqueName('anyfile')}`;
  return { disk, root, close: () => disk.removeDirectory(root, { recursive: true }).catch(() => {}) };
});

test('indexeddb disk: a working copy across pieces is what an array would be', async () => {
  const disk = (await openIndexedDbDisk(name)) ?? skip('this engine has no IndexedDB');
  const path = `/${uniqueName()}/a`;
  const edit = await disk.edit(path, { from: 'empty' });
  let want = new Uint8Array();
  const write = async (at: number, bytes: Uint8Array): Promise<void> => {
    const grown = new Uint8Array(Math.max(want.length, at + bytes.length));
    grown.set(want);
    grown.set(bytes, at);
    want = grown;
    await edit.write(at, bytes);
  };
  const cut = async (size: number): Promise<void> => {
    const cutOff = new Uint8Array(size);
    cutOff.set(want.subarray(0, size));
    want = cutOff;
    await edit.truncate(size);
  };
  await write(0, noise(2_500_000));
  await write(1_048_570, noise(20, 2));
  await cut(2_097_152);
  await write(2_097_152, noise(5, 3));
  await cut(1_048_576);
  await cut(1_500_000);
  await write(3_145_727, noise(3, 4));
  sameBytes(await edit.read(0, 9_999_999), want);
  await cut(0);
  await write(7, noise(3, 5));
  sameBytes(await edit.read(0, 99), want);
  equal((await edit.commit()).sizeBytes, 10);
  equal((await disk.stat(path))!.sizeBytes, 10);
});
