import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Readable } from 'node:stream';
import { diskError } from '../../src/platform/node/disk-error.ts';
import type { DiskStat } from '../../src/platform/types.ts';
import { createFileStore } from '../../src/store/file.ts';
import { noise } from '../conformance/noise.ts';
import { equal, ok, rejects, sameBytes, skip, test } from '../harness.ts';
import { within } from './disk-folder.ts';

async function* chunks(...parts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield typeof part === 'string' ? new TextEncoder().encode(part) : part;
}

const read = (path: string): string => fs.readFileSync(path, 'utf8');
const link = (target: string, path: string): void => {
  try {
    fs.symlinkSync(target, path);
  } catch {
    skip('symbolic links cannot be made here');
  }
};

test('disk: a write makes its folders, replaces whole and keeps the permission bits', () =>
  within(async (root, disk) => {
    const stat = await disk.write(`${root}/a/b/c`, chunks('one ', '', 'two'));
    equal([read(`${root}/a/b/c`), stat.sizeBytes], ['one two', 7]);
    equal(await disk.stat(`${root}/a/b/c`).then((now) => now?.version), stat.version);
    fs.chmodSync(`${root}/a/b/c`, 0o600);
    await disk.write(`${root}/a/b/c`, chunks('three'));
    equal(read(`${root}/a/b/c`), 'three');
    if (process.platform !== 'win32') equal(fs.statSync(`${root}/a/b/c`).mode & 0o777, 0o600);
    equal(fs.readdirSync(`${root}/a/b`), ['c']);
  }));

test('disk: versions differ however fast files are replaced', () =>
  within(async (root, disk) => {
    const seen = new Set<string>();
    for (let i = 0; i < 100; i++) seen.add((await disk.write(`${root}/a`, chunks('same'))).version);
    equal(seen.size, 100);
    for (let i = 0; i < 500; i++) {
      await disk.touch(`${root}/a`);
      seen.add((await disk.stat(`${root}/a`))!.version);
    }
    equal(seen.size, 600, 'a touch is a new version');
    ok(Math.abs((await disk.stat(`${root}/a`))!.mtimeMs - Date.now()) < 60_000);
  }));

test('disk: of two that find a name free, one is refused, also when the other is not of this process', () =>
  within(async (root, disk) => {
    const asked: (number | undefined)[] = [];
    const condition = (now: DiskStat | null): void => {
      asked.push(now?.sizeBytes);
      if (now) throw new Error('taken');
      fs.writeFileSync(`${root}/a`, 'faster'); // another process, right between the look and the rename
    };
    await rejects(disk.write(`${root}/a`, chunks('slow'), { condition }), (error) => error.message === 'taken');
    equal(asked, [undefined, 6]);
    equal([read(`${root}/a`), fs.readdirSync(root)], ['faster', ['a']]);
  }));

test('disk: an abort or a failing body leaves nothing, not even under another name', () =>
  within(async (root, disk) => {
    const reason = new Error('enough');
    fs.writeFileSync(`${root}/a`, 'old');
    const controller = new AbortController();
    const slow = async function* (): AsyncGenerator<Uint8Array> {
      yield* chunks('new');
      ok(
        fs.readdirSync(root).some((name) => name.startsWith('.anyfile-')),
        'a temporary file meanwhile',
      );
      equal(await disk.list(root), [{ name: 'a', kind: 'file' }], 'and it is not listed');
      controller.abort(reason);
      yield* chunks('more');
    };
    await rejects(disk.write(`${root}/a`, slow(), { signal: controller.signal }), (error) => error === reason);
    await rejects(
      disk.write(
        `${root}/b`,
        (async function* () {
          yield* chunks('x');
          throw reason;
        })(),
      ),
      (error) => error === reason,
    );
    equal([read(`${root}/a`), fs.readdirSync(root)], ['old', ['a']]);
  }));

test('disk: what others left behind goes after a day', () =>
  within(async (root, disk) => {
    for (const name of ['.anyfile-old', '.anyfile-young', 'file']) fs.writeFileSync(`${root}/${name}`, 'x');
    const old = Date.now() / 1000 - 2 * 86_400;
    fs.utimesSync(`${root}/.anyfile-old`, old, old);
    fs.utimesSync(`${root}/file`, old, old);
    equal(await disk.list(root), [{ name: 'file', kind: 'file' }]);
    equal(fs.readdirSync(root).sort(), ['.anyfile-young', 'file']);
  }));

test('disk: a reader never sees two versions', () =>
  within(async (root, disk) => {
    const [old, fresh] = [noise(2_500_000, 1), noise(2_500_000, 2)];
    fs.writeFileSync(`${root}/a`, old);
    const replaced = (await disk.open(`${root}/a`))!;
    const steps = replaced.read(0, old.length)[Symbol.asyncIterator]();
    sameBytes((await steps.next()).value, old.subarray(0, 0x100000));
    await disk.write(`${root}/a`, chunks(fresh));
    sameBytes((await steps.next()).value, old.subarray(0x100000, 0x200000), 'a replaced file is read on');
    await replaced.close();
    await replaced.close();

    for (const change of [() => fs.writeFileSync(`${root}/a`, old), () => fs.truncateSync(`${root}/a`, 0x180000)]) {
      const file = (await disk.open(`${root}/a`))!;
      const pieces = file.read(0, file.sizeBytes)[Symbol.asyncIterator]();
      await pieces.next();
      change();
      await rejects(pieces.next(), 'ObjectChanged');
      await file.close();
    }
  }));

test('disk: what is no file is none', () =>
  within(async (root, disk) => {
    fs.mkdirSync(`${root}/folder`);
    equal(await disk.open(`${root}/folder`), null);
    equal(await disk.open(`${root}/none/x`), null);
    equal(await disk.list(`${root}/none`), null);
    equal((await disk.stat(`${root}/folder`))!.kind, 'directory');
    equal(await disk.remove(`${root}/folder`), false);
    equal(await disk.remove(`${root}/none`), false);
    fs.writeFileSync(`${root}/file`, 'x');
    equal(await disk.stat(`${root}/file/x`), null);
    await rejects(disk.write(`${root}/file/x`, chunks('x')), 'AlreadyExists');
    await rejects(disk.write(`${root}/folder`, chunks('x')), 'AlreadyExists');
    equal(fs.readdirSync(root).sort(), ['file', 'folder']);
    await rejects(disk.rename(`${root}/none`, `${root}/x`), 'NotFound');
    await disk.rename(`${root}/file`, `${root}/deep/er/file`);
    equal(read(`${root}/deep/er/file`), 'x');
    await disk.makeDirectory(`${root}/deep/er/more`);
    await rejects(disk.removeDirectory(`${root}/deep`), 'AlreadyExists');
    await disk.removeDirectory(`${root}/deep`, { recursive: true });
    equal(await disk.stat(`${root}/deep`), null);
  }));

test('disk: a pipe is not opened', () =>
  within(async (root) => {
    try {
      execFileSync('mkfifo', [`${root}/pipe`], { stdio: 'ignore' });
    } catch {
      skip('no mkfifo here');
    }
    const store = createFileStore({ root });
    equal(await store.get('pipe'), null);
    equal(await store.head('pipe'), null);
    for await (const page of store.list()) equal(page.objects, []);
  }));

test('disk: the system’s errors are causes', () => {
  const of = (code: string): unknown => (diskError(Object.assign(new Error(code), { code }), 'put', '/p') as { code: string }).code;
  const want = {
    ENOSPC: 'QuotaExceeded',
    EDQUOT: 'QuotaExceeded',
    EACCES: 'PermissionDenied',
    EPERM: 'PermissionDenied',
    EROFS: 'PermissionDenied',
    EMFILE: 'Throttled',
    EEXIST: 'AlreadyExists',
    ENAMETOOLONG: 'InvalidArgument',
  };
  for (const [system, code] of Object.entries(want)) equal(of(system), code, system);
  const reason = new Error('enough');
  equal(diskError(new Error('x'), 'put', '/p', AbortSignal.abort(reason)), reason);
  equal((diskError(Object.assign(new Error('x'), { name: 'NotCapable' }), 'put', '/p') as { code: string }).code, 'PermissionDenied');
});

test('disk: a full disk', async () => {
  const root = fs.mkdtempSync(join(tmpdir(), 'anyfile-full-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', root], { stdio: 'ignore' });
  } catch {
    fs.rmdirSync(root);
    skip('no small disk can be mounted here');
  }
  try {
    const store = createFileStore({ root });
    await store.put('a', noise(300_000));
    await rejects(store.put('a', noise(3_000_000)), 'QuotaExceeded');
    sameBytes(await (await store.get('a'))!.bytes(), noise(300_000));
    equal(fs.readdirSync(root), ['a']);
  } finally {
    execFileSync('umount', [root]);
    fs.rmdirSync(root);
  }
});

test('disk: no permission', () =>
  within(async (root) => {
    if (process.platform === 'win32' || process.getuid?.() === 0) skip('this user may do everything');
    fs.mkdirSync(`${root}/closed`);
    fs.chmodSync(`${root}/closed`, 0o500);
    await rejects(createFileStore({ root }).put('closed/a', 'x'), 'PermissionDenied');
    fs.chmodSync(`${root}/closed`, 0o700);
  }));

test('file: symbolic links lead nowhere outside', () =>
  within(async (base) => {
    const root = `${base}/root`;
    fs.mkdirSync(`${root}/inside/deep`, { recursive: true });
    fs.mkdirSync(`${base}/outside`);
    fs.mkdirSync(`${base}/root-2`);
    fs.writeFileSync(`${base}/outside/secret`, 'secret');
    fs.writeFileSync(`${root}/inside/a`, 'a');
    link('../outside', `${root}/out`);
    link(`${base}/root-2`, `${root}/near`);
    link('inside', `${root}/in`);
    link('..', `${root}/inside/loop`);
    link('a', `${root}/inside/alias`);
    link('nowhere', `${root}/dangling`);
    const store = createFileStore({ root });
    for (const key of ['out/secret', 'out/new/deep', 'near/x']) {
      await rejects(store.get(key), 'PermissionDenied');
      await rejects(store.head(key), 'PermissionDenied');
      await rejects(store.put(key, 'x'), 'PermissionDenied');
      await rejects(store.delete(key), 'PermissionDenied');
      await rejects(store.copy!('inside/a', key), 'PermissionDenied');
      await rejects(store.copy!(key, 'stolen'), 'PermissionDenied');
      equal((await store.delete([key])).errors.length, 1);
    }
    equal(read(`${base}/outside/secret`), 'secret');
    equal(fs.readdirSync(`${base}/outside`), ['secret']);
    equal(await (await store.get('in/a'))!.text(), 'a', 'a link that stays inside');
    equal(await (await store.get('inside/alias'))!.text(), 'a', 'a link to a file');
    const keys: string[] = [];
    for await (const page of store.list()) keys.push(...page.objects.map((info) => info.key));
    equal(keys, ['inside/a', 'inside/alias'], 'links to folders are not gone into');
    equal(await store.get('dangling'), null);
    await store.put('dangling', 'now a file', { ifAbsent: true });
    equal(fs.lstatSync(`${root}/dangling`).isFile(), true);
    await store.put('inside/alias', 'own');
    equal([read(`${root}/inside/a`), read(`${root}/inside/alias`)], ['a', 'own'], 'a write replaces the link, not what it points to');
    await store.put('in/b', 'b');
    equal(read(`${root}/inside/b`), 'b');
  }));

test('disk: links that cannot be followed stand in no way of a listing', () =>
  within(async (root, disk) => {
    fs.writeFileSync(`${root}/file`, 'x');
    link('loop', `${root}/loop`);
    link('nowhere', `${root}/dangling`);
    link('file/below', `${root}/through`);
    const found = (await disk.list(root))!.sort((a, b) => (a.name < b.name ? -1 : 1));
    equal(found, [
      { name: 'dangling', kind: 'other' },
      { name: 'file', kind: 'file' },
      { name: 'loop', kind: 'other' },
      { name: 'through', kind: 'other' },
    ]);
    const keys: string[] = [];
    for await (const page of createFileStore({ root }).list()) keys.push(...page.objects.map((info) => info.key));
    equal(keys, ['file']);
    await rejects(disk.stat(`${root}/loop`), 'PermissionDenied');
  }));

test('file: names that no key can have are not listed', () =>
  within(async (root) => {
    if (process.platform === 'win32') skip('such names cannot be made on Windows');
    for (const name of ['C:', '\\\\host', 'fine']) fs.writeFileSync(`${root}/${name}`, 'x');
    const keys: string[] = [];
    for await (const page of createFileStore({ root }).list()) keys.push(...page.objects.map((info) => info.key));
    equal(keys, ['fine']);
  }));

test('file: 2,501 files in three pages, and results that nobody reads hold no file', () =>
  within(async (root) => {
    for (let i = 0; i < 2501; i++) fs.writeFileSync(`${root}/k${String(i).padStart(4, '0')}`, 'x');
    const store = createFileStore({ root });
    const sizes: number[] = [];
    for await (const page of store.list()) sizes.push(page.objects.length);
    equal(sizes, [1000, 1000, 501]);
    const open = (): number => (fs.existsSync('/proc/self/fd') ? fs.readdirSync('/proc/self/fd').length : 0);
    const before = open();
    await Promise.all(Array.from({ length: 300 }, (_, i) => store.get(`k${String(i).padStart(4, '0')}`)));
    ok(open() < before + 50, `${open()} open files, ${before} before`);
  }));

test('file: a read that is aborted or left lets go of its file', () =>
  within(async (root) => {
    if (!fs.existsSync('/proc/self/fd')) skip('open files cannot be counted here');
    const open = (): number => fs.readdirSync('/proc/self/fd').filter((fd) => linkOf(fd).startsWith(root)).length;
    const linkOf = (fd: string): string => {
      try {
        return fs.readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return '';
      }
    };
    const store = createFileStore({ root });
    await store.put('a', noise(5_000_000));
    const controller = new AbortController();
    const aborted = (await store.get('a', { signal: controller.signal }))!.stream().getReader();
    await aborted.read();
    const left = (await store.get('a'))!.stream().getReader();
    await left.read();
    equal(open(), 2);
    controller.abort(new Error('enough'));
    await rejects(aborted.read(), (error) => error.message === 'enough');
    await left.cancel();
    for (let i = 0; i < 100 && open() > 0; i++) await new Promise((resolve) => setTimeout(resolve, 10));
    equal(open(), 0);
  }));

test('file: a whole root, a relative stream, and the size that was promised', () =>
  within(async (root) => {
    const whole = createFileStore();
    equal([whole.url, createFileStore({ root }).url], ['file:///', `file://${root}`]);
    await whole.put(`${root.slice(1)}/x/y`, 'deep');
    equal(read(`${root}/x/y`), 'deep');
    const store = createFileStore({ root });
    await store.put('readable', Readable.from([Buffer.from('a'), Buffer.from('b')]));
    await store.put('text', Readable.from(['ü', 'x'], { encoding: 'utf8' } as never));
    equal([read(`${root}/readable`), read(`${root}/text`)], ['ab', 'üx']);
    await store.put('file', fs.createReadStream(`${root}/readable`));
    equal(read(`${root}/file`), 'ab');
    await rejects(store.put('short', Readable.from([Buffer.from('abc')]), { sizeBytes: 2 }), 'InvalidArgument');
    await rejects(store.put('long', Readable.from([Buffer.from('abc')]), { sizeBytes: 4 }), 'InvalidArgument');
    equal([await store.head('short'), await store.head('long')], [null, null]);
    await rejects(store.get('x/y', { version: '1' }), 'NotSupported');
  }));

test('what need not last is written whole or not at all too, small and large, and replaces with its permissions', () =>
  within(async (root, disk) => {
    const durable = false;
    for (const size of [0, 5, 0x40000, 0x40001, 0x100000]) {
      const bytes = new Uint8Array(size).fill(7);
      const stat = await disk.write(`${root}/new/${size}`, chunks('', String.fromCharCode(7).repeat(size)), { durable });
      equal([stat.sizeBytes, stat.version], [size, (await disk.stat(`${root}/new/${size}`))?.version]);
      sameBytes(fs.readFileSync(`${root}/new/${size}`), bytes);
      fs.chmodSync(`${root}/new/${size}`, 0o640);
      await disk.write(`${root}/new/${size}`, chunks('again'), { durable });
      equal([fs.readFileSync(`${root}/new/${size}`, 'utf8'), fs.statSync(`${root}/new/${size}`).mode & 0o777], ['again', 0o640]);
    }
    async function* broken(size: number): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(size);
      throw new Error('broken off');
    }
    for (const size of [1, 0x80000]) {
      await rejects(
        disk.write(`${root}/new/5`, broken(size), { durable }),
        (error) => error.message.includes('broken off') || 'cause' in error,
      );
    }
    equal(fs.readFileSync(`${root}/new/5`, 'utf8'), 'again');
    await rejects(disk.write(`${root}/new`, chunks('x'), { durable }), 'AlreadyExists');
    await rejects(disk.write(`${root}/new/5/below`, chunks('x'), { durable }), 'AlreadyExists');
    const reason = new Error('enough');
    await rejects(disk.write(`${root}/x`, chunks('x'), { durable, signal: AbortSignal.abort(reason) }), (error) => error === reason);
    equal(fs.readdirSync(root), ['new'], 'nothing of it stays');
    equal(fs.readdirSync(`${root}/new`).sort(), ['0', '1048576', '262144', '262145', '5']);
  }));
