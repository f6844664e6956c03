import { createDatabase, promisifyRequest } from '../../../../src/cache/container/idb-database.ts';
import { openIndexedDbDisk, type IndexedDbFiles } from '../../../../src/cloudpath/copies/indexeddb-disk.ts';
import { createWorkingCopy } from '../../../../src/cloudpath/copies/indexeddb-edit.ts';
import { diskSuite } from '../../../conformance/disk-suite.ts';
import { noise } from '../../../conformance/noise.ts';
import { uniqueName } from '../../../env.ts';
import { equal, rejects, sameBytes, skip, test } from '../../../harness.ts';

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

test('indexeddb disk: a piece that is gone is no zeros', async () => {
  const pieces = new Map<number, Uint8Array>();
  const files: IndexedDbFiles = {
    pieceBytes: 4,
    putPiece: async (_, at, bytes) => void pieces.set(at, bytes.slice()),
    getPiece: async (_, at) => pieces.get(at)?.slice(),
    place: () => Promise.reject(new Error('not now')),
    drop: async () => {},
  };
  const copy = await createWorkingCopy(files, '/a', undefined);
  await copy.write(0, noise(12));
  sameBytes(await copy.read(0, 12), noise(12));
  pieces.delete(4);
  await copy.read(0, 4);
  await rejects(copy.read(0, 8), 'ObjectChanged');
  await rejects(copy.write(5, noise(1)), 'ObjectChanged');
});

test('indexeddb disk: what is worked on is not scrubbed, and pieces of what became small are', async () => {
  const own = uniqueName('scrub');
  const disk = (await openIndexedDbDisk(own)) ?? skip('this engine has no IndexedDB');
  const db = createDatabase(own);
  const pieceKeys = (): Promise<IDBValidKey[]> =>
    db.transact('readonly', (rows) => promisifyRequest(rows.getAllKeys(IDBKeyRange.bound(['b'], ['b', []]))));
  const agePieces = (): Promise<unknown> =>
    db.transact('readwrite', async (rows) => {
      const keys = await promisifyRequest(rows.getAllKeys(IDBKeyRange.bound(['p'], ['p', []])));
      for (const key of keys) rows.put(Date.now() - 2 * 86_400_000, key);
    });
  const edit = await disk.edit('/d/a', { from: 'empty' });
  await edit.write(0, noise(1_500_000));
  await edit.read(0, 1);
  await agePieces();
  await edit.write(1_500_000, noise(1_500_000));
  await edit.read(0, 1);
  await openIndexedDbDisk(own);
  equal((await edit.commit()).sizeBytes, 3_000_000);
  const late = await disk.edit('/d/a', { from: 'file' });
  await agePieces();
  await openIndexedDbDisk(own);
  await rejects(late.commit(), 'ObjectChanged');
  equal((await disk.stat('/d/a'))?.sizeBytes, 3_000_000);
  const small = await disk.edit('/d/a', { from: 'file' });
  await small.truncate(10);
  await small.commit();
  equal([await pieceKeys(), (await disk.stat('/d/a'))?.sizeBytes], [[], 10]);
  db.close();
});
