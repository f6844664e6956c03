/** Names that a disk takes for one: the second does not replace the first, and is not taken away. */
import { CloudPathFileExistsError, type ObjectStore } from '../../../src/index.ts';
import { copyFolder } from '../../../src/cloudpath/copy-tree.ts';
import { placeOf, type Place } from '../../../src/cloudpath/place.ts';
import { foldName } from '../../../src/util/fold-name.ts';
import { equal, ok, rejects, test } from '../../harness.ts';
import { inRooms, withLocal, withRoom, type Room } from './rooms.ts';

const isClash = (error: unknown): boolean => error instanceof CloudPathFileExistsError && error.code === 'AlreadyExists';

/** The names of a folder of a store as a disk that folds names has them: each is spelled as it was first. */
function foldingDisk(place: Place, fold: (name: string) => string): Place {
  const spelled = new Map<string, string>();
  const known = (key: string): string => {
    let at = '';
    for (const name of key.split('/')) {
      const path = at + name;
      if (!spelled.has(fold(path))) spelled.set(fold(path), path);
      at = `${spelled.get(fold(path))}/`;
    }
    return at.slice(0, -1);
  };
  const { store } = place;
  const folding: ObjectStore = {
    ...store,
    head: (key, options) => store.head(known(key), options),
    put: (key, body, options) => store.put(known(key), body, options),
  };
  return { ...place, protocol: 'file', base: 'file:///', store: folding };
}

const simple = (name: string): string => name.normalize('NFC').toLowerCase();

async function dumpOf({ store, folder }: Place): Promise<Record<string, string>> {
  const out: Record<string, string> = {};
  for await (const { objects } of store.list({ prefix: folder }))
    for (const { key } of objects) out[key.slice(folder.length)] = await (await store.get(key))!.text();
  return out;
}

/** A copy or move of a folder to such a disk: what is there then, and what of the source. */
async function toFolding(room: Room, files: Record<string, string>, fold: (name: string) => string, moves: boolean): Promise<unknown[]> {
  const { client, root, store } = room;
  await room.put(Object.fromEntries(Object.entries(files).map(([key, text]) => [`d/${key}`, text])));
  const from = placeOf(client.context, root.join('d'));
  const to = foldingDisk(placeOf(client.context, root.join('disk')), fold);
  const onCopied = async ({ key }: Place): Promise<void> => void (await store.delete(key));
  const ended = await copyFolder(from, to, moves ? { onCopied } : {}).then(
    () => 'done',
    (error: unknown) => (isClash(error) ? 'refused' : error),
  );
  const left = await dumpOf(from);
  const there = await dumpOf(to);
  await root.rmtree();
  return [ended, there, left];
}

for (const [what, first, second] of [
  ['case', 'A.txt', 'a.txt'],
  ['folders', 'D/x', 'd/x'],
  ['composed letters', 'e\u0301', '\u00E9'],
] as const)
  test(`mem: of two names that a disk takes for one the first stays: ${what}`, () =>
    withRoom('mem', async (room) => {
      const files = { [first]: 'first', [second]: 'second' };
      equal(await toFolding(room, files, simple, false), ['refused', { [first]: 'first' }, files], 'a copy');
      equal(await toFolding(room, files, simple, true), ['refused', { [first]: 'first' }, { [second]: 'second' }], 'a move');
      for (const moves of [false, true])
        equal(await toFolding(room, files, (name) => name, moves), ['done', files, moves ? {} : files], 'a disk that tells them apart');
    }));

test('mem: each of many spellings is held to all before it', () =>
  withRoom('mem', async (room) => {
    // `ss` and `ß` are one to some disks, and two to this
    const files = { SS: '1', Ss: '2', ss: '3', '\u00DF': '4' };
    const [ended, there] = await toFolding(room, { SS: '1', '\u00DF': '4', '\u1E9E': '5' }, simple, false);
    equal([ended, there], ['refused', { SS: '1', '\u00DF': '4' }]);
    const [again, all] = await toFolding(room, files, (name) => name, true);
    equal([again, all], ['done', files]);
  }));

inRooms('names that this disk takes for one are told, and others copied', ['mem'], (room) =>
  withLocal(room.client, async (local) => {
    const files = { 'd/A.txt': 'A', 'd/a.txt': 'a', 'd/B/x': 'B', 'd/b/x': 'b' };
    await room.put(files);
    // the second time all of it is there
    for (let tries = 0; tries < 2; tries++)
      await room.root
        .join('d')
        .copytree(local)
        .catch((error: unknown) => ok(isClash(error), String(error)));
    if ((await local.join('a.txt').readText()) === 'A') await rejects(room.root.join('d').move(local), isClash);
    else {
      await room.root.join('d').move(local);
      for (const [key, text] of Object.entries(files)) equal(await local.join(key.slice(2)).readText(), text);
    }
  }),
);

test('names that some disk takes for one have one fold', () => {
  const same = [
    ['A.txt', 'a.TXT'],
    ['\u00E9', 'e\u0301', '\u00C9', 'E\u0301'],
    ['stra\u00DFe', 'STRASSE', 'STRA\u1E9EE'],
    ['\u03C3', '\u03C2', '\u03A3'],
    ['K', '\u212A'],
  ];
  for (const names of same) equal(new Set(names.map(foldName)).size, 1, names.join(' '));
  equal(foldName('a\u200Db'), foldName('AB'));
  equal(new Set(['a', 'b', 'a b', 'a/b', '\u00E4', 'a1'].map(foldName)).size, 6);
});
