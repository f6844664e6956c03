/**
 * What every disk does alike.
 *
 * @module
 */
import { CloudError } from '../../src/errors.ts';
import type { Disk, DiskStat } from '../../src/platform/types.ts';
import { gather } from '../../src/util/streams.ts';
import { encodeUtf8 } from '../../src/util/utf8.ts';
import { equal, ok, rejects, sameBytes, test } from '../harness.ts';
import { noise } from './noise.ts';

/** How the suite gets a disk. Called for each check; may skip. */
export type OpenDisk = () => Promise<{ disk: Disk; root: string; close(): Promise<void> }>;

async function* chunks(...parts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const part of parts) yield typeof part === 'string' ? encodeUtf8(part) : part;
}

/** Register the checks of one disk. */
export function diskSuite(name: string, open: OpenDisk): void {
  const check = (what: string, fn: (disk: Disk, root: string) => Promise<void>): void =>
    test(`${name} disk: ${what}`, async () => {
      const { disk, root, close } = await open();
      try {
        await fn(disk, root);
      } finally {
        await close();
      }
    });
  const bytesOf = async (disk: Disk, path: string): Promise<Uint8Array> => {
    const file = (await disk.open(path))!;
    const bytes = await gather(file.read(0, file.sizeBytes));
    await file.close();
    return bytes;
  };
  const textOf = async (disk: Disk, path: string): Promise<string | null> =>
    (await disk.stat(path)) && new TextDecoder().decode(await bytesOf(disk, path));
  const namesIn = async (disk: Disk, path: string): Promise<string[]> => ((await disk.list(path)) ?? []).map((entry) => entry.name).sort();
  /** Leaves no file, under whatever name. */
  const noTrace = async (disk: Disk, root: string): Promise<void> => disk.removeDirectory(root);

  check('a write is there whole, with what it was told', async (disk, root) => {
    equal(await disk.stat(`${root}/a/b`), null);
    equal(await disk.open(`${root}/a/b`), null);
    equal(await disk.list(`${root}/a`), null);
    const stat = await disk.write(`${root}/a/b`, chunks('one ', noise(4).subarray(1, 1), 'two'));
    equal([stat.kind, stat.sizeBytes, (await disk.stat(`${root}/a/b`))!.version], ['file', 7, stat.version]);
    equal([await textOf(disk, `${root}/a/b`), (await disk.stat(`${root}/a`))!.kind], ['one two', 'directory']);
    equal(await disk.list(`${root}/a`), [{ name: 'b', kind: 'file' }]);
    equal(await disk.list(root), [{ name: 'a', kind: 'directory' }]);
    await disk.write(`${root}/a/b`, chunks('again'));
    ok((await disk.stat(`${root}/a/b`))!.version !== stat.version, 'another version');
    await rejects(disk.write(`${root}/a`, chunks('x')), 'AlreadyExists');
    await rejects(disk.write(`${root}/a/b/c`, chunks('x')), 'AlreadyExists');
    const refuse = (now: DiskStat | null): void => {
      throw new CloudError(`there are ${now?.sizeBytes}`, { code: 'PreconditionFailed' });
    };
    await rejects(disk.write(`${root}/a/b`, chunks('x'), { condition: refuse }), (error) => error.message === 'there are 5');
    await rejects(disk.remove(`${root}/a/b`, { condition: refuse }), (error) => error.message === 'there are 5');
    equal([await textOf(disk, `${root}/a/b`), await namesIn(disk, `${root}/a`)], ['again', ['b']]);
    equal([await disk.remove(`${root}/a/b`), await disk.remove(`${root}/a/b`)], [true, false]);
  });

  check('files and folders are moved and removed', async (disk, root) => {
    await disk.write(`${root}/a`, chunks('a'));
    await disk.rename(`${root}/a`, `${root}/deep/er/b`);
    equal([await textOf(disk, `${root}/a`), await textOf(disk, `${root}/deep/er/b`)], [null, 'a']);
    const { version } = (await disk.stat(`${root}/deep/er/b`))!;
    await disk.touch(`${root}/deep/er/b`);
    ok((await disk.stat(`${root}/deep/er/b`))!.version !== version, 'a touch is another version');
    await rejects(disk.touch(`${root}/none`), 'NotFound');
    await rejects(disk.rename(`${root}/none`, `${root}/x`), 'NotFound');
    await disk.makeDirectory(`${root}/deep/other`);
    await disk.makeDirectory(`${root}/deep/other`);
    equal([await namesIn(disk, `${root}/deep`), await disk.remove(`${root}/deep`)], [['er', 'other'], false]);
    await rejects(disk.removeDirectory(`${root}/deep`), 'AlreadyExists');
    await disk.removeDirectory(`${root}/deep`, { recursive: true });
    await rejects(disk.removeDirectory(`${root}/deep`), 'NotFound');
    equal(await disk.list(root), []);
  });

  check('a file is read in pieces, any part of it', async (disk, root) => {
    const all = noise(2_500_000);
    await disk.write(`${root}/a`, chunks(all.subarray(0, 999), all.subarray(999)));
    const file = (await disk.open(`${root}/a`))!;
    sameBytes(await gather(file.read(0, file.sizeBytes)), all);
    sameBytes(await gather(file.read(1_048_570, 1_048_590)), all.subarray(1_048_570, 1_048_590));
    equal((await gather(file.read(5, 5))).length, 0);
    await file.close();
    const stale = (await disk.open(`${root}/a`))!;
    await disk.write(`${root}/a`, chunks(noise(2_500_000, 2)));
    const old = await gather(stale.read(0, 100)).catch((error: { code: string }) => error.code);
    if (old !== 'ObjectChanged') sameBytes(old as Uint8Array, all.subarray(0, 100), 'the version that was opened');
    await stale.close();
  });

  check('a working copy is read and written anywhere, and seen only when it is saved', async (disk, root) => {
    await disk.write(`${root}/a`, chunks('hello world'));
    const edit = await disk.edit(`${root}/a`, { from: 'file' });
    equal(edit.sizeBytes, 11);
    equal(new TextDecoder().decode(await edit.read(6, 99)), 'world');
    await edit.write(6, noise(4, 3).subarray(1, 3));
    await edit.write(0, encodeUtf8('J'));
    sameBytes(await edit.read(0, 8), new Uint8Array([...encodeUtf8('Jello '), ...noise(4, 3).subarray(1, 3)]));
    await edit.truncate(5);
    await edit.write(8, encodeUtf8('!'));
    equal([edit.sizeBytes, (await edit.read(9, 20)).length, (await edit.read(3, 2)).length], [9, 0, 0]);
    equal(new TextDecoder().decode(await edit.read(0, 9)), 'Jello\0\0\0!');
    await edit.truncate(7);
    await edit.truncate(10);
    equal(new TextDecoder().decode(await edit.read(4, 10)), 'o\0\0\0\0\0');
    await edit.truncate(5);
    equal([await textOf(disk, `${root}/a`), await namesIn(disk, root)], ['hello world', ['a']]);
    const stat = await edit.commit();
    equal([await textOf(disk, `${root}/a`), await namesIn(disk, root)], ['Jello', ['a']]);
    equal([stat.kind, stat.sizeBytes, (await disk.stat(`${root}/a`))!.version], ['file', 5, stat.version]);
    await rejects(edit.write(0, encodeUtf8('x')), 'InvalidArgument');
    await rejects(edit.commit(), 'InvalidArgument');
    await edit.discard();
    equal(await textOf(disk, `${root}/a`), 'Jello');
  });

  check('calls on a working copy keep their order, without waiting too', async (disk, root) => {
    const edit = await disk.edit(`${root}/new/a`, { from: 'empty' });
    equal(edit.sizeBytes, 0);
    const big = noise(3_000_000);
    const calls = [
      edit.write(0, big),
      edit.read(2_999_990, 3_000_000),
      edit.truncate(3),
      edit.write(3, big.subarray(7, 9)),
      edit.read(0, 99),
    ];
    const saved = edit.commit();
    const [, end, , , all] = await Promise.all(calls);
    sameBytes(end as Uint8Array, big.subarray(-10));
    const want = new Uint8Array([...big.subarray(0, 3), ...big.subarray(7, 9)]);
    sameBytes(all as Uint8Array, want);
    equal((await saved).sizeBytes, 5);
    sameBytes(await bytesOf(disk, `${root}/new/a`), want);
  });

  check('a working copy that is thrown away leaves nothing', async (disk, root) => {
    await disk.makeDirectory(root);
    const edit = await disk.edit(`${root}/a`, { from: 'empty' });
    await edit.write(0, encodeUtf8('x'));
    await Promise.all([edit.discard(), edit.discard()]);
    await edit.discard();
    await rejects(edit.read(0, 1), 'InvalidArgument');
    await rejects(edit.commit(), 'InvalidArgument');
    await noTrace(disk, root);
  });

  check('a working copy is not begun without its file, nor in the place of a folder', async (disk, root) => {
    await disk.makeDirectory(`${root}/folder`);
    await rejects(disk.edit(`${root}/none`, { from: 'file' }), 'NotFound');
    await rejects(disk.edit(`${root}/none/none`, { from: 'file' }), 'NotFound');
    await rejects(disk.edit(`${root}/folder`, { from: 'file' }), 'AlreadyExists');
    await rejects(disk.edit(`${root}/folder`, { from: 'empty' }), 'AlreadyExists');
    const reason = new Error('enough');
    await rejects(disk.edit(`${root}/x`, { from: 'empty', signal: AbortSignal.abort(reason) }), (error) => error === reason);
    await disk.removeDirectory(`${root}/folder`);
    await noTrace(disk, root);
  });

  check('positions are checked', async (disk, root) => {
    const edit = await disk.edit(`${root}/a`, { from: 'empty' });
    await rejects(edit.write(-1, noise(1)), 'InvalidArgument');
    await rejects(edit.read(0.5, 1), 'InvalidArgument');
    await rejects(edit.truncate(Number.NaN), 'InvalidArgument');
    await edit.commit();
    equal((await disk.stat(`${root}/a`))!.sizeBytes, 0);
  });

  check('a refused or aborted save leaves the file and nothing else', async (disk, root) => {
    await disk.write(`${root}/sub/a`, chunks('old'));
    const asked: (number | undefined)[] = [];
    const reason = new CloudError('no', { code: 'PreconditionFailed' });
    const condition = (now: DiskStat | null): void => {
      asked.push(now?.sizeBytes);
      throw reason;
    };
    const edit = await disk.edit(`${root}/sub/a`, { from: 'file' });
    await edit.truncate(1);
    await rejects(edit.commit({ condition }), (error) => error === reason);
    await rejects(edit.commit(), 'InvalidArgument');
    const fresh = await disk.edit(`${root}/sub/b`, { from: 'empty' });
    await rejects(fresh.commit({ condition }), (error) => error === reason);
    const aborted = await disk.edit(`${root}/sub/b`, { from: 'empty' });
    await rejects(aborted.commit({ signal: AbortSignal.abort(reason) }), (error) => error === reason);
    equal([asked, await textOf(disk, `${root}/sub/a`)], [[3, undefined], 'old']);
    const late = await disk.edit(`${root}/sub/b`, { from: 'empty' });
    await disk.makeDirectory(`${root}/sub/b`);
    await rejects(late.commit(), 'AlreadyExists');
    await disk.removeDirectory(`${root}/sub/b`);
    await disk.remove(`${root}/sub/a`);
    await disk.removeDirectory(`${root}/sub`);
    await noTrace(disk, root);
  });

  check('one task at a time holds the lock of a path', async (disk, root) => {
    await disk.write(`${root}/n`, chunks('0'));
    let inside = 0;
    const add = (): Promise<void> =>
      disk.lock(`${root}/n`, async () => {
        equal(++inside, 1);
        const n = Number(await textOf(disk, `${root}/n`));
        const edit = await disk.edit(`${root}/n`, { from: 'empty' });
        await edit.write(0, encodeUtf8(String(n + 1)));
        await edit.commit();
        inside--;
      });
    await Promise.all(Array.from({ length: 10 }, add));
    equal(await textOf(disk, `${root}/n`), '10');
    equal(await disk.lock(`${root}/n`, async () => disk.lock(`${root}/m`, async () => 'other names are free')), 'other names are free');
    await rejects(
      disk.lock(`${root}/n`, async () => Promise.reject(new RangeError('mine'))),
      (error) => error instanceof RangeError,
    );
    equal([await disk.lock(`${root}/n`, async () => 1), await namesIn(disk, root)], [1, ['n']]);
  });

  check('waiting for a lock ends with the signal', async (disk, root) => {
    await disk.makeDirectory(root);
    const controller = new AbortController();
    const reason = new Error('enough');
    let ran = false;
    await disk.lock(`${root}/n`, async () => {
      const waiting = disk.lock(`${root}/n`, async () => (ran = true), { signal: controller.signal });
      controller.abort(reason);
      await rejects(waiting, (error) => error === reason);
    });
    equal([ran, await disk.lock(`${root}/n`, async () => 'free')], [false, 'free']);
    await noTrace(disk, root);
  });
}
