import { CloudPathNotImplementedError, InvalidGlobArgumentsError, NoStatError } from '../../../src/index.ts';
import { equal, ok, rejects } from '../../harness.ts';
import { all, buckets, everywhere, inRooms, shown, type Room } from './rooms.ts';

const files = {
  '.hidden': 'h',
  'a.txt': 'hello',
  'dir/b.txt': 'b',
  'dir/sub/c.csv': 'c',
  'dir/sub/d.txt': 'd',
  'dir-x/f': 'f',
  'dir2/e.txt': 'e',
};

const named =
  (name: string) =>
  (error: unknown): boolean =>
    error instanceof Error && error.name === name;

async function globbed(room: Room, pattern: string, options = {}): Promise<string[]> {
  return shown(room, await all(room.root.glob(pattern, options)));
}

inRooms('what there is', everywhere, async (room) => {
  const { root, onDisk } = room;
  await room.put(files);
  const told: unknown[] = [];
  for (const name of ['a.txt', 'a.txt/', 'dir', 'dir/', 'dir/sub', 'zz', 'di', 'a.txt/x']) {
    const path = room.client.path(`${root.toString()}/${name}`);
    told.push([name, await path.exists(), await path.isFile(), await path.isDir()]);
  }
  equal(told, [
    ['a.txt', true, true, false],
    ['a.txt/', true, true, false],
    ['dir', true, false, true],
    ['dir/', true, false, true],
    ['dir/sub', true, false, true],
    ['zz', false, false, false],
    ['di', false, false, false],
    ['a.txt/x', false, false, false],
  ]);
  const stat = await root.join('a.txt').stat();
  equal(stat.sizeBytes, 5);
  ok(stat.mtime instanceof Date && Math.abs(stat.mtime.getTime() - Date.now()) < 3_600_000, 'a time');
  ok((stat.etag ?? stat.generation) !== undefined, 'a version');
  for (const name of ['dir', 'zz', 'a.txt/x']) await rejects(root.join(name).stat(), (error) => error instanceof NoStatError);
  equal(await root.join('a.txt').info(), { exists: true, isFile: true, isDir: false });
  equal(await root.join('zz').info(), { exists: false, isFile: false, isDir: false });
  equal([await root.exists(), await root.isDir(), await root.isFile()], [true, true, false]);
  ok(!onDisk || (await root.join('a.txt').localPath()).endsWith('/a.txt'));
});

inRooms('iterdir and globs', everywhere, async (room) => {
  const { root } = room;
  await room.put(files);
  equal(shown(room, await all(root.iterdir())), ['.hidden', 'a.txt', 'dir', 'dir-x', 'dir2']);
  equal(await all(root.join('zz').iterdir()), []);
  equal(shown(room, await all(root.join('dir').iterdir())), ['dir/b.txt', 'dir/sub']);
  const globs: Record<string, string[]> = {
    '*': ['.hidden', 'a.txt', 'dir', 'dir-x', 'dir2'],
    '*/': ['dir', 'dir-x', 'dir2'],
    '*.txt': ['a.txt'],
    '**': ['', 'dir', 'dir-x', 'dir/sub', 'dir2'],
    'dir/*': ['dir/b.txt', 'dir/sub'],
    'dir*/*.txt': ['dir/b.txt', 'dir2/e.txt'],
    'dir[!2-]*': [],
    'dir[2-]*': ['dir-x', 'dir2'],
    '?.txt': ['a.txt'],
    'dir/sub': ['dir/sub'],
    'dir/sub/': ['dir/sub'],
    'a.txt': ['a.txt'],
    'a.txt/': [],
    zz: [],
    './dir/./*.txt': ['dir/b.txt'],
    '*/sub/c.csv': ['dir/sub/c.csv'],
    '*/sub': ['dir/sub'],
    'dir/**': ['dir', 'dir/sub'],
    'dir/**/*.txt': ['dir/b.txt', 'dir/sub/d.txt'],
    'dir*/**/*.txt': ['dir/b.txt', 'dir/sub/d.txt', 'dir2/e.txt'],
    '**/sub/*': ['dir/sub/c.csv', 'dir/sub/d.txt'],
    '**/*': ['.hidden', 'a.txt', 'dir', 'dir-x', 'dir-x/f', 'dir/b.txt', 'dir/sub', 'dir/sub/c.csv', 'dir/sub/d.txt', 'dir2', 'dir2/e.txt'],
    'A.TXT': [],
  };
  for (const [pattern, want] of Object.entries(globs)) equal(await globbed(room, pattern), want, pattern);
  equal(await globbed(room, 'DIR*/*.Txt', { caseSensitive: false }), ['dir/b.txt', 'dir2/e.txt']);
  equal(await globbed(room, 'Dir/B.txt', { caseSensitive: false }), ['dir/b.txt']);
  equal(shown(room, await all(root.rglob('*.txt'))), ['a.txt', 'dir/b.txt', 'dir/sub/d.txt', 'dir2/e.txt']);
  equal(shown(room, await all(root.join('dir').rglob('*/'))), ['dir/sub']);
});

inRooms('patterns that are refused', ['mem'], async ({ root, client }) => {
  for (const pattern of ['../x', 'a/../b', '/a', 's3://b/a']) {
    await rejects(all(root.glob(pattern)), (error) => error instanceof CloudPathNotImplementedError);
    await rejects(all(root.rglob(pattern)), named('CloudPathNotImplementedError'));
  }
  for (const pattern of ['', '.', './'] as const)
    await rejects(all(root.glob(pattern)), (error) => error instanceof InvalidGlobArgumentsError);
  await rejects(all(root.glob(5 as unknown as string)), named('InvalidGlobArgumentsError'));
  await rejects(all(client.path('mem://').glob('*')), named('CloudPathNotImplementedError'));
});

inRooms('walks', everywhere, async (room) => {
  const { root } = room;
  await room.put(files);
  const walked = async (options = {}, from = root): Promise<unknown[]> => {
    const out: unknown[] = [];
    for await (const [at, directories, names] of from.walk(options)) out.push([shown(room, [at])[0], [...directories], [...names].sort()]);
    return out;
  };
  const down = [
    ['', ['dir', 'dir-x', 'dir2'], ['.hidden', 'a.txt']],
    ['dir', ['sub'], ['b.txt']],
    ['dir/sub', [], ['c.csv', 'd.txt']],
    ['dir-x', [], ['f']],
    ['dir2', [], ['e.txt']],
  ];
  equal(await walked(), down);
  equal(await walked({ lazy: true }), down);
  const up = [down[2], down[1], down[3], down[4], down[0]];
  equal(await walked({ topDown: false }), up);
  equal(await walked({ topDown: false, lazy: true }), up);
  equal(await walked({}, root.join('zz')), [['zz', [], []]]);
  for (const lazy of [false, true]) {
    const seen: string[] = [];
    for await (const [at, directories] of root.walk({ lazy })) {
      seen.push(at.name);
      directories.splice(0, directories.length, ...directories.filter((name) => name !== 'sub' && name !== 'dir2'));
    }
    equal(seen.slice(1), ['dir', 'dir-x'], 'without what was taken out');
  }
});

inRooms('a walk tells what it could not list, or rejects', ['mem'], async ({ client }) => {
  const errors: unknown[] = [];
  equal(await all(client.path('mem://').walk({ onError: (error) => void errors.push(error) })), []);
  equal(await all(client.path('mem://').walk({ lazy: true, onError: (error) => void errors.push(error) })), []);
  equal(
    errors.map((error) => (error as Error).name),
    ['CloudPathNotImplementedError', 'CloudPathNotImplementedError'],
  );
  await rejects(all(client.path('mem://').walk()), 'NotSupported');
});

inRooms(
  'keys as stores have them',
  buckets.filter((kind) => kind !== 'versitygw' && kind !== 'minio'),
  async (room) => {
    const { root, client } = room;
    await room.put({ a: '1', 'a/b': '2', 'd//x': '3', 'm/': '', 'ü/😀 #?.txt': '4', 'e/': '', 'e/f': '5', '[x]*': '6' });
    const list = async (at: string): Promise<string[]> => shown(room, await all(client.path(root.toString() + at).iterdir()));
    equal(await list(''), ['[x]*', 'a', 'a', 'd', 'e', 'm', 'ü']);
    equal(await list('/a'), ['a/b']);
    equal(await list('/d'), ['d//']);
    equal(await list('/d//'), ['d//x']);
    equal([await list('/m'), await list('/e/')], [[], ['e/f']]);
    const kinds = await Promise.all(
      ['a', 'a/', 'm', 'm/', 'd', 'd//', 'd//x'].map(async (name) => {
        const path = client.path(`${root.toString()}/${name}`);
        return (await path.isFile()) ? 'file' : (await path.isDir()) ? 'directory' : 'nothing';
      }),
    );
    equal(kinds, ['file', 'file', 'directory', 'directory', 'directory', 'directory', 'file']);
    equal(
      (await all(client.path(`${root.toString()}/ü`).glob('*'))).map((path) => path.name),
      ['😀 #?.txt'],
    );
    equal(await globbed(room, '[[]x[]][*]'), ['[x]*']);
    equal(await globbed(room, '**/*'), ['[x]*', 'a', 'a', 'a/b', 'd', 'd//', 'd//x', 'e', 'e/f', 'm', 'ü', 'ü/😀 #?.txt']);
    const walked: unknown[] = [];
    for await (const [at, directories, names] of root.walk()) walked.push([shown(room, [at])[0], directories, names]);
    equal(walked.slice(0, 4), [
      ['', ['a', 'd', 'e', 'm', 'ü'], ['[x]*', 'a']],
      ['a', [], ['b']],
      ['d', [''], []],
      ['d//', [], ['x']],
    ]);
  },
);

inRooms('buckets', ['mem', 's3', 'versitygw', 'minio', 'gcs'], async (room) => {
  const { root, client, kind } = room;
  await room.put({ a: '1' });
  const top = client.path(root.anchor);
  if (kind === 'gcs') return void (await rejects(all(top.iterdir()), named('CloudPathNotImplementedError')));
  const found = await all(top.iterdir());
  const own = found.find((path) => path.bucket === root.bucket)!;
  ok(own && own.asUri() === `${root.anchor}${root.bucket}` && (await own.isDir()), 'its bucket');
  ok((await all(own.rglob('a'))).length > 0);
});
