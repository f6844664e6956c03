/** What CloudPath does with objects against what cloudpathlib was recorded to do; what is mended is in warts.md. */
import type { CloudPath } from '../../src/index.ts';
import { equal, ok, rejects, test } from '../harness.ts';
import { all, withLocal, withRoom, type Room, type RoomKind } from '../unit/cloudpath/rooms.ts';
import { isSeenError, result, seen } from './cloudpath-recorded.ts';

/** The bucket in which everything was recorded. */
const files = {
  '.hidden': 'hidden',
  'a.txt': 'bkt/a.txt',
  'dir/b.txt': 'b',
  'dir/sub/c.csv': 'c',
  'dir/sub/d.txt': 'd',
  'dir2/e.txt': 'e',
};

interface Recorded extends Room {
  at(key: string): CloudPath;
  /** As recorded: in the bucket `bkt`. */
  text(path: CloudPath): string;
  texts(paths: AsyncIterable<CloudPath>): Promise<string[]>;
}

const kinds: readonly RoomKind[] = ['mem', 's3', 'versitygw'];

/** `local`: with a folder of this engine's disk. */
function recorded(
  what: string,
  use: (room: Recorded, folder: CloudPath) => Promise<void>,
  { where = kinds, local = false }: { where?: readonly RoomKind[]; local?: boolean } = {},
): void {
  for (const kind of where)
    test(`behaviours.json: ${what} (${kind})`, () =>
      withRoom(kind, async (room) => {
        await room.put(files);
        const { root, client } = room;
        const text = (path: CloudPath): string => `s3://bkt${String(path).slice(String(root).length)}`;
        const one = {
          ...room,
          at: (key: string) => root.join(key),
          text,
          texts: async (paths: AsyncIterable<CloudPath>) => (await all(paths)).map(text).sort(),
        };
        await (local ? withLocal(client, (folder) => use(one, folder)) : use(one, root));
      }));
}

recorded('listings', async ({ root, at, texts }) => {
  equal(await texts(root.iterdir()), result('local iterdir'));
  equal(await texts(at('missing').iterdir()), result('local iterdir missing'));
  for (const pattern of ['*', '*.txt', '**', 'dir/*', 'dir*/*.txt', '?.txt', 'dir/sub'])
    equal(await texts(root.glob(pattern)), result(`local glob ${pattern}`), pattern);
  equal(await texts(root.rglob('*.txt')), result('local rglob *.txt'));
  await rejects(all(root.glob('../x')), isSeenError('local glob ..'));
  await rejects(all(root.glob('/x')), isSeenError('local glob absolute'));
  await rejects(all(root.glob('s3://bkt/x')), isSeenError('local glob s3'));
  // an IndexError there: warts.md
  await rejects(all(root.glob('')), (error) => (error as Error).name === 'InvalidGlobArgumentsError');
});

recorded('walks', async ({ root, at, text }) => {
  const walked: unknown[] = [];
  for await (const [path, directories, names] of root.walk()) walked.push([text(path), directories, names.sort()]);
  equal(walked, result('local walk'));
  const order: string[] = [];
  for await (const [path] of at('dir').walk({ topDown: false })) order.push(text(path));
  equal(order, result('local walk bottom up order'));
  const lazy: string[] = [];
  for await (const [path] of at('dir').walk({ lazy: true })) lazy.push(text(path));
  equal(lazy, result('local walk lazy'));
});

recorded('what there is', async ({ root, at, text }) => {
  equal([await at('a.txt').exists(), await at('dir').exists(), await at('zz').exists()], result('local exists'));
  const [a, dir, zz] = [at('a.txt'), at('dir'), at('zz')];
  equal(
    [await a.isFile(), await a.isDir(), await dir.isFile(), await dir.isDir(), await zz.isFile(), await zz.isDir()],
    result('local is_file is_dir'),
  );
  equal((await a.stat()).sizeBytes, (result('local stat') as number[])[0]);
  await rejects(zz.stat(), isSeenError('local stat missing'));
  await rejects(dir.stat(), isSeenError('s3 stat dir'));
  const { exists, isFile, isDir } = await a.info();
  equal([exists, isFile, isDir], result('local info'));
  equal([await a.exists(), await at('nothing').exists(), await dir.exists(), await root.exists()], [true, false, true, true]);
  ok(((await a.etag()) ?? '').length > 0, String(result('s3 etag')));
  equal(text(a), 's3://bkt/a.txt');
});

recorded('reading and writing', async ({ at, store }) => {
  for (const mode of ['r', 'a', 'r+'] as const) await rejects(at('zz').open(mode), isSeenError(`local open missing ${mode}`));
  await rejects(at('zz').readText(), isSeenError('local read_text missing'));
  equal(await at('wb.bin').writeBytes(new Uint8Array(3)), result('local write_bytes returns'));
  equal(seen('local write_text bytes').error, 'TypeError');
  await rejects(at('x').writeText(new Uint8Array(1) as unknown as string), 'InvalidArgument');
  equal([await at('new/deep/f').writeText('1'), await at('new/deep/f').readText()], result('local write new dir'));
  const path = at('w.txt');
  const [first, second] = [await path.writeText('1'), await path.writeText('2')];
  equal([first, second, await path.readText()], result('s3 two writes in one second'));
  equal([await at('ct').writeText('hi'), await at('ct').readText()], (result('s3 read write') as unknown[]).slice(0, 2));
  const types: [string, string][] = [];
  for (const [name, type] of result('s3 content types') as [string, string][]) {
    await at(name).writeText('x');
    const { contentType, contentEncoding } = (await store.head(name))!;
    equal(contentEncoding, undefined, 'the name says it: warts.md');
    // what has no type that is known gets the store's own; a tar in gzip is a gzip file
    if (name !== 'noext' && name !== 'a.tar.gz') types.push([name, contentType ?? type]);
  }
  equal(
    types,
    (result('s3 content types') as [string, string][])
      .filter(([name]) => name !== 'noext' && name !== 'a.tar.gz')
      .map(([name, type]) => [name, type]),
  );
});

recorded('touching and removing', async ({ at, kind }) => {
  await at('t').touch();
  ok(await at('t').exists());
  // waits for the next second on S3
  if (kind === 'mem') equal((await at('t').touch()) ?? null, result('local touch existing'));
  await rejects(
    at('t').touch({ existOk: false }),
    (error) => (error as Error).name === `CloudPath${seen('local touch exist_ok False').error}`,
  );
  equal([(await at('made').mkdir()) ?? null, await at('made').exists()], result('local mkdir'));
  await at('t').unlink();
  equal((await at('t').unlink()) ?? null, result('local unlink missing'));
  await rejects(
    at('t').unlink({ missingOk: false }),
    (error) => (error as Error).name === `CloudPath${seen('local unlink missing_ok False').error}`,
  );
  await rejects(at('dir').unlink(), isSeenError('local unlink directory'));
  await rejects(at('a.txt').rmdir(), isSeenError('local rmdir file'));
  await rejects(at('a.txt').rmtree(), isSeenError('local rmtree file'));
  equal([(await at('dir').rmtree()) ?? null, await at('dir').exists()], result('local rmtree'));
  equal((await at('zz').rmdir()) ?? null, result('s3 rmdir missing'));
  equal((await at('zz').rmtree()) ?? null, result('s3 rmtree missing'));
});

recorded('renaming', async ({ at, text }) => {
  await at('w.txt').writeText('héllo');
  await at('wb.bin').writeText('what has a copy');
  equal([text(await at('w.txt').rename(at('w2.txt'))), await at('w.txt').exists(), await at('w2.txt').readText()], result('local rename'));
  // the stale copy of the target was taken for a newer one: warts.md
  equal(seen('local rename onto existing').error, 'OverwriteNewerLocalError');
  await at('w2.txt').rename(at('wb.bin'));
  equal(await at('wb.bin').readText(), 'héllo');
  equal(text(await at('a.txt').rename(at('a.txt'))), result('local rename same'));
  await rejects(at('dir').rename(at('q')), isSeenError('local rename dir'));
  await rejects(at('zz').replace(at('q')), (error) => (error as Error).name === `CloudPath${seen('local replace missing source').error}`);
});

recorded(
  'downloads and uploads',
  async (room, local) => {
    const { at, text, texts } = room;
    const below = async (path: CloudPath): Promise<string[]> => {
      const names: string[] = [];
      for await (const one of path.rglob('*')) if (await one.isFile()) names.push(one.relativeTo(path));
      return names.sort();
    };
    await at('a.txt').downloadTo(local.join('dl.txt'));
    equal(await local.join('dl.txt').readText(), (result('local download_to file') as string[])[1]);
    await at('dir').downloadTo(local.join('dlt'));
    equal(await below(local.join('dlt')), (result('local download_to directory tree') as unknown[])[1]);
    await rejects(at('zz').downloadTo(local.join('x')), isSeenError('local download_to missing'));
    await local.join('dlx').mkdir({ parents: true });
    await at('dir').downloadTo(local.join('dlx'));
    equal(
      (await all(local.join('dlx').iterdir())).map((one) => one.name).sort(),
      (result('local download_to dir into existing') as unknown[])[2],
    );

    equal([text(await at('up.txt').uploadFrom(local.join('dl.txt'))), await at('up.txt').readText()], result('local upload_from file'));
    equal(text(await at('dir').uploadFrom(local.join('dl.txt'))), result('local upload_from into dir'));
    const updir = await at('updir').uploadFrom(local.join('dlt'));
    equal([text(updir), await texts(updir.rglob('*'))], result('local upload_from directory'));
    equal(
      text(await at('up.txt').uploadFrom(local.join('dl.txt'), { forceOverwriteToCloud: true })),
      result('local upload_from older forced'),
    );
  },
  { local: true },
);

recorded(
  'copies',
  async (room, local) => {
    const { at, text, texts } = room;
    const cp = await at('a.txt').copy(at('cp.txt'));
    equal([text(cp), await cp.readText()], result('local copy to cloud'));
    // the same bytes are no conflict: warts.md
    equal(seen('local copy to existing older/newer').error, 'OverwriteNewerCloudError');
    equal(text(await at('a.txt').copy(at('cp.txt'))), 's3://bkt/cp.txt');
    await cp.writeText('edited since');
    await rejects(at('a.txt').copy(at('cp.txt')), isSeenError('local copy to existing older/newer'));
    equal(text(await at('a.txt').copy(at('dir'))), result('local copy into dir'));
    ok((await at('a.txt').copy(local.join('cplocal.txt'))).equals(local.join('cplocal.txt')));
    await local.join('dld').mkdir();
    ok((await at('a.txt').copy(local.join('dld'))).equals(local.join('dld', 'a.txt')), String(result('local copy to local dir')));
    await at('dir').join('dl.txt').writeText('dl');
    const copied = await at('dir').copy(at('dircopy'));
    equal([text(copied), await texts(copied.rglob('*'))], result('local copy dir'));
    equal(text(await at('a.txt').copyInto(at('into'))), result('local copy_into'));
    const tree = await at('dir').copytree(at('tree'));
    equal([text(tree), await texts(tree.rglob('*'))], result('local copytree'));
    const tree2 = await at('dir').copytree(at('tree2'), { ignore: (_, names) => names.filter((name) => name.endsWith('.txt')) });
    equal([text(tree2), await texts(tree2.rglob('*'))], result('local copytree ignore'));
    await rejects(at('a.txt').copytree(at('q')), isSeenError('local copytree file'));
    await rejects(at('dir').copytree(at('a.txt')), isSeenError('local copytree onto file'));
  },
  { local: true },
);

recorded(
  'moves',
  async (room, local) => {
    const { at, text } = room;
    // there the third says that the source stays: warts.md
    equal((result('local move to local') as unknown[])[2], true);
    await at('a.txt').move(local.join('mvlocal'));
    equal([await local.join('mvlocal').readText(), await at('a.txt').exists()], ['bkt/a.txt', false]);
    equal((result('local move dir') as unknown[])[2], true);
    const moved = await at('dir').move(at('treemoved'));
    equal([text(moved), await moved.exists(), await at('dir').exists()], ['s3://bkt/treemoved', true, false]);
    await at('mv4').writeText('x');
    equal(text(await at('mv4').moveInto(at('mvinto'))), (result('local move_into') as unknown[])[1]);
    ok(!(await at('mv4').exists()));
  },
  { local: true },
);

recorded(
  'buckets',
  async ({ client, root }) => {
    equal(
      (await all(client.path('s3://').iterdir())).map((path) => String(path).replace(root.bucket, 'bkt')),
      result('s3 iterdir buckets'),
    );
  },
  { where: ['s3'] },
);

recorded('S3: renaming and removing', async ({ at, root, text, texts, put }) => {
  await put({ 'w8.txt': '8', fake: '', touched: '', ct: '' });
  equal([text(await at('w8.txt').rename(at('w9.txt'))), await at('w8.txt').exists()], result('s3 rename'));
  for (const name of ['.hidden', 'dir2/e.txt']) await at(name).unlink();
  equal([(await at('dir').rmtree()) ?? null, await texts(root.rglob('*'))], result('s3 rmtree'));
});

recorded(
  'addresses',
  async ({ at, client, root }) => {
    const { endpoint } = client.context.options;
    equal(
      (await at('dir/b.txt').asUrl()).replace(endpoint!, 'http://<s3-host>').replace(String(root).replace('s3:/', ''), '/bkt'),
      result('s3 as_url'),
    );
    // signature version 4, not 2
    const keys = [...new URL(await at('dir/b.txt').asUrl({ presign: true })).searchParams.keys()];
    ok(keys.includes('X-Amz-Signature') && (result('s3 as_url presign keys') as string[]).includes('Signature'));
  },
  { where: ['s3', 'versitygw'] },
);
